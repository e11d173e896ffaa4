"""Three nodes with floating addresses, a nameserver and two clients. Inside a namespace only."""

import re
import sys

from support.lan import ASKING, SECONDS, WEB, Lan, LanCase
from support.programs import eventually

FLOATING, FLOATING_V6 = "192.0.2.80", "2001:db8::80"
LAN = Lan("ns", "spare", "a", "b", "c", "client")  # a is 192.0.2.3

CONFIG = """\
server: {listen: ["127.0.0.1:5300"], state_dir: state}
control: {socket: control.sock}
zones: {mydomain.com: {file: db.mydomain.com}}
take_over:
  192.0.2.80: {owner: 192.0.2.3, takers: [192.0.2.4, 192.0.2.5], interval: 1s}
  "2001:db8::80": {owner: "2001:db8::3", takers: ["2001:db8::4", "2001:db8::5"], interval: 1s}
agents:
  key_file: agent.key
  status_interval: 1s
  nodes: {"2001:db8::3": {address: 192.0.2.3}, "2001:db8::4": {address: 192.0.2.4},
          "2001:db8::5": {address: 192.0.2.5}}
"""
AGENT = """\
key_file: agent.key
services: {}
floating:
  192.0.2.80: {interface: eth0}
  "2001:db8::80": {interface: eth0}
"""


class FloatingCase(LanCase):
    LAN, CONFIG, AGENT = LAN, CONFIG, AGENT
    RECORDS = "www IN A 192.0.2.80\n"

    def setUp(self):
        self.set_up_folder()
        for host in LAN.hosts.values():
            host.boot()
        self.agents = {}
        for name in "abc":
            self.start_node(name)
        self.start_nameserver()
        LAN["client"].start("client", sys.executable, "-c", ASKING, FLOATING)
        LAN["spare"].start("client", sys.executable, "-c", ASKING, FLOATING_V6)

    def start_node(self, name):
        LAN[name].start("web", sys.executable, "-c", WEB, name)
        self.start_agent(name)

    def start_agent(self, name):
        self.agents[name] = super().start_agent(name)

    def becomes(self, holders):
        """These hosts alone have both addresses, and the first of them serves the clients."""
        held = eventually(lambda: LAN.holders(FLOATING) == holders
                          and LAN.holders(FLOATING_V6) == holders, SECONDS)
        self.assertTrue(held, f"{LAN.holders(FLOATING)} and {LAN.holders(FLOATING_V6)} have the "
                        f"addresses, not {holders}; the log:\n" + self.log())
        for client in ("client", "spare"):
            seen = len(LAN[client].log)
            serves = eventually(lambda: holders[0] in LAN[client].log[seen:], SECONDS)
            self.assertTrue(serves, f"{holders[0]} does not serve {client}; the log:\n{self.log()}")

    def begins(self):
        """The owner has both addresses, and no agent is being asked."""
        self.becomes(["a"])
        self.says("192.0.2.80: the owner 192.0.2.3 has the address")
        self.says("2001:db8::80: the owner 2001:db8::3 has the address")

    def answering(self, address):
        """The link-layer addresses that answer for it, as a client sees it."""
        if ":" in address:
            shown = LAN["client"].run("ndisc6", "-m", "-r", "2", "-w", "1000", address, "eth0",
                                      check=False).stdout
        else:
            shown = LAN["client"].run("arping", "-b", "-c", "2", "-w", "3", "-I", "eth0", address,
                                      check=False).stdout
        return {mac.lower() for mac in re.findall(r"(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}", shown)}
