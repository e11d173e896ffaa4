"""Rollcall and the three servers it is compared with, each with the same zones on its own port.

Everything runs inside the test's namespace, as the user who runs the test, in one folder.
"""

import os
import shutil
import socket
import struct

from support import bind_secondary
from support import programs
import wire
from random_zones import to_text

START_SECONDS = 20
ANSWER_SECONDS = 5
TRIES = 3
NAMES = ("rollcall", "nsd", "knot", "bind")
PEERS = NAMES[1:]

NSD = """\
server:
  server-count: 1
  ip-address: 127.0.0.1@{port}
  username: ""
  chroot: ""
  zonesdir: "{folder}"
  database: ""
  pidfile: "{folder}/nsd.pid"
  xfrdfile: "{folder}/xfrd.state"
  zonelistfile: "{folder}/nsd.list"
  xfrdir: "{folder}"
  hide-version: yes
  minimal-responses: yes
  refuse-any: no
  ipv4-edns-size: 1232
  rrl-ratelimit: 0
  rrl-whitelist-ratelimit: 0
remote-control:
  control-enable: no
{zones}
"""
NSD_ZONE = 'zone:\n  name: "{origin}"\n  zonefile: "{file}"\n'

KNOT = """\
server:
  rundir: "{folder}"
  listen: 127.0.0.1@{port}
  udp-workers: 1
  tcp-workers: 1
  background-workers: 1
  udp-max-payload: 1232
database:
  storage: "{folder}"
log:
  - target: stderr
    any: warning
template:
  - id: default
    storage: "{folder}"
    semantic-checks: off
    journal-content: none
zone:
{zones}
"""
KNOT_ZONE = '  - domain: "{origin}"\n    file: "{file}"\n'

BIND = """\
options {{
  directory "{folder}";
  pid-file "{folder}/named.pid";
  session-keyfile "{folder}/session.key";
  managed-keys-directory "{folder}";
  listen-on port {port} {{ 127.0.0.1; }};
  listen-on-v6 {{ none; }};
  recursion no;
  empty-zones-enable no;
  dnssec-validation no;
  notify no;
  minimal-responses yes;
  minimal-any no;
  zero-no-soa-ttl no;
  max-udp-size 1232;
  nocookie-udp-size 1232;
  check-names primary ignore;
  check-integrity no;
  check-wildcard no;
  max-records-per-type 0;
  max-types-per-name 0;
}};
controls {{ }};
{zones}
"""
BIND_ZONE = 'zone "{origin}" {{ type primary; file "{file}"; }};\n'

ROLLCALL = """\
server:
  listen: ["127.0.0.1:{port}"]
  state_dir: "{folder}/state"
  workers: 1
control:
  socket: "{folder}/control.sock"
zones:
{zones}
"""
ROLLCALL_ZONE = '  "{origin}": {{file: "{file}"}}\n'


def _quoted(text):
    return text.replace("\\", "\\\\").replace('"', '\\"')


class Server:
    """One running server and the socket to ask it by."""

    def __init__(self, name, port):
        self.name, self.port = name, port
        self.log = []
        self.process = None
        self.silent_at = None  # the request since which a peer is asked over TCP alone
        self._udp = None

    def exchange(self, octets, seconds=ANSWER_SECONDS, tries=TRIES):
        """The UDP reply with the same ID; None where none came."""
        self.send(octets)
        return self.receive(octets, seconds, tries)

    def send(self, octets):
        if self._udp is None:
            self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self._udp.connect(("127.0.0.1", self.port))
        self._udp.send(octets)

    def receive(self, octets, seconds=ANSWER_SECONDS, tries=TRIES):
        for attempt in range(tries):
            try:
                self._udp.settimeout(seconds)
                while True:
                    reply = self._udp.recv(65535)
                    if reply[:2] == octets[:2]:
                        return reply
            except (TimeoutError, ConnectionError):
                if attempt + 1 < tries:
                    self.send(octets)
        return None

    def exchange_tcp(self, octets):
        """The reply over a connection of its own."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=ANSWER_SECONDS) as stream:
            stream.sendall(struct.pack("!H", len(octets)) + octets)
            with stream.makefile("rb") as file:
                head = file.read(2)
                return file.read(struct.unpack("!H", head)[0]) if len(head) == 2 else None

    def answer(self, octets):
        """The whole answer: by UDP, and by TCP where that was truncated.

        A peer that falls silent over UDP is asked over TCP from then on: one truncated answer can
        set the UDP thread of Knot 3.2.6 spinning. Rollcall may not fall silent.
        """
        reply = None if self.silent_at else self.receive(octets)
        if reply is None:
            if self.name == "rollcall":
                raise AssertionError("rollcall does not answer\n" + "\n".join(self.log[-20:]))
            self.silent_at = self.silent_at or octets
            reply = self.exchange_tcp(octets)
        if reply is None:
            raise AssertionError(f"{self.name} does not answer\n" + "\n".join(self.log[-20:]))
        message = wire.Message(reply)
        return wire.Message(self.exchange_tcp(octets)) if message.truncated else message

    def close(self):
        if self._udp is not None:
            self._udp.close()


class Peers:
    """All four with these zones. A context: entered, all of them answer for every zone."""

    def __init__(self, zones, names=NAMES):
        self.zones = zones
        self.folder = programs.Folder()
        self.servers = {name: Server(name, 0) for name in names}
        self._processes = programs.processes.Processes()

    def __enter__(self):
        try:
            for i, zone in enumerate(self.zones):
                self.folder.write(f"{i}.zone", zone.text())
            for server in self.servers.values():
                server.port = programs.free_port()
                self._start(server)
            for server in self.servers.values():
                self._await(server)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for server in self.servers.values():
            server.close()
        self._processes.end_all()
        self.folder.remove()

    def ask(self, query, number):
        """Name -> Message of the same question put to each."""
        octets = wire.pack_query(query, number)
        for server in self.servers.values():
            server.send(octets)
        return {name: server.answer(octets) for name, server in self.servers.items()}

    def _start(self, server):
        command = getattr(self, "_" + server.name)(server.port)
        server.process = self._processes.start(
            server.name, command, lambda _, line: server.log.append(line), cwd=self.folder.path)

    def _config(self, name, template, zone_template, port, quote=lambda text: text):
        zones = "".join(zone_template.format(origin=quote(to_text(zone.origin).rstrip(".")),
                                             file=f"{self.folder.path}/{i}.zone")
                        for i, zone in enumerate(self.zones))
        return self.folder.write(name, template.format(folder=self.folder.path, port=port,
                                                       zones=zones))

    def _rollcall(self, port):
        os.makedirs(self.folder.join("state"), exist_ok=True)
        return [programs.ROLLCALLD, "-c",
                self._config("rollcall.yaml", ROLLCALL, ROLLCALL_ZONE, port, _quoted)]

    def _nsd(self, port):
        return [_program("nsd"), "-d", "-c", self._config("nsd.conf", NSD, NSD_ZONE, port)]

    def _knot(self, port):
        return [_program("knotd"), "-c", self._config("knot.conf", KNOT, KNOT_ZONE, port, _quoted)]

    def _bind(self, port):
        config = self._config("named.conf", BIND, BIND_ZONE, port)
        return bind_secondary.command(self.folder.path, config)

    def _await(self, server):
        """Waits until every zone is answered for. Raises AssertionError with the server's log."""
        waiting = list(self.zones)

        def ready():
            while waiting:
                question = (struct.pack("!6H", 7, 0, 1, 0, 0, 0) +
                            wire.pack_name(waiting[-1].origin) + b"\0\6\0\1")
                reply = server.exchange(question, 0.2, 1)
                if reply is None or reply[3] & 15 or not reply[7]:
                    return server.process.poll() is not None
                waiting.pop()
            return True

        if not programs.eventually(ready, START_SECONDS, 0.05) or waiting:
            zone = f"; zone {to_text(waiting[-1].origin)}" if waiting else ""
            raise AssertionError(f"{server.name} is not ready{zone}; its log:\n" +
                                 "\n".join(server.log[-40:]))


def _program(name):
    return shutil.which(name) or f"/usr/sbin/{name}"
