"""What a reload applies, reports and refuses; and how a start treats broken files."""

import os
import re
import signal
import unittest

from support import namespace

namespace.enter()

# pylint: disable=wrong-import-position
import dns.edns  # noqa: E402
import dns.message  # noqa: E402
import dns.query  # noqa: E402
import dns.rcode  # noqa: E402

from support import programs  # noqa: E402
from support.dns_client import TIMEOUT  # noqa: E402
from support.programs import eventually  # noqa: E402
from support.served_zones import SECONDS, ServedZones  # noqa: E402
from support import zone_fixture  # noqa: E402

BADCOOKIE = 23
FIRST_KEY, SECOND_KEY = "MTIzNDU2Nzg5MDEyMzQ1Ng==", "YWJjZGVmZ2hpamtsbW5vcA=="


class Reloads(ServedZones):
    """SIGHUP, and its lines in the log."""

    def hup(self):
        """Returns the log from then until the end of the reload."""
        before = len(self.server.log)
        ended = re.compile("reload (done|refused)")
        self.server.signal(signal.SIGHUP)

        def over():
            return any(ended.search(line) for line in self.server.log[before:])

        self.assertTrue(eventually(over, SECONDS), self.server.log)
        return "\n".join(self.server.log[before:])

    def config(self, change):
        with open(self.folder.join("rollcall.yaml"), encoding="utf-8") as file:
            self.folder.write("rollcall.yaml", change(file.read()))

    def server_key(self, line):
        self.config(lambda text: text.replace("server:\n", f"server:\n  {line}\n"))

    def restart(self):
        self.server.stop()
        self.server = programs.Server(self.folder)
        self.addCleanup(self.server.end)
        self.server.start(lambda: any(" ready: " in line for line in self.server.log))
        return "\n".join(self.server.log)

    def zone_status(self, name):
        lines = self.server.ctl("status").stdout.splitlines()
        return "\n".join(line for line in lines if name in line)


class SettingsTest(Reloads):
    """Settings of every kind."""

    def dig(self, *words):
        done = programs.run("dig", "@127.0.0.1", "-p", str(self.port), "+tries=1", *words)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_what_takes_effect_at_the_next_start_is_named(self):
        self.server_key("workers: 3")
        self.config(lambda text: text.replace("control.sock", "other.sock"))
        said = self.hup()
        self.assertRegex(said, r"server\.workers changed from \d+ to 3: takes effect at the next "
                               "start")
        self.assertRegex(said, r"control\.socket changed from \S+/control\.sock to "
                               r"\S+/other\.sock: takes effect")
        self.assertNotIn("server.listen", said)
        self.assertIn("reload done: 3 of 3 zones", said)

    def test_what_the_server_says_of_itself(self):
        self.assertIn("Rollcall ", self.dig("CH", "TXT", "version.bind"))
        self.assertIn("RFC8482", self.dig("mail.example.com", "ANY", "+notcp"))
        self.server_key("chaos: false\n  any: all\n  nsid: me")
        self.assertNotIn("next start", self.hup())
        self.assertIn("status: REFUSED", self.dig("CH", "TXT", "version.bind"))
        self.assertIn("2001:db8::2", self.dig("mail.example.com", "ANY", "+notcp"))
        self.assertIn('("me")', self.dig("mail.example.com", "+nsid"))

    def ask_for_cookie(self, octets):
        """(rcode, cookie) of a query for nothing but a cookie."""
        query = dns.message.QueryMessage()
        query.use_edns(0, options=[dns.edns.GenericOption(10, octets)])
        reply = dns.query.udp(query, "127.0.0.1", port=self.port, timeout=TIMEOUT)
        (cookie,) = [option.to_wire() for option in reply.options if option.otype == 10]
        return reply.rcode(), cookie

    def test_the_cookie_secret(self):
        _, cookie = self.ask_for_cookie(b"12345678")
        self.hup()  # without a file the secret is this run's own
        self.assertEqual(self.ask_for_cookie(cookie)[0], dns.rcode.NOERROR)
        self.folder.write("cookie", "00112233445566778899aabbccddeeff\n")
        self.server_key("cookie_secret_file: cookie")
        self.hup()
        rcode, cookie = self.ask_for_cookie(cookie)
        self.assertEqual(rcode, BADCOOKIE)
        self.assertEqual(self.ask_for_cookie(cookie)[0], dns.rcode.NOERROR)
        self.folder.write("cookie", "ffeeddccbbaa99887766554433221100\n")
        self.hup()
        self.assertEqual(self.ask_for_cookie(cookie)[0], BADCOOKIE)

    def transfers(self, secret):
        done = programs.run("dig", "@127.0.0.1", "-p", str(self.port), "+tries=1", "AXFR",
                            "-y", f"hmac-sha256:sec.key:{secret}", "second.example")
        return "ns1.second.example." in done.stdout

    def test_tsig_keys(self):
        self.folder.write("sec.key", FIRST_KEY)
        self.config(lambda text: text.replace(
            "{file: db.second}", '{file: db.second, allow_transfer: ["key:sec.key"]}')
            + "keys: {sec.key: {secret_file: sec.key}}\n")
        self.hup()
        self.assertEqual([self.transfers(key) for key in (FIRST_KEY, SECOND_KEY)], [True, False])
        self.folder.write("sec.key", SECOND_KEY)
        self.hup()
        self.assertEqual([self.transfers(key) for key in (FIRST_KEY, SECOND_KEY)], [False, True])

    def test_a_refused_configuration_is_no_reload(self):
        self.config(lambda text: text + "nonsense: 1\n")
        said = self.hup()
        self.assertIn("reload refused: the configuration has errors; the old one stays in force",
                      said)
        self.assertNotIn("reload done", said)
        done = self.server.ctl("reload")
        self.assertEqual(done.returncode, 1)
        self.assertIn("nothing was reloaded", done.stderr)
        self.assert_lives()


class WarningsTest(Reloads):
    """A warning is logged when it is new."""

    def test_once(self):
        pool = "checks: {c: {type: tcp, port: 9}}\npools: {mail.example.com: {check: c}}\n"
        self.config(lambda text: text + pool)
        warned = "record for 300 s (60 s or less recommended)"
        self.assertEqual(self.hup().count(warned), 2)  # A and AAAA
        for _ in range(2):
            self.assertEqual(self.hup().count(warned), 0)
        self.change_zone(2026010101, "second")
        self.assertEqual(self.hup().count(warned), 0)
        self.folder.write("db.example.com", zone_fixture.zone(2026010102).replace(
            "$TTL 300", "$TTL 60"))
        self.assertEqual(self.hup().count(warned), 0)
        self.change_zone(2026010103, "again")
        self.assertEqual(self.hup().count(warned), 2)


class PoolsTest(Reloads):
    """The configuration names records that the zone file no longer has."""

    def test_the_zone_is_served_all_the_same(self):
        self.config(lambda text: text + """\
checks: {c: {type: tcp, port: 9}}
pools:
  mail.example.com: {check: c, members: {192.0.2.2: {port: 7}, "2001:db8::2": {port: 8}}}
  target.example.com: {check: c}
""")
        self.assertIn("reload done: 3 of 3 zones", self.hup())
        self.folder.write("db.example.com", zone_fixture.zone(2026010101, "other").replace(
            "        IN AAAA 2001:db8::2\n", "").replace("target  IN A ", "there  IN A "))
        said = self.hup()
        self.assertIn("reload done: 3 of 3 zones", said)
        self.assertIn("member 2001:db8::2 is not an address of mail.example.com in the zone file: "
                      "ignored", said)
        self.assertRegex(said, "pool target.example.com is ignored: it has no A or AAAA record in ")
        self.assertEqual(self.marker(), "other")
        self.assertIn("ready: 3 of 3 zones loaded", self.restart())
        self.assertEqual(self.marker(), "other")


class CopiesTest(Reloads):
    """A start with a broken zone file."""

    def setUp(self):
        super().setUp()
        self.copied("db.example.com", "example.com")

    def copies(self):
        try:
            with open(self.folder.join("state/zone_copies"), "rb") as file:
                return file.read()
        except FileNotFoundError:
            return b""

    def copied(self, file, origin):
        """Waits until the file's text is there: it is written later."""
        with open(self.folder.join(file), "rb") as zone:
            text = zone.read()
        self.assertTrue(eventually(
            lambda: text in self.copies() and f"copy {origin}. ".encode() in self.copies(),
            SECONDS), (self.copies(), self.server.log))

    def break_zone(self):
        self.folder.write("db.example.com", zone_fixture.BROKEN)

    def test_serves_the_last_good_copy_and_says_so(self):
        self.change_zone(2026010101, "second")
        self.hup()
        self.copied("db.example.com", "example.com")
        self.config(lambda text: text + 'alerts: {webhook: {url: "http://127.0.0.1:9/"}}\n')
        self.break_zone()
        log = self.restart()
        self.assertEqual(self.marker(), "second")
        self.assertIn("zone example.com: its file has errors, the last good copy is served", log)
        self.assertIn("ready: 2 of 3 zones loaded", log)
        self.assertRegex(self.zone_status("example.com"),
                         r"served from the copy of 20\S+: \S+db\.example\.com:")
        alerts = self.folder.join("state/alerts")
        self.assertTrue(eventually(lambda: os.path.exists(alerts), SECONDS))
        with open(alerts, encoding="utf-8") as file:
            self.assertIn("zone example.com: its file has errors", file.read())
        # A reload that finds it still broken changes nothing; one with a good file ends it.
        self.assertIn("reload done: 2 of 3 zones", self.hup())
        self.assertIn("served from the copy", self.zone_status("example.com"))
        self.change_zone(2026010102, "mended")
        self.assertIn("reload done: 3 of 3 zones", self.hup())
        self.assertEqual(self.marker(), "mended")
        self.assertNotIn("copy", self.zone_status("example.com"))

    def test_files_that_the_zone_includes_are_copied_too(self):
        self.folder.write("more", 'included IN TXT "from afar"\n')
        self.folder.write("db.example.com", zone_fixture.zone(2026010101) + "$INCLUDE more\n")
        self.hup()
        self.copied("more", "example.com")
        os.remove(self.folder.join("more"))
        self.restart()
        reply = self.client.udp("included.example.com", "TXT")
        self.assertEqual(reply.answer[0][0].strings, (b"from afar",))

    def test_a_damaged_copy_is_none(self):
        self.server.stop()
        text = self.copies()
        path = self.folder.join("state/zone_copies")
        with open(path, "wb") as file:
            file.write(text.replace(b"192.0.2.2", b"192.0.2.9"))
        self.break_zone()
        self.server = programs.Server(self.folder)
        self.server.start(lambda: any(" ready: " in line for line in self.server.log))
        self.assertEqual(self.client.udp("mail.example.com").rcode(), dns.rcode.SERVFAIL)
        self.assertIn("the last good copy cannot be served: its copy is damaged",
                      "\n".join(self.server.log))
        # Its neighbours are copied as before.
        self.assertEqual(self.client.udp("ns1.second.example").rcode(), dns.rcode.NOERROR)

    def test_the_copy_of_a_zone_that_is_gone_goes(self):
        self.config(lambda text: re.sub(" +example.com:.*?(?=  second[.])", "", text, flags=re.S))
        self.assertIn("reload done: 2 of 2 zones", self.hup())
        self.assertTrue(eventually(lambda: b"copy example.com. " not in self.copies(), SECONDS))
        self.assertIn(b"copy second.example. ", self.copies())


class AccessTest(unittest.TestCase):
    """Files that root reads at the start, and the user that the server becomes does not."""

    def setUp(self):
        self.folder = programs.Folder()
        self.addCleanup(self.folder.remove)
        self.port = programs.free_port()
        os.mkdir(self.folder.join("state"))
        self.folder.write("db.example.com", zone_fixture.SECOND)
        self.folder.write("sec.key", FIRST_KEY)
        self.folder.write("rollcall.yaml", f"""\
server: {{listen: ["127.0.0.1:{self.port}"], state_dir: state, user: nobody}}
control: {{socket: control.sock}}
keys: {{sec.key: {{secret_file: sec.key}}}}
zones: {{example.com: {{file: db.example.com}}}}
""")
        for name in ("sec.key", "rollcall.yaml"):
            os.chmod(self.folder.join(name), 0o600)

    def check(self):
        return programs.run(programs.ROLLCALLD, "--check", "-c", self.folder.join("rollcall.yaml"))

    def test_refused_with_the_commands_that_mend_it(self):
        done = programs.run(programs.ROLLCALLD, "-c", "rollcall.yaml", cwd=self.folder.path)
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, r"error: \S*sec\.key: server\.user nobody cannot read it: "
                                      r"chgrp nogroup \S+ && chmod")
        for _ in range(10):  # folders, then the files in them
            done = self.check()
            commands = set(re.findall("cannot (?:read|run) it: (.*)", done.stderr))
            if not commands:
                break
            for command in commands:
                self.assertEqual(programs.run("sh", "-c", command).returncode, 0, command)
        self.assertEqual(done.returncode, 0, done.stderr)
        server = programs.Server(self.folder)
        self.addCleanup(server.end)
        server.start(lambda: any(" ready: 1 of 1" in line for line in server.log))
        server.signal(signal.SIGHUP)
        self.assertTrue(eventually(
            lambda: any("reload done: 1 of 1 zones" in line for line in server.log), SECONDS),
            server.log)


if __name__ == "__main__":
    unittest.main(verbosity=2)
