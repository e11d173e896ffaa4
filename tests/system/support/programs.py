"""The built programs as the tests run them."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile

BUILD = os.environ["ROLLCALL_BUILD"]
SOURCE = os.environ["ROLLCALL_SOURCE"]
SEED = os.path.join(SOURCE, "tests", "data", "seed")

sys.path.insert(0, os.path.join(SOURCE, "demo"))  # the demo's cluster parts are the tests' too

# pylint: disable=wrong-import-position
import processes  # noqa: E402
from processes import eventually  # noqa: E402

ROLLCALLD = os.path.join(BUILD, "rollcalld")
ROLLCALLCTL = os.path.join(BUILD, "rollcallctl")
AGENT = os.path.join(BUILD, "rollcall-agent")

START_SECONDS = 20  # generous: a loaded machine is no failure


def run(*command, **options):
    """The finished run of a program: returncode, stdout, stderr."""
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=30,
                          stdin=subprocess.DEVNULL, **options)


def rollcallctl(*arguments, **options):
    return run(ROLLCALLCTL, *arguments, **options)


def free_port(address="127.0.0.1"):
    """A port that is free for UDP and TCP. Only reliable in a namespace of its own."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    while True:
        with socket.socket(family, socket.SOCK_STREAM) as stream, \
                socket.socket(family, socket.SOCK_DGRAM) as datagram:
            stream.bind((address, 0))
            port = stream.getsockname()[1]
            with contextlib.suppress(OSError):
                datagram.bind((address, port))
                return port


def connects(address, port):
    """True if something listens."""
    try:
        with socket.create_connection((address, port), timeout=1):
            return True
    except OSError:
        return False


class Folder:
    """A folder of files that is removed at the end."""

    def __init__(self):
        self._folder = tempfile.TemporaryDirectory(prefix="rollcall-test-")
        self.path = self._folder.name

    def join(self, name):
        return os.path.join(self.path, name)

    def write(self, name, text):
        """Replaces the file at once, as careful editors do. Returns its path."""
        path = self.join(name)
        with open(path + ".new", "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(path + ".new", path)
        return path

    def remove(self):
        self._folder.cleanup()


class Server:
    """One rollcalld in a folder that has its rollcall.yaml."""

    def __init__(self, folder, config="rollcall.yaml", control="control.sock"):
        self.folder = folder
        self.log = []
        self._config = config
        self._control = control
        self._processes = processes.Processes()
        self._process = None

    def start(self, ready):
        """Starts it and waits until ready() is true. Raises AssertionError with its log."""
        self._process = self._processes.start(
            "rollcalld", [ROLLCALLD, "-c", self._config], self._keep_line, cwd=self.folder.path)
        if not eventually(lambda: self._process.poll() is not None or ready(), START_SECONDS):
            raise AssertionError("rollcalld is not ready; its log:\n" + "\n".join(self.log))
        if self._process.poll() is not None:
            raise AssertionError("rollcalld has ended; its log:\n" + "\n".join(self.log))

    def ctl(self, *arguments):
        return rollcallctl("-s", self.folder.join(self._control), *arguments)

    def pid(self):
        return self._process.pid

    def alive(self):
        return self._process.poll() is None

    def signal(self, number):
        os.kill(self._process.pid, number)

    def stop(self):
        """SIGTERM. Returns its exit status."""
        process = self._process
        self._processes.end(process)
        return process.returncode

    def crash(self):
        """SIGKILL: nothing more is written."""
        self.signal(signal.SIGKILL)
        self._process.wait()
        self._processes = processes.Processes()

    def end(self):
        self._processes.end_all()

    def _keep_line(self, _name, line):
        self.log.append(line)
