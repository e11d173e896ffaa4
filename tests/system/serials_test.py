"""No serial with two contents: over full disks, read-only disks and lost state."""

import os
import shutil
import socket
import subprocess
import time
import unittest

from support import namespace

namespace.enter()

# pylint: disable=wrong-import-position
import dns.exception  # noqa: E402
import dns.message  # noqa: E402
import dns.opcode  # noqa: E402
import dns.rcode  # noqa: E402

from support import bind_secondary  # noqa: E402
from support import programs  # noqa: E402
from support.dns_client import Client  # noqa: E402
from support.programs import eventually  # noqa: E402

# pylint: disable=wrong-import-order
import processes  # noqa: E402

ORIGIN = "example.com"
WWW = f"www.{ORIGIN}"
SECONDS = 30
PRIMARY = "192.0.2.1"
SECONDARY = "192.0.2.2"
FIRST, SECOND = "127.0.0.11", "127.0.0.12"

CONFIG = """\
server: {{listen: ["{address}:{port}"], state_dir: state}}
control: {{socket: control.sock}}
zones:
  example.com:
    file: db.example.com
    {policy}
    secondaries: [{{address: "{secondary}"}}]
    allow_transfer: [127.0.0.0/8]
checks: {{web: {{type: tcp, port: {web}, interval: 1h}}}}
pools: {{www.example.com: {{check: web}}}}
"""

ZONE = """\
$TTL 60
@ IN SOA ns root {serial} 7200 3600 864000 60
@ IN NS ns
ns IN A 192.0.2.1
www 1 IN A 127.0.0.11
www 1 IN A 127.0.0.12
marker IN TXT "{marker}"
"""


class SerialCase(unittest.TestCase):
    """A zone of two members, which the test drains and lets in again."""

    address, port, secondary = "127.0.0.1", None, "127.0.0.9:{}"

    def setUp(self):
        self.folder = programs.Folder()
        self.addCleanup(self.folder.remove)
        self.state = self.folder.join("state")
        os.mkdir(self.state)
        self.port = self.port or programs.free_port()
        # The kernel completes handshakes for it: a tcp check needs no more.
        self.web = socket.create_server(("0.0.0.0", 0), backlog=1000)
        self.addCleanup(self.web.close)
        self.notify = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(self.notify.close)
        self.notify.bind(("127.0.0.9", 0))
        self.write_config()
        self.write_zone(10)
        self.client = Client(self.address, self.port)
        self.server = programs.Server(self.folder)
        self.addCleanup(self.server.end)

    def write_config(self, policy=""):
        self.folder.write("rollcall.yaml", CONFIG.format(
            address=self.address, port=self.port, policy=policy, web=self.web.getsockname()[1],
            secondary=self.secondary.format(self.notify.getsockname()[1])))

    def write_zone(self, serial, marker="first"):
        self.folder.write("db.example.com", ZONE.format(serial=serial, marker=marker))

    def start(self):
        self.server.log.clear()
        self.server.start(lambda: self.client.ready(WWW))

    def serial(self):
        return self.client.serial(ORIGIN)

    def content(self):
        """The serial of a transfer, and its records of www."""
        zone = self.client.transfer(ORIGIN)
        www = zone.get_rdataset(f"{WWW}.", "A")
        marker = zone.get_rdataset(f"marker.{ORIGIN}.", "TXT")
        return (zone.get_rdataset(f"{ORIGIN}.", "SOA")[0].serial,
                (tuple(sorted(str(rdata) for rdata in www)), str(marker[0])))

    def flip(self, out):
        return self.server.ctl(*(("drain", FIRST, "--force") if out else ("auto", FIRST)))

    def said(self, words):
        return eventually(lambda: any(words in line for line in list(self.server.log)), SECONDS)

    def notified(self):
        """The serials of all NOTIFY that have come; each is answered."""
        self.notify.setblocking(False)
        serials = []
        while True:
            try:
                wire, sender = self.notify.recvfrom(4096)
            except BlockingIOError:
                return serials
            told = dns.message.from_wire(wire)
            if told.opcode() == dns.opcode.QUERY:
                continue  # for our SOA: whether we serve what we were told of
            self.assertEqual(told.opcode(), dns.opcode.NOTIFY)
            serials.append(told.answer[0][0].serial)
            self.notify.sendto(dns.message.make_response(told).to_wire(), sender)


class RestartTest(SerialCase):
    """What a restart does to the serial."""

    def test_nothing_changed_keeps_it_and_a_crash_skips(self):
        self.start()
        self.flip(True)
        self.flip(False)
        self.assertTrue(eventually(lambda: self.content()[1][0] == (FIRST, SECOND), SECONDS))
        before = self.content()
        for _ in range(2):
            self.assertEqual(self.server.stop(), 0)
            self.start()
            self.assertEqual(self.content(), before)
        self.server.crash()
        self.start()
        self.assertGreater(self.serial(), before[0])

    def test_a_changed_zone_moves_it(self):
        self.start()
        before = self.serial()
        self.server.stop()
        self.write_zone(10, "second")
        self.start()
        self.assertEqual(self.serial(), before + 1)

    def test_a_policy_by_the_calendar_survives_the_loss_of_state(self):
        for policy, least in (("unixtime", int(time.time())),
                              ("date", int(time.strftime("%Y%m%d00", time.gmtime())))):
            with self.subTest(policy):
                self.write_config(f"serial_policy: {policy}")
                self.start()
                first = self.serial()
                self.assertGreaterEqual(first, least)
                self.assertLess(first, least + 100_000)
                self.server.stop()
                shutil.rmtree(self.state)
                self.start()
                self.assertGreaterEqual(self.serial(), first)
                self.server.stop()
                shutil.rmtree(self.state)


class DiskTest(SerialCase):
    """A disk of a few pages in the test's own mount namespace."""

    def mount(self, *arguments):
        subprocess.run(["mount", *arguments, self.state], check=True)
        self.addCleanup(subprocess.run, ["umount", "--lazy", self.state], check=False)

    def fill(self):
        with open(os.path.join(self.state, "filler"), "ab", buffering=0) as file:
            try:
                while True:
                    file.write(b"x" * 4096)
            except OSError:
                pass

    def empty(self):
        os.remove(os.path.join(self.state, "filler"))

    def test_a_disk_that_fills_up(self):
        self.mount("-t", "tmpfs", "-o", "size=64k", "tmpfs")
        self.start()
        self.fill()
        seen = {}
        for turn in range(150):  # by reloads: flips move the serial only once a second
            self.write_zone(10, f"turn {turn}")
            self.assertEqual(self.server.ctl("reload").returncode, 0)
            try:
                serial, content = self.content()
            except dns.exception.DNSException:
                break  # no serial is left for this version
            self.assertEqual(seen.setdefault(serial, content), content, serial)
        self.assertLess(len(seen), 100, "more serials than were on disk")
        self.flip(True)
        self.assertEqual(self.client.becomes(WWW, [SECOND], SECONDS), [SECOND])
        self.assertTrue(self.said("No space left on device"), self.server.log)
        last = self.serial()
        self.assertTrue(eventually(lambda: not self.notified(), SECONDS))
        self.empty()
        self.assertTrue(eventually(lambda: self.serial() > last, SECONDS))
        self.assertEqual(self.content()[1][0], (SECOND,))
        self.assertTrue(eventually(lambda: self.serial() in self.notified(), SECONDS))
        self.assertTrue(self.said("state_dir is writable again; everything is saved"), self.server.log)

    def test_an_operator_is_told(self):
        self.mount("-t", "tmpfs", "-o", "size=64k", "tmpfs")
        self.start()
        self.fill()
        done = self.flip(True)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("but this is lost at a restart: ", done.stderr)
        self.assertIn("No space left on device", done.stderr)
        self.assertEqual(self.client.becomes(WWW, [SECOND], SECONDS), [SECOND])
        self.empty()
        self.assertTrue(self.said("state_dir is writable again; everything is saved"), self.server.log)
        self.server.crash()
        self.start()
        self.assertEqual(self.client.addresses(WWW), [SECOND])

    def start_without_a_disk(self, said):
        self.start()
        self.assertTrue(self.said(said), self.server.log)
        self.flip(True)
        self.assertEqual(self.client.becomes(WWW, [SECOND], SECONDS), [SECOND])
        with self.assertRaises(dns.exception.DNSException):
            self.client.transfer(ORIGIN)
        self.assertEqual(self.client.tcp(ORIGIN, "AXFR").rcode(), dns.rcode.SERVFAIL)
        self.assertEqual(self.notified(), [])

    def test_a_start_on_a_full_disk(self):
        self.mount("-t", "tmpfs", "-o", "size=16k", "tmpfs")
        self.fill()
        self.start_without_a_disk("No space left on device")
        self.assertTrue(self.said(f"no copy of zone {ORIGIN}"), self.server.log)
        self.empty()
        self.assertTrue(eventually(lambda: 10 in self.notified(), SECONDS), self.server.log)
        self.assertEqual(self.content(), (10, ((SECOND,), '"first"')))

    def test_a_start_on_a_read_only_disk(self):
        other = self.folder.join("other")
        os.mkdir(other)
        subprocess.run(["mount", "--bind", other, self.state], check=True)
        self.addCleanup(subprocess.run, ["umount", "--lazy", self.state], check=False)
        subprocess.run(["mount", "-o", "remount,bind,ro", self.state], check=True)
        self.start_without_a_disk("Read-only file system")
        subprocess.run(["mount", "-o", "remount,bind,rw", self.state], check=True)
        self.assertTrue(eventually(lambda: 10 in self.notified(), SECONDS), self.server.log)


class LostStateTest(SerialCase):
    """A real BIND holds a serial that is ahead of ours."""

    address, port, secondary = PRIMARY, 53, SECONDARY

    @classmethod
    def setUpClass(cls):
        namespace.add_interface("zone0", [f"{PRIMARY}/24", f"{SECONDARY}/24"])

    @classmethod
    def tearDownClass(cls):
        namespace.run("ip", "link", "delete", "zone0")

    def start_bind(self):
        place = self.folder.join("bind")
        os.mkdir(place)
        config = bind_secondary.write_config(place, SECONDARY, PRIMARY, ORIGIN)
        running = processes.Processes()
        self.addCleanup(running.end_all)
        running.start("named", bind_secondary.command(place, config), lambda *_: None)
        self.bind = Client(SECONDARY, 53)

    def bind_has(self, serial, addresses):
        def same():
            try:
                return (self.bind.serial(ORIGIN) == serial() and
                        sorted(self.bind.addresses(WWW)) == addresses)
            except (dns.exception.DNSException, OSError):
                return False
        return eventually(same, SECONDS)

    def lose_state(self, serial):
        self.server.stop()
        shutil.rmtree(self.state)
        os.mkdir(self.state)
        self.write_zone(serial, f"after the loss {serial}")
        self.start()

    def test_we_go_past_it(self):
        self.write_zone(2026)
        self.start()
        self.start_bind()
        self.assertTrue(self.bind_has(self.serial, [FIRST, SECOND]))
        for _ in range(3):
            self.flip(True)
            self.flip(False)
        self.assertTrue(self.bind_has(self.serial, [FIRST, SECOND]))
        held = self.bind.serial(ORIGIN)
        self.lose_state(1)
        self.assertTrue(self.said(f"holds serial {held}, which is ahead of ours"),
                        self.server.log)
        self.assertTrue(eventually(lambda: self.serial() == held + 1, SECONDS))
        self.flip(True)
        self.assertTrue(self.bind_has(self.serial, [SECOND]), self.server.log)

    def test_too_far_is_only_told(self):
        self.write_zone(2_000_000_000)
        self.start()
        self.start_bind()
        self.assertTrue(self.bind_has(self.serial, [FIRST, SECOND]))
        self.lose_state(1)
        self.assertTrue(self.said("holds serial 2000000000, which is ahead of ours, 1"),
                        self.server.log)
        self.assertTrue(self.said("No serial is past all secondaries"), self.server.log)
        self.assertEqual(self.serial(), 1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
