"""Which part of an answer has to be there, how many octets that takes, and whether TC says so."""

import struct

import wire
from random_zones import key

CLASSIC_SIZE = 512  # RFC 1035 section 4.2.1
OWN_SIZE = 1232  # the most that any of the four sends over UDP here
ADDRESSES = (wire.A, wire.AAAA)


def limit(udp_size):
    """The octets that an answer may have; `udp_size` as in the query, None without EDNS."""
    return CLASSIC_SIZE if udp_size is None else min(max(udp_size, CLASSIC_SIZE), OWN_SIZE)


class Cuts:
    """The zone cuts of all zones: who lies at or below one is not authoritative data."""

    def __init__(self, zones):
        self._cuts = {wire.pack_name(key(record.owner)) for zone in zones
                      for record in zone.records
                      if record.type == "NS" and key(record.owner) != key(zone.origin)}
        self._cuts -= {wire.pack_name(key(zone.origin)) for zone in zones}

    def covers(self, name):
        while name != b"\0":
            if name in self._cuts:
                return True
            name = name[name[0] + 1:]
        return False


def needed_size(octets, cuts):
    """The octets of a whole answer without what may be left out: addresses that are no glue."""
    at, needed = 12, 12
    questions, *counts = struct.unpack_from("!4H", octets, 4)
    for _ in range(questions):
        _, at = wire.read_name(octets, at)
        at += 4
    needed = at
    for section, count in enumerate(counts):
        for _ in range(count):
            begin = at
            owner, at = wire.read_name(octets, at)
            kind, length = struct.unpack_from("!HxxxxxxH", octets, at)
            at += 10 + length
            optional = section == 2 and kind in ADDRESSES and not cuts.covers(owner)
            needed += 0 if optional else at - begin
    return needed


def faults(udp, whole, udp_size, cuts):
    """What is wrong with the UDP answer `udp`, where `whole` is the same over TCP: lines of text."""
    room = limit(udp_size)
    if len(udp.octets) > room:
        yield f"{len(udp.octets)} octets where {room} are allowed"
    if whole.truncated:
        yield "TC over TCP"
    if udp.opts != whole.opts:
        yield "OPT is there over one transport alone"
    needed = needed_size(whole.octets, cuts)
    if udp.truncated != (needed > room):
        yield (f"TC is {'set' if udp.truncated else 'clear'}, but {needed} octets are needed and "
               f"{room} allowed")
    if (udp.rcode, udp.authoritative) != (whole.rcode, whole.authoritative):
        yield "RCODE or AA differs from TCP"
    for name, some, full in zip(("answer", "authority", "additional"), udp.sections,
                                whole.sections):
        if not set(some) <= set(full):
            yield f"{name}: a record that TCP has not"
        if len(set(some)) != len(some):
            yield f"{name}: a record twice"
    if udp.truncated:
        return
    for name, some, full in zip(("answer", "authority"), udp.sections, whole.sections):
        if set(some) != set(full):
            yield f"{name}: no TC, and not what TCP has"
    glue = {rr for rr in whole.sections[2] if rr.type in ADDRESSES and cuts.covers(rr.owner)}
    if glue - set(udp.sections[2]):
        yield "no TC, and glue is missing"
