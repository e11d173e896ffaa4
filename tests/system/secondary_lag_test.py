"""`rollcallctl secondaries`, and the notices of a secondary that lags: BIND, NSD and Knot, of which one
stops for a while."""

import json
import os
import unittest

from support import namespace

namespace.enter()

# pylint: disable=wrong-import-position
from support import programs  # noqa: E402
from support import signed_secondaries  # noqa: E402
from support.dns_client import Client  # noqa: E402
from support.programs import eventually  # noqa: E402
from support.signed_secondaries import ADDRESSES, BIND, KEYS, KNOT, NSD, PRIMARY  # noqa: E402

# pylint: disable=wrong-import-order
import processes  # noqa: E402

ORIGIN = "mydomain.com"
NODES = ["192.0.2.21", "192.0.2.22"]
PATIENCE = 30  # seconds for a step that takes some

CONFIG_BEFORE = """\
server: {listen: [192.0.2.1], state_dir: state, workers: 1}
control: {socket: control.sock}
alerts:
  batch: 0s
  exec: {command: [/bin/sh, -c, 'cat >>"$0"', {alerts}]}
"""

# Continues where the page's block ends: within `mydomain.com`.
CONFIG_AFTER = """\
    secondary_lag: 3s
checks:
  web: {type: tcp, port: 80, interval: 10m}
pools:
  www.mydomain.com: {check: web}
"""

ZONE = """\
$TTL 300
@       IN SOA  ns1 hostmaster (1 7200 3600 864000 60)
        IN NS   ns1
ns1     IN A    192.0.2.1
www     5 IN A  192.0.2.21
www     5 IN A  192.0.2.22
"""


class SecondaryLagTest(unittest.TestCase):
    """One story: each act builds on the one before."""

    def setUp(self):
        namespace.add_interface("zone0", [f"{address}/24" for address in (
            PRIMARY, *ADDRESSES.values())])
        self.folder = programs.Folder()
        self.addCleanup(self.folder.remove)
        os.mkdir(self.folder.join("state"))
        self.secrets = {kind: signed_secondaries.make_key(self.folder, name)
                        for kind, name in KEYS.items()}
        self.alerts = self.folder.write("alerts", "")
        self.folder.write("rollcall.yaml", CONFIG_BEFORE.replace("{alerts}", self.alerts) +
                          signed_secondaries.page_block("yaml") + CONFIG_AFTER)
        self.folder.write("db.mydomain.com", ZONE)
        self.processes = processes.Processes()
        self.addCleanup(self.processes.end_all)
        self.lines = []
        self.primary = Client(PRIMARY, 53)
        self.server = programs.Server(self.folder)
        self.addCleanup(self.server.end)
        self.server.start(lambda: self.primary.ready(ORIGIN, "SOA"))
        self.secondaries = {}
        self.commands = {}
        for kind, secret in self.secrets.items():
            self.commands[kind] = signed_secondaries.command(self.folder, kind, secret)
            self.start(kind)

    def start(self, kind):
        self.secondaries[kind] = self.processes.start(
            kind, self.commands[kind], lambda name, line: self.lines.append(f"{name}: {line}"))

    def test_the_story(self):
        self.act_all_are_in_step()
        self.act_one_stops()
        self.act_it_is_back()
        self.act_wrong_questions()

    def act_all_are_in_step(self):
        self.wait_until_in_step(set(ADDRESSES.values()))
        self.flip("drain")
        self.wait_until_in_step(set(ADDRESSES.values()))
        serial = self.primary.serial(ORIGIN)
        for kind, address in ADDRESSES.items():
            shown = self.shown()[address]
            self.assertEqual(shown["zone"], ORIGIN)
            self.assertEqual(shown["address"], f"{address}:53")
            self.assertEqual(shown["key"], f"{KEYS[kind]}.{ORIGIN}")
            self.assertEqual(shown["ours"], serial)
            self.assertEqual(shown["transfer"]["serial"], serial)
            self.assertEqual(shown["transfer"]["kind"], "changes")
            self.assertTrue(shown["transfer"]["by"].startswith(f"{address}:"), shown)
            self.assertGreaterEqual(shown["acknowledged"], serial, shown)
        self.assertIn("no secondaries", self.server.ctl("secondaries", "--behind").stdout)
        text = self.server.ctl("secondaries").stdout
        self.assertIn(f"{ORIGIN}  serial {serial}\n", text)
        self.assertEqual(text.count("in step"), 3, text)

    def act_one_stops(self):
        self.processes.end(self.secondaries["NSD"])
        before = self.primary.serial(ORIGIN)
        self.flip("auto")
        self.wait_until_in_step({BIND, KNOT})
        self.logged(f"zone {ORIGIN}: {NSD}:53 is behind by ")
        self.logged(f"to {NSD}:53: no response")
        behind = [row for row in self.rows("--behind") if row["lag_ms"] > 0]
        self.assertEqual([row["address"] for row in behind], [f"{NSD}:53"])
        self.assertEqual(behind[0]["serves"], before)
        self.assertGreaterEqual(behind[0]["lag_ms"], 3000)
        self.assertIn("no response", behind[0]["error"])
        text = self.server.ctl("secondaries", ORIGIN, "--behind").stdout
        self.assertRegex(text, rf"{NSD}:53  key nsd.{ORIGIN}  BEHIND for \d+s, serves serial {before}")
        self.assertNotIn(BIND, text)
        self.alerted("is behind by")

    def act_it_is_back(self):
        self.start("NSD")
        self.wait_until_in_step(set(ADDRESSES.values()))
        serial = self.primary.serial(ORIGIN)
        self.logged(f"zone {ORIGIN}: {NSD}:53 serves serial {serial} and is no longer behind")
        self.alerted("is no longer behind")
        for address in (BIND, KNOT):
            self.assertFalse([line for line in self.server.log
                              if f"{address}:53 is behind" in line], self.server.log)

    def act_wrong_questions(self):
        unknown = self.server.ctl("secondaries", "example.org")
        self.assertEqual(unknown.returncode, 1)
        self.assertIn("zone example.org is not configured", unknown.stderr)
        self.assertEqual(self.server.ctl("secondaries", "a..b").returncode, 2)

    # --- what the acts are made of ---

    def flip(self, word):
        done = self.server.ctl(word, NODES[0])
        self.assertEqual(done.returncode, 0, done.stderr)

    def rows(self, *options):
        done = self.server.ctl("--json", "secondaries", *options)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)["secondaries"]

    def shown(self):
        return {row["address"].rsplit(":", 1)[0]: row for row in self.rows()}

    def wait_until_in_step(self, addresses):
        def in_step():
            serial = self.primary.serial(ORIGIN)
            return addresses <= {address for address, row in self.shown().items()
                                 if row["serves"] == serial and row["lag_ms"] == 0}
        self.assertTrue(eventually(in_step, PATIENCE), self.everything())

    def logged(self, text):
        self.assertTrue(eventually(
            lambda: any(text in line for line in list(self.server.log)), PATIENCE),
            f"not logged: {text}\n{self.everything()}")

    def alerted(self, text):
        def told():
            with open(self.alerts, encoding="utf-8") as file:
                return text in file.read()
        self.assertTrue(eventually(told, PATIENCE), f"no alert: {text}\n{self.everything()}")

    def everything(self):
        return "\n".join([json.dumps(self.rows()), *self.server.log[-30:], *self.lines[-30:]])


if __name__ == "__main__":
    unittest.main(verbosity=2)
