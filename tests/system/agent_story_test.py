"""The seed's cluster with units: a mail with the journal's last lines, and a service that is given up.

The units are those of support/fake_systemd.py. rollcalld's clock runs twelve times as fast as the
others: between the restarts of a member are 5 and then 15 minutes.
"""

import json
import os
import unittest

from support import namespace

namespace.enter()

# pylint: disable=wrong-import-position
from support import programs  # noqa: E402
from support import seed_cluster  # noqa: E402
from support.dns_client import Client  # noqa: E402
from support.fake_systemd import FakeSystemd  # noqa: E402
from support.programs import eventually  # noqa: E402
from support.seed_cluster import ORIGIN, PRIMARY, SeedCluster, address_of  # noqa: E402

WWW = f"www.{ORIGIN}"
SPEED = 12
PATIENCE = 30  # seconds
LONG_PATIENCE = 35 * 60 / SPEED  # of these 25 minutes pass from the first restart to the end

PACE = "interval: 1s, fast_interval: 200ms, timeout: 800ms"
PACE_HERE = "interval: 10s, fast_interval: 2s, timeout: 8s"


def lines_of(body):
    """The lines of a mail, without what they are indented by."""
    return [line.strip() for line in body.splitlines()]


class UnitCluster(SeedCluster):
    """Web servers that are units; no secondary."""

    def __init__(self):
        super().__init__()
        self.systemd = FakeSystemd(self.folder.join("systemd"))
        fast_clock = self.folder.join("fast_clock.so")
        made = programs.run("g++", "-shared", "-fPIC", "-O1", f"-DSPEED={SPEED}", "-o", fast_clock,
                            os.path.join(programs.SOURCE, "tests/system/support/fast_clock.cpp"))
        if made.returncode != 0:
            raise AssertionError(made.stderr)
        self.environment = {**os.environ, "LD_PRELOAD": fast_clock}

    def end(self):
        super().end()
        self.systemd.end()

    def _write_files(self):
        super()._write_files()
        self.folder.write("rollcall.yaml", seed_cluster.CONFIG.replace(PACE, PACE_HERE))

    def _recipe(self, number, name):
        if name not in ("apache", "fasttrack"):
            return super()._recipe(number, name)
        self.systemd.unit(self.unit(number), self.services[number, name].script)
        return f"systemd: {self.unit(number)}"

    def _start_secondary(self):
        """None is needed."""

    @staticmethod
    def unit(number):
        return f"web-{number}.service"

    def restarts(self, number):
        return sum(self.unit(number) in call for call in self.systemd.calls("restart"))


class AgentStory(unittest.TestCase):
    def setUp(self):
        self.cluster = UnitCluster()
        self.addCleanup(self.cluster.end)
        self.cluster.start()
        self.client = Client(PRIMARY, 53)

    def answered(self, *numbers):
        wanted = sorted(address_of(number) for number in numbers)
        last = self.client.becomes(WWW, wanted, PATIENCE)
        self.assertEqual(last, wanted, self.cluster.log_text())

    def mail(self, words, number, patience=PATIENCE):
        """The first mail about the node of that number whose subject has these words."""
        def found():
            return [mail for mail in self.cluster.mailbox.mails()
                    if words in mail.subject and address_of(number) in mail.subject]
        self.assertTrue(eventually(found, patience), [
            mail.subject for mail in self.cluster.mailbox.mails()] + [self.cluster.log_text()])
        return found()[0]

    def test_the_story(self):
        self.answered(1, 2, 3)
        self.act_a_unit_dies_and_is_restarted()
        self.act_a_unit_is_broken_for_good()

    def act_a_unit_dies_and_is_restarted(self):
        self.cluster.systemd.set("web-2.service", "journal", "web[7]: out of memory")
        self.cluster.systemd.give_up("web-2.service")
        self.cluster.web(2).kill()
        self.mail("is down", 2)
        body = self.mail("restart of apache", 2).body
        for line in ("systemd before: start-limit-hit (systemd had restarted it 5 times); its failures "
                     "were reset (reset-failed)", "systemd now: active", "the end of its journal:",
                     "  web[7]: out of memory"):
            self.assertIn(line.strip(), lines_of(body), body)
        self.mail("up again", 2)
        self.answered(1, 2, 3)
        self.assertEqual(self.cluster.restarts(2), 1)

    def act_a_unit_is_broken_for_good(self):
        nginx = self.cluster.web(3)
        nginx.break_config()
        nginx.kill()
        body = self.mail("restart of fasttrack", 3).body
        self.assertIn("systemd now: failed, exit-code", lines_of(body), body)
        self.assertRegex(body, r"(?m)^  .*unknown directive")
        self.answered(1, 2)
        self.mail("restarted no more", 3, LONG_PATIENCE)
        self.assertEqual(self.cluster.restarts(3), 3)
        # Bad probes go on, and none of them asks for a fourth one.
        probes = self.probes(3)
        self.assertTrue(eventually(lambda: self.probes(3) >= probes + 5, PATIENCE))
        self.assertEqual(self.cluster.restarts(3), 3)
        self.answered(1, 2)

    def probes(self, number):
        done = programs.rollcallctl("-s", self.cluster.folder.join("control.sock"), "--json", "status")
        self.assertEqual(done.returncode, 0, done.stderr)
        return next(member["probes"] for pool in json.loads(done.stdout)["status"]["pools"]
                    if pool["name"].startswith("www.") for member in pool["members"]
                    if member["address"] == address_of(number))


if __name__ == "__main__":
    unittest.main(verbosity=2)
