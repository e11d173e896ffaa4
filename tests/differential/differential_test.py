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
import namespace  # noqa: E402

namespace.enter()

import choices  # noqa: E402
import comparison  # noqa: E402
import peers  # noqa: E402
import random_queries  # noqa: E402
import random_zones  # noqa: E402

ZONES_AT_ONCE = 20
MOST_FINDINGS = int(os.environ.get("MF", 10))


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

    def run(self, queries):
        with peers.Peers(self.zones) as running:
            for zone in self.zones:
                for query in random_queries.random_queries(zone, queries, self.rng):
                    self.asked += 1
                    self.findings += comparison.compare(
                        case_of(running, query, self.asked & 0xffff, self.catalog), self.tally)


def case_of(running, query, number, catalog):
    """One question put to all four, as a Case."""
    messages = running.ask(query, number)
    views = {name: comparison.view(message, catalog) if name == "rollcall" else
             comparison.whole_view(running.servers[name], query, message, catalog)
             for name, message in messages.items()}
    return comparison.Case(query, views, messages, catalog)


def report(finding, zones):
    print(finding.text())


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
        for finding in part.findings[:MOST_FINDINGS]:
            report(finding, part.zones)
    print(f"{asked} queries in {time.monotonic() - started:.1f} s; "
          f"{tally[None, None]} answered alike by all four")
    for choice in choices.CHOICES:
        counts = [f"{name} {tally[choice.name, name]}" for name in choice.peers]
        print(f"  {choice.name}: differs from {', '.join(counts)}")
    if findings:
        sys.exit(f"{findings} findings")


if __name__ == "__main__":
    main()
