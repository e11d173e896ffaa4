"""Zones from files, with updates, beside zones from primaries; and a zone that turns from one into the other."""

import os
import time
import unittest

from support import namespace

namespace.enter()

# pylint: disable=wrong-import-position
from support import programs  # noqa: E402
from support.dns_client import Client  # noqa: E402
from support.programs import eventually  # noqa: E402

SECONDS = 20

PRIMARY = """\
server: {{listen: ["127.0.0.2:{primary}"], state_dir: state}}
control: {{socket: control.sock}}
zones:
  aa.example: {{file: db, allow_transfer: [127.0.0.0/8]}}
  turns.example: {{file: db, allow_transfer: [127.0.0.0/8]}}
"""

CONFIG = """\
server: {{listen: ["127.0.0.1:{port}"], state_dir: state}}
control: {{socket: control.sock}}
checks: {{web: {{type: tcp, port: 9, interval: 1s, timeout: 500ms}}}}
pools:
  www.turns.example: {{check: web}}
zones:
  aa.example: {{primaries: [{{address: "127.0.0.2:{primary}"}}]}}
  turns.example: {turns}
  bb.example: {{file: db.own, allow_update: [{{address: 127.0.0.0/8}}]}}
  cc.example: {{file: db.own, allow_update: [{{address: 127.0.0.0/8}}]}}
"""
FROM_FILE = "{file: db.own, allow_update: [{address: 127.0.0.0/8, pools: true, max_age: 4s}]}"
FROM_PRIMARY = '{{primaries: [{{address: "127.0.0.2:{primary}"}}]}}'

ZONE = """\
$TTL 300
@    IN SOA ns1 hostmaster (1 3600 600 86400 60)
     IN NS  ns1
ns1  IN A   127.0.0.1
www  IN A   127.0.0.31
{marker} IN TXT here
"""


class ZoneSources(unittest.TestCase):
    """A primary and the server under test."""

    def setUp(self):
        self.port, self.primary_port = programs.free_port(), programs.free_port("127.0.0.2")
        self.primary = self.make(PRIMARY.format(primary=self.primary_port))
        self.primary.folder.write("db", ZONE.format(marker="primary"))
        there = Client("127.0.0.2", self.primary_port)
        self.primary.start(lambda: there.ready("aa.example", "SOA"))
        self.server = self.make(self.config(FROM_FILE))
        self.server.folder.write("db.own", ZONE.format(marker="own"))
        self.client = Client("127.0.0.1", self.port)
        self.server.start(self.all_ready)

    def make(self, config):
        folder = programs.Folder()
        self.addCleanup(folder.remove)
        os.mkdir(folder.join("state"))
        folder.write("rollcall.yaml", config)
        server = programs.Server(folder)
        self.addCleanup(server.end)
        return server

    def config(self, turns):
        return CONFIG.format(port=self.port, primary=self.primary_port, turns=turns)

    def all_ready(self):
        return all(self.client.ready(f"{zone}.example", "SOA") for zone in ("aa", "turns", "bb", "cc"))

    def update(self, *lines):
        path = self.server.folder.write("lines", "\n".join(
            [f"server 127.0.0.1 {self.port}", *lines, "send", ""]))
        done = programs.run("nsupdate", "-v", path)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def has(self, name, kind="TXT"):
        return bool(self.client.udp(name, kind).answer)

    def restart(self):
        self.server.stop()
        again = programs.Server(self.server.folder)
        self.addCleanup(again.end)
        again.start(self.all_ready)
        self.server = again

    def test_each_zone_gets_its_own_updates(self):
        for zone in ("bb.example", "cc.example"):
            self.update(f"zone {zone}", f"update add new.{zone} 60 TXT {zone}")
        for _ in range(2):
            for zone in ("bb.example", "cc.example"):
                texts = self.client.udp(f"new.{zone}", "TXT").answer
                self.assertIn(zone, texts[0].to_text())
            self.assertTrue(self.has("primary.aa.example"))
            self.assertFalse(self.has("new.aa.example"))
            self.restart()

    def test_a_zone_that_gets_primaries_leaves_its_updates(self):
        self.update("zone turns.example", "update add www.turns.example 60 A 127.0.0.32",
                    "update add old.turns.example 60 TXT old")
        self.assertTrue(self.has("old.turns.example"))
        self.server.folder.write("rollcall.yaml",
                                 self.config(FROM_PRIMARY.format(primary=self.primary_port)))
        self.assertEqual(self.server.ctl("reload").returncode, 0)
        self.assertTrue(eventually(lambda: self.has("primary.turns.example"), SECONDS))
        aged = time.monotonic() + 6  # the record's time is over
        while time.monotonic() < aged:
            self.assertTrue(self.has("primary.turns.example"))
            self.assertFalse(self.has("old.turns.example"))
            self.assertFalse(self.has("own.turns.example"))
            time.sleep(0.1)
        self.restart()
        self.assertTrue(self.has("primary.turns.example"))
        self.assertFalse(self.has("own.turns.example"))

    def test_a_zone_that_is_dropped_while_it_is_built_stays_away(self):
        self.update("zone turns.example", *(f"update add www.turns.example 60 A 127.0.1.{i}"
                                            for i in range(30)))
        gone = self.config(FROM_FILE).replace(f"  turns.example: {FROM_FILE}\n", "").replace(
            "pools:\n  www.turns.example: {check: web}\n", "")
        self.assertNotIn("turns", gone)
        self.server.folder.write("rollcall.yaml", gone)
        self.assertEqual(self.server.ctl("reload").returncode, 0)
        self.assertNotIn("turns.example", self.server.ctl("status").stdout)


if __name__ == "__main__":
    unittest.main()
