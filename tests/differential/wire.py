"""DNS messages as octets, read without an opinion: what a server sent, ready to be compared."""

import collections
import struct

RCODES = {0: "NOERROR", 1: "FORMERR", 2: "SERVFAIL", 3: "NXDOMAIN", 4: "NOTIMP", 5: "REFUSED",
          6: "YXDOMAIN", 9: "NOTAUTH", 16: "BADVERS", 23: "BADCOOKIE"}
QR, AA, TC, RD, RA, AD, CD = 0x8000, 0x0400, 0x0200, 0x0100, 0x0080, 0x0020, 0x0010
OPT, CNAME, SOA, NS, DNAME, A, AAAA, DS, HINFO, ANY = 41, 5, 6, 2, 39, 1, 28, 43, 13, 255

# Type -> how its RDATA starts: an int is that many octets, "n" a name, "s" a character string.
# What follows is taken as it is. Only what holds names is here.
NAMES = {2: "n", 5: "n", 6: "nn", 12: "n", 15: [2, "n"], 17: "nn", 33: [6, "n"], 39: "n",
         35: [4, "s", "s", "s", "n"], 64: [2, "n"], 65: [2, "n"]}

# Owners and names in RDATA are lower-case wire form.
Rr = collections.namedtuple("Rr", "owner type ttl rdata")


class BadMessage(Exception):
    """Octets that are no DNS message."""


def pack_name(labels):
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def opt(udp_size=1232, ttl=0, options=b""):
    """The record that carries EDNS; `ttl` is extended rcode, version, flags."""
    return b"\0" + struct.pack("!HHIH", OPT, udp_size, ttl, len(options)) + options


def pack_query(query, number):
    """A random_queries.Query as octets."""
    extra = b"" if query.udp_size is None else opt(query.udp_size, 0x8000 * query.dnssec_ok)
    flags = RD if query.recursion_desired else 0
    return (struct.pack("!6H", number, flags, 1, 0, 0, 1 if extra else 0) +
            pack_name(query.name) + struct.pack("!2H", query.type, 1) + extra)


def read_name(message, at):
    """(lower-case wire form, the offset behind it)."""
    name, end, jumps = b"", None, 0
    while True:
        length = message[at]
        if length >= 0xc0:
            end = end or at + 2
            target = (length & 0x3f) << 8 | message[at + 1]
            jumps += 1
            if target >= at or jumps > 127:
                raise BadMessage("a pointer that does not point backwards")
            at = target
        elif length > 63:
            raise BadMessage("a label of an unknown kind")
        else:
            name += message[at:at + length + 1]
            at += length + 1
            if length == 0:
                break
    if len(name) > 255:
        raise BadMessage("a name over 255 octets")
    return name.lower(), end or at


def name_text(wire):
    labels, at = [], 0
    while wire[at]:
        label = wire[at + 1:at + 1 + wire[at]]
        labels.append("".join(chr(o) if 0x21 <= o <= 0x7e and chr(o) not in '.\\"();@$'
                              else f"\\{o:03d}" for o in label))
        at += wire[at] + 1
    return ".".join(labels) + "."


def _read_rdata(message, kind, at, end):
    if kind not in NAMES:
        return message[at:end]
    rdata = b""
    for field in NAMES[kind]:
        if field == "n":
            name, at = read_name(message, at)
            rdata += name
            continue
        length = message[at] + 1 if field == "s" else field
        rdata += message[at:at + length]
        at += length
    if at > end:
        raise BadMessage("a name that ends behind its record")
    return rdata + message[at:end]


class Message:
    """A response. Raises BadMessage for what is none."""

    def __init__(self, octets):
        try:
            self._read(octets)
        except (IndexError, struct.error) as error:
            raise BadMessage(f"cut short: {error}") from error

    def _read(self, octets):
        self.octets = octets
        self.number, self.flags, questions, *counts = struct.unpack("!6H", octets[:12])
        self.rcode = self.flags & 15
        self.edns = None  # (version, DO, UDP size, options)
        self.opts = 0
        at = 12
        self.questions = []
        for _ in range(questions):
            _, end = read_name(octets, at)
            self.questions.append(octets[at:end + 4])
            at = end + 4
        self.sections = []
        for count in counts:
            section = []
            for _ in range(count):
                owner, at = read_name(octets, at)
                kind, udp_size, ttl, length = struct.unpack_from("!HHIH", octets, at)
                at += 10
                if at + length > len(octets):
                    raise BadMessage("a record that ends behind the message")
                if kind == OPT:
                    self.opts += 1
                    self.rcode |= ttl >> 24 << 4
                    self.edns = (ttl >> 16 & 255, bool(ttl & 0x8000), udp_size,
                                 octets[at:at + length])
                else:
                    section.append(Rr(owner, kind, ttl,
                                      _read_rdata(octets, kind, at, at + length)))
                at += length
            self.sections.append(section)
        if at != len(octets):
            raise BadMessage(f"{len(octets) - at} octets behind the last record")

    @property
    def truncated(self):
        return bool(self.flags & TC)

    @property
    def authoritative(self):
        return bool(self.flags & AA)


def rcode_text(rcode):
    return RCODES.get(rcode, f"RCODE{rcode}")


def rr_text(rr):
    if rr.type in (NS, CNAME, DNAME, 12):
        data = name_text(rr.rdata)
    elif rr.type == A:
        data = ".".join(map(str, rr.rdata))
    else:
        data = rr.rdata.hex()
    return f"{name_text(rr.owner)} {rr.ttl} {rr.type} {data}"
