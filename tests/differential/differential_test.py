"""Random zones under Rollcall, NSD, Knot and BIND: the same questions must get the same answers.

Without arguments 20 zones with 200 questions each, from a fixed seed. For a night:
    differential_test.py --zones 200 --queries 500 --seed N
"""

import argparse
import collections
import os
import random
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.environ.setdefault("ROLLCALL_SOURCE", os.path.dirname(os.path.dirname(HERE)))
os.environ.setdefault("ROLLCALL_BUILD", os.path.join(SOURCE, "build", "release"))
sys.path.insert(0, os.path.join(SOURCE, "tests", "system"))

# pylint: disable=wrong-import-position
from support import namespace  # noqa: E402

namespace.enter()

import choices  # noqa: E402
import comparison  # noqa: E402
import peers  # noqa: E402
import random_queries  # noqa: E402
import random_zones  # noqa: E402
import wire  # noqa: E402

ZONES_AT_ONCE = 20
MOST_FINDINGS = 10  # told of each round
SHRINK_SECONDS = 60  # for one finding


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--zones", type=int, default=20)
    parser.add_argument("--queries", type=int, default=200, help="for each zone")
    parser.add_argument("--seed", type=int, default=20260101)
    return parser.parse_args()


class Round:
    """Up to ZONES_AT_ONCE zones, and what was found in them."""

    def __init__(self, seed, count):
        self.rng = random.Random(seed)
        self.zones = random_zones.random_zones(self.rng, count)
        self.catalog = comparison.Catalog(self.zones)
        self.tally = collections.Counter()
        self.findings = []
        self.asked = 0
        self.silent = []  # (peer, the request that it fell silent at)

    def run(self, queries):
        with peers.Peers(self.zones) as running:
            for zone in self.zones:
                for query in random_queries.random_queries(zone, queries, self.rng):
                    self.asked += 1
                    self.findings += comparison.compare(
                        case_of(running, query, self.asked & 0xffff, self.catalog), self.tally)
            self.silent = [(server.name, server.silent_at) for server in running.servers.values()
                           if server.silent_at]


def case_of(running, query, number, catalog):
    """One question put to all four, as a Case."""
    messages = running.ask(query, number)
    views = {name: comparison.view(message, catalog) if name == "rollcall" else
             comparison.whole_view(running.servers[name], query, message, catalog)
             for name, message in messages.items()}
    return comparison.Case(query, views, messages, catalog)


def shrunk(finding, zones):
    """The finding in zones of as few records as still show it, as far as the time goes."""
    deadline = time.monotonic() + SHRINK_SECONDS
    whole = [(zone, record) for zone in zones for record in zone.records]
    piece = len(whole) // 2
    while piece > 0 and time.monotonic() < deadline:
        first = 0
        while first < len(whole) and time.monotonic() < deadline:
            fewer = whole[:first] + [pair for pair in whole[first:first + piece] if is_apex(*pair)]
            fewer += whole[first + piece:]
            smaller = len(fewer) < len(whole) and find_again(finding.case.query, fewer, zones)
            if smaller:
                whole, finding = fewer, smaller
            else:
                first += piece
        piece //= 2
    return finding, pruned(whole, zones)


def is_apex(zone, record):
    """True for what a zone cannot load without."""
    return record.owner == zone.origin and record.type in ("SOA", "NS") or \
        record.owner[0] == b"apex-ns"


def pruned(pairs, zones):
    smaller = []
    for zone in zones:
        copy = random_zones.Zone(zone.origin)
        copy.records = [record for owner, record in pairs if owner is zone]
        smaller.append(copy)
    return smaller


def find_again(query, pairs, zones):
    """The first finding of the same question in zones of these records, or None."""
    smaller = pruned(pairs, zones)
    catalog = comparison.Catalog(smaller)
    try:
        with peers.Peers(smaller) as running:
            case = case_of(running, query, 1, catalog)
            return next(comparison.compare(case, collections.Counter()), None)
    except AssertionError:
        return None  # one of the four does not load that


def report_smallest(finding, zones):
    """Prints the finding with as little of the zones as shows it."""
    finding, zones = shrunk(finding, zones)
    names = {rr.owner for message in finding.case.messages.values()
             for section in message.sections for rr in section}
    names.add(wire.pack_name(random_zones.key(finding.case.query.name)))
    print(finding.text())
    for zone in zones:
        origin = wire.pack_name(random_zones.key(zone.origin))
        if any(name.endswith(origin) for name in names):
            print(zone.text())
    sys.stdout.flush()


def main():
    options = arguments()
    print(f"seed {options.seed}: {options.zones} zones, {options.queries} queries each", flush=True)
    started, asked, findings = time.monotonic(), 0, 0
    tally = collections.Counter()
    for first in range(0, options.zones, ZONES_AT_ONCE):
        count = min(ZONES_AT_ONCE, options.zones - first)
        part = Round(f"{options.seed}/{first}", count)
        part.run(options.queries)
        asked += part.asked
        tally += part.tally
        findings += len(part.findings)
        for name, octets in part.silent:
            print(f"{name} fell silent over UDP in the zones from {first} on, and was asked over "
                  f"TCP from this request: {octets.hex()}")
        for finding in part.findings[1:MOST_FINDINGS]:
            print(finding.text(), flush=True)
        if part.findings:
            report_smallest(part.findings[0], part.zones)
    print(f"{asked} queries in {time.monotonic() - started:.1f} s; "
          f"{tally[None, None]} answered alike by all four")
    for choice in choices.CHOICES:
        counts = [f"{name} {tally[choice.name, name]}" for name in choice.peers]
        print(f"  {choice.name}: differs from {', '.join(counts)}")
    if findings:
        sys.exit(f"{findings} findings")


if __name__ == "__main__":
    main()
