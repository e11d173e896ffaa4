"""The zones that are measured and the queries that they are asked: the same on every machine.

A query line is "name type RCODE": flood looks into answers by it; dnsperf gets the first two words.
"""

import os
import random

SMALL_ORIGIN = "mydomain.com"
BIG_ORIGIN = "big.example"
MOST_QUERIES = 400_000
LETTERS = "abcdefghijklmnopqrstuvwxyz"

SMALL_ZONE = """\
$ORIGIN mydomain.com.
$TTL 3600
@ IN SOA ns1 hostmaster 2026010101 3600 600 86400 60
@ IN NS ns1
@ IN NS ns2
@ 1 IN MX 10 node4
@ 1 IN MX 10 node5
ns1 IN A 127.0.0.1
ns2 IN A 127.0.0.2
www 1 IN A 127.1.0.1
www 1 IN A 127.1.0.2
www 1 IN A 127.1.0.3
smtp 1 IN A 127.1.0.4
smtp 1 IN A 127.1.0.5
pop 1 IN A 127.1.0.4
pop 1 IN A 127.1.0.5
node4 1 IN A 127.1.0.4
node5 1 IN A 127.1.0.5
"""

# Of a hundred queries to the small zone.
SMALL_MIX = (("www.mydomain.com", "A", 70), ("smtp.mydomain.com", "A", 10),
             ("pop.mydomain.com", "A", 10), ("mydomain.com", "MX", 5))

# A typical zone of a hosting company.
HOSTED_ZONE = """\
$TTL 3600
@ IN SOA ns1 hostmaster 1 7200 900 1209600 300
@ IN NS ns1
@ IN NS ns2
ns1 IN A 127.0.0.1
ns2 IN A 127.0.0.2
@ IN A 127.0.0.3
www IN A 127.0.0.3
@ IN MX 10 mail
mail IN A 127.0.0.4
@ IN TXT "v=spf1 -all"
"""

MAIL_HOSTS = 1000


class Zone:
    """A zone file with its queries, for flood and for dnsperf."""

    def __init__(self, folder, name, origin):
        self.origin = origin
        self.file = os.path.join(folder, f"{name}.zone")
        self.queries = os.path.join(folder, f"{name}.queries")
        self.dnsperf = os.path.join(folder, f"{name}.dnsperf")

    def write_queries(self, queries):
        """(name, type, RCODE) each."""
        with open(self.queries, "w", encoding="ascii") as flood, \
                open(self.dnsperf, "w", encoding="ascii") as dnsperf:
            for name, kind, rcode in queries:
                flood.write(f"{name} {kind} {rcode}\n")
                dnsperf.write(f"{name} {kind}\n")


def make_small(folder):
    """A few hosts behind a few names; of a hundred queries five are for names that do not exist."""
    zone = Zone(folder, "small", SMALL_ORIGIN)
    with open(zone.file, "w", encoding="ascii") as file:
        file.write(SMALL_ZONE)
    draw = random.Random(1)
    queries = [(name, kind, "NOERROR") for name, kind, weight in SMALL_MIX
               for _ in range(weight * 100)]
    queries += [(f"nx{draw.randrange(10**6):06d}.mydomain.com", "A", "NXDOMAIN")
                for _ in range(500)]
    draw.shuffle(queries)
    zone.write_queries(queries)
    return zone


class Hosted:
    """One of many small zones; it is not flooded."""

    def __init__(self, folder, number):
        self.origin = f"zone{number}.example"
        self.file = os.path.join(folder, self.origin)


def make_hosted(folder, count):
    """A file a zone, all with the same text."""
    folder = os.path.join(folder, "hosted")
    os.makedirs(folder)
    made = [Hosted(folder, number) for number in range(count)]
    for zone in made:
        with open(zone.file, "w", encoding="ascii") as file:
            file.write(HOSTED_ZONE)
    return made


def make_big(folder, records, seed=1):
    """Names in no order with A, AAAA, MX, TXT or a CNAME; a tenth of the queries miss."""
    zone = Zone(folder, "big", BIG_ORIGIN)
    draw = random.Random(seed)
    names = []  # (label, types)
    with open(zone.file, "w", encoding="ascii", buffering=1 << 20) as file:
        written = _write_head(file)
        while written < records:
            label = "".join(draw.choices(LETTERS, k=draw.randrange(3, 9))) + f"{len(names):05x}"
            types = _write_name(file, draw, label, names)
            names.append((label, types))
            written += len(types)
    zone.write_queries(_ask(draw, names, min(records, MOST_QUERIES)))
    return zone


def _write_head(file):
    file.write("$ORIGIN big.example.\n$TTL 300\n"
               "@ IN SOA ns1 hostmaster 1 3600 600 86400 60\n@ IN NS ns1\nns1 IN A 127.0.0.1\n")
    for i in range(MAIL_HOSTS):
        file.write(f"mail{i} IN A 127.2.{i >> 8}.{i & 255}\n")
    return 3 + MAIL_HOSTS


def _write_name(file, draw, label, names):
    """Writes the records of one name. Returns their types."""
    if names and draw.random() < 0.1:
        file.write(f"{label} IN CNAME {draw.choice(names)[0]}\n")
        return ["CNAME"]
    file.write(f"{label} 60 IN A 127.{draw.randrange(3, 255)}.{draw.randrange(256)}."
               f"{draw.randrange(256)}\n")
    types = ["A"]
    if draw.random() < 0.45:
        file.write(f"{label} 60 IN AAAA fd00:{draw.randrange(65536):x}::"
                   f"{draw.randrange(65536):x}\n")
        types.append("AAAA")
    if draw.random() < 0.15:
        file.write(f"{label} IN MX 10 mail{draw.randrange(MAIL_HOSTS)}\n")
        types.append("MX")
    if draw.random() < 0.2:
        file.write(f'{label} IN TXT "v=spf1 ip4:127.0.0.{draw.randrange(256)} '
                   f'include:mail{draw.randrange(MAIL_HOSTS)}.big.example -all"\n')
        types.append("TXT")
    return types


def _ask(draw, names, count):
    for _ in range(count):
        label, types = draw.choice(names)
        if draw.random() < 0.1:
            yield f"{label}x.{BIG_ORIGIN}", "A", "NXDOMAIN"
        else:
            kind = draw.choice(types)
            yield f"{label}.{BIG_ORIGIN}", "A" if kind == "CNAME" else kind, "NOERROR"
