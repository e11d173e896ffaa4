"""Programs that are started here and ended here: none outlives its owner."""

import os
import signal
import subprocess
import threading
import time


class StartError(Exception):
    """Something could not be started; the message is for people."""


def eventually(condition, seconds, poll=0.05):
    """Asks until the answer is true or the time is over. Returns the last answer."""
    deadline = time.monotonic() + seconds
    while True:
        answer = condition()
        if answer or time.monotonic() >= deadline:
            return answer
        time.sleep(poll)


def is_running(pid, name=None):
    """A zombie does not run; with `name`, neither does another program under a reused pid."""
    try:
        with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as status:
            fields = dict(line.rstrip("\n").split(":\t", 1) for line in status if ":\t" in line)
    except (OSError, ValueError):
        return False
    if fields.get("State", "Z")[0] in "ZX":
        return False
    return name is None or fields.get("Name") == name


def read_pid(path):
    try:
        with open(path, encoding="ascii") as file:
            return int(file.read())
    except (OSError, ValueError):
        return None


def end_pid(pid, name=None, seconds=5):
    """SIGTERM, then SIGKILL where that was not enough."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        if not is_running(pid, name):
            return
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return
        eventually(lambda: not is_running(pid, name), seconds)


class Processes:
    """The programs of one cluster, ended in the reverse order of their start."""

    def __init__(self):
        self._started = []  # (name, Popen, thread that reads its output or None)
        self._cleanups = []

    def start(self, name, command, on_line=None, **options):
        """Starts a program in a session of its own, so that a Ctrl-C reaches its owner alone.

        on_line(name, line) is called for every line that it writes, from a thread.
        """
        if on_line:
            options.update(stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        try:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, start_new_session=True, **options)
        except OSError as error:
            raise StartError(f"cannot start {command[0]}: {error.strerror}") from error
        reader = None
        if on_line:
            reader = threading.Thread(
                target=_pass_lines, args=(name, process.stdout, on_line), daemon=True)
            reader.start()
        self._started.append((name, process, reader))
        return process

    def at_end(self, call):
        """`call` runs after the programs have ended, the last one first."""
        self._cleanups.append(call)

    def dead(self):
        """The names of those that have ended although nobody ended them here."""
        return [name for name, process, _ in self._started if process.poll() is not None]

    def end(self, process, seconds=10):
        process.terminate()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        self._started = [entry for entry in self._started if entry[1] is not process]

    def end_all(self):
        for _, process, reader in reversed(self._started[:]):
            self.end(process)
            if reader:
                reader.join(5)
        while self._cleanups:
            self._cleanups.pop()()


def _pass_lines(name, stream, on_line):
    for raw in stream:
        on_line(name, raw.decode("utf-8", "replace").rstrip("\n"))
    stream.close()
