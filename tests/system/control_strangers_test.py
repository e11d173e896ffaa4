"""Silent and deaf connections to the control socket while an operator asks."""

import os
import re
import socket
import unittest

from support import namespace

namespace.enter()

# pylint: disable=wrong-import-position
from support import programs  # noqa: E402
from support.dns_client import Client  # noqa: E402
from support.programs import eventually  # noqa: E402

POOLS = 2000  # their status is about a megabyte
PATIENCE = 30
CONFIG = """\
server: {listen: [127.0.0.1], state_dir: state, workers: 1}
control: {socket: control.sock}
zones: {example.com: {file: db}}
health: {max_probes: 1}
checks: {slow: {type: tcp, port: 9, interval: 1h, timeout: 1s}}
pools:
"""


class ControlStrangersTest(unittest.TestCase):
    def setUp(self):
        self.folder = programs.Folder()
        self.addCleanup(self.folder.remove)
        os.mkdir(self.folder.join("state"))
        self.folder.write("rollcall.yaml", CONFIG + "".join(
            f"  p{n}.example.com: {{check: slow}}\n" for n in range(POOLS)))
        self.folder.write("db", "$TTL 60\n@ SOA ns1 root 1 3600 600 86400 60\n@ NS ns1\n"
                          "ns1 A 127.0.0.1\n" + "".join(
                              f"p{n} A 127.0.0.1\np{n} A 127.0.0.2\n" for n in range(POOLS)))
        self.server = programs.Server(self.folder)
        self.addCleanup(self.server.end)
        client = Client("127.0.0.1", 53)
        self.server.start(lambda: client.ready("example.com", "SOA"))
        self.sockets = []
        self.addCleanup(self.close)

    def close(self):
        for stream in self.sockets:
            stream.close()
        self.sockets = []

    def connect(self, count):
        for _ in range(count):
            stream = socket.socket(socket.AF_UNIX)
            stream.settimeout(PATIENCE)
            stream.connect(self.folder.join("control.sock"))
            self.sockets.append(stream)

    def operator_is_heard(self):
        for _ in range(10):
            done = self.server.ctl("status")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn(f"p{POOLS - 1}.example.com", done.stdout)

    def rss(self):
        with open(f"/proc/{self.server.pid()}/status", encoding="ascii") as status:
            return int(re.search(r"VmRSS:\s+(\d+) kB", status.read())[1]) * 1024

    def test_silent_ones(self):
        self.connect(100)
        self.operator_is_heard()

    def test_half_a_request(self):
        self.connect(100)
        for stream in self.sockets[-32:]:
            stream.sendall(b'{"command":')
        self.operator_is_heard()

    def test_deaf_ones(self):
        self.operator_is_heard()
        before = self.rss()
        self.connect(31)
        for stream in self.sockets:
            stream.sendall(b'{"command":"status"}\n' * 3)
        self.operator_is_heard()
        during = self.rss()
        # 8 MiB of unread replies, and the memory that making one takes.
        self.assertLess(during - before, 24 << 20)
        self.close()
        self.assertTrue(eventually(lambda: self.rss() - before < 12 << 20, PATIENCE),
                        f"{before} octets before, {during} during, {self.rss()} after")
        print(f"RSS: {before >> 10} KiB before, {during >> 10} during, {self.rss() >> 10} after")


if __name__ == "__main__":
    unittest.main(verbosity=2)
