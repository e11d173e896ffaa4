"""Floating addresses move from a dead node to a living one and back, on a real network."""

import unittest

from support import namespace

namespace.enter()

# pylint: disable=wrong-import-position
from support.floating import FLOATING, FLOATING_V6, LAN, FloatingCase  # noqa: E402


class TakeOver(FloatingCase):
    def test_it_moves_to_a_living_node_and_back(self):
        self.begins()
        LAN["a"].shut_down()
        self.becomes(["b"])
        self.says("192.0.2.80: 192.0.2.4 has taken the address over from 192.0.2.3")
        self.says("taking 2001:db8::80 on eth0", "b")
        self.shows("status", r"192\.0\.2\.80 +192\.0\.2\.3 +down +192\.0\.2\.4 +\d+s, asked from here\n")
        self.shows("agents", r"has 192\.0\.2\.80, asked by rollcall \d+s ago\n")
        LAN["a"].plug_in()
        LAN["a"].boot()
        self.start_node("a")
        self.becomes(["a"])
        self.says("192.0.2.80: the owner 192.0.2.3 has the address again, given back by 192.0.2.4")
        self.says("asked to give back 192.0.2.80", "b")
        for address in (FLOATING, FLOATING_V6):
            self.assertEqual(self.answering(address), {LAN["a"].mac()})

    def test_an_address_outlives_the_agent_that_took_it(self):
        self.begins()
        LAN["a"].shut_down()
        self.becomes(["b"])
        LAN["b"].stop(self.agents["b"])
        self.becomes(["b"])
        self.start_agent("b")
        self.shows("agents", r"has 192\.0\.2\.80, since before the agent started\n")
        LAN["a"].plug_in()
        LAN["a"].boot()
        self.start_node("a")
        self.becomes(["a"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
