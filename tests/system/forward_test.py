"""The port of a service that is down leads to another member, on a real network."""

import sys
import unittest

from support import namespace

namespace.enter()

# pylint: disable=wrong-import-position
from support.lan import ASKING, SECONDS, WEB, Lan, LanCase  # noqa: E402
from support.programs import eventually  # noqa: E402

LAN = Lan("ns", "a", "b", "client", "client6")  # a is 192.0.2.2
CONFIG = """\
server: {listen: ["127.0.0.1:5300"], state_dir: state}
control: {socket: control.sock}
zones: {mydomain.com: {file: db.mydomain.com}}
checks: {web: {type: http, port: 80, interval: 1s, fast_interval: 200ms, timeout: 900ms}}
health: {max_drop: 100%}
pools:
  www.mydomain.com: {check: web, forward: {service: web, to: [192.0.2.3, "2001:db8::3"]}}
agents:
  key_file: agent.key
  status_interval: 1s
  nodes: {"2001:db8::2": {address: 192.0.2.2}, "2001:db8::3": {address: 192.0.2.3}}
"""
RECORDS = """\
www IN A 192.0.2.2
    IN A 192.0.2.3
    IN AAAA 2001:db8::2
    IN AAAA 2001:db8::3
"""
AGENT = """\
key_file: agent.key
services: {}
forward:
  web: {port: 80, to: [192.0.2.3, "2001:db8::3"]}
"""


class Forward(LanCase):
    LAN, CONFIG, AGENT, RECORDS = LAN, CONFIG, AGENT, RECORDS

    def setUp(self):
        self.set_up_folder()
        for name in "ab":
            LAN[name].run("sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward;"
                          "echo 1 > /proc/sys/net/ipv6/conf/all/forwarding")
        self.agents = {name: self.start_agent(name) for name in "ab"}
        self.web = {name: self.start_web(name) for name in "ab"}
        # A member that is down at the start has used up its first forward.
        for name, port in (("a", 80), ("b", 80), ("a", 2224), ("b", 2224)):
            self.assertTrue(eventually(lambda: self.listens(name, port), SECONDS))
        self.start_nameserver()
        LAN["client"].start("client", sys.executable, "-c", ASKING, "192.0.2.2")
        LAN["client6"].start("client", sys.executable, "-c", ASKING, "2001:db8::2")
        self.served_by("a")

    @staticmethod
    def listens(name, port):
        shown = LAN[name].run("ss", "-Hltn", f"sport = :{port}").stdout
        return "LISTEN" in shown

    @staticmethod
    def start_web(name):
        return LAN[name].start("web", sys.executable, "-c", WEB, name)

    def served_by(self, name):
        for client in ("client", "client6"):
            serves = eventually(lambda: LAN[client].log[-1:] == [name], SECONDS)
            self.assertTrue(serves, f"{name} does not serve {client}; the log:\n"
                            + "\n".join(LAN["ns"].log))

    def goes_on_with(self, name):
        """The nameserver's probes are not led there, too: else the member would look healthy."""
        for client in ("client", "client6"):
            seen = len(LAN[client].log)
            self.assertTrue(eventually(lambda: len(LAN[client].log) >= seen + 40, SECONDS))
            self.assertEqual(set(LAN[client].log[seen:]), {name}, client)

    @staticmethod
    def table():
        return LAN["a"].run("nft", "list", "table", "inet", "rollcall", check=False).stdout

    def test_the_port_leads_elsewhere_until_the_service_is_back(self):
        LAN["a"].stop(self.web["a"])
        self.says("www.mydomain.com: the port of web on 192.0.2.2 leads to 192.0.2.3")
        self.says("www.mydomain.com: the port of web on 2001:db8::2 leads to 2001:db8::3")
        self.served_by("b")
        self.goes_on_with("b")
        self.assertRegex(self.ctl("status"),
                         r"192\.0\.2\.2 +www\.mydomain\.com +web +192\.0\.2\.3 +\d+s\n")
        self.shows("agents", r"leads the port of web to 2001:db8::3, asked by rollcall \d+s ago\n")
        self.start_web("a")
        self.says("www.mydomain.com: the port of web on 192.0.2.2 leads to no other node any more")
        self.served_by("a")
        self.assertTrue(eventually(lambda: self.table() == "", SECONDS))

    def test_a_killed_agent_leaves_no_forward_for_ever(self):
        agent = self.agents["a"]
        LAN["a"].stop(self.web["a"])
        self.served_by("b")
        LAN["a"].run("kill", "-9", str(agent.pid))
        agent.wait()
        self.assertIn("dnat", self.table())
        self.start_web("a")
        self.served_by("b")  # nobody can be asked to end it
        self.start_agent("a")
        self.served_by("a")

    def test_a_stopping_agent_ends_its_forwards(self):
        agent = self.agents["a"]
        LAN["a"].stop(self.web["a"])
        self.served_by("b")
        LAN["a"].stop(agent)
        self.assertEqual(self.table(), "")
        self.assertTrue(any("all forwards have ended" in line for line in LAN["a"].log))


if __name__ == "__main__":
    unittest.main(verbosity=2)
