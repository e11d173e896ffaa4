"""Who takes a floating address where the network is cut, or several nodes are dead."""

import unittest

from support import namespace

namespace.enter()

# pylint: disable=wrong-import-position
from support.floating import FLOATING, FLOATING_V6, LAN, FloatingCase  # noqa: E402
from support.lan import SECONDS  # noqa: E402
from support.programs import eventually  # noqa: E402


class TakeOverSplit(FloatingCase):
    def test_nothing_is_taken_from_an_owner_that_a_second_agent_sees(self):
        self.begins()
        LAN["a"].run("nft", "add table inet split; add chain inet split in { type filter hook input"
                     " priority 0; }; add rule inet split in ip saddr 192.0.2.1 drop;"
                     " add rule inet split in ip6 saddr 2001:db8::1 drop;"
                     " add table arp split; add chain arp split in { type filter hook input priority"
                     " 0; }; add rule arp split in arp saddr ip 192.0.2.1 drop")
        self.addCleanup(LAN["a"].run, "nft", "delete table inet split; delete table arp split")
        self.says("192.0.2.80: no node takes the address over, although its owner 192.0.2.3 is "
                  "silent; 192.0.2.4 still sees it")
        self.says("2001:db8::80: no node takes the address over")
        self.becomes(["a"])
        self.assertNotIn("taking", self.log("b") + self.log("c"))

    def test_nothing_is_taken_from_an_owner_that_only_blocks_pings(self):
        """The nameserver's own kernel sees it on the link."""
        self.begins()
        LAN["a"].run("nft", "add table inet quiet; add chain inet quiet in { type filter hook input"
                     " priority 0; }; add rule inet quiet in icmp type echo-request drop;"
                     " add rule inet quiet in icmpv6 type echo-request drop")
        self.addCleanup(LAN["a"].run, "nft", "delete table inet quiet")
        self.assertNotEqual(LAN["ns"].run("ping", "-c1", "-w1", "192.0.2.3", check=False).returncode, 0)
        # Twenty seconds of a client's questions: a dead owner has lost its address by then.
        seen = len(LAN["client"].log)
        self.assertTrue(eventually(lambda: len(LAN["client"].log) >= seen + 200, SECONDS))
        self.becomes(["a"])
        self.assertNotIn("no node takes the address over", self.log())
        self.assertNotIn("taking", self.log("b") + self.log("c"))
        self.shows("status", r"192\.0\.2\.80 +192\.0\.2\.3 +up +192\.0\.2\.3 ")

    def test_an_owner_that_was_cut_off_with_the_address_is_the_only_one_at_the_end(self):
        self.begins()
        LAN["a"].unplug()
        self.says("192.0.2.80: 192.0.2.4 has taken the address over from 192.0.2.3")
        self.says("2001:db8::80: 2001:db8::4 has taken the address over from 2001:db8::3")
        self.assertEqual(LAN.holders(FLOATING), ["a", "b"])
        LAN["a"].plug_in()
        self.becomes(["a"])
        for address in (FLOATING, FLOATING_V6):
            self.assertEqual(self.answering(address), {LAN["a"].mac()})

    def test_the_next_taker_takes_it_where_the_first_is_dead_too(self):
        self.begins()
        LAN["b"].shut_down()
        self.addCleanup(LAN["b"].plug_in)
        LAN["a"].shut_down()
        self.addCleanup(LAN["a"].plug_in)
        self.becomes(["c"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
