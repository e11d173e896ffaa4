"""What the comparison found once and must stay: chains that come back, DS across zones, glue."""

import os
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.environ.setdefault("ROLLCALL_SOURCE", os.path.dirname(os.path.dirname(HERE)))
os.environ.setdefault("ROLLCALL_BUILD", os.path.join(SOURCE, "build", "release"))
sys.path.insert(0, os.path.join(SOURCE, "tests", "system"))

# pylint: disable=wrong-import-position
from support import namespace  # noqa: E402

namespace.enter()

import peers  # noqa: E402
import wire  # noqa: E402
from random_queries import TYPES, Query  # noqa: E402

HEAD = "$ORIGIN {}\n$TTL 300\n@ SOA ns host 1 3600 600 86400 60\n@ NS ns.outside.invalid.\n"
DIGEST = "AB" * 32

PARENT = HEAD.format("parent.test.") + f"""\
child NS ns.outside.invalid.
child DS 7 8 2 {DIGEST}
into CNAME x.a.child
loop CNAME pool
pool CNAME loop
self CNAME self
*.wild CNAME next.wild
tree DNAME grove
grove DNAME tree
spiral DNAME deeper.spiral
once DNAME other
under DNAME @
cut NS cut
up CNAME under
back.other CNAME end.once
end.other A 192.0.2.7
"""
PARENT += "".join(f"cut A 192.0.2.{n}\n" for n in range(40))
CHILD = HEAD.format("child.parent.test.") + """\
x.a CNAME @
up CNAME child.parent.test.
"""


class TextZone:
    """A zone as it is written."""

    def __init__(self, origin, text):
        self.origin = tuple(label.encode() for label in origin.split("."))
        self._text = text

    def text(self):
        return self._text


class FoundOnce(unittest.TestCase):
    """Rollcall alone: what it says is known."""

    @classmethod
    def setUpClass(cls):
        running = peers.Peers([TextZone("parent.test", PARENT),
                               TextZone("child.parent.test", CHILD)], ("rollcall",))
        cls.enterClassContext(running)
        cls.server = running.servers["rollcall"]

    def ask(self, name, kind="A"):
        """The RCODE and the owners of the answer's records, in their order."""
        labels = tuple(label.encode() for label in name.split("."))
        octets = wire.pack_query(Query(labels, TYPES[kind], 1232, False, False), 7)
        message = wire.Message(self.server.exchange(octets))
        self.assertTrue(message.authoritative)
        self.assertFalse(message.truncated)
        self.answer, self.authority, _ = message.sections
        return wire.rcode_text(message.rcode), [
            wire.name_text(rr.owner).removesuffix(".parent.test.") for rr in self.answer]

    def test_a_loop_has_each_record_once(self):
        self.assertEqual(self.ask("loop.parent.test"), ("NOERROR", ["loop", "pool"]))
        self.assertEqual(self.ask("self.parent.test"), ("NOERROR", ["self"]))
        self.assertEqual(self.ask("a.wild.parent.test"), ("NOERROR", ["a.wild", "next.wild"]))

    def test_a_loop_of_dnames(self):
        self.assertEqual(self.ask("a.tree.parent.test"),
                         ("NOERROR", ["tree", "a.tree", "grove", "a.grove"]))

    def test_a_dname_stands_once(self):
        rcode, owners = self.ask("a.spiral.parent.test")
        self.assertEqual(rcode, "NOERROR")
        self.assertEqual(owners[:3], ["spiral", "a.spiral", "a.deeper.spiral"])
        self.assertEqual((len(owners), owners.count("spiral")), (10, 1))

    def test_a_dname_that_is_asked_for_stands_once(self):
        self.assertEqual(self.ask("up.under.parent.test", "DNAME"),
                         ("NOERROR", ["under", "up.under", "up"]))

    def test_a_dname_is_gone_through_again_from_another_name(self):
        self.assertEqual(self.ask("back.once.parent.test"),
                         ("NOERROR", ["once", "back.once", "back.other", "end.once", "end.other"]))
        self.assertEqual(self.answer[-1].rdata, bytes([192, 0, 2, 7]))

    def test_ds_at_the_end_of_a_chain_is_the_parents(self):
        self.assertEqual(self.ask("into.parent.test", "DS"),
                         ("NOERROR", ["into", "x.a.child", "child"]))
        self.assertEqual(self.answer[-1].rdata, bytes([0, 7, 8, 2]) + bytes.fromhex(DIGEST))
        self.assertEqual(self.ask("up.child.parent.test", "DS"), ("NOERROR", ["up.child", "child"]))
        self.assertEqual(self.answer[-1].type, wire.DS)

    def test_other_types_at_the_end_of_a_chain_are_the_childs(self):
        self.assertEqual(self.ask("into.parent.test", "TXT"), ("NOERROR", ["into", "x.a.child"]))
        self.assertEqual([wire.name_text(rr.owner) for rr in self.authority],
                         ["child.parent.test."])

    def test_glue_at_the_cut_itself_that_does_not_fit_sets_tc(self):
        labels = tuple(b"www.cut.parent.test".split(b"."))
        small = wire.Message(self.server.exchange(
            wire.pack_query(Query(labels, wire.A, None, False, False), 7)))
        self.assertTrue(small.truncated)  # RFC 9471 section 3.1
        large = wire.Message(self.server.exchange(
            wire.pack_query(Query(labels, wire.A, 1232, False, False), 8)))
        self.assertFalse(large.truncated)
        self.assertEqual([len(section) for section in large.sections], [0, 1, 40])


if __name__ == "__main__":
    unittest.main()
