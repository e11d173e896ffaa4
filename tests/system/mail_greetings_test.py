"""Mail servers speak first: checks against Exim, which refuses clients that do not wait, and
against Dovecot and Postfix at the well-known ports."""

import os
import socket
import unittest

from support import namespace

namespace.enter()
# Postfix accepts only addresses that an interface has.
namespace.run("ip", "address", "add", "127.0.0.17/8", "dev", "lo")

# pylint: disable=wrong-import-position
from support import mail_servers  # noqa: E402
from support.certificates import Authority  # noqa: E402
from support.check_fixture import SECONDS, CheckFixture  # noqa: E402
from support.programs import eventually  # noqa: E402

EXIM, OTHERS, HASTY = "127.0.0.16", "127.0.0.17", "127.0.0.18"
CA = "ca: certificates/ca.pem, host: mx.mydomain.com, expires_within: 0s"
TOO_EARLY = "SMTP protocol synchronization error"


class MailGreetingsTest(CheckFixture):
    """One Exim at two ports, a Postfix and a Dovecot."""

    CASES = {
        "seed": ('type: tcp, port: smtp, send: QUIT, expect: "220"', [EXIM]),
        "anchored": ('type: tcp, port: submission, send: QUIT, expect: "^220 mx"', [EXIM]),
        "nat": ('type: tcp, port: 2525, send: QUIT, expect: "^220"', [EXIM],
                f"check: nat, members: {{{EXIM}: {{port: 25}}}}"),
        "exim": ("type: smtp", [EXIM]),
        "exim-text": ('type: smtp, expect_regex: "^220 mx.*Exim \\\\d"', [EXIM]),
        "exim-reject": ("type: smtp, reject: Exim", [EXIM]),
        "exim-steps": ('type: smtp, steps: [{send: "EHLO a.b"}, {expect_regex: "^250 "}, '
                       '{send: QUIT}, {expect: "^221"}]', [EXIM]),
        "exim-tls": ("type: smtp, starttls: true, verify: false", [EXIM]),
        "postfix": ("type: smtp, port: 2526", [OTHERS]),
        "postfix-tls": (f"type: smtp, port: 2526, starttls: true, {CA}", [OTHERS]),
        "imap": ("type: imap", [OTHERS]),
        "imap-tls": (f"type: imap, starttls: true, {CA}", [OTHERS]),
        "imaps": (f"type: imaps, {CA}", [OTHERS]),
        "imaps-steps": (f"type: tls, port: imaps, {CA}, send: b LOGOUT, expect: b OK", [OTHERS]),
        "pop3": ("type: pop3", [OTHERS]),
        "pop3-seed": ('type: tcp, port: pop3, send: QUIT, expect: "OK"', [OTHERS]),
        "other-protocol": ("type: imap, port: pop3", [OTHERS]),
        "no-name": (f"type: smtp, port: 2527, starttls: true, {CA}", [OTHERS]),
    }

    def setUp(self):
        self.set_up_folder()
        os.chmod(self.folder.path, 0o755)  # the servers have users of their own
        authority = Authority(self.folder.join("certificates"))
        authority.sign("mx", "mx.mydomain.com", -1, 100)
        authority.sign("no-san", "mx.mydomain.com", -1, 100, alternative=False)
        self.folders = [self.folder.join(name) for name in ("exim", "postfix", "no-san", "dovecot")]
        for folder in self.folders:
            os.mkdir(folder)
        self.logs = [
            mail_servers.start_exim(self.processes, self.folders[0], EXIM, HASTY, 25, 587)[1],
            mail_servers.start_postfix(self.processes, self.folders[1], OTHERS, 2526,
                                       authority.path("mx"))[1],
            mail_servers.start_postfix(self.processes, self.folders[2], OTHERS, 2527,
                                       authority.path("no-san"))[1],
            mail_servers.start_dovecot(self.processes, self.folders[3], authority.path("mx"),
                                       address=OTHERS, imap=143, imaps=993, pop3=110)[1]]
        for folder in self.folders[1:3]:
            self.addCleanup(mail_servers.stop_postfix, folder)
        for address, port in ((EXIM, 25), (EXIM, 587), (OTHERS, 2526), (OTHERS, 2527),
                              (OTHERS, 143), (OTHERS, 993), (OTHERS, 110)):
            self.assertTrue(self.accepts(address, port), f"port {port}\n" + self.what_they_say())
        self.start_rollcall()

    def what_they_say(self):
        return "\n".join(["\n".join(log) for log in self.logs]
                         + [mail_servers.mail_log(folder) for folder in self.folders[1:]]
                         + [self.exim_log()])

    def becomes(self, *arguments):
        try:
            return super().becomes(*arguments)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.what_they_say()}") from None

    def exim_log(self):
        return mail_servers.mail_log(self.folders[0], "main.log")

    def test_nobody_speaks_before_the_greeting(self):
        for pool in ("seed", "anchored", "nat", "exim", "exim-text", "exim-steps"):
            since = self.becomes(pool, "up", "^$")["probes"]
            self.assertTrue(eventually(
                lambda pool=pool, since=since: self.becomes(pool, "up", "^$")["probes"] > since,
                SECONDS))
        self.becomes("exim-reject", "down", '^must not say "Exim", got "220 mx.mydomain.com ')
        self.becomes("exim-tls", "down", "^STARTTLS: STARTTLS is not offered$")
        self.assertNotIn(TOO_EARLY, self.exim_log())
        # Exim does refuse early talkers:
        with socket.create_connection((EXIM, 25), SECONDS, (HASTY, 0)) as hasty:
            hasty.sendall(b"QUIT\r\n")
            self.assertTrue(eventually(lambda: TOO_EARLY in self.exim_log(), SECONDS),
                            self.what_they_say())

    def test_each_protocol_in_its_own_words(self):
        for pool in ("postfix", "postfix-tls", "imap", "imap-tls", "imaps", "imaps-steps", "pop3",
                     "pop3-seed"):
            self.becomes(pool, "up", "^$")
        self.becomes("other-protocol", "down", r'^greeting: expected "\* OK", got "\+OK')
        self.becomes("no-name", "down",
                     "^certificate has no subjectAltName; its common name does not count$")


if __name__ == "__main__":
    unittest.main(verbosity=2)
