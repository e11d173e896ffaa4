"""Strangers on TCP port 53 while a good client asks and a good secondary transfers."""

import contextlib
import os
import re
import resource
import socket
import struct
import threading
import time
import unittest

from support import namespace

namespace.enter()

# pylint: disable=wrong-import-position
import dns.exception  # noqa: E402
import dns.message  # noqa: E402
import dns.rcode  # noqa: E402

from support import bind_secondary  # noqa: E402
from support import programs  # noqa: E402
from support.dns_client import Client, receive_framed, send_framed  # noqa: E402
from support.programs import eventually  # noqa: E402

# pylint: disable=wrong-import-order
import processes  # noqa: E402

ADDRESS = "127.0.0.1"
PORT = 53
STRANGER = "127.0.9.1"     # one of them
GOOD_CLIENT = "127.0.8.1"  # of a network of its own
SECONDARY = "127.0.0.9"
ORIGIN, BIG = "example.com", "big.example"
ASKED = 120
PATIENCE = 30  # seconds

CONFIG = """\
server: {{listen: ["{address}"], state_dir: state, workers: 1}}
control: {{socket: control.sock}}
zones:
  example.com:
    file: db.example.com
    secondaries: [{{address: 127.0.0.9}}]
  big.example:
    file: db.big
    allow_transfer: [127.0.0.0/8]
"""

HEAD = """\
$TTL 300
@       IN SOA  ns1 hostmaster ({serial} 7200 3600 864000 60)
        IN NS   ns1
ns1     IN A    192.0.2.1
www     IN A    192.0.2.2
"""

# Over 20 MB as a transfer: more than the sockets of both ends buffer for a client that does not
# read.
BIG_ZONE = HEAD.format(serial=1) + "".join(
    f'text-{n} IN TXT "{"x" * 250}" "{"y" * 250}" "{"z" * 250}" "{"w" * 250}"\n'
    for n in range(20_000))


def query(name, kind="A"):
    return dns.message.make_query(name, kind).to_wire()


def framed(wire):
    return struct.pack("!H", len(wire)) + wire


class Attack:
    """Sockets of strangers, and the threads that use them."""

    def __init__(self):
        self.sockets = []
        self._stop = threading.Event()
        self._threads = []

    def open(self, count, source=None, receive_buffer=None):
        """That many connections, from `source(n)` where it is given."""
        opened = []
        for n in range(count):
            stream = socket.socket()
            if receive_buffer:
                stream.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
            stream.bind((source(n) if source else STRANGER, 0))
            stream.connect((ADDRESS, PORT))
            stream.setblocking(False)
            opened.append(stream)
        self.sockets += opened
        return opened

    def say(self, streams, octets):
        for stream in streams:
            with contextlib.suppress(OSError):
                stream.send(octets)

    def keep(self, step, pause):
        """Does `step` again and again until the end."""
        def run():
            while not self._stop.wait(pause):
                step()
        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        self._threads.append(thread)

    def end(self):
        self._stop.set()
        for thread in self._threads:
            thread.join()
        for stream in self.sockets:
            stream.close()
        self.sockets = []


class StrangersTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        namespace.run("ip", "address", "add", f"{SECONDARY}/32", "dev", "lo")  # BIND looks for it

    def setUp(self):
        self.folder = programs.Folder()
        self.addCleanup(self.folder.remove)
        self.folder.write("rollcall.yaml", CONFIG.format(address=ADDRESS))
        self.folder.write("db.example.com", HEAD.format(serial=1))
        self.folder.write("db.big", BIG_ZONE)
        os.mkdir(self.folder.join("state"))
        self.server = programs.Server(self.folder)
        self.addCleanup(self.server.end)
        self.client = Client(ADDRESS, PORT)
        self.server.start(lambda: self.client.ready(BIG, "SOA") and self.client.ready(ORIGIN, "SOA"))
        self.attack = Attack()
        self.addCleanup(self.attack.end)

    # --- the good ---

    def ask_all(self, source=GOOD_CLIENT):
        """How many of the questions are answered, each on a connection of its own."""
        answered = 0
        for _ in range(ASKED):
            with contextlib.suppress(OSError, TypeError), \
                    socket.create_connection((ADDRESS, PORT), 5, (source, 0)) as stream:
                send_framed(stream, query(f"www.{ORIGIN}"))
                reply = dns.message.from_wire(receive_framed(stream))
                answered += reply.rcode() == dns.rcode.NOERROR and len(reply.answer) == 1
        return answered

    def dig(self, *arguments):
        return programs.run("dig", f"@{ADDRESS}", "+tries=1", "+time=5", *arguments)

    def good_is_served(self):
        self.assertEqual(self.ask_all(), ASKED)
        self.assertEqual(self.ask_all(STRANGER), ASKED)  # beside them, on one host
        self.assertIn("192.0.2.2", self.dig("-b", GOOD_CLIENT, "+tcp", "+short", f"www.{ORIGIN}").stdout)
        for _ in range(10):
            transfer = self.dig("-b", SECONDARY, ORIGIN, "AXFR")
            self.assertIn("XFR size: 5 records", transfer.stdout)
        self.assertTrue(self.server.alive())

    def rss(self):
        """Octets of the server in memory."""
        with open(f"/proc/{self.server.pid()}/status", encoding="ascii") as status:
            return int(re.search(r"VmRSS:\s+(\d+) kB", status.read())[1]) * 1024

    # --- the attacks ---

    def test_a_thousand_idle_connections_of_one_host(self):
        self.attack.open(1000)
        self.good_is_served()

    def test_idle_connections_from_many_networks(self):
        self.attack.open(1100, lambda n: f"127.{n // 250 + 10}.{n % 250}.1")
        self.good_is_served()

    def test_half_requests_an_octet_a_second(self):
        streams = self.attack.open(1000, lambda n: f"127.{n // 250 + 10}.{n % 250}.1")
        self.attack.say(streams, b"\x00\xff")
        self.attack.keep(lambda: self.attack.say(streams, b"x"), 1)
        self.good_is_served()

    def test_connections_that_come_again_at_once(self):
        def churn():
            for stream in self.attack.open(50):
                self.attack.sockets.remove(stream)
                stream.close()
        self.attack.open(1000)
        self.attack.keep(churn, 0.01)
        self.good_is_served()

    def test_pipeliners_that_do_not_read_leave_nothing_behind(self):
        self.ask_all()
        before = self.rss()
        burst = framed(query(f"www.{ORIGIN}")) * 400  # 16 KiB, answered by 22 KiB each time
        streams = self.attack.open(990, lambda n: f"127.{n // 250 + 10}.{n % 250}.1", 4096)

        def push():
            for _ in range(20):
                self.attack.say(streams, burst)

        push()
        self.attack.keep(push, 1)
        self.good_is_served()
        during = self.rss()
        self.attack.end()
        # A session holds its unread requests, its unwritten responses, and a little more; all of it
        # is freed.
        per_session = 16 * 1024 + 24 * 1024 + 16 * 1024
        self.assertLess(during - before, 1000 * per_session)
        # The heap keeps the frames of the sessions, some KiB each, and fragments between them.
        small = 8 * 1024 * 1024
        self.assertTrue(eventually(lambda: self.rss() - before < small, PATIENCE),
                        f"{before} octets before, {during} during, {self.rss()} after")
        print(f"RSS: {before >> 10} KiB before, {during >> 10} during, {self.rss() >> 10} after")

    def test_readers_of_transfers_that_do_not_read(self):
        streams = self.attack.open(40, receive_buffer=4096)
        self.attack.say(streams, framed(query(BIG, "AXFR")))
        self.good_is_served()
        # From the strangers' own address: as soon as one of them has been without progress for long
        # enough.
        self.assertTrue(eventually(self.big_transfer, PATIENCE), self.server.log[-20:])

    def big_transfer(self):
        dig = programs.run("dig", f"@{ADDRESS}", "-b", STRANGER, "+tries=1", "+time=5", BIG, "AXFR")
        return "XFR size: 20005 records" in dig.stdout

    def test_readers_of_transfers_from_everywhere_an_octet_a_second(self):
        streams = self.attack.open(200, lambda n: f"127.{n + 10}.1.1", 4096)
        self.attack.say(streams, framed(query(BIG, "AXFR")))

        def drip():
            for stream in streams:
                with contextlib.suppress(OSError):
                    stream.recv(1)
        self.attack.keep(drip, 1)
        self.good_is_served()
        self.assertTrue(eventually(self.big_transfer, PATIENCE), self.server.log[-20:])

    def test_a_reader_that_stands_still_is_ended(self):
        streams = self.attack.open(1, receive_buffer=4096)
        self.attack.say(streams, framed(query(BIG, "AXFR")))
        self.assertTrue(eventually(
            lambda: any("transfer of big.example" in line and "aborted" in line
                        for line in self.server.log), PATIENCE), self.server.log)

    def test_a_bind_secondary_follows_through_it_all(self):
        os.mkdir(self.folder.join("bind"))
        config = bind_secondary.write_config(
            self.folder.join("bind"), SECONDARY, ADDRESS, ORIGIN)
        log = []
        started = processes.Processes()
        self.addCleanup(started.end_all)
        started.start("named", bind_secondary.command(self.folder.join("bind"), config),
                      lambda _, line: log.append(line))
        follower = Client(SECONDARY, PORT)
        self.assertTrue(eventually(lambda: self.serial(follower) == 1, PATIENCE), log)
        self.attack.open(1000)
        readers = self.attack.open(40, lambda n: f"127.0.20.{n + 1}", 4096)
        self.attack.say(readers, framed(query(BIG, "AXFR")))
        for serial in range(2, 7):
            self.folder.write("db.example.com", HEAD.format(serial=serial))
            self.assertEqual(self.server.ctl("reload").returncode, 0)
            self.assertTrue(eventually(lambda: self.serial(follower) == serial, PATIENCE),
                            self.server.log[-10:] + log[-20:])

    @staticmethod
    def serial(client):
        try:
            return client.serial(ORIGIN)
        except (dns.exception.DNSException, OSError):
            return None

    def test_refused_transfers_are_two_lines_a_minute(self):
        stream = self.attack.open(1)[0]
        stream.setblocking(True)
        stream.settimeout(PATIENCE)
        burst = framed(query(ORIGIN, "AXFR")) * 100
        for _ in range(50):
            stream.sendall(burst)
            for _ in range(100):
                reply = dns.message.from_wire(receive_framed(stream))
                self.assertEqual(reply.rcode(), dns.rcode.REFUSED)
        lines = [line for line in self.server.log if "refused" in line]
        self.assertEqual(len(lines), 1, lines[:3])
        self.assertRegex(lines[0], r"transfer of example\.com to 127\.0\.9\.1:\d+ refused "
                                   r"\(REFUSED\): neither in allow_transfer nor a secondary")
        told = "127.0.9.1: transfer refused: 4999 more within a minute"
        self.assertTrue(eventually(lambda: any(told in line for line in self.server.log), 90),
                        self.server.log)

    def test_without_descriptors_the_longest_idle_makes_room(self):
        self.attack.open(50)
        self.assertTrue(eventually(lambda: self.ask_all() == ASKED, PATIENCE))
        used = len(os.listdir(f"/proc/{self.server.pid()}/fd"))
        _, hard = resource.prlimit(self.server.pid(), resource.RLIMIT_NOFILE)
        resource.prlimit(self.server.pid(), resource.RLIMIT_NOFILE, (used, hard))
        begun = time.monotonic()
        with socket.create_connection((ADDRESS, PORT), PATIENCE, (GOOD_CLIENT, 0)) as stream:
            send_framed(stream, query(f"www.{ORIGIN}"))
            self.assertIsNotNone(receive_framed(stream))
        print(f"answered after {time.monotonic() - begun:.1f} s without descriptors")


if __name__ == "__main__":
    unittest.main(verbosity=2)
