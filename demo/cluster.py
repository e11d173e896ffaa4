"""The demo's cluster: three backends with an agent each, a mailbox, and rollcalld before them."""

import os
import shutil
import socket
import subprocess
import tempfile

import dns.exception
import dns.message
import dns.query
import dns.rcode

import mailbox
import processes
import web_backend

SERVER = "127.0.0.1"
DNS_PORT = 5300
MAIL_PORT = 2525
WEB_PORT = 8080
AGENT_PORT = 2224
NODES = ["127.0.0.11", "127.0.0.12", "127.0.0.13"]
POOL = "www.mydomain.com"

AGENT_CONFIG = """\
listen: {address}:{port}
keys: {{ns1: {{file: {folder}/agent-keys/{address}.key}}}}
scripts_path: {folder}/scripts-{number}
services:
  web: {{script: web}}
"""


def number_of(address):
    return address.rsplit(".", 1)[1]


class Cluster:
    """start() it, use it, and end() it in any case: also after a start() that failed."""

    def __init__(self, build, source, on_line=None, on_mail=None):
        self.build = os.path.abspath(build)
        self.source = os.path.abspath(source)
        self.processes = processes.Processes()
        self.folder = None
        self.backends = {}
        self.mailbox = mailbox.Mailbox(SERVER, MAIL_PORT, on_mail)
        self._on_line = on_line

    def start(self):
        refuse_taken_ports()
        self.folder = tempfile.mkdtemp(prefix="rollcall-")
        self.processes.at_end(lambda: shutil.rmtree(self.folder, ignore_errors=True))
        for name in ("db.mydomain.com", "rollcall.yaml"):
            shutil.copy(os.path.join(self.source, "zones", name), self.folder)
        os.mkdir(f"{self.folder}/state")
        self._write_keys()
        self.mailbox.start()
        self.processes.at_end(self.mailbox.stop)
        for address in NODES:
            self._start_node(address)
        self.processes.start("rollcalld", [self.program("rollcalld"), "-c", "rollcall.yaml"],
                             self._on_line, cwd=self.folder)

    def end(self):
        self.processes.end_all()

    def program(self, name):
        return os.path.join(self.build, name)

    def rollcallctl(self, *arguments):
        """The finished run: returncode, stdout, stderr."""
        return subprocess.run(
            [self.program("rollcallctl"), "-s", f"{self.folder}/control.sock", *arguments],
            capture_output=True, text=True, check=False, timeout=15)

    def answers(self):
        """The addresses of the pool in the answer's order; nothing where there is no answer."""
        query = dns.message.make_query(POOL, "A")
        try:
            reply = dns.query.udp(query, SERVER, timeout=1, port=DNS_PORT)
        except (dns.exception.DNSException, OSError):
            return []
        return [rdata.address for rrset in reply.answer for rdata in rrset]

    def present(self):
        """The last octets of the addresses that are answered, sorted: "11 12 13"."""
        return " ".join(sorted(number_of(address) for address in self.answers()))

    def _write_keys(self):
        """Each agent has a key of its own. Here rollcalld and the agent read the same file."""
        os.mkdir(f"{self.folder}/agent-keys", 0o700)
        for address in NODES:
            made = subprocess.run([self.program("rollcallctl"), "keygen", "agent", address,
                                   "--name", "ns1", "-o", f"{self.folder}/agent-keys"],
                                  capture_output=True, text=True, check=False)
            if made.returncode != 0:
                raise processes.StartError(f"rollcallctl keygen agent: {made.stderr.strip()}")

    def _start_node(self, address):
        number = number_of(address)
        backend = web_backend.WebBackend(
            self.folder, f"{self.folder}/scripts-{number}", "web", address, WEB_PORT)
        self.processes.at_end(backend.end)
        backend.start()
        self.backends[address] = backend
        config = f"{self.folder}/agent-{number}.yaml"
        with open(config, "w", encoding="ascii") as file:
            file.write(AGENT_CONFIG.format(
                address=address, port=AGENT_PORT, folder=self.folder, number=number))
        self.processes.start(f"agent-{number}", [self.program("rollcall-agent"), "-c", config],
                             self._on_line, cwd=self.folder)


def refuse_taken_ports():
    """Raises StartError where a port that the demo needs is taken."""
    udp, tcp = socket.SOCK_DGRAM, socket.SOCK_STREAM
    wanted = [(SERVER, DNS_PORT, udp), (SERVER, DNS_PORT, tcp), (SERVER, MAIL_PORT, tcp)]
    wanted += [(node, port, tcp) for node in NODES for port in (WEB_PORT, AGENT_PORT)]
    for address, port, kind in wanted:
        with socket.socket(socket.AF_INET, kind) as probe:
            if kind == tcp:  # as the servers do: what has just closed does not count
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address, port))
            except OSError as error:
                name = "UDP" if kind == udp else "TCP"
                raise processes.StartError(
                    f"{address}:{port} ({name}) cannot be used: {error.strerror}. "
                    "End what listens there, then try again") from error
