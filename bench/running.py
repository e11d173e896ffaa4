"""A nameserver that is being measured: started, waited for, its CPU time and memory read, ended."""

import contextlib
import os
import signal
import socket
import struct
import subprocess
import time

TICKS = os.sysconf("SC_CLK_TCK")
SOA = 6
END_SECONDS = 10  # then SIGKILL
NICE = -15  # where we may: other work on the machine is kept out of the tail


class PeerError(Exception):
    """A server that does not run or does not answer; the message is for people."""


def free_port():
    """A port of 127.0.0.1 that is free for UDP and TCP now."""
    while True:
        with socket.socket() as stream, socket.socket(type=socket.SOCK_DGRAM) as datagram:
            stream.bind(("127.0.0.1", 0))
            port = stream.getsockname()[1]
            with contextlib.suppress(OSError):
                datagram.bind(("127.0.0.1", port))
                return port


def soa_query(origin):
    name = b"".join(bytes([len(label)]) + label.encode() for label in origin.split("."))
    return struct.pack("!6H", 0x526c, 0, 1, 0, 0, 0) + name + struct.pack("!xHH", SOA, 1)


def exchange(port, query, seconds=0.05):
    """The answer, or None if there is none in that time."""
    with socket.socket(type=socket.SOCK_DGRAM) as client:
        client.settimeout(seconds)
        with contextlib.suppress(OSError):
            client.connect(("127.0.0.1", port))
            client.send(query)
            return client.recv(65535)
    return None


def is_answer(reply):
    """NOERROR with a record in it."""
    return reply is not None and len(reply) > 12 and reply[3] & 15 == 0 and reply[6:8] != b"\0\0"


def undisturbed(cpus):
    """Options for subprocess: a session of its own, those CPUs, and in front of others there.

    Where the kernel groups the sessions (autogroup, sched(7)), it is the group's nice that counts.
    """
    def prepare():
        if cpus:
            os.sched_setaffinity(0, cpus)
        with contextlib.suppress(OSError):  # only root may
            os.setpriority(os.PRIO_PROCESS, 0, NICE)
            with open("/proc/self/autogroup", "w", encoding="ascii") as group:
                group.write(str(NICE))
    return {"start_new_session": True, "preexec_fn": prepare}


class Running:
    """One server. Used in a `with`, so that it never outlives its measurement."""

    def __init__(self, name, command, port, folder, cpus=None):
        self.name, self.port, self.folder = name, port, folder
        self._output = os.path.join(folder, "output")
        self._began = time.monotonic()
        with open(self._output, "wb") as output:
            self._process = subprocess.Popen(  # pylint: disable=consider-using-with
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=folder,
                **undisturbed(cpus))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()

    def wait(self, origin, limit, poll=0.002):
        """Seconds from exec to the first answer. Raises PeerError."""
        query = soa_query(origin)
        while (spent := time.monotonic() - self._began) < limit:
            if self._process.poll() is not None:
                raise PeerError(f"{self.name} has ended by itself: {self._last_words()}")
            reply = exchange(self.port, query)
            if is_answer(reply) or (reply is not None and self.name == "echo"):
                return time.monotonic() - self._began
            time.sleep(poll)
        raise PeerError(f"{self.name} has not answered in {spent:.0f} s: {self._last_words()}")

    def cpu(self):
        """(user, system) seconds of all its processes."""
        user = system = 0
        for fields in self._stats():
            user, system = user + int(fields[11]), system + int(fields[12])
        return user / TICKS, system / TICKS

    def memory(self):
        """MiB: (memory in use, shared pages once; the most that its largest process ever used)."""
        held = peak = 0
        for fields in self._stats():
            with contextlib.suppress(OSError):
                held += _kib(f"/proc/{fields[-1]}/smaps_rollup", "Pss:")
                peak = max(peak, _kib(f"/proc/{fields[-1]}/status", "VmHWM:"))
        return held / 1024, peak / 1024

    def end(self, seconds=END_SECONDS):
        """SIGTERM, and SIGKILL for what is left of its session."""
        with contextlib.suppress(ProcessLookupError):
            self._process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def _stats(self):
        """Behind the name: the fields of proc(5) stat of each process of its session, its pid."""
        for pid in filter(str.isdigit, os.listdir("/proc")):
            with contextlib.suppress(OSError):
                with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
                    fields = file.read().rpartition(")")[2].split()
                if int(fields[3]) == self._process.pid:
                    yield [*fields, pid]

    def _last_words(self):
        with open(self._output, encoding="utf-8", errors="replace") as file:
            lines = [line.strip() for line in file if line.strip()]
        return " / ".join(lines[-3:]) or "it has said nothing"


def _kib(path, field):
    with open(path, encoding="ascii", errors="replace") as file:
        return sum(int(line.split()[1]) for line in file if line.startswith(field))

