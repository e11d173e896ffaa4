"""Alerts with real other sides: Postfix with STARTTLS and a login at Dovecot, a webhook over HTTPS,
Alertmanager, and a program; and with other sides that fail."""

import email
import email.policy
import json
import os
import unittest

from support import namespace

namespace.enter()

# pylint: disable=wrong-import-position
from support import alert_servers, mail_servers, programs  # noqa: E402
import mailbox  # noqa: E402
import processes  # noqa: E402
from support.certificates import Authority  # noqa: E402
from support.programs import eventually  # noqa: E402
from support.web_pool import SECONDS, WebPool  # noqa: E402

MEMBER, OTHER = "127.0.0.31", "127.0.0.32"
NAME = "ns1.mydomain.com"
SECRET = "correct horse"
REST = """\
checks:
  web: {check}
pools:
  www.mydomain.com: {{check: web}}
alerts:
  batch: {batch}
"""
CHECK = """{type: http, port: 8080, path: /, interval: 1s, fast_interval: 200ms, timeout: 800ms,
        fall: 2, rise: 1}"""


class Alerts(WebPool):
    """A pool of two members; subclasses say where alerts go."""

    def setUp(self):
        self.processes = processes.Processes()
        self.addCleanup(self.processes.end_all)

    def make_with(self, channels, batch="0s"):
        rest = REST.format(check=CHECK, batch=batch) + channels
        self.make(rest, (MEMBER, OTHER))
        self.configure(rest)
        self.start_web(MEMBER, OTHER)

    def configure(self, rest):
        self.write_config(rest)
        path = self.folder.join("rollcall.yaml")
        with open(path, encoding="utf-8") as file:
            text = file.read()
        self.folder.write("rollcall.yaml", text.replace("server: {", f"server: {{nsid: {NAME}, "))

    def hook(self, certificate=None):
        server = alert_servers.HookServer(certificate)
        self.addCleanup(server.end)
        return server

    def strange(self, answer):
        server = alert_servers.StrangeMailServer(answer)
        self.addCleanup(server.end)
        return server

    def authority(self):
        folder = programs.Folder()
        self.addCleanup(folder.remove)
        authority = Authority(folder.join("ca"))
        authority.sign("localhost", "localhost", -1, 30)
        return authority

    def drop(self, address=MEMBER):
        """The member goes down."""
        self.stop_web(address)
        self.assertTrue(eventually(lambda: address not in self.answer(), SECONDS))

    def logged(self, text):
        return any(text in line for line in self.server.log)


class MailTest(Alerts):
    """Postfix that wants TLS and a login."""

    def setUp(self):
        super().setUp()
        self.mail = programs.Folder()
        self.addCleanup(self.mail.remove)
        os.chmod(self.mail.path, 0o755)
        self.certificates = self.authority()
        self.port = programs.free_port()
        self.inbox = mail_servers.start_submission(
            self.processes, self.mail.path, "127.0.0.1", self.port,
            self.certificates.path("localhost"), "rollcall", SECRET)
        self.addCleanup(mail_servers.stop_postfix, self.mail.path)
        self.assertTrue(eventually(lambda: programs.connects("127.0.0.1", self.port), SECONDS),
                        mail_servers.mail_log(self.mail.path))

    def channels(self, password_file):
        return (f"  email: {{to: [root@mydomain.com], smtp: 'smtp://localhost:{self.port}',\n"
                f"          user: rollcall, password_file: {password_file},\n"
                f"          ca: {self.certificates.path('ca.pem')}}}\n")

    def mails(self):
        folder = os.path.join(self.inbox, "new")
        found = []
        for name in sorted(os.listdir(folder) if os.path.isdir(folder) else [], key=arrival):
            with open(os.path.join(folder, name), "rb") as file:
                found.append(email.message_from_binary_file(file, policy=email.policy.default))
        return found

    def test_a_mail_arrives_by_starttls_and_login(self):
        self.make_with(self.channels("password"))
        self.folder.write("password", SECRET + "\n")
        os.chmod(self.folder.join("password"), 0o600)
        self.start()
        done = self.server.ctl("alert", "test")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r"mail \(smtp://localhost:\d+\): sent: 250 2\.0\.0 Ok: queued")
        self.drop()
        self.assertTrue(eventually(lambda: len(self.mails()) >= 2, SECONDS),
                        mail_servers.mail_log(self.mail.path))
        told = self.mails()[1]
        self.assertTrue(told["Subject"].startswith(f"[{NAME}] www.mydomain.com: {MEMBER} is down"))
        self.assertIn("sasl_username=rollcall", mail_servers.mail_log(self.mail.path))
        body = told.get_body(("plain",)).get_content()
        self.assertIn("to act: rollcallctl status --pool www.mydomain.com", body)

    def test_a_wrong_password_is_told_and_tried_on(self):
        self.make_with(self.channels("password"))
        self.folder.write("password", "wrong\n")
        self.start()
        self.assertTrue(self.logged("alerts.email.password_file: "), self.server.log)
        done = self.server.ctl("alert", "test")
        self.assertEqual(done.returncode, 1)
        self.assertIn("535 5.7.8", done.stderr)
        self.drop()
        self.assertTrue(eventually(lambda: self.logged("mail: "), SECONDS), self.server.log)
        # With the right one, a reload is enough.
        self.folder.write("password", SECRET + "\n")
        self.assertEqual(self.server.ctl("reload").returncode, 0)
        self.assertTrue(eventually(self.mails, SECONDS), self.server.log)


class WebhookTest(Alerts):
    """Over HTTPS, and in the forms of its templates."""

    def test_https_is_verified(self):
        certificates = self.authority()
        hook = self.hook(certificates.path("localhost"))
        self.make_with(f"  webhook: {{url: '{hook.url('/secret')}', ca: "
                       f"{certificates.path('ca.pem')}}}\n")
        self.start()
        reply = json.loads(self.server.ctl("--json", "alert", "test").stdout)
        self.assertEqual(reply["channels"], [
            {"channel": "webhook", "target": hook.url("").rstrip("/"), "ok": True,
             "answer": "HTTP 204"}])
        self.drop()
        self.assertTrue(eventually(lambda: hook.notices("dropped"), SECONDS), self.server.log)
        # The system does not know the issuer.
        self.configure(REST.format(check=CHECK, batch="0s") +
                       f"  webhook: {{url: '{hook.url()}'}}\n")
        self.assertEqual(self.server.ctl("reload").returncode, 0)
        done = self.server.ctl("alert", "test")
        self.assertEqual(done.returncode, 1)
        self.assertIn("certificate", done.stderr)

    def test_a_refused_zone_is_told_once_and_when_it_is_good_again(self):
        hook = self.hook()
        self.make_with(f"  webhook: {{url: '{hook.url()}'}}\n")
        self.start()
        with open(self.folder.join("db.mydomain.com"), encoding="ascii") as file:
            good = file.read()
        for _ in range(2):
            self.folder.write("db.mydomain.com", good + "bad 1 IN A 192.0.2\n")
            self.assertEqual(self.server.ctl("reload").returncode, 1)
        self.assertTrue(eventually(lambda: hook.notices("zone_refused"), SECONDS))
        self.assertIn("db.mydomain.com:", hook.notices("zone_refused")[0]["detail"])
        self.folder.write("db.mydomain.com", good)
        self.assertEqual(self.server.ctl("reload").returncode, 0)
        self.assertTrue(eventually(lambda: hook.notices("zone_served"), SECONDS))
        self.assertEqual(len(hook.notices("zone_refused")), 1)

    def test_ones_own_text(self):
        hook = self.hook()
        self.make_with(f"  webhook: {{url: '{hook.url()}', text_file: hook.json}}\n")
        self.folder.write("hook.json", '{"msg": "{subject}", "n": {count}, "of": {"pool": "{pool}"}}')
        self.start()
        self.drop()
        self.assertTrue(eventually(lambda: hook.calls, SECONDS), self.server.log)
        body = hook.bodies()[0]
        self.assertTrue(body["msg"].startswith(f"[{NAME}] www.mydomain.com: {MEMBER} is down"), body)
        self.assertEqual(body["of"], {"pool": "www.mydomain.com"})

    def test_alertmanager_holds_it_until_it_is_over(self):
        folder = programs.Folder()
        self.addCleanup(folder.remove)
        manager = alert_servers.Alertmanager(self.processes, folder.path, programs.free_port(),
                                             SECONDS)
        self.make_with(f"  webhook: {{url: '{manager.url}', template: alertmanager}}\n")
        self.start()
        self.drop()
        key = ("RollcallDropped", MEMBER)
        self.assertTrue(eventually(lambda: key in manager.firing(), SECONDS),
                        self.server.log + manager.log)
        alert = manager.firing()[key]
        self.assertEqual(alert["labels"], {"alertname": "RollcallDropped", "member": MEMBER,
                                           "nameserver": NAME, "pool": "www.mydomain.com",
                                           "severity": "warning"})
        self.assertIn(f"{MEMBER} is down", alert["annotations"]["summary"])
        self.start_web(MEMBER)
        self.assertTrue(eventually(lambda: key not in manager.firing(), SECONDS),
                        self.server.log + manager.log)


class ExecTest(Alerts):
    def test_a_program_gets_arguments_and_the_whole_as_json(self):
        self.make_with("  exec: {command: [/bin/sh, -c, 'cat >\"$1.new\"; echo \"$2\" >>\"$1.new\";"
                       " mv \"$1.new\" \"$1\"; echo paged', page, OUT, '{subject}']}\n")
        path = self.folder.join("rollcall.yaml")
        with open(path, encoding="utf-8") as file:
            text = file.read()
        out = self.folder.join("paged")
        self.folder.write("rollcall.yaml", text.replace("OUT", out))
        self.start()
        done = self.server.ctl("alert", "test")
        self.assertEqual(done.stdout.splitlines()[1:],
                         ["exec (/bin/sh): sent: exit status 0: paged"])
        os.remove(out)
        self.drop()
        self.assertTrue(eventually(lambda: os.path.exists(out), SECONDS), self.server.log)
        with open(out, encoding="utf-8") as file:
            whole, subject = file.read().splitlines()
        self.assertEqual(json.loads(whole)["notices"][0]["member"], MEMBER)
        self.assertEqual(json.loads(whole)["subject"], subject)


class EdgesTest(Alerts):
    """Mail servers that fail delay nobody, and lose nothing."""

    def test_silent_and_endless_mail_servers_delay_no_webhook(self):
        for answer, said in ((alert_servers.never_greets, "timed out"),
                             (alert_servers.talks_for_ever, "too large")):
            with self.subTest(answer.__name__):
                strange, hook = self.strange(answer), self.hook()
                self.make_with(f"  email: {{to: [a@b.c], smtp: 'smtp://127.0.0.1:{strange.port}'}}\n"
                               f"  webhook: {{url: '{hook.url()}'}}\n")
                self.start()
                self.drop()
                self.assertTrue(eventually(lambda: strange.connections, SECONDS))
                self.assertTrue(eventually(lambda h=hook: h.notices("dropped"), SECONDS),
                                self.server.log)
                # The test has a deadline, and tells each channel by itself.
                done = self.server.ctl("--json", "alert", "test")
                channels = json.loads(done.stdout)["channels"]
                self.assertEqual([c["ok"] for c in channels], [False, True], channels)
                self.assertIn(said, channels[0]["answer"].lower())
                self.server.end()
                self.stop_web(*self.web)

    def test_what_a_mail_server_refuses_for_a_while_comes_later(self):
        port = programs.free_port()
        hook = self.hook()
        self.make_with(f"  email: {{to: [a@b.c], smtp: 'smtp://127.0.0.1:{port}'}}\n"
                       f"  webhook: {{url: '{hook.url()}'}}\n")
        box = Refusing(port)
        self.addCleanup(box.stop)
        self.start()
        box.reply = "451 4.3.0 come back later"
        self.drop()
        self.assertTrue(eventually(lambda: self.logged("451 4.3.0 come back later"), SECONDS),
                        self.server.log)
        self.start_web(MEMBER)
        self.assertTrue(eventually(lambda: hook.notices("returned"), SECONDS))
        alerts = self.folder.join("state/alerts")
        self.assertTrue(eventually(
            lambda: any("returned" in line for line in self.waiting(alerts)), SECONDS))
        # A crash in between, and another time of the day.
        self.server.crash()
        box.reply = "250 Ok"
        self.server.start(lambda: self.client.ready("www.mydomain.com", "A"))
        self.assertTrue(eventually(lambda: {"drop", "return"} <= set(box.kinds()), SECONDS),
                        box.kinds())
        self.assertEqual(sorted(box.kinds()), ["drop", "return"])  # nothing twice
        # Refused for good: told in the log, and not for ever.
        box.reply = "550 5.7.1 not for you"
        self.drop()
        self.assertTrue(eventually(lambda: self.logged("alert refused by the mail"), SECONDS),
                        self.server.log)
        box.reply = "250 Ok"
        self.start_web(MEMBER)
        self.assertTrue(eventually(lambda: box.bodies() and "earlier alert" in box.bodies()[-1],
                                   SECONDS), box.bodies())

    @staticmethod
    def waiting(alerts):
        """The lines of notices that wait; others say what was told."""
        with open(alerts, encoding="utf-8") as file:
            return [line for line in file if '"told":' in line or '"front":' in line]

    def test_an_all_clear_after_a_restart_belongs_to_its_problem(self):
        hook = self.hook()
        self.make_with(f"  webhook: {{url: '{hook.url()}'}}\n", batch="0s")
        self.start()
        self.drop()
        self.assertTrue(eventually(lambda: hook.notices("dropped"), SECONDS), self.server.log)
        self.server.stop()
        self.server.start(lambda: self.client.ready("www.mydomain.com", "A"))
        self.start_web(MEMBER)
        self.assertTrue(eventually(lambda: hook.notices("returned"), SECONDS), self.server.log)
        self.assertIn("lasted_ms", hook.notices("returned")[0])

    def test_an_outage_is_one_message_over_a_crash(self):
        hook = self.hook()
        self.make_with(f"  webhook: {{url: '{hook.url()}'}}\n", batch="4s")
        self.start()
        self.drop()
        alerts = self.folder.join("state/alerts")
        self.assertTrue(eventually(lambda: os.path.exists(alerts), SECONDS))
        self.server.crash()
        self.assertEqual(hook.calls, [])
        self.server.start(lambda: self.client.ready("www.mydomain.com", "A"))
        self.assertTrue(eventually(lambda: hook.notices("dropped"), SECONDS), self.server.log)
        self.assertTrue(eventually(lambda: not self.waiting(alerts), SECONDS))
        self.assertEqual([n["member"] for n in hook.notices("dropped")], [MEMBER])

    def test_a_full_disk_costs_no_alert(self):
        hook = self.hook()
        self.make_with(f"  webhook: {{url: '{hook.url()}'}}\n")
        state = self.folder.join("state")
        namespace.run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", state)
        self.addCleanup(namespace.run, "umount", "-l", state)
        self.start()
        with open(os.path.join(state, "filler"), "wb", buffering=0) as filler:
            try:
                while True:
                    filler.write(b"x" * 4096)
            except OSError:
                pass
        self.drop()
        self.assertTrue(eventually(lambda: hook.notices("dropped"), SECONDS), self.server.log)
        self.assertTrue(eventually(lambda: hook.notices("state_not_kept"), SECONDS),
                        self.server.log)

    def test_many_pools_on_one_host_are_one_message(self):
        hook = self.hook()
        names = [f"p{i}" for i in range(60)]
        self.make_with(f"  webhook: {{url: '{hook.url()}'}}\n", batch="3s")
        pools = "".join(f"  {name}.mydomain.com: {{check: web}}\n" for name in names)
        self.configure(REST.format(check=CHECK, batch="3s").replace("alerts:", pools + "alerts:") +
                       f"  webhook: {{url: '{hook.url()}'}}\n")
        with open(self.folder.join("db.mydomain.com"), "a", encoding="ascii") as zone:
            for name in names:
                zone.write(f"{name} 1 IN A {MEMBER}\n{name} 1 IN A {OTHER}\n")
        self.start()
        self.drop()
        self.assertTrue(eventually(lambda: len(hook.notices("dropped")) == 61, SECONDS),
                        len(hook.notices("dropped")))
        self.assertLessEqual(len(hook.calls), 2, [b["subject"] for b in hook.bodies()])
        self.assertIn(f"{MEMBER}: down in", hook.bodies()[0]["subject"])


class ManyTest(Alerts):
    def test_ten_thousand_members_are_one_bounded_message(self):
        hook = self.hook()
        port = programs.free_port()  # nobody listens there
        pools = range(2500)
        self.make_with("")
        self.configure(
            "checks: {none: {type: tcp, port: " + str(port) + ", interval: 5s, fall: 1}}\n"
            "health: {max_drop: 100%}\npools:\n" +
            "".join(f"  p{i}.mydomain.com: {{check: none}}\n" for i in pools) +
            f"alerts: {{batch: 8s, webhook: {{url: '{hook.url()}'}}}}\n")
        with open(self.folder.join("db.mydomain.com"), "a", encoding="ascii") as zone:
            for i in pools:
                for member in range(4):
                    zone.write(f"p{i} 1 IN A 127.{1 + i // 250}.{i % 250}.{1 + member}\n")
        self.server.start(lambda: self.client.ready("p0.mydomain.com", "A"))
        # Each member, and each pool: there is no usable member in it.
        self.assertTrue(eventually(lambda: sum(b["count"] for b in hook.bodies()) >= 12_500,
                                   3 * SECONDS), [b["subject"] for b in hook.bodies()])
        self.assertLessEqual(len(hook.calls), 2, [b["subject"] for b in hook.bodies()])
        for _, _, body in hook.calls:
            self.assertLess(len(body), 1_000_000)


def arrival(name):
    """When a mail of a Maildir came, by its name: SECONDS.V...I...M<microseconds>.HOST."""
    seconds, unique = name.split(".")[:2]
    return int(seconds), int(unique.rpartition("M")[2])


class Refusing(mailbox.Mailbox):
    """A mailbox whose answer to a mail can be set."""

    def __init__(self, port):
        super().__init__("127.0.0.1", port)
        self.reply = "250 Ok"
        self.start()

    async def handle_DATA(self, server, session, envelope):
        if self.reply.startswith("250"):
            return await super().handle_DATA(server, session, envelope)
        return self.reply

    def kinds(self):
        return [matter.kind for matter in self.matters() if matter.is_about(MEMBER)]

    def bodies(self):
        return [mail.body for mail in self.mails()]


if __name__ == "__main__":
    unittest.main(verbosity=2)
