"""An operator's overrides with the real programs: what dig sees, and what a restart keeps."""

import os
import re
import unittest

from support import namespace

namespace.enter()

# pylint: disable=wrong-import-position
from support import programs  # noqa: E402
from support.programs import eventually  # noqa: E402
from support.web_pool import SECONDS, WebPool  # noqa: E402

FIRST, SECOND = "127.0.0.31", "127.0.0.32"

CONFIG = """\
checks:
  web: {type: http, port: 8080, path: /, interval: 1s, fast_interval: 200ms, timeout: 800ms,
        fall: 2, rise: 1}
pools:
  www.mydomain.com: {check: web}
"""


class OverridesTest(WebPool):
    """Two healthy web servers."""

    def setUp(self):
        self.make(CONFIG, (FIRST, SECOND))
        self.start_web(FIRST, SECOND)
        self.start()

    def restart(self, end):
        end()
        self.server = programs.Server(self.folder)
        self.start()

    def ctl(self, *arguments):
        done = self.server.ctl(*arguments)
        self.assertEqual((done.returncode, done.stderr), (0, ""), arguments)
        return done.stdout

    def refused(self, *arguments):
        done = self.server.ctl(*arguments)
        self.assertEqual((done.returncode, done.stdout), (1, ""), arguments)
        return done.stderr

    def test_a_drained_member_stays_drained_over_restarts(self):
        self.becomes(FIRST, SECOND)
        self.assertEqual(self.ctl("drain", FIRST, "--reason", "new disk", "--for", "2h"),
                         f"{FIRST} is drained in www.mydomain.com for 2h\n")
        self.assertEqual(self.answer(), [SECOND])  # at once
        self.assertIn("drained, 1h 59m left: new disk", self.ctl("status"))

        for end in (self.server.stop, lambda: self.server.crash()):
            self.restart(end)
            self.becomes(SECOND)
            self.assertTrue(eventually(lambda: self.member(FIRST)["health"] == "up", SECONDS))
            member = self.member(FIRST)
            self.assertEqual((member["override"], member["override_reason"], member["live"]),
                             ("drained", "new disk", False))
            self.assertGreater(member["override_left_ms"], 3600_000)
            self.assertLessEqual(member["override_left_ms"], 7200_000)
            self.assertEqual(self.answer(), [SECOND])

        self.assertEqual(self.ctl("auto", FIRST), f"{FIRST} is auto again in www.mydomain.com\n")
        self.assertEqual(self.answer(), [FIRST, SECOND])
        self.assertTrue(any("is set to auto again by " in line
                            for line in self.server.log))

    def test_the_last_live_member_is_refused_without_force(self):
        self.ctl("drain", FIRST)
        self.assertEqual(self.refused("drain", SECOND),
                         f"rollcallctl: {SECOND} is the last live member of www.mydomain.com A; "
                         "use --force to drain it anyway\n")
        self.assertEqual(self.answer(), [SECOND])
        self.ctl("drain", SECOND, "--force")
        self.assertEqual(self.answer(), [FIRST, SECOND])  # fail_open: never an empty answer
        self.assertIn("FAILED OPEN: no usable member: all 2 are drained; returning all (fail_open)",
                      self.ctl("status"))

    def test_several_members_a_pattern_and_a_pool(self):
        both = (f"  www.mydomain.com: {FIRST}\n  www.mydomain.com: {SECOND}\n")
        self.assertEqual(self.ctl("up", FIRST, SECOND), "2 members are forced-up:\n" + both)
        self.assertEqual(self.ctl("auto", "127.0.0.*"), "2 members are auto again:\n" + both)
        self.assertEqual(self.ctl("up", "--pool", "www.mydomain.com", "--for", "1h"),
                         "2 members are forced-up for 1h:\n" + both)
        self.assertEqual(self.ctl("auto", "www.mydomain.com"),
                         "2 members are auto again:\n" + both)
        self.assertIn(f"has no other live member than {FIRST}, {SECOND}",
                      self.refused("drain", "*.mydomain.com"))
        self.assertIn("nothing was changed:\n  192.0.2.8 is not", self.refused(
            "down", FIRST, "192.0.2.8", "192.0.2.9"))
        self.assertEqual(self.answer(), [FIRST, SECOND])

    def test_the_log_names_the_operator(self):
        self.ctl("drain", FIRST, "--reason", "new disk")
        self.ctl("reload")
        self.ctl("normal", "on")
        uid = rf"(\S+ \(uid {os.getuid()}\)|uid {os.getuid()})"
        for line in (rf"{FIRST} is drained by {uid}: new disk", f"normal is on, by {uid}",
                     f"reload of everything requested by {uid}"):
            self.assertTrue(eventually(
                lambda line=line: any(re.search(line, said) for said in self.server.log), SECONDS),
                line)

    def test_who_is_unknown_is_refused(self):
        self.assertIn("192.0.2.9 is not a member of any pool", self.refused("drain", "192.0.2.9"))
        self.assertIn("there is no pool ftp.mydomain.com",
                      self.refused("down", FIRST, "--pool", "ftp.mydomain.com"))
        wrong = self.server.ctl("drain", FIRST, "--for", "soon")
        self.assertEqual(wrong.returncode, 2)
        self.assertIn('invalid duration "soon"', wrong.stderr)

    def test_up_and_down_stand_above_the_probes(self):
        self.ctl("up", FIRST)
        self.stop_web(FIRST)
        self.assertTrue(eventually(lambda: self.member(FIRST)["health"] == "down", SECONDS))
        self.assertEqual(self.answer(), [FIRST, SECOND])
        self.ctl("down", SECOND)
        self.assertEqual(self.answer(), [FIRST])
        self.ctl("auto", SECOND)
        self.ctl("auto", FIRST)
        self.assertEqual(self.answer(), [SECOND])

    def test_an_override_ends_by_itself(self):
        self.ctl("drain", FIRST, "--for", "1500ms")
        self.assertEqual(self.answer(), [SECOND])
        self.becomes(FIRST, SECOND)
        self.assertTrue(any("its override (drained) has expired" in line for line in self.server.log))

    def test_normal_serves_everything_over_a_restart_too(self):
        self.ctl("drain", FIRST)
        self.assertEqual(self.ctl("normal", "on", "--for", "1h"), "normal is on for 1h\n")
        self.assertEqual(self.answer(), [FIRST, SECOND])
        self.restart(self.server.stop)
        self.becomes(FIRST, SECOND)
        self.assertIn("NORMAL is on", self.ctl("status"))
        self.assertEqual(self.ctl("normal", "off"), "normal is off\n")
        self.assertEqual(self.answer(), [SECOND])
        self.assertEqual(self.server.ctl("normal", "perhaps").returncode, 2)


if __name__ == "__main__":
    unittest.main(verbosity=2)
