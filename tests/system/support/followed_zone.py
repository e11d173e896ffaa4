"""A rollcalld with BIND, NSD and Knot as its secondaries, as docs/secondaries.md configures them."""

import json
import os
import unittest

from support import namespace
from support import programs
from support import signed_secondaries
from support.dns_client import Client
from support.programs import eventually
from support.signed_secondaries import ADDRESSES, KEYS, PRIMARY

# pylint: disable=wrong-import-order
import processes

ORIGIN = "mydomain.com"
PATIENCE = 30  # seconds for a step that takes some

CONFIG = """\
server: {{listen: [192.0.2.1], state_dir: state, workers: 1}}
control: {{socket: control.sock}}
alerts:
  batch: 0s
  exec: {{command: [/bin/sh, -c, 'cat >>"$0"', {alerts}]}}
"""


class FollowedZone(unittest.TestCase):
    """Subclasses give the zone, and what follows the page's block in the configuration."""

    ZONE = ""
    MORE = ""  # continues within `mydomain.com`

    def setUp(self):
        namespace.add_interface("zone0", [f"{address}/24" for address in (
            PRIMARY, *ADDRESSES.values())])
        self.addCleanup(namespace.run, "ip", "link", "delete", "zone0")
        self.folder = programs.Folder()
        self.addCleanup(self.folder.remove)
        os.mkdir(self.folder.join("state"))
        self.secrets = {kind: signed_secondaries.make_key(self.folder, name)
                        for kind, name in KEYS.items()}
        self.alerts = self.folder.write("alerts", "")
        self.folder.write("rollcall.yaml", self.configuration())
        self.folder.write("db.mydomain.com", self.ZONE)
        self.processes = processes.Processes()
        self.addCleanup(self.processes.end_all)
        self.lines = []
        self.primary = Client(PRIMARY, 53)
        self.clients = {kind: Client(address, 53) for kind, address in ADDRESSES.items()}
        self.server = programs.Server(self.folder)
        self.addCleanup(self.server.end)
        self.server.start(lambda: self.primary.ready(ORIGIN, "SOA"))
        self.secondaries = {}
        self.commands = {}
        for kind, secret in self.secrets.items():
            self.commands[kind] = signed_secondaries.command(self.folder, kind, secret)
            self.start(kind)

    def configuration(self):
        return (CONFIG.format(alerts=self.alerts) + signed_secondaries.page_block("yaml") +
                self.MORE)

    def start(self, kind):
        self.secondaries[kind] = self.processes.start(
            kind, self.commands[kind], lambda name, line: self.lines.append(f"{name}: {line}"))

    def ctl(self, *words):
        done = self.server.ctl(*words)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def rows(self, *options):
        return json.loads(self.ctl("--json", "secondaries", *options))["secondaries"]

    def shown(self):
        return {row["address"].rsplit(":", 1)[0]: row for row in self.rows()}

    def wait_until_in_step(self, addresses=tuple(ADDRESSES.values())):
        def in_step():
            rows = self.shown()
            return all(rows[address]["serves"] == rows[address]["ours"] is not None and
                       rows[address]["lag_ms"] == 0 for address in addresses)
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

    def wait_for_serial_after(self, before):
        """A flip gets its serial within a second of the last one."""
        self.assertTrue(eventually(lambda: self.primary.serial(ORIGIN) > before, PATIENCE),
                        self.everything())
