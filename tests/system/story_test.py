"""./dev run --story: the demo plays kill, drop, restart and return by itself."""

import os
import signal
import socket
import subprocess
import sys
import unittest

from support import namespace

namespace.enter()

# pylint: disable=wrong-import-position
from support import programs  # noqa: E402
from support.programs import eventually  # noqa: E402

COMMAND = [sys.executable, os.path.join(programs.SOURCE, "demo", "run.py"),
           "--build", programs.BUILD]


def others():
    """The processes in this namespace besides the test and what started it."""
    mine = {1, os.getpid()}
    return [pid for pid in map(int, filter(str.isdigit, os.listdir("/proc")))
            if pid not in mine and programs.processes.is_running(pid)]


class StoryTest(unittest.TestCase):
    """The demo as people run it."""

    def test_story(self):
        done = subprocess.run([*COMMAND, "--story"], stdin=subprocess.DEVNULL, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120,
                              check=False)
        print(done.stdout)
        self.assertEqual(done.returncode, 0, done.stdout)
        for text in ("127.0.0.12 has left the answers", "127.0.0.12 is back in the answers",
                     "127.0.0.13 stays out of the answers", "the end: every step happened"):
            self.assertIn(text, done.stdout)
        self.assertTrue(eventually(lambda: not others(), 10), others())

    def test_ctrl_c_ends_everything(self):
        log = programs.Folder()
        self.addCleanup(log.remove)
        with open(log.join("out"), "w+", encoding="utf-8") as out, \
                subprocess.Popen(COMMAND, stdin=subprocess.DEVNULL, stdout=out,
                                 stderr=subprocess.STDOUT) as demo:
            self.addCleanup(demo.kill)

            def printed(text):
                with open(log.join("out"), encoding="utf-8") as lines:
                    return text in lines.read()

            self.assertTrue(eventually(
                lambda: printed("is 127.0.0.11, 127.0.0.12, 127.0.0.13"), 30), out.name)
            demo.send_signal(signal.SIGINT)
            self.assertEqual(demo.wait(60), 0)
        self.assertTrue(eventually(lambda: not others(), 10), others())

    def test_a_taken_port_is_said(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
            taken.bind(("127.0.0.1", 5300))
            done = programs.run(*COMMAND, "--story")
        self.assertEqual(done.returncode, 1)
        self.assertIn("127.0.0.1:5300 (UDP) cannot be used", done.stderr)
        self.assertEqual(others(), [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
