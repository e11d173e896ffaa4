"""Pool policies with the real programs: what dig sees as servers end and come back."""

import unittest

from support import namespace

namespace.enter()

# pylint: disable=wrong-import-position
from support import programs  # noqa: E402
from support.programs import eventually  # noqa: E402
from support.web_pool import SECONDS, WebPool  # noqa: E402

PRIMARY, SECOND, BACKUP, FALLBACK = "127.0.0.41", "127.0.0.42", "127.0.0.43", "127.0.0.44"
ALL = (PRIMARY, SECOND, BACKUP, FALLBACK)

CONFIG = """\
checks:
  web: {{type: http, port: 8080, path: /, interval: 1s, fast_interval: 200ms, timeout: 800ms,
        fall: 2, rise: 1}}
health: {{observe_only: {observe_only}}}
pools:
  www.mydomain.com:
    check: web
    min_healthy: {min_healthy}%
    when_all_down: fallback
    fallback: [{fallback}]
    failback: {failback}
    {shares}
    members:
      127.0.0.41: {{weight: {weight}}}
      127.0.0.43: {{tier: backup}}
"""


class PoolPolicyTest(WebPool):
    """Two primary servers, a backup and a fallback."""

    def serve(self, **options):
        self.make(self.config(**options), ALL)
        self.start_web(*ALL)
        self.start()

    def configure(self, **options):
        self.write_config(self.config(**options))

    @staticmethod
    def config(observe_only="off", fallback=FALLBACK, failback="auto", weight=1, shares="",
               min_healthy=60):
        return CONFIG.format(observe_only=observe_only, fallback=fallback, failback=failback,
                             weight=weight, shares=shares, min_healthy=min_healthy)

    def status_has(self, text):
        self.assertTrue(eventually(lambda: text in self.server.ctl("status").stdout, SECONDS),
                        self.server.ctl("status").stdout)

    def test_tiers_and_fallback(self):
        self.serve()
        self.becomes(PRIMARY, SECOND)
        self.stop_web(PRIMARY)  # one of two is below 60 %
        self.becomes(BACKUP)
        self.stop_web(BACKUP)
        self.becomes(FALLBACK)
        self.status_has("fallback, at least 60 % up, FALLBACK: too few usable members: 1 of 3 is up, "
                        "60 % are needed; returning the fallback")
        self.start_web(PRIMARY)
        self.becomes(PRIMARY, SECOND)
        self.assertTrue(any("60 % are needed; returning the fallback" in line
                            for line in self.server.log))

    def test_what_is_observed_only_is_answered(self):
        self.serve(observe_only="on")
        self.becomes(*ALL)
        self.stop_web(PRIMARY)
        self.status_has("yes (no)")
        self.assertTrue(eventually(lambda: any("observe_only: it would be left out" in line
                                               for line in self.server.log), SECONDS))
        self.assertEqual(self.answer(), sorted(ALL))
        self.configure()
        self.assertEqual(self.server.ctl("reload").returncode, 0)
        self.becomes(BACKUP)

    def test_weights_share_out_the_answers(self):
        self.serve(weight=3, shares="max_answers: 1")
        answers = [self.client.addresses("www.mydomain.com") for _ in range(1000)]
        self.assertEqual({len(answer) for answer in answers}, {1})
        first = sum(answer == [PRIMARY] for answer in answers)
        self.assertAlmostEqual(first, 750, delta=82)  # six standard deviations
        self.status_has("at most 1 answered")
        self.configure(weight=0, min_healthy=0)
        self.assertEqual(self.server.ctl("reload").returncode, 0)
        self.becomes(SECOND)
        self.stop_web(SECOND)
        self.becomes(BACKUP)
        self.stop_web(BACKUP)
        self.becomes(PRIMARY)  # before the fallback

    def test_a_member_that_returns_begins_small(self):
        self.serve(shares="ramp_up: 1h")
        self.stop_web(PRIMARY)
        self.becomes(BACKUP)
        self.start_web(PRIMARY)
        self.becomes(PRIMARY, SECOND)
        self.status_has("SHARE")
        first = sum(self.client.udp("www.mydomain.com").answer[0][0].address == PRIMARY
                    for _ in range(1000))
        self.assertAlmostEqual(first, 91, delta=55)  # a tenth beside a whole

    def test_failback_may_wait_for_an_operator(self):
        self.serve(failback="manual")
        self.stop_web(PRIMARY)
        self.becomes(BACKUP)
        self.start_web(PRIMARY)
        self.status_has("up (failback)")
        self.assertEqual(self.answer(), [BACKUP])
        self.assertEqual(self.server.ctl("auto", PRIMARY).returncode, 0)
        self.becomes(PRIMARY, SECOND)

    def test_a_fallback_that_is_not_in_the_zone_file_is_warned_of(self):
        self.serve()
        self.configure(fallback="127.0.0.99")
        done = programs.run(programs.ROLLCALLCTL, "check", self.folder.join("rollcall.yaml"))
        self.assertEqual(done.returncode, 0)
        self.assertIn("member 127.0.0.99 is not an address of www.mydomain.com in the zone file: "
                      "ignored", done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
