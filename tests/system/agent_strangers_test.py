"""Strangers at rollcall-agent's door while a client with the key asks."""

import contextlib
import os
import signal
import socket
import threading
import unittest

from support import namespace

namespace.enter()

# pylint: disable=wrong-import-position
from support import programs  # noqa: E402
from support.programs import eventually  # noqa: E402

# pylint: disable=wrong-import-order
import processes  # noqa: E402

KEY, OTHER_KEY = "0123456789abcdef" * 4, "fedcba9876543210" * 4
PORT = 2224
STRANGERS = 64
ASKED = 20
PATIENCE = 30
CONFIG = """\
listen: 0.0.0.0:{port}
key_file: {key}
scripts_path: .
services: {{web: {{script: web}}}}
"""
HALF_HELLO = b"\x16\x03\x01\x02\x00\x01"  # the head of a record, and no more
GARBAGE = b"GET / HTTP/1.1\r\n\r\n"


class Strangers:
    """Each connects, sends its octets, and connects again as soon as it is disconnected."""

    def __init__(self, count, words, source):
        self._stop = threading.Event()
        self.visits = 0
        self._threads = [threading.Thread(target=self._visit, args=(words, source(n)), daemon=True)
                         for n in range(count)]
        for thread in self._threads:
            thread.start()

    def _visit(self, words, source):
        while not self._stop.is_set():
            with contextlib.suppress(OSError), \
                    socket.create_connection(("127.0.0.1", PORT), 1, (source, 0)) as stream:
                self.visits += 1
                if words:
                    stream.sendall(words)
                while not self._stop.is_set():
                    with contextlib.suppress(TimeoutError):
                        if not stream.recv(4096):
                            break

    def end(self):
        self._stop.set()
        for thread in self._threads:
            thread.join()


class AgentStrangersTest(unittest.TestCase):
    def setUp(self):
        self.folder = programs.Folder()
        self.addCleanup(self.folder.remove)
        self.write_key("agent.key", KEY)
        self.folder.write("agent.yaml", CONFIG.format(port=PORT, key="agent.key"))
        self.folder.write("web", "#!/bin/sh\n")
        os.chmod(self.folder.join("web"), 0o755)
        self.log = []
        self.started = processes.Processes()
        self.addCleanup(self.started.end_all)
        self.agent = self.started.start("agent", [programs.AGENT, "-c", "agent.yaml"],
                                        lambda _, line: self.log.append(line),
                                        cwd=self.folder.path)
        self.assertTrue(eventually(lambda: self.logged("listens on"), PATIENCE), self.log)

    def write_key(self, name, key):
        os.chmod(self.folder.write(name, key + "\n"), 0o600)

    def logged(self, text):
        return [line for line in self.log if text in line]

    def status(self, source="127.0.8.1", key=KEY):
        """True if the agent reports its status to openssl with the key."""
        done = programs.run(
            "sh", "-c", "printf 'GET /v1/status HTTP/1.1\\r\\nHost: agent\\r\\n\\r\\n' | "
            "timeout 10 openssl s_client -quiet -tls1_3 -psk_identity rollcall "
            f"-psk {key} -bind {source}:0 -connect 127.0.0.1:{PORT}")
        return '"services"' in done.stdout

    def attacked(self, words, source=lambda n: "127.0.9.1", good="127.0.8.1"):
        strangers = Strangers(STRANGERS, words, source)
        self.addCleanup(strangers.end)
        self.assertTrue(eventually(lambda: strangers.visits >= STRANGERS, PATIENCE))
        answered = sum(self.status(good) for _ in range(ASKED))
        strangers.end()
        self.assertEqual(answered, ASKED, self.log[-5:])

    def test_silent_ones(self):
        self.attacked(b"")

    def test_half_a_hello(self):
        self.attacked(HALF_HELLO)

    def test_garbage(self):
        self.attacked(GARBAGE)
        # Two lines a minute about one host, however often it connects.
        lines = self.logged("no TLS handshake")
        self.assertLessEqual(len(lines), 4, lines)

    def test_from_many_hosts(self):
        self.attacked(HALF_HELLO, lambda n: f"127.{n + 10}.0.1")

    def test_from_the_host_of_the_good_one(self):
        self.attacked(HALF_HELLO, good="127.0.9.1")

    def test_a_known_host_in_a_crowd_that_fills_every_place(self):
        self.assertTrue(self.status())
        with contextlib.ExitStack() as crowd:
            for n in range(200):
                crowd.enter_context(socket.create_connection(
                    ("127.0.0.1", PORT), PATIENCE, (f"127.{n + 10}.0.1", 0)))
            self.assertTrue(self.status())

    def test_a_new_key_in_the_same_file_and_in_another(self):
        for name, key, old in (("agent.key", OTHER_KEY, KEY), ("new.key", KEY, OTHER_KEY)):
            with self.subTest(name):
                self.write_key(name, key)
                self.folder.write("agent.yaml", CONFIG.format(port=PORT, key=name))
                before = len(self.logged("SIGHUP:"))
                self.agent.send_signal(signal.SIGHUP)
                self.assertTrue(eventually(lambda: len(self.logged("SIGHUP:")) > before, PATIENCE))
                self.assertTrue(self.status(key=key), self.log)
                self.assertFalse(self.status(key=old))
        self.assertFalse(self.logged("takes effect at the next start"), self.log)

    def test_a_reload_names_what_it_cannot_change(self):
        self.folder.write("agent.yaml", CONFIG.format(port=PORT + 1, key="agent.key"))
        self.agent.send_signal(signal.SIGHUP)
        text = ("listen: 0.0.0.0:2225 takes effect at the next start; "
                "still listening on 0.0.0.0:2224")
        self.assertTrue(eventually(lambda: self.logged(text), PATIENCE), self.log)
        self.assertTrue(self.status())

    def test_a_damaged_key_leaves_the_old_one(self):
        self.write_key("agent.key", "short")
        self.agent.send_signal(signal.SIGHUP)
        self.assertTrue(eventually(lambda: self.logged("services and keys stay unchanged"),
                                   PATIENCE), self.log)
        self.assertTrue(self.status())


if __name__ == "__main__":
    unittest.main(verbosity=2)
