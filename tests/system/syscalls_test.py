"""The system calls of a worker: receive packets, send responses, and nothing between."""

import glob
import json
import os
import re
import subprocess
import unittest

from support import namespace

namespace.enter()

# pylint: disable=wrong-import-position
from support import programs  # noqa: E402
from support.programs import eventually  # noqa: E402
from support.served_zones import SECONDS, ServedZones  # noqa: E402

FLOOD = os.path.join(programs.BUILD, "bench", "flood")
QUERIES = 100_000
MIXED = """\
mail.example.com A
MAIL.example.com AAAA
a1.example.com A
out.example.com A
txt.example.com TXT
example.com MX
example.com SOA
_sip._tcp.example.com SRV
any.wild.example.com A
host.sub.example.com A
nobody.example.com A
big.example.com A
target.example.com ANY
elsewhere.example.net A
"""
CALL = re.compile(r"(\w+)\(.*\) += (-?\d+)")


class SystemCallTest(ServedZones):
    def setUp(self):
        super().setUp()
        self.folder.write("queries", MIXED)
        self.trace = self.folder.join("trace")
        # pylint: disable-next=consider-using-with
        self.strace = subprocess.Popen(
            ["strace", "-ff", "-qq", "-e", "verbose=none", "-s", "0", "-o", self.trace,
             "-p", str(self.server.pid())], stdin=subprocess.DEVNULL)
        self.addCleanup(self.strace.wait)
        self.addCleanup(self.strace.terminate)
        attached = eventually(lambda: glob.glob(self.trace + ".*"), SECONDS)
        self.assertTrue(attached, "strace is not attached")

    def flood(self, *options):
        done = programs.run(FLOOD, "--server", f"127.0.0.1:{self.port}",
                            "--queries", self.folder.join("queries"), "--count", str(QUERIES // 2),
                            "--seconds", "60", "--timeout", "5", *options)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)["answered"]

    def workers_calls(self):
        """[(name, result), ...] of each thread that takes packets."""
        threads = []
        for path in glob.glob(self.trace + ".*"):
            with open(path, encoding="utf-8") as file:
                calls = [(name, int(result)) for name, result in CALL.findall(file.read())]
            if any(name == "recvmmsg" and result > 0 for name, result in calls):
                threads.append(calls)
        return threads

    def test_between_taking_and_sending_a_worker_calls_nothing(self):
        answered = self.flood() + self.flood("--edns")
        self.assertGreaterEqual(answered, QUERIES)
        self.strace.terminate()
        self.strace.wait()
        threads = self.workers_calls()
        self.assertGreater(len(threads), 0)
        taken = sent = 0
        for calls in threads:
            self.assertEqual({name for name, _ in calls} - {"recvmmsg", "sendmmsg"}, set())
            for (name, result), (after, _) in zip(calls, calls[1:]):
                if name == "recvmmsg" and result > 0:
                    taken += result
                    self.assertEqual(after, "sendmmsg")
                if name == "sendmmsg":
                    sent += result
                    self.assertEqual(after, "recvmmsg")
        self.assertGreaterEqual(taken, QUERIES)
        self.assertGreaterEqual(sent, QUERIES)


if __name__ == "__main__":
    unittest.main()
