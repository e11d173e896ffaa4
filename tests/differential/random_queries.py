"""Questions around every name of a set of zones, from a random.Random alone."""

import collections

from random_zones import MAX_NAME, ODD_LABELS, OUTSIDE, PLAIN_LABELS, scramble, size

TYPES = {"A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "PTR": 12, "HINFO": 13, "MX": 15, "TXT": 16,
         "RP": 17, "AAAA": 28, "LOC": 29, "SRV": 33, "NAPTR": 35, "DNAME": 39, "DS": 43,
         "SSHFP": 44, "TLSA": 52, "SVCB": 64, "HTTPS": 65, "ANY": 255, "CAA": 257,
         "TYPE65400": 65400}
ALWAYS = ["A", "AAAA", "NS", "SOA", "DS", "CNAME", "TXT", "ANY"]

# udp_size None: without EDNS.
Query = collections.namedtuple("Query", "name type udp_size dnssec_ok recursion_desired")


def _around(name, zone, rng):
    """The name itself, or one below, beside or above it."""
    label = rng.choice(PLAIN_LABELS + ODD_LABELS + [b"*", b"nonesuch"])
    way = rng.random()
    if way < 0.40:
        made = name
    elif way < 0.60:
        made = (label,) + name
    elif way < 0.70:
        made = (rng.choice(PLAIN_LABELS), label) + name
    elif way < 0.82:
        made = (label,) + name[1:]
    elif way < 0.92:
        made = name[1:]
    elif way < 0.95:
        made = (b"n" * 63,) * 3 + name  # where a DNAME's target may become too long
    elif way < 0.99:
        made = zone.origin
    else:
        made = rng.choice([(), OUTSIDE, (label,) + OUTSIDE])
    return made if size(made) <= MAX_NAME else name


def random_queries(zone, count, rng):
    """`count` questions; each name of the zone gets some before any gets more."""
    occurring = sorted({record.type for record in zone.records} | set(ALWAYS))
    by_name = collections.defaultdict(list)
    for record in zone.records:
        by_name[record.owner].append(record.type)
    owners = list(by_name)
    rng.shuffle(owners)
    for i in range(count):
        owner = owners[i % len(owners)]
        name = _around(owner, zone, rng)
        kinds = by_name[owner] if rng.random() < 0.4 else rng.choice([ALWAYS, occurring])
        if rng.random() < 0.5:
            name = scramble(name, rng)
        yield Query(name, TYPES[rng.choice(kinds)], rng.choice([None, 512, 1232, 1232, 4096]),
                    rng.random() < 0.3, rng.random() < 0.3)
