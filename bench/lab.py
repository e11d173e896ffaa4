"""What every measurement needs: servers on one CPU, the generator on another, folders, progress."""

import contextlib
import json
import os
import resource
import subprocess
import sys
import tempfile

import peers
from running import PeerError, Running, free_port, undisturbed

LOAD_LIMIT = 300  # seconds until a server must have loaded its zone
WINDOW = 256      # outstanding queries: a default socket buffer hardly overflows
SOCKETS = 4


class Lab:
    """The settings of one run, and its problems."""

    def __init__(self, options, folder):
        self.options = options
        self.folder = folder
        self.failures = []
        cpus = sorted(os.sched_getaffinity(0))
        self.cpus = cpus
        self.server_cpu, self.generator_cpu = cpus[0], cpus[1] if len(cpus) > 1 else cpus[0]

    def say(self, text):
        print(f"bench: {text}", file=sys.stderr, flush=True)

    def fail(self, text):
        self.failures.append(text)
        self.say(text)

    def program(self, name):
        return os.path.join(self.options.build, "bench", name)

    def start(self, name, zones, cpus=None, workers=1, wrap=()):
        """A server with these zones; {folder} in `wrap`, a command in front of its own, is its."""
        kind = peers.KINDS[name]
        folder = tempfile.mkdtemp(prefix=f"{name}-", dir=self.folder)
        port = free_port()
        command = kind.configure(kind.program(self.options.build),
                                 peers.Site(folder, port, zones, workers))
        front = [word.format(folder=folder) for word in wrap]
        return Running(name, front + command, port, folder, cpus)

    @contextlib.contextmanager
    def serving(self, zone, names):
        """Name to server, all on the server's CPU; one that does not answer is left out."""
        with contextlib.ExitStack() as stack:
            servers = {}
            for name in names:
                server = stack.enter_context(self.start(name, [zone], {self.server_cpu}))
                try:
                    server.wait(zone.origin, LOAD_LIMIT)
                    servers[name] = server
                except PeerError as error:
                    self.fail(str(error))
            yield servers

    def told(self, command, seconds=120):
        """The output of a program that runs on the generator's CPU. Raises PeerError."""
        done = subprocess.run(command, capture_output=True, text=True, check=False,
                              timeout=seconds, **undisturbed({self.generator_cpu}))
        if done.returncode != 0:
            raise PeerError(f"{os.path.basename(command[0])}: {done.stderr.strip()}")
        return done.stdout

    def flood(self, server, zone, seconds=None, rate=0, **more):
        """The output of flood, with the server's CPU seconds for a million answers."""
        if rate:
            more["gso"] = 1  # trains of queries would wait for one another
        return self.flood_from([self.generator_cpu], server, zone, seconds, rate=rate, **more)[0]

    def flood_from(self, cpus, server, zone, seconds=None, **more):
        """One generator for each of `cpus` (None: any). Each result has the same CPU seconds."""
        seconds = seconds or self.options.seconds
        more = {"window": WINDOW, "sockets": SOCKETS, "gso": self.options.gso, **more}
        words = [word for key, value in more.items() for word in (f"--{key}", str(value))]
        before, own = server.cpu(), _children_cpu()
        floods = [subprocess.Popen(
            [self.program("flood"), "--server", f"127.0.0.1:{server.port}",
             "--queries", zone.queries, "--seconds", str(seconds), *words],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            **undisturbed({cpu} if cpu is not None else None)) for cpu in cpus]
        try:
            told = [flood.communicate(timeout=seconds + 60) for flood in floods]
        finally:
            for flood in floods:
                flood.kill()
                flood.wait()
        for flood, (_, errors) in zip(floods, told):
            if flood.returncode != 0:
                raise PeerError(f"{server.name}: {errors.strip()}")
        after = server.cpu()
        results = [json.loads(output) for output, _ in told]
        millions = sum(result["answered"] for result in results) / 1e6
        for result in results:
            result["user_s_per_million"] = (after[0] - before[0]) / millions
            result["system_s_per_million"] = (after[1] - before[1]) / millions
            result["generator_s_per_million"] = (_children_cpu() - own) / millions
            if result["wrong"] and server.name != "echo":
                self.fail(f"{server.name}: {result['wrong']} of {result['checked']} answers that "
                          "were looked into are wrong")
        return results


def _children_cpu():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
