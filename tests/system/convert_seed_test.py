"""The seed's own files, converted, run the seed's cluster: a member drops, is restarted, returns."""

import os
import unittest

from support import namespace

namespace.enter()

# pylint: disable=wrong-import-position
from support.dns_client import Client  # noqa: E402
from support.programs import SEED, eventually, rollcallctl  # noqa: E402
from support.seed_cluster import MAIL_PORT, ORIGIN, PRIMARY, SeedCluster, address_of  # noqa: E402

PATIENCE = 30  # seconds

# What the scripts of 2000 do not say: where this machine has room, and a pace for a test.
HERE = f"""\
server: {{listen: ["{PRIMARY}:53"], state_dir: state}}
control: {{socket: control.sock}}
"""
PACE = "interval: 1s, fast_interval: 200ms, timeout: 800ms, "


class ConvertedCluster(SeedCluster):
    """The cluster under what `rollcallctl convert` makes of its files."""

    def _write_files(self):
        done = rollcallctl("convert", "phonax", "failover-monitor.config", "failover.config",
                           "normal-dns", "named.conf", "-o", self.folder.path, cwd=SEED)
        if done.returncode != 0:
            raise AssertionError(done.stderr)
        os.mkdir(self.folder.join("state"))
        text = self._read("rollcall.yaml").replace("{type:", "{" + PACE + "type:")
        text = text.replace("to: [root@phonax.com]",
                            f'to: [root@phonax.com], smtp: "smtp://{PRIMARY}:{MAIL_PORT}"')
        self.folder.write("rollcall.yaml", HERE + text)

    def _read(self, name):
        with open(self.folder.join(name), encoding="utf-8") as file:
            return file.read()

    def _start_node(self, number):
        """The agent as converted; its scripts are those of the test."""
        scripts = self._start_services(number)
        config = f"agents/{address_of(number)}/agent.yaml"
        self.folder.write(config, self._read(config).replace("/etc/init.d", scripts))
        self._start_agent(number, config)

    def _start_secondary(self):
        """The seed has none."""


class ConvertedSeedTest(unittest.TestCase):
    def setUp(self):
        self.cluster = ConvertedCluster()
        self.addCleanup(self.cluster.end)
        self.cluster.start()
        self.client = Client(PRIMARY, 53)

    def becomes(self, label, numbers):
        wanted = sorted(address_of(number) for number in numbers)
        last = self.client.becomes(f"{label}.{ORIGIN}", wanted, PATIENCE)
        self.assertEqual(last, wanted, f"{label}\n{self.cluster.log_text()}")

    def test_the_cluster(self):
        for label, numbers in (("www", {1, 2, 3}), ("smtp", {1, 2}), ("pop", {4, 5})):
            self.becomes(label, numbers)
        nginx = self.cluster.web(2)
        nginx.kill()
        self.becomes("www", {1, 3})
        self.becomes("www", {1, 2, 3})
        self.assertEqual(nginx.calls(), ["start 0", "stop 0", "start 0"])
        inetd = self.cluster.services[4, "inetd"]
        inetd.kill()
        self.becomes("pop", {5})
        self.becomes("pop", {4, 5})
        mails = self.cluster.mailbox
        # It was back within the 10 seconds of one message, which tells how it is now.
        self.assertTrue(eventually(lambda: {"restart", "return"} <=
                                   set(mails.kinds_about(address_of(2))), PATIENCE),
                        [mail.subject for mail in mails.mails()])


if __name__ == "__main__":
    unittest.main(verbosity=2)
