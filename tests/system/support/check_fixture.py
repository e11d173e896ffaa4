"""One rollcalld whose pools are the cases of a test: a name each, with its check and its members."""

import json
import os
import re
import unittest

from support import programs
from support.dns_client import Client
from support.programs import eventually

import processes

SECONDS = 20  # for anything that should happen soon
TIMES = "interval: 1s, fast_interval: 200ms, timeout: 900ms, fall: 2, rise: 2"
CONFIG = """\
server: {{listen: ["127.0.0.1:{port}"], state_dir: state}}
control: {{socket: control.sock}}
zones: {{mydomain.com: {{file: db.mydomain.com}}}}
checks:
{checks}
pools:
{pools}
"""
ZONE = """\
$TTL 1
@   IN SOA ns1 hostmaster (1 3600 600 86400 60)
    IN NS  ns1
ns1 IN A   127.0.0.1
"""


class CheckFixture(unittest.TestCase):
    """Subclasses have CASES: pool -> (check as YAML; addresses; pool as YAML, if it says more).

    A check without an interval has the usual TIMES.
    """

    CASES = {}

    def set_up_folder(self):
        """Makes the folder, before the servers that are probed need it."""
        self.folder = programs.Folder()
        self.addCleanup(self.folder.remove)
        os.mkdir(self.folder.join("state"))
        self.processes = processes.Processes()
        self.addCleanup(self.processes.end_all)

    def configure(self, **words):
        """Writes the configuration and the zone. Replaces @NAME@ in a check by words[NAME]."""
        checks, pools, zone = [], [], ZONE
        for pool, (check, addresses, *own) in self.CASES.items():
            body = own[0] if own else f"check: {pool}"
            for word, value in words.items():
                check = check.replace(f"@{word}@", str(value))
                body = body.replace(f"@{word}@", str(value))
            times = "" if "interval:" in check else f", {TIMES}"
            checks.append(f"  {pool}: {{{check}{times}}}")
            pools.append(f"  {pool}.mydomain.com: {{{body}}}")
            for address in addresses:
                kind = "AAAA" if ":" in address else "A"
                zone += f"{pool} IN {kind} {address}\n"
        self.folder.write("db.mydomain.com", zone)
        self.folder.write("rollcall.yaml", CONFIG.format(
            port=self.port, checks="\n".join(checks), pools="\n".join(pools)))

    def start_rollcall(self, **words):
        self.port = programs.free_port()
        self.configure(**words)
        self.client = Client("127.0.0.1", self.port)
        self.server = programs.Server(self.folder)
        self.addCleanup(self.server.end)
        self.server.start(lambda: self.client.ready("ns1.mydomain.com"))

    def status(self):
        """(pool, address) -> the member in the status."""
        status = json.loads(self.server.ctl("--json", "status").stdout)["status"]
        return {(pool["name"].removesuffix(".mydomain.com"), member["address"]): member
                for pool in status["pools"] for member in pool["members"]}

    def becomes(self, pool, health, reason="", address=None):
        """Waits until the member is up, down or degraded, with a reason that matches."""
        address = address or self.CASES[pool][1][0]
        last = {}

        def so():
            last.update(self.status()[(pool, address)])
            state = "degraded" if last["degraded"] else last["health"]
            return state == health and re.search(reason, last["reason"])

        if not eventually(so, SECONDS):
            self.fail(f"{pool} {address} is not {health} ({reason}) but {last}:\n"
                      + "\n".join(self.server.log))
        return last

    def logged(self, text):
        """Waits for a line of the log."""
        if not eventually(lambda: any(text in line for line in self.server.log), SECONDS):
            self.fail(f"no \"{text}\" in:\n" + "\n".join(self.server.log))

    def accepts(self, address, port):
        """Waits until something listens there."""
        return eventually(lambda: programs.connects(address, port), SECONDS)
