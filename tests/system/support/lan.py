"""Hosts on one network: a network namespace each, behind a bridge. Inside a namespace only."""

import os
import re
import subprocess
import unittest

from support import namespace
from support import programs
from support.programs import eventually

# pylint: disable=wrong-import-order
import processes

SECONDS = 60  # for anything that should happen soon
KEY = "0123456789abcdef" * 4

# Says who it is, by IPv4 and IPv6.
WEB = """
import http.server, socket, sys
class Web(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(sys.argv[1].encode())
    def log_message(self, *_):
        pass
class Server(http.server.ThreadingHTTPServer):
    address_family = socket.AF_INET6
Server(("::", 80), Web).serve_forever()
"""
# Asks again and again, as clients do: who answers?
ASKING = """
import http.client, sys, time
while True:
    try:
        link = http.client.HTTPConnection(sys.argv[1], 80, timeout=1)
        link.request("GET", "/")
        print(link.getresponse().read().decode(), flush=True)
    except OSError:
        print("nobody", flush=True)
    time.sleep(0.1)
"""


def _run(*command, check=True):
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    if check and done.returncode != 0:
        raise AssertionError(f"{' '.join(command)}: {done.stderr.strip()}")
    return done


class Host:
    """One host with eth0 and the addresses 192.0.2.NUMBER and 2001:db8::NUMBER."""

    def __init__(self, name, number):
        self.name = name
        self.addresses = [f"192.0.2.{number}", f"2001:db8::{number}"]
        self.log = []
        self._programs = processes.Processes()
        namespace.run("ip", "netns", "add", name)
        namespace.run("ip", "link", "add", f"to-{name}", "type", "veth", "peer", "name", "eth0",
                      "netns", name)
        namespace.run("ip", "link", "set", f"to-{name}", "master", "lan", "up")
        namespace.run("ip", "-n", name, "link", "set", "lo", "up")
        self.plug_in()
        self.boot()

    def boot(self):
        """Only its own addresses are there afterwards."""
        namespace.run("ip", "-n", self.name, "address", "flush", "dev", "eth0")
        namespace.run("ip", "-n", self.name, "link", "set", "eth0", "up")
        self.run("ip", "address", "add", self.addresses[0] + "/24", "dev", "eth0")
        self.run("ip", "address", "add", self.addresses[1] + "/64", "dev", "eth0", "nodad")

    def shut_down(self):
        """All its programs are killed, and it is silent."""
        self.unplug()
        self.end()
        namespace.run("ip", "-n", self.name, "address", "flush", "dev", "eth0")

    def plug_in(self):
        """The cable."""
        namespace.run("ip", "link", "set", f"to-{self.name}", "up")

    def unplug(self):
        namespace.run("ip", "link", "set", f"to-{self.name}", "down")

    def run(self, *command, check=True):
        """Runs a program on the host to its end."""
        return _run("ip", "netns", "exec", self.name, *command, check=check)

    def start(self, name, *command, **options):
        """Starts a program on the host; what it says is in `log`."""
        return self._programs.start(name, ["ip", "netns", "exec", self.name, *command],
                                    lambda _name, line: self.log.append(line), **options)

    def stop(self, process):
        self._programs.end(process)

    def end(self):
        self._programs.end_all()
        self._programs = processes.Processes()

    def has(self, address):
        shown = self.run("ip", "-o", "address", "show", "dev", "eth0").stdout
        return f" {address}/" in shown

    def mac(self):
        return self.run("cat", "/sys/class/net/eth0/address").stdout.strip()


class Lan:
    """The network; end() ends all programs on its hosts."""

    def __init__(self, *names):
        # Their namespaces have names that nobody else sees.
        os.makedirs("/run/netns", exist_ok=True)
        namespace.run("mount", "-t", "tmpfs", "none", "/run/netns")
        # Without snooping the bridge floods neighbour solicitations, as a switch does.
        namespace.run("ip", "link", "add", "lan", "type", "bridge", "mcast_snooping", "0")
        namespace.run("ip", "link", "set", "lan", "up")
        self.hosts = {name: Host(name, number) for number, name in enumerate(names, 1)}
        # A kernel believes for half a minute that a neighbour is there; the nameserver's for a second.
        for family in ("ipv4", "ipv6"):
            for setting in ("base_reachable_time_ms=1000", "delay_first_probe_time=1"):
                self["ns"].run("sysctl", "-qw", f"net.{family}.neigh.eth0.{setting}")

    def __getitem__(self, name):
        return self.hosts[name]

    def end(self):
        for host in self.hosts.values():
            host.end()

    def holders(self, address):
        """The names of the hosts that have the address."""
        return [name for name, host in self.hosts.items() if host.has(address)]


class LanCase(unittest.TestCase):
    """A nameserver on the host `ns`, and agents on others, with the configuration of the class."""

    LAN = CONFIG = AGENT = None
    ZONE = """\
$TTL 1
@   IN SOA ns1 hostmaster (1 3600 600 86400 60)
    IN NS  ns1
ns1 IN A   192.0.2.1
"""
    RECORDS = ""

    def set_up_folder(self):
        self.folder = programs.Folder()
        self.addCleanup(self.folder.remove)
        os.mkdir(self.folder.join("state"))
        self.folder.write("rollcall.yaml", self.CONFIG)
        self.folder.write("db.mydomain.com", self.ZONE + self.RECORDS)
        self.folder.write("agent.yaml", self.AGENT)
        os.chmod(self.folder.write("agent.key", KEY + "\n"), 0o600)
        for host in self.LAN.hosts.values():
            host.log.clear()
        self.addCleanup(self.LAN.end)

    def start_nameserver(self):
        self.LAN["ns"].start("rollcalld", programs.ROLLCALLD, "-c", "rollcall.yaml",
                             cwd=self.folder.path)

    def start_agent(self, name):
        return self.LAN[name].start("agent", programs.AGENT, "-c", "agent.yaml",
                                    cwd=self.folder.path)

    def says(self, text, host="ns"):
        found = eventually(lambda: any(text in line for line in self.LAN[host].log), SECONDS)
        self.assertTrue(found, f"{text}: is not said by {host}; the log:\n" + self.log(host))

    def log(self, host="ns"):
        return "\n".join(self.LAN[host].log)

    def ctl(self, *words):
        control = self.folder.join("control.sock")
        return self.LAN["ns"].run(programs.ROLLCALLCTL, "-s", control, *words).stdout

    def shows(self, command, pattern):
        """`rollcallctl COMMAND` shows that, soon."""
        seen = eventually(lambda: re.search(pattern, self.ctl(command)), SECONDS)
        self.assertTrue(seen, f"{pattern} is not in:\n" + self.ctl(command))
