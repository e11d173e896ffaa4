"""STARTTLS checks against Postfix and Dovecot, and TLS from the first octet."""

import os
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

ADDRESS = "127.0.0.17"
SMTP, PLAIN_SMTP, IMAP, IMAPS, POP3 = 2525, 2526, 1143, 1993, 1110
CA = "ca: certificates/ca.pem, host: mx.mydomain.com"


def starttls(protocol, port, rest=""):
    return f"type: tcp, starttls: {protocol}, port: {port}, {CA}{rest}"


class MailChecksTest(CheckFixture):
    """Two Postfix, one of them without TLS, and a Dovecot."""

    CASES = {
        "smtp": (starttls("smtp", SMTP), [ADDRESS]),
        "smtp-dialogue": (starttls("smtp", SMTP, ', steps: [{send: "EHLO a.b"}, {expect: '
                                   '"250-mx.mydomain.com"}, {send: QUIT}, {expect: "221 "}]'),
                          [ADDRESS]),
        "imap": (starttls("imap", IMAP), [ADDRESS]),
        "imap-dialogue": (starttls("imap", IMAP, ", send: b LOGOUT, expect: b OK"), [ADDRESS]),
        "pop3": (starttls("pop3", POP3, ", send: QUIT, expect: +OK"), [ADDRESS]),
        "imaps": (f"type: tls, port: {IMAPS}, {CA}, expect: '* OK'", [ADDRESS]),
        "no-starttls": (starttls("smtp", PLAIN_SMTP), [ADDRESS]),
        "other-name": (f"type: tcp, starttls: smtp, port: {SMTP}, ca: certificates/ca.pem",
                       [ADDRESS]),
        "untrusted": (f"type: tcp, starttls: pop3, port: {POP3}, host: mx.mydomain.com",
                      [ADDRESS]),
        "other-protocol": (starttls("imap", POP3), [ADDRESS]),
    }

    def setUp(self):
        self.set_up_folder()
        os.chmod(self.folder.path, 0o755)  # the servers have users of their own
        authority = Authority(self.folder.join("certificates"))
        authority.sign("mx", "mx.mydomain.com", -1, 2.5)
        certificate = authority.path("mx")
        self.folders = [self.folder.join(name) for name in ("postfix", "plain", "dovecot")]
        for folder in self.folders:
            os.mkdir(folder)
        self.logs = [
            mail_servers.start_postfix(self.processes, self.folders[0], ADDRESS, SMTP,
                                       certificate)[1],
            mail_servers.start_postfix(self.processes, self.folders[1], ADDRESS, PLAIN_SMTP,
                                       certificate, "none")[1],
            mail_servers.start_dovecot(self.processes, self.folders[2], certificate,
                                       address=ADDRESS, imap=IMAP, imaps=IMAPS, pop3=POP3)[1]]
        for folder in self.folders[:2]:
            self.addCleanup(mail_servers.stop_postfix, folder)
        for port in (SMTP, PLAIN_SMTP, IMAP, IMAPS, POP3):
            self.assertTrue(self.accepts(ADDRESS, port), f"port {port}\n" + self.what_they_say())
        self.start_rollcall()

    def what_they_say(self):
        return "\n".join(["\n".join(log) for log in self.logs]
                         + [mail_servers.mail_log(folder) for folder in self.folders])

    def becomes(self, *arguments):
        try:
            return super().becomes(*arguments)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.what_they_say()}") from None

    def test_what_each_check_says(self):
        degraded = "^certificate expires on .*, in 2 days$"
        for pool in ("smtp", "smtp-dialogue", "imap", "imap-dialogue", "pop3", "imaps"):
            self.becomes(pool, "degraded", degraded)
        for pool, reason in {
                "no-starttls": "^STARTTLS: STARTTLS is not offered$",
                "other-name": "^certificate is not for other-name.mydomain.com$",
                "untrusted": "^certificate is not trusted: ",
                "other-protocol": r"^STARTTLS: expected \"\* OK\", got \"\+OK"}.items():
            self.becomes(pool, "down", reason)

    def test_the_servers_saw_tls(self):
        """Lines of Dovecot's log about sessions that end before a login."""
        self.becomes("imap", "degraded")
        self.becomes("pop3", "degraded")
        self.assertTrue(
            eventually(lambda: "TLS" in mail_servers.mail_log(self.folders[2]), SECONDS),
            self.what_they_say())


if __name__ == "__main__":
    unittest.main(verbosity=2)
