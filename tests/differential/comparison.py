"""What makes two answers the same, and in what Rollcall may differ from whom (choices.py).

Compared: RCODE, AA, and the answer and authority sections as sets of (owner, TYPE, TTL, RDATA),
names without case. Left out of the comparison: OPT, and the apex NS that a server may add to a
positive answer. The additional section may hold any address record of the zones served; it must
hold a referral's own glue (RFC 9471) and what the three peers all give.

A server that stops where a CNAME leaves its zone has said the same as one that goes on into the
next zone served here, up to there. So a peer that stops is asked for the target as well, and its
two answers count as one.
"""

import collections

import wire
from choices import CHOICES, links
from peers import PEERS
from random_zones import key

View = collections.namedtuple("View", "rcode aa answer authority")
Case = collections.namedtuple("Case", "query views messages catalog")

MAX_CHAIN = 8  # as answer::kMaxChain: names that are looked up behind the first


class Catalog:
    """The zones by their origins in lower-case wire form."""

    def __init__(self, zones):
        self.origins = {wire.pack_name(key(zone.origin)): zone for zone in zones}
        self._addresses = None

    def origin_of(self, name, kind):
        """The longest origin at or above a name in wire form, for DS above; None without one."""
        if kind == wire.DS and name in self.origins and name != b"\0":
            return self.origin_of(name[name[0] + 1:], None) or name
        while name not in self.origins:
            if name == b"\0":
                return None
            name = name[name[0] + 1:]
        return name

    @property
    def addresses(self):
        """All A and AAAA records of the zones, below cuts too, by owner."""
        if self._addresses is None:
            self._addresses = collections.defaultdict(set)
            for zone in self.origins.values():
                for record in zone.records:
                    if record.type in ("A", "AAAA"):
                        rr = _address_rr(record)
                        self._addresses[rr.owner].add(rr)
        return self._addresses


def _address_rr(record):
    owner = wire.pack_name(key(record.owner))
    if record.type == "A":
        return wire.Rr(owner, wire.A, record.ttl, bytes(map(int, record.rdata.split("."))))
    low = int(record.rdata.removeprefix("2001:db8::"), 16)
    return wire.Rr(owner, wire.AAAA, record.ttl,
                   bytes.fromhex("20010db8") + bytes(10) + low.to_bytes(2, "big"))


def view(message, catalog):
    answer, authority, _ = message.sections
    kept = {rr for rr in authority
            if rr.type != wire.NS or not answer or rr.owner not in catalog.origins}
    return View(message.rcode, message.authoritative, frozenset(answer), frozenset(kept))


def whole_view(server, query, first, catalog):
    """What the server says of the question, in as many answers as it takes."""
    said = view(first, catalog)
    if query.type in (wire.CNAME, wire.ANY):
        return said
    name, current, prefix = wire.pack_name(key(query.name)), said, frozenset()
    for _ in range(MAX_CHAIN):
        taken = _up_to_border(name, query.type, current.answer, catalog)
        if taken is None:
            break
        records, name = taken
        prefix |= records
        octets = wire.pack_query(query._replace(name=_labels(name)), first.number)
        server.send(octets)
        current = view(server.answer(octets), catalog)
    return View(current.rcode, said.aa, prefix | current.answer, current.authority)


def _up_to_border(name, kind, answer, catalog):
    """The records of the chain that stand in the zone of `name`, and the name in another zone."""
    origin, records = catalog.origin_of(name, kind), set()
    for link in links(name, answer):
        records.update(link)
        target = link[-1].rdata
        other = catalog.origin_of(target, kind)
        if other is None:
            return None
        if other != origin:
            return frozenset(records), target
    return None


def _labels(name):
    labels, at = [], 0
    while name[at]:
        labels.append(name[at + 1:at + 1 + name[at]])
        at += name[at] + 1
    return tuple(labels)


class Finding:
    """What is wrong in one case, and the case."""

    def __init__(self, what, case):
        self.what, self.case = what, case

    def text(self):
        query = self.case.query
        lines = [f"{self.what}",
                 f"query {wire.name_text(wire.pack_name(query.name))} TYPE{query.type} "
                 f"EDNS {query.udp_size} DO {query.dnssec_ok} RD {query.recursion_desired}"]
        for name, message in self.case.messages.items():
            seen = self.case.views[name]
            lines.append(f"  {name}: {wire.rcode_text(seen.rcode)}{' AA' if seen.aa else ''}")
            for section, records in (("answer", seen.answer), ("authority", seen.authority),
                                     ("additional", message.sections[2])):
                lines += [f"    {section}: {wire.rr_text(rr)}" for rr in sorted(records)]
        return "\n".join(lines)


def compare(case, tally):
    """Findings of a case. `tally` counts (choice, peer) and (None, None) for full agreement."""
    ours = case.views["rollcall"]
    peers = [name for name in PEERS if name in case.views]
    differing = [name for name in peers if case.views[name] != ours]
    alone = len(differing) == len(peers)
    unlisted = []
    for name in differing:
        choice = next((c for c in CHOICES if name in c.peers and (c.alone or not alone)
                       and c.applies(case, ours, case.views[name])), None)
        if choice is None:
            unlisted.append(name)
        else:
            tally[choice.name, name] += 1
    if not differing:
        tally[None, None] += 1
    if unlisted:
        what = "differs from all" if alone else "differs, and no choice is listed: from"
        yield Finding(f"rollcall {what} {', '.join(unlisted)}", case)
    yield from _additional(case, differing)


def _additional(case, differing):
    message = case.messages["rollcall"]
    given = set(message.sections[2])
    addresses = case.catalog.addresses
    for rr in given:
        if rr not in addresses.get(rr.owner, ()):
            yield Finding(f"an additional record that no zone has: {wire.rr_text(rr)}", case)
    for section in message.sections:
        if len(set(section)) != len(section):
            yield Finding("a record twice in a section", case)
    for rr in message.sections[1]:
        if rr.type != wire.NS or rr.owner in case.catalog.origins:
            continue
        if rr.rdata.endswith(rr.owner) and (missing := addresses.get(rr.rdata, set()) - given):
            yield Finding(f"glue is missing: {sorted(map(wire.rr_text, missing))}", case)
    if not differing:
        all_give = set.intersection(*(set(m.sections[2]) for n, m in case.messages.items()
                                      if n != "rollcall"))
        if missing := {rr for rr in all_give if rr.type in (wire.A, wire.AAAA)} - given:
            yield Finding(f"all peers add {sorted(map(wire.rr_text, missing))}", case)
