"""rollcalld as a secondary of BIND, NSD and Knot, with and without TSIG."""

import os
import signal
import unittest

from support import namespace

namespace.enter()

# pylint: disable=wrong-import-position
import dns.edns  # noqa: E402
import dns.exception  # noqa: E402
import dns.flags  # noqa: E402
import dns.message  # noqa: E402
import dns.opcode  # noqa: E402
import dns.query  # noqa: E402
import dns.rcode  # noqa: E402
import dns.rrset  # noqa: E402

from support import programs  # noqa: E402
from support.dns_client import TIMEOUT, Client  # noqa: E402
from support.programs import eventually  # noqa: E402
from support.real_primaries import (ADDRESSES, BIND, KNOT, NSD, SECONDARY,  # noqa: E402
                                    SECRET, Primary, zone_text)

# pylint: disable=wrong-import-order
import processes  # noqa: E402
import web_backend  # noqa: E402

NODES = ["192.0.2.21", "192.0.2.22"]
STRANGER = "192.0.2.30"
PATIENCE = 20  # seconds for a step that takes one or two

CONFIG = """\
server: {{listen: [192.0.2.1], state_dir: state, workers: 2}}
control: {{socket: control.sock}}
keys: {{k.example: {{secret_file: k.key}}}}
zones:
{zones}{more}"""


class Secondary(unittest.TestCase):
    """One rollcalld, and the primaries that a test wants."""

    @classmethod
    def setUpClass(cls):
        namespace.add_interface("zone0", [f"{address}/24" for address in (
            SECONDARY, *ADDRESSES.values(), STRANGER, *NODES)])

    @classmethod
    def tearDownClass(cls):
        namespace.run("ip", "link", "delete", "zone0")

    def setUp(self):
        self.folder = programs.Folder()
        self.addCleanup(self.folder.remove)
        os.mkdir(self.folder.join("state"))
        os.chmod(self.folder.write("k.key", SECRET + "\n"), 0o600)
        self.processes = processes.Processes()
        self.addCleanup(self.processes.end_all)
        self.client = Client(SECONDARY, 53)
        self.server = programs.Server(self.folder)
        self.addCleanup(self.server.end)
        self.zones = {}

    def primary(self, kind, zones=None):
        made = Primary(self.folder, kind, self.processes)
        made.zones = zones or made.zones
        for zone, signed in made.zones.items():
            self.zones.setdefault(zone, []).append(
                f"{{address: {made.address}{', key: k.example' if signed else ''}}}")
        return made

    def start(self, ready, more=""):
        zones = "".join(f"  {zone}: {{primaries: [{', '.join(primaries)}]}}\n"
                        for zone, primaries in self.zones.items())
        self.folder.write("rollcall.yaml", CONFIG.format(zones=zones, more=more))
        self.server.start(ready)

    def serial(self, zone):
        """What the transferred TXT says: our own SOA serial may be ahead."""
        try:
            answer = self.client.udp(f"marker.{zone}", "TXT").answer
        except (dns.exception.DNSException, OSError):
            return None
        return int(answer[0][0].strings[0].split()[1]) if answer else None

    def awaits(self, zone, serial, seconds=PATIENCE):
        self.assertTrue(eventually(lambda: self.serial(zone) == serial, seconds),
                        f"{zone} has {self.serial(zone)}, not {serial}\n" +
                        "\n".join(self.server.log[-40:]))

    def logged(self, text):
        return any(text in line for line in self.server.log)

    def servfail(self, zone):
        """The extended error of a SERVFAIL; None for another answer."""
        try:
            reply = self.client.udp(zone, "SOA", use_edns=0)
        except (dns.exception.DNSException, OSError):
            return None
        if reply.rcode() != dns.rcode.SERVFAIL:
            return None
        return next((option.code for option in reply.options
                     if option.otype == dns.edns.EDE), -1)


class RealPrimariesTest(Secondary):

    def test_each_with_and_without_tsig(self):
        primaries = [self.primary(kind) for kind in ADDRESSES]
        for primary in primaries:
            for zone in primary.zones:
                primary.write(zone, zone_text(1))
            primary.start()
        self.start(lambda: all(self.serial(zone) == 1 for zone in self.zones))
        for serial in (2, 3):
            for primary in primaries:
                for zone in primary.zones:
                    primary.write(zone, zone_text(serial, f"new{serial} IN A 192.0.2.99\n"))
                primary.reload(signal.SIGHUP)
            for zone in self.zones:
                self.awaits(zone, serial)
        for kind in ("bind", "knot"):  # NSD makes no differences of files
            self.assertTrue(self.logged(f"zone signed.{kind}.example: refreshed: serial 3, "
                                        "the changes since 2"), "\n".join(self.server.log))
        for zone, address in ((zone, ADDRESSES[zone.split(".")[1]]) for zone in self.zones):
            ours = {str(rrset) for rrset in self.records_of(SECONDARY, zone, "new3")}
            self.assertEqual(ours, {str(rrset) for rrset in self.records_of(address, zone, "new3")})
        self.assertEqual(self.client.udp("new2.signed.bind.example").rcode(), dns.rcode.NXDOMAIN)

    @staticmethod
    def records_of(address, zone, name):
        client = Client(address, 53)
        return client.udp(f"{name}.{zone}").answer + client.udp(zone, "NS").answer

    def test_fifty_changes_all_arrive(self):
        bind = self.primary("bind")
        zone = "signed.bind.example"
        for name in bind.zones:
            bind.write(name, zone_text(1))
        bind.start()
        self.start(lambda: self.serial(zone) == 1)
        for serial in range(2, 52):
            bind.write(zone, zone_text(serial, "".join(
                f"h{n} IN A 198.51.100.{n}\n" for n in range(serial % 7, serial))))
            bind.reload(signal.SIGHUP)
            if serial % 10 == 0:
                self.awaits(zone, serial)
        self.awaits(zone, 51)
        for n in range(0, 52):
            there = 51 % 7 <= n < 51
            self.assertEqual(self.client.udp(f"h{n}.{zone}").rcode(),
                             dns.rcode.NOERROR if there else dns.rcode.NXDOMAIN, n)

    def test_pools_work_on_transferred_zones(self):
        backends = {}
        for node in NODES:
            backends[node] = web_backend.WebBackend(
                self.folder.path, self.folder.join(f"init.d-{node}"), "web", node, 80)
            self.processes.at_end(backends[node].end)
            backends[node].start()
        knot = self.primary("knot", {"pools.example": True})
        lines = "".join(f"www 5 IN A {node}\n" for node in NODES)
        knot.write("pools.example", zone_text(1, lines))
        knot.start()
        self.start(lambda: self.serial("pools.example") == 1, more=(
            "checks: {web: {type: http, path: /robots.txt, interval: 1s, fast_interval: 200ms, "
            "timeout: 800ms, fall: 2, rise: 2}}\n"
            "pools: {www.pools.example: {check: web}}\n"))
        www = "www.pools.example"
        self.assertEqual(self.client.becomes(www, NODES, PATIENCE), NODES)
        backends[NODES[0]].end()
        self.assertEqual(self.client.becomes(www, NODES[1:], PATIENCE), NODES[1:])
        # A new version keeps what is known of the members, and our serial stays ahead.
        ours = self.client.serial("pools.example")
        self.assertGreater(ours, 1)
        knot.write("pools.example", zone_text(2, lines + "more IN A 192.0.2.99\n"))
        knot.reload(signal.SIGHUP)
        self.awaits("pools.example", 2)
        self.assertEqual(self.client.addresses(www), NODES[1:])
        self.assertGreater(self.client.serial("pools.example"), ours)

    def test_a_reload_changes_what_a_zone_has(self):
        knot = self.primary("knot", {"pools.example": True})
        knot.write("pools.example", zone_text(1, "".join(f"www A {node}\n" for node in NODES)))
        knot.start()
        self.start(lambda: self.serial("pools.example") == 1)
        knot.end()
        path = self.folder.join("rollcall.yaml")
        with open(path, encoding="utf-8") as file:
            before = file.read()
        self.folder.write("rollcall.yaml", before + (
            "checks: {web: {type: tcp, port: 80}}\npools: {www.pools.example: {check: web}}\n"))
        done = self.server.ctl("reload")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("www.pools.example", self.server.ctl("status").stdout)
        self.assertEqual(self.serial("pools.example"), 1)
        # From a file, and from primaries again.
        self.folder.write("db.pools", zone_text(7))
        self.folder.write("rollcall.yaml", before.replace(
            before[before.index("{primaries"):], "{file: db.pools}\n"))
        self.assertEqual(self.server.ctl("reload").returncode, 0)
        self.awaits("pools.example", 7)
        self.assertNotIn("TRANSFERRED", self.server.ctl("status").stdout)
        knot.start()
        self.folder.write("rollcall.yaml", before)
        self.assertEqual(self.server.ctl("reload").returncode, 0)
        self.awaits("pools.example", 1)

    def test_a_bad_zone_keeps_the_old_one(self):
        nsd = self.primary("nsd", {"plain.nsd.example": False})
        zone = "plain.nsd.example"
        nsd.write(zone, zone_text(1, timers="2 2 1000"))
        nsd.start()
        self.start(lambda: self.serial(zone) == 1)
        nsd.write(zone, zone_text(2, "@ IN NS missing\n", timers="2 2 1000"))
        nsd.reload(signal.SIGHUP)
        self.assertTrue(eventually(
            lambda: self.logged(f"zone {zone}: refused, the old version stays"), PATIENCE),
            self.server.log)
        self.assertEqual(self.serial(zone), 1)
        status = self.server.ctl("status").stdout
        self.assertIn("missing", status)
        nsd.write(zone, zone_text(3, timers="2 2 1000"))
        nsd.reload(signal.SIGHUP)
        self.awaits(zone, 3)


class WithoutPrimaryTest(Secondary):

    def test_expire_is_obeyed_over_restarts(self):
        knot = self.primary("knot", {"short.example": False})
        knot.write("short.example", zone_text(1, timers="2 2 8"))
        knot.start()
        self.start(lambda: self.serial("short.example") == 1)
        knot.end()
        self.server.stop()
        self.start(lambda: self.serial("short.example") == 1)  # the copy, without the primary
        self.assertTrue(eventually(lambda: self.servfail("short.example") == 24, PATIENCE))
        self.assertTrue(self.logged("zone short.example: expired: no primary has confirmed it in "
                                    "time, answered with SERVFAIL"))
        self.assertIn("expired", self.server.ctl("status").stdout)
        self.server.stop()
        self.start(lambda: self.servfail("short.example") == 24)  # nor does a restart revive it
        knot.start()
        self.awaits("short.example", 1)
        self.assertTrue(eventually(
            lambda: self.logged("zone short.example: confirmed by a primary, served again"), 5))

    def test_a_start_waits_for_no_primary(self):
        self.zones = {"absent.example": ["{address: 192.0.2.13}"]}
        self.start(lambda: self.logged("ready: 1 of 1 zone loaded"))
        self.assertEqual(self.servfail("absent.example"), 14)
        self.assertTrue(eventually(
            lambda: self.logged("zone absent.example: not refreshed: 192.0.2.13:53: connect: "
                                "Connection refused"), PATIENCE), self.server.log)
        done = self.server.ctl("retransfer", "absent.example")
        self.assertEqual(done.returncode, 1)
        self.assertIn("zone absent.example: 192.0.2.13:53: connect: Connection refused",
                      done.stderr)
        self.assertIn("not transferred from primaries",
                      self.server.ctl("retransfer", "other.example").stderr)
        self.assertIn("never", self.server.ctl("status").stdout)

    def test_another_primary_takes_over(self):
        zones = {"both.example": False}
        bind, knot = self.primary("bind", zones), self.primary("knot", zones)
        bind.write("both.example", zone_text(1, timers="2 2 1000"))
        knot.write("both.example", zone_text(2, timers="2 2 1000"))
        bind.start()
        self.start(lambda: self.serial("both.example") == 1)
        knot.start()
        bind.end()
        self.awaits("both.example", 2)
        self.assertIn(f"{KNOT}:53", self.server.ctl("status").stdout)

    def test_an_operator_gets_the_whole_zone(self):
        nsd = self.primary("nsd", {"plain.nsd.example": False})
        nsd.write("plain.nsd.example", zone_text(1))
        nsd.start()
        self.start(lambda: self.serial("plain.nsd.example") == 1)
        done = self.server.ctl("retransfer", "plain.nsd.example")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout, "zone plain.nsd.example: serial 1, the whole zone\n")


class NotifyTest(Secondary):

    def notify(self, zone, source):
        query = dns.message.make_query(zone, "SOA")
        query.set_opcode(dns.opcode.NOTIFY)
        query.flags = dns.flags.AA | dns.opcode.to_flags(dns.opcode.NOTIFY)
        ask = dns.query.udp if source != KNOT else dns.query.tcp
        return ask(query, SECONDARY, timeout=TIMEOUT, source=source).rcode()

    def test_only_primaries_may(self):
        bind = self.primary("bind", {"plain.bind.example": False})
        bind.write("plain.bind.example", zone_text(1))
        bind.start()
        self.zones["plain.bind.example"].append(f"{{address: {KNOT}}}")
        self.start(lambda: self.serial("plain.bind.example") == 1)
        self.assertEqual(self.notify("plain.bind.example", BIND), dns.rcode.NOERROR)
        self.assertEqual(self.notify("plain.bind.example", KNOT), dns.rcode.NOERROR)
        self.assertEqual(self.notify("plain.bind.example", STRANGER), dns.rcode.REFUSED)
        self.assertEqual(self.notify("plain.bind.example", NSD), dns.rcode.REFUSED)
        self.assertEqual(self.notify("other.example", BIND), dns.rcode.NOTIMP)

    def test_a_wrong_key_is_told(self):
        bind = self.primary("bind", {"signed.bind.example": True})
        bind.write("signed.bind.example", zone_text(1))
        bind.start()
        os.chmod(self.folder.write("k.key", "d3Jvbmcgc2VjcmV0IG9mIHRoaXJ0eS10d28gb2N0ZXQ=\n"), 0o600)
        self.start(lambda: self.logged("ready"))
        self.assertTrue(eventually(
            lambda: self.logged("not refreshed: 192.0.2.11:53: the signature is refused with "
                                "BADSIG"), PATIENCE), self.server.log)


class ManyZonesTest(Secondary):

    def test_a_thousand_zones_come_and_are_served_again(self):
        names = {f"z{n}.example": n % 2 == 0 for n in range(1000)}
        knot = self.primary("knot", names)
        for zone in names:
            knot.write(zone, zone_text(1))
        knot.start()
        self.start(lambda: self.logged("ready"))
        for zone in names:
            self.awaits(zone, 1, 60)
        knot.end()
        self.server.stop()
        self.start(lambda: all(self.serial(zone) == 1 for zone in names))


if __name__ == "__main__":
    unittest.main()
