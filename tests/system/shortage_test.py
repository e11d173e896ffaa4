"""A shortage of rollcalld's own host does not count against the members."""

import resource
import unittest

from support import namespace

namespace.enter()

# pylint: disable=wrong-import-position
from support.programs import eventually  # noqa: E402
from support.web_pool import SECONDS, WebPool  # noqa: E402

FIRST, SECOND = "127.0.0.71", "127.0.0.72"
CONFIG = """\
checks:
  web: {type: http, port: 8080, interval: 1s, fast_interval: 100ms, timeout: 300ms,
        fall: 2, rise: 1, tripwire: true}
  open: {type: tcp, port: 8080, interval: 1s, fast_interval: 100ms, timeout: 300ms,
         fall: 2, rise: 1}
  true: {type: exec, command: [/bin/true], interval: 1s, fast_interval: 100ms, timeout: 900ms,
         fall: 2, rise: 1}
health: {max_drop: 100%}
pools:
  www.mydomain.com: {checks: [web, open, "true"], when_all_down: fail_closed}
"""


class ShortageTest(WebPool):
    """Two web servers, and a rollcalld that may open no more descriptors."""

    def setUp(self):
        self.make(CONFIG, (FIRST, SECOND))
        self.start_web(FIRST, SECOND)
        self.start()
        self.becomes(FIRST, SECOND)

    def limit(self, soft=None):
        """Sets the limit of descriptors; without a number, the hard limit."""
        _, hard = resource.prlimit(self.server.pid(), resource.RLIMIT_NOFILE)
        resource.prlimit(self.server.pid(), resource.RLIMIT_NOFILE,
                         (hard if soft is None else soft, hard))

    def logged(self, text):
        return [line for line in self.server.log if text in line]

    def test_without_descriptors_nobody_is_down(self):
        self.limit(3)
        self.assertTrue(eventually(lambda: self.logged("cannot probe"), SECONDS), self.server.log)
        self.assertRegex(self.logged("cannot probe")[0],
                         r"cannot probe: .*Too many open files; \d+ probes were without a result")
        self.assertEqual(self.answer(), [FIRST, SECOND])
        self.assertEqual(self.logged("is down"), [])
        self.limit()
        self.stop_web(FIRST)
        self.becomes(SECOND)
        self.start_web(FIRST)
        self.becomes(FIRST, SECOND)
        self.assertEqual(len(self.logged("cannot probe")), 1)

    def test_a_reload_says_that_more_descriptors_may_be_wanted(self):
        resource.prlimit(self.server.pid(), resource.RLIMIT_NOFILE, (2000, 2000))
        self.write_config(CONFIG.replace("health: {", "health: {max_probes: 40000, "))
        done = self.server.ctl("reload")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(eventually(lambda: self.logged("only 2000 file descriptors are allowed"),
                                   SECONDS), self.server.log)


if __name__ == "__main__":
    unittest.main(verbosity=2)
