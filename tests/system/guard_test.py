"""The isolation guard with the real programs: a network that goes and comes back."""

import unittest

from support import namespace

namespace.enter()

# pylint: disable=wrong-import-position
from support.programs import eventually  # noqa: E402
from support.web_pool import SECONDS, WebPool  # noqa: E402

WITNESS = "127.0.0.60"
MEMBERS = [f"127.0.0.{host}" for host in range(51, 59)]

CONFIG = """\
checks:
  web: {{type: http, port: 8080, path: /, interval: 1s, fast_interval: 200ms, timeout: 800ms,
        fall: 3, rise: 1}}
{health}
pools:
  www.mydomain.com: {{check: web, when_all_down: fail_closed}}
"""


class GuardTest(WebPool):
    """Eight web servers, and perhaps a witness."""

    def serve(self, health=""):
        self.make(CONFIG.format(health=health), MEMBERS)
        self.start_web(*MEMBERS, WITNESS)
        self.start()
        self.becomes(*MEMBERS)

    def held(self):
        return (self.status()["frozen"] or {"held": 0})["held"]

    def test_a_cut_network_drops_nobody(self):
        self.serve("  gateway: {type: tcp, port: 8080, interval: 1s, fast_interval: 100ms, "
                   "timeout: 90ms}\n"
                   f"health: {{witnesses: [{{address: {WITNESS}, check: gateway}}]}}")
        self.stop_web(*MEMBERS, WITNESS)
        self.assertTrue(eventually(lambda: self.held() == len(MEMBERS), SECONDS))
        self.assertEqual(self.answer(), MEMBERS)
        self.assertIn("the witness does not respond", self.status()["frozen"]["why"])
        self.start_web(WITNESS, *MEMBERS[1:])
        self.becomes(*MEMBERS[1:])
        self.assertIsNone(self.status()["frozen"])
        self.assertEqual(sum("answers are frozen: members go down" in line for line in self.server.log), 1)

    def test_a_reload_names_other_witnesses(self):
        self.serve()
        self.assertEqual(self.status()["witnesses"], [])
        states = self.folder.write("states", f"{WITNESS} up\n")
        self.write_config(CONFIG.format(health=(
            f"  monitor: {{type: file, file: {states}, missing: down}}\n"
            f"health: {{witnesses: [{{address: {WITNESS}, check: monitor}}]}}")))
        self.assertEqual(self.server.ctl("reload").returncode, 0)
        witness = {"address": WITNESS, "check": "monitor", "answers": True, "has_vote": True}
        self.assertTrue(eventually(lambda: self.status()["witnesses"] == [witness], SECONDS),
                        self.status()["witnesses"])
        self.folder.write("states", "")
        witness["answers"] = False
        self.assertTrue(eventually(lambda: self.status()["witnesses"] == [witness], SECONDS),
                        self.status()["witnesses"])

    def test_a_witness_that_never_answers_has_no_vote(self):
        self.serve("  nobody: {type: tcp, port: 9, interval: 1s, fast_interval: 100ms, "
                   "timeout: 90ms}\n"
                   f"health: {{witnesses: [{{address: {WITNESS}, check: nobody}}]}}")
        never = f"the witness {WITNESS} (check nobody) has never answered: connection refused"
        self.assertTrue(eventually(lambda: any(never in line for line in self.server.log), SECONDS))
        self.assertIn("NO WITNESS has answered yet", self.server.ctl("status").stdout)
        self.stop_web(MEMBERS[0])
        self.becomes(*MEMBERS[1:])
        self.assertIsNone(self.status()["frozen"])
        self.assertEqual(sum(never in line for line in self.server.log), 1)

    def test_a_witness_that_has_answered_once_counts_after_a_restart(self):
        self.serve("  gateway: {type: tcp, port: 8080, interval: 1s, fast_interval: 100ms, "
                   "timeout: 90ms}\n"
                   f"health: {{witnesses: [{{address: {WITNESS}, check: gateway}}]}}")
        self.assertTrue(eventually(lambda: self.status()["witnesses"][0]["has_vote"], SECONDS))
        self.server.end()
        self.stop_web(WITNESS)
        self.start()
        self.becomes(*MEMBERS)
        self.assertTrue(self.status()["witnesses"][0]["has_vote"])
        self.stop_web(MEMBERS[0])
        self.assertTrue(eventually(lambda: self.held() == 1, SECONDS))
        self.assertEqual(self.answer(), MEMBERS)

    def test_a_mass_drop_waits_for_the_operator(self):
        self.serve()
        self.stop_web(*MEMBERS[:6])
        self.assertTrue(eventually(lambda: self.held() == 6, SECONDS))
        self.assertEqual(self.answer(), MEMBERS)
        self.assertIn("FROZEN", self.server.ctl("status").stdout)
        self.assertEqual(self.server.ctl("thaw").stdout,
                         "answers follow the probes again: 6 members are down\n")
        self.assertEqual(self.answer(), MEMBERS[6:])
        self.assertEqual(self.server.ctl("thaw").stdout, "answers were not frozen\n")


if __name__ == "__main__":
    unittest.main(verbosity=2)
