"""TCP checks against real processes: scripts, refusals, and a process that is stopped."""

import os
import signal
import sys
import unittest

from support import namespace

namespace.enter()

# pylint: disable=wrong-import-position
from support import programs  # noqa: E402
from support.check_fixture import CheckFixture  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
ADDRESS = "127.0.0.11"

SCRIPT = """type: tcp, port: @smtp@, steps: [
    {expect: "220"}, {send: "EHLO a"}, {expect: "250"}, {send: NOOP}, {expect: "250 fine"},
    {send: QUIT}, {expect: "221"}]"""


class TcpChecksTest(CheckFixture):
    """One SMTP server, asked in several ways."""

    CASES = {
        "connect": ("type: tcp, port: @smtp@", [ADDRESS]),
        "greeting": ('type: tcp, port: @smtp@, send: QUIT, expect: "220"', [ADDRESS]),
        "script": (SCRIPT, [ADDRESS]),
        "wrong": ('type: tcp, port: @smtp@, steps: [{expect: "220"}, {send: HELP}, '
                  '{expect: "214"}]', [ADDRESS]),
        "notls": ("type: tcp, port: @smtp@, starttls: smtp", [ADDRESS]),
        "elsewhere": ("type: tcp, port: @closed@", ["192.0.2.1"],
                      f"check: elsewhere, members: {{192.0.2.1: {{probe_address: {ADDRESS}, port: @smtp@}}}}"),
        "either": ("type: tcp, port: @smtp@", [ADDRESS], "any_of: [refused, either]"),
        "both": ("type: tcp, port: @smtp@", [ADDRESS], "checks: [refused, both]"),
        "two": ("type: tcp, port: @smtp@", [ADDRESS],
                "checks: [refused, two, connect], at_least: 2"),
        "refused": ("type: tcp, port: @closed@", [ADDRESS]),
    }

    def setUp(self):
        self.set_up_folder()
        port, closed = programs.free_port(ADDRESS), programs.free_port(ADDRESS)
        self.smtp = self.processes.start(
            "smtp", [sys.executable, os.path.join(HERE, "support", "scripted_smtp.py"), ADDRESS,
                     str(port)])
        self.assertTrue(self.accepts(ADDRESS, port))
        self.start_rollcall(smtp=port, closed=closed)

    def test_what_each_check_says(self):
        for pool in ("connect", "greeting", "script"):
            self.becomes(pool, "up", "^$")
        self.becomes("wrong", "down",
                     '^reply: timed out after 900ms; step 3: expected "214", got "500 unknown"$')
        self.becomes("notls", "down", "^STARTTLS: STARTTLS is not offered$")
        self.becomes("refused", "down", "^connection refused$")
        self.becomes("elsewhere", "up", "^$")
        self.becomes("either", "up", "^connection refused$")
        self.becomes("two", "up", "^connection refused$")
        self.becomes("both", "down", "^connection refused$")

    def test_a_stopped_process_is_dropped_by_what_it_does_not_say(self):
        for pool in ("connect", "greeting", "script"):
            self.becomes(pool, "up")
        os.kill(self.smtp.pid, signal.SIGSTOP)
        try:
            self.becomes("greeting", "down", "^reply: timed out after 900ms$")
            self.becomes("script", "down", "^reply: timed out after 900ms$")
            # The kernel still completes the handshake: a connection proves nothing about the
            # process.
            self.assertEqual(self.status()[("connect", ADDRESS)]["health"], "up")
        finally:
            os.kill(self.smtp.pid, signal.SIGCONT)
        self.becomes("greeting", "up", "^$")
        self.becomes("script", "up", "^$")


if __name__ == "__main__":
    unittest.main(verbosity=2)
