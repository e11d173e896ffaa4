"""Answers that do not fit over UDP: TC says so exactly then, and what is sent is true as it stands.

Rollcall is held against its own answer over TCP, at sizes around the octet where it just fits.
What NSD, Knot and BIND make of the same question is counted: they compress names otherwise, so
that near the limit one of two right servers truncates and the other does not.
"""

import collections
import os
import random
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
import random_zones  # noqa: E402
import truncation  # noqa: E402
import wire  # noqa: E402
from random_queries import TYPES, Query  # noqa: E402

SEED = 20260102
ZONES = 12
OF_EACH = 6  # owners of each kind in a zone
NEAR = 16  # octets: what the servers' ways to compress may differ by in a record that holds a name


def widen(zone, rng):
    """Adds RRsets from a few octets to over 1232; returns questions (name, type) for them."""
    questions = []

    def add(labels, kind, rdata):
        zone.add(tuple(label.encode() for label in labels.split(".")) + zone.origin, kind, 60, rdata)

    def ask(labels, kind):
        name = tuple(label.encode() for label in labels.split(".")) + zone.origin
        questions.append((name, TYPES[kind]))

    for n in range(20):
        add(f"wide-host{n}", "A", f"192.0.2.{n + 1}")
        add(f"wide-host{n}", "AAAA", f"2001:db8::{n + 1:x}")
    for i in range(OF_EACH):
        for n in range(rng.randrange(1, 90)):
            add(f"wide-a{i}", "A", f"198.51.100.{n + 1}")
            add(f"*.wide-star{i}", "A", f"198.51.100.{n + 1}")
        for n in range(rng.randrange(1, 8)):
            add(f"wide-txt{i}", "TXT", f'"{n} {"x" * rng.randrange(1, 230)}"')
        for n in range(rng.randrange(1, 20)):
            add(f"wide-mx{i}", "MX", f"{n} wide-host{n}")
            add(f"wide-srv{i}", "SRV", f"{n} 0 80 wide-host{n}")
        for n in range(rng.randrange(1, 13)):
            inside = rng.random() < 0.6
            add(f"wide-cut{i}", "NS", f"ns{n}.wide-cut{i}" if inside else f"wide-host{n}")
            if inside:
                add(f"ns{n}.wide-cut{i}", "A", f"203.0.113.{n + 1}")
            if inside and rng.random() < 0.7:
                add(f"ns{n}.wide-cut{i}", "AAAA", f"2001:db8::{n + 100:x}")
        add(f"wide-alias{i}", "CNAME", f"wide-a{i}")
        for labels, kind in ((f"wide-a{i}", "A"), (f"{'y' * rng.randrange(1, 60)}.wide-star{i}", "A"),
                             (f"wide-txt{i}", "TXT"), (f"wide-mx{i}", "MX"),
                             (f"wide-srv{i}", "SRV"), (f"{'z' * i}z.wide-cut{i}", "A"),
                             (f"wide-alias{i}", "A")):
            ask(labels, kind)
    return questions


def has_apex_dname(zone):
    """True where nothing may stand below the origin."""
    return any(record.type == "DNAME" and record.owner == zone.origin for record in zone.records)


class TruncationTest(unittest.TestCase):
    """One round of zones under all four."""

    def test_tc_is_set_exactly_where_the_answer_does_not_fit(self):
        rng = random.Random(SEED)
        zones = random_zones.random_zones(rng, ZONES)
        questions = [question for zone in zones if not has_apex_dname(zone)
                     for question in widen(zone, rng)]
        cuts = truncation.Cuts(zones)
        self.tally = collections.Counter()
        with peers.Peers(zones) as running:
            for number, (name, kind) in enumerate(questions):
                with self.subTest(name=wire.name_text(wire.pack_name(name)), type=kind):
                    self.around_the_limit(running.servers["rollcall"], cuts, name, kind)
                    self.beside_peers(running, cuts, Query(name, kind, rng.choice([None, 900, 1232]),
                                                           False, False), number)
        print(", ".join(f"{what}: {count}" for what, count in sorted(self.tally.items())))
        for what in ("TC", "no TC", "just fits"):
            self.assertGreater(self.tally[what], 50, self.tally)

    def around_the_limit(self, server, cuts, name, kind):
        """The same question with the sizes at which its answer just fits and just does not."""
        whole = tcp(server, Query(name, kind, truncation.OWN_SIZE, False, False))
        needed = truncation.needed_size(whole.octets, cuts)
        for size in (None, 0, 512, needed - 1, needed, needed + 1, len(whole.octets), 1232, 65535):
            query = Query(name, kind, size, False, False)
            full = tcp(server, query)
            message = udp(server, query)
            found = list(truncation.faults(message, full, size, cuts))
            self.assertEqual(found, [], f"EDNS size {size}")
            self.tally["TC" if message.truncated else "no TC"] += 1
            if size == needed and truncation.CLASSIC_SIZE < size <= truncation.OWN_SIZE:
                self.assertFalse(message.truncated)
                self.tally["just fits"] += 1

    def beside_peers(self, running, cuts, query, number):
        """Where all three peers agree on TC, Rollcall does, but for the octets near the limit."""
        octets = wire.pack_query(query, number & 0xffff)
        said = {}
        for name, server in running.servers.items():
            if server.silent_at:
                continue
            reply = server.exchange(octets)
            if reply is None and name != "rollcall":
                server.silent_at = octets  # as peers.Server.answer() has it
                continue
            said[name] = wire.Message(reply)
        theirs = {message.truncated for name, message in said.items() if name != "rollcall"}
        if theirs == {said["rollcall"].truncated}:
            self.tally["as all peers"] += 1
            return
        if len(theirs) == 2:
            self.tally["peers differ"] += 1
            return
        whole = tcp(running.servers["rollcall"], query)
        needed = truncation.needed_size(whole.octets, cuts)
        names = sum(rr.type in wire.NAMES for section in whole.sections for rr in section)
        self.tally["differs from all peers, near the limit"] += 1
        self.assertLess(abs(needed - truncation.limit(query.udp_size)), NEAR * (names + 1),
                        f"{query}: TC of {[(n, m.truncated) for n, m in said.items()]}")


def udp(server, query):
    return wire.Message(server.exchange(wire.pack_query(query, 1)))


def tcp(server, query):
    return wire.Message(server.exchange_tcp(wire.pack_query(query, 2)))


if __name__ == "__main__":
    unittest.main(verbosity=2)
