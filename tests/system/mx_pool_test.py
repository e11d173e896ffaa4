"""A pool of MX records before real SMTP servers that end and come back."""

import json
import os
import socket
import sys
import unittest

from support import namespace

namespace.enter()

# pylint: disable=wrong-import-position
import dns.exception  # noqa: E402
import dns.message  # noqa: E402

from support import programs  # noqa: E402
from support.dns_client import Client  # noqa: E402
from support.programs import eventually  # noqa: E402

# pylint: disable=wrong-import-order
import processes  # noqa: E402

SECONDS = 20  # for anything that should happen soon
SMTP_PORT = 2525
EXCHANGES = {"mx1.mydomain.com.": ["127.0.0.21", "127.0.0.22"], "mx2.mydomain.com.": ["127.0.0.23"]}

CONFIG = """\
server: {{listen: ["127.0.0.1:{port}"], state_dir: state}}
control: {{socket: control.sock}}
zones:
  mydomain.com:
    file: db.mydomain.com
    secondaries: [{{address: "127.0.0.9:{notify_port}"}}]
    allow_transfer: [127.0.0.0/8]
checks:
  smtp: {{type: tcp, port: 2525, send: "QUIT", expect: "220",
         interval: 1s, fast_interval: 200ms, timeout: 800ms, fall: 2, rise: 2}}
pools:
  mydomain.com: {{records: MX, check: smtp}}
"""

ZONE = """\
$TTL 60
@    IN SOA ns1 hostmaster (2026010100 3600 600 86400 60)
     IN NS  ns1
     IN MX  10 mx1
     IN MX  20 mx2
     IN A   127.0.0.1
ns1  IN A   127.0.0.1
mx1  IN A   127.0.0.21
mx1  IN A   127.0.0.22
mx2  IN A   127.0.0.23
"""


class MxPoolTest(unittest.TestCase):
    """Three SMTP servers behind two exchanges."""

    def setUp(self):
        self.folder = programs.Folder()
        self.addCleanup(self.folder.remove)
        os.mkdir(self.folder.join("state"))
        port, self.notify_port = programs.free_port(), programs.free_port("127.0.0.9")
        self.folder.write("rollcall.yaml", CONFIG.format(port=port, notify_port=self.notify_port))
        self.folder.write("db.mydomain.com", ZONE)
        self.client = Client("127.0.0.1", port)
        self.processes = processes.Processes()
        self.addCleanup(self.processes.end_all)
        self.smtp = {}
        for address in sum(EXCHANGES.values(), []):
            self.start_smtp(address)
        self.server = programs.Server(self.folder)
        self.addCleanup(self.server.end)
        self.server.start(lambda: self.client.ready("mydomain.com", "MX"))

    def start_smtp(self, address):
        self.smtp[address] = self.processes.start(
            f"smtp {address}", [sys.executable, "-m", "aiosmtpd", "-n", "-c",
                                "aiosmtpd.handlers.Sink", "-l", f"{address}:{SMTP_PORT}"])
        self.assertTrue(eventually(lambda: greets(address), SECONDS), address)

    def end_smtp(self, address):
        self.processes.end(self.smtp.pop(address))

    def exchanges(self):
        """The records that dig gets."""
        done = programs.run("dig", "+short", "+tries=1", f"@{self.client.address}",
                            "-p", str(self.client.port), "mydomain.com", "MX")
        return sorted(line.split()[1] for line in done.stdout.splitlines() if " mx" in line)

    def becomes(self, *exchanges):
        if not eventually(lambda: self.exchanges() == list(exchanges), SECONDS):
            self.fail(f"{self.exchanges()} is not {exchanges}:\n" + "\n".join(self.server.log))

    def members(self):
        status = json.loads(self.server.ctl("--json", "status").stdout)["status"]
        pool, = status["pools"]
        self.assertEqual((pool["name"], pool["records"]), ("mydomain.com", "MX"))
        return {(member["exchange"], member["address"]): (member["health"], member["live"])
                for member in pool["members"]}

    def test_a_dead_exchange_leaves_and_returns(self):
        self.becomes("mx1.mydomain.com.", "mx2.mydomain.com.")
        before = self.client.serial("mydomain.com")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as secondary:
            secondary.bind(("127.0.0.9", self.notify_port))
            secondary.settimeout(SECONDS)
            self.end_smtp("127.0.0.23")
            self.becomes("mx1.mydomain.com.")
            serial = self.client.serial("mydomain.com")
            self.assertGreater(serial, before)
            self.assertTrue(notified(secondary, serial))
        reply = self.client.udp("mydomain.com", "MX")
        self.assertEqual({str(rrset.name) for rrset in reply.additional}, {"mx1.mydomain.com."})
        zone = self.client.transfer("mydomain.com")
        self.assertEqual([str(mx.exchange) for mx in zone.get_rdataset("mydomain.com.", "MX")],
                         ["mx1.mydomain.com."])
        self.assertIn("mx2.mydomain.com 127.0.0.23  down    no", self.server.ctl("status").stdout)
        self.start_smtp("127.0.0.23")
        self.becomes("mx1.mydomain.com.", "mx2.mydomain.com.")

    def test_one_address_of_an_exchange_is_enough(self):
        self.end_smtp("127.0.0.21")
        down = ("mx1.mydomain.com", "127.0.0.21")
        self.assertTrue(eventually(lambda: self.members()[down] == ("down", True), SECONDS))
        self.assertEqual(self.exchanges(), ["mx1.mydomain.com.", "mx2.mydomain.com."])
        self.end_smtp("127.0.0.22")
        self.becomes("mx2.mydomain.com.")
        self.assertEqual(self.members()[down], ("down", False))

    def test_all_down_fails_open(self):
        self.end_smtp("127.0.0.23")
        self.becomes("mx1.mydomain.com.")
        self.end_smtp("127.0.0.21")
        self.end_smtp("127.0.0.22")
        self.becomes("mx1.mydomain.com.", "mx2.mydomain.com.")
        self.assertIn("FAILED OPEN", self.server.ctl("status").stdout)
        self.start_smtp("127.0.0.22")
        self.becomes("mx1.mydomain.com.")


def greets(address):
    try:
        with socket.create_connection((address, SMTP_PORT), timeout=1) as stream:
            return stream.recv(3) == b"220"
    except OSError:
        return False


def notified(secondary, serial):
    """Waits for a NOTIFY of that serial."""
    def received():
        try:
            message = dns.message.from_wire(secondary.recv(4096))
        except (OSError, dns.exception.DNSException):
            return False
        return any(rdata.serial == serial for rrset in message.answer for rdata in rrset)
    return eventually(received, SECONDS, poll=0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
