"""Requests that are unusual or broken, and what a server does with them, in few words."""

import collections
import struct

import wire

# name, octets, what Rollcall says, the clause. The zone is odd.test, with an A at www.odd.test.
Odd = collections.namedtuple("Odd", "name octets expected clause")

NUMBER = 0x5a5a
WWW = wire.pack_name((b"www", b"odd", b"test"))
APEX = wire.pack_name((b"odd", b"test"))
A, SOA, IXFR, AXFR = 1, 6, 251, 252
QUESTION = WWW + struct.pack("!2H", A, 1)


def packet(question=QUESTION, counts=(1, 0, 0, 0), rest=b"", flags=0):
    return struct.pack("!6H", NUMBER, flags, *counts) + question + rest


def edns(rest, count=1, **options):
    return packet(counts=(1, 0, 0, count), rest=rest, **options)


def opcode(number, **options):
    return packet(flags=number << 11, **options)


def question(name, kind, qclass=1):
    return packet(name + struct.pack("!2H", kind, qclass))


def record(name, kind, rdata, ttl=0, qclass=1):
    return name + struct.pack("!HHIH", kind, qclass, ttl, len(rdata)) + rdata


SOA_RECORD = record(APEX, SOA, b"\0\0" + struct.pack("!5I", 1, 1, 1, 1, 1))
ADDRESS = record(WWW, A, bytes(4))

ODD = [
    # RFC 6891: EDNS
    Odd("EDNS, an unknown option", edns(wire.opt(options=b"\xff\xf0\0\3abc")),
        "NOERROR AA 1/0/0 EDNS", "RFC 6891 section 6.1.2"),
    Odd("EDNS version 1", edns(wire.opt(ttl=1 << 16)), "BADVERS 0/0/0 EDNS",
        "RFC 6891 section 6.1.3"),
    Odd("EDNS version 1 and an option", edns(wire.opt(ttl=1 << 16, options=b"\0\3\0\0")),
        "BADVERS 0/0/0 EDNS", "RFC 6891 section 6.1.3"),
    Odd("EDNS, an unknown flag", edns(wire.opt(ttl=0x0040)), "NOERROR AA 1/0/0 EDNS",
        "RFC 6891 section 6.1.4"),
    Odd("EDNS, DO", edns(wire.opt(ttl=0x8000)), "NOERROR AA 1/0/0 EDNS DO", "RFC 3225 section 3"),
    Odd("EDNS, a UDP size of 0", edns(wire.opt(udp_size=0)), "NOERROR AA 1/0/0 EDNS",
        "RFC 6891 section 6.2.3"),
    Odd("two OPT records", edns(wire.opt() * 2, 2), "FORMERR 0/0/0 EDNS", "RFC 6891 section 6.1.1"),
    Odd("OPT owned by a name", edns(b"\1x" + wire.opt()), "FORMERR 0/0/0",
        "RFC 6891 section 6.1.2"),
    Odd("an option longer than its OPT", edns(wire.opt(options=b"\0\3\0\x09")),
        "FORMERR 0/0/0 EDNS", "RFC 6891 section 6.1.2"),
    Odd("OPT in the answer section", packet(counts=(1, 1, 0, 0), rest=wire.opt()), "FORMERR 0/0/0",
        "RFC 6891 section 6.1.1"),
    # RFC 1035 section 4.1.1, RFC 9619: counts
    Odd("QDCOUNT 0", packet(b"", (0, 0, 0, 0)), "FORMERR 0/0/0 no question",
        "RFC 9619 section 4"),
    Odd("QDCOUNT 0 with OPT", packet(b"", (0, 0, 0, 1), wire.opt()),
        "FORMERR 0/0/0 EDNS no question", "RFC 6891 section 6.1.1"),
    Odd("QDCOUNT 2", packet(QUESTION * 2, (2, 0, 0, 0)), "FORMERR 0/0/0 no question",
        "RFC 9619 section 4"),
    Odd("QDCOUNT 1, no question", packet(b""), "FORMERR 0/0/0 no question",
        "RFC 1035 section 4.1.1"),
    Odd("a record in the answer section", packet(counts=(1, 1, 0, 0), rest=ADDRESS),
        "NOERROR AA 1/0/0", "RFC 1035 section 4.1.1"),
    Odd("a record in the authority section", packet(counts=(1, 0, 1, 0), rest=ADDRESS),
        "NOERROR AA 1/0/0", "RFC 1035 section 4.1.1"),
    Odd("a record in the additional section", packet(counts=(1, 0, 0, 1), rest=ADDRESS),
        "NOERROR AA 1/0/0", "RFC 1035 section 4.1.1"),
    Odd("ARCOUNT 1, no record", packet(counts=(1, 0, 0, 1)), "FORMERR 0/0/0",
        "RFC 1035 section 4.1.1"),
    Odd("octets after the message", packet(rest=b"garbage"), "FORMERR 0/0/0",
        "RFC 1035 section 4.1"),
    # names
    Odd("a pointer into the header", packet(b"\xc0\4" + b"\0\1\0\1"), "FORMERR 0/0/0 no question",
        "RFC 1035 section 4.1.4"),
    Odd("a pointer to itself", packet(b"\xc0\x0c" + b"\0\1\0\1"), "FORMERR 0/0/0 no question",
        "RFC 1035 section 4.1.4"),
    Odd("a label of type 01", packet(b"\x41" + bytes(0x41) + b"\0\0\1\0\1"),
        "FORMERR 0/0/0 no question", "RFC 6891 section 5"),
    Odd("a name of 256 octets", packet(b"\x3f" + b"a" * 63 + (b"\x3f" + b"a" * 63) * 2 + b"\x3e" +
                                       b"a" * 62 + b"\0\0\1\0\1"),
        "FORMERR 0/0/0 no question", "RFC 1035 section 3.1"),
    Odd("a header alone, cut", packet(b"")[:11], "silence", "RFC 1035 section 4.1.1"),
    Odd("a response", packet(flags=wire.QR), "silence", "RFC 1035 section 4.1.1"),
    # header bits
    Odd("the bit Z", packet(flags=0x0040), "NOERROR AA 1/0/0", "RFC 8906 section 3.1.3"),
    Odd("AD", packet(flags=wire.AD), "NOERROR AA 1/0/0", "RFC 6840 section 5.7"),
    Odd("CD", packet(flags=wire.CD), "NOERROR AA 1/0/0 CD", "RFC 4035 section 3.1.6"),
    Odd("AA, TC and RA", packet(flags=wire.AA | wire.TC | wire.RA), "NOERROR AA 1/0/0",
        "RFC 1035 section 4.1.1"),
    Odd("RD", packet(flags=wire.RD), "NOERROR AA 1/0/0 RD", "RFC 1035 section 4.1.1"),
    Odd("an RCODE in the request", packet(flags=5), "NOERROR AA 1/0/0", "RFC 1035 section 4.1.1"),
    # opcodes
    Odd("IQUERY", opcode(1), "NOTIMP 0/0/0 no question", "RFC 3425 section 3"),
    Odd("STATUS", opcode(2), "NOTIMP 0/0/0 no question", "RFC 8906 section 3.1.4"),
    Odd("opcode 3", opcode(3), "NOTIMP 0/0/0 no question", "RFC 8906 section 3.1.4"),
    Odd("opcode 15, header only", packet(b"", (0, 0, 0, 0), flags=15 << 11),
        "NOTIMP 0/0/0 no question", "RFC 8906 section 3.1.4"),
    Odd("opcode 15 with OPT", packet(b"", (0, 0, 0, 1), wire.opt(), 15 << 11),
        "NOTIMP 0/0/0 no question", "RFC 8906 section 3.1.4"),
    Odd("NOTIFY to the primary", packet(APEX + b"\0\6\0\1", flags=4 << 11 | wire.AA),
        "NOTIMP 0/0/0 no question", "RFC 1996 section 3.10"),
    Odd("UPDATE", packet(APEX + b"\0\6\0\1", flags=5 << 11),
        "REFUSED 0/0/0", "RFC 2136 section 3.1"),
    Odd("DSO", packet(b"", (0, 0, 0, 0), flags=6 << 11), "NOTIMP 0/0/0 no question",
        "RFC 8906 section 3.1.4"),
    # classes and types
    Odd("class CH", question(WWW, A, 3), "REFUSED 0/0/0", "RFC 8906 section 3.1.1"),
    Odd("class HS", question(WWW, A, 4), "REFUSED 0/0/0", "RFC 8906 section 3.1.1"),
    Odd("class NONE", question(WWW, A, 254), "REFUSED 0/0/0", "RFC 8906 section 3.1.1"),
    Odd("class ANY", question(WWW, A, 255), "REFUSED 0/0/0", "RFC 1034 section 3.7.1"),
    Odd("class 0", question(WWW, A, 0), "REFUSED 0/0/0", "RFC 6895 section 3.2"),
    Odd("class 1000", question(WWW, A, 1000), "REFUSED 0/0/0", "RFC 8906 section 3.1.1"),
    Odd("type 0", question(WWW, 0), "NOERROR AA 0/1/0", "RFC 8906 section 3.1.2"),
    Odd("type 1000", question(WWW, 1000), "NOERROR AA 0/1/0", "RFC 8906 section 3.1.2"),
    Odd("type OPT", question(WWW, 41), "FORMERR 0/0/0", "RFC 6891 section 6.1.1"),
    Odd("type 128", question(WWW, 128), "NOERROR AA 0/1/0", "RFC 6895 section 3.1"),
    Odd("type TKEY", question(WWW, 249), "NOERROR AA 0/1/0", "RFC 8906 section 3.1.2"),
    Odd("type TSIG", question(WWW, 250), "FORMERR 0/0/0", "RFC 8945 section 4.2"),
    Odd("type MAILB", question(WWW, 253), "NOERROR AA 0/1/0", "RFC 1035 section 3.2.3"),
    Odd("type MAILA", question(WWW, 254), "NOERROR AA 0/1/0", "RFC 1035 section 3.2.3"),
    Odd("type RRSIG", question(WWW, 46), "NOERROR AA 0/1/0", "RFC 4035 section 3.1"),
    # transfers over UDP
    Odd("AXFR over UDP", question(APEX, AXFR), "NOTIMP 0/0/0", "RFC 5936 section 4.2"),
    Odd("AXFR over UDP, not our zone", question(wire.pack_name((b"else",)), AXFR), "NOTIMP 0/0/0",
        "RFC 5936 section 4.2"),
    Odd("IXFR over UDP", packet(APEX + struct.pack("!2H", IXFR, 1), (1, 0, 1, 0), SOA_RECORD),
        "NOERROR AA 1/0/0", "RFC 1995 section 2"),
    Odd("IXFR over UDP without SOA", question(APEX, IXFR), "NOERROR AA 1/0/0",
        "RFC 1995 section 2"),
    Odd("IXFR over UDP, below the apex", question(WWW, IXFR), "NOTAUTH 0/0/0",
        "RFC 1995 section 2"),
    Odd("IXFR over UDP, not our zone", question(wire.pack_name((b"else",)), IXFR),
        "NOTAUTH 0/0/0", "RFC 1995 section 2"),
    # zones
    Odd("a name in no zone", question(wire.pack_name((b"else",)), A), "REFUSED 0/0/0",
        "RFC 8906 section 3.1.1"),
    Odd("the root", question(b"\0", 2), "REFUSED 0/0/0", "RFC 8906 section 3.1.1"),
]


# Name -> why Rollcall does what no other of the four does.
ALONE = {
    "two OPT records":
        "FORMERR as from all others, but with OPT. RFC 6891 section 6.1.1 requires OPT in the "
        "response to a request that has one, and a FORMERR without OPT says that the server does "
        "not support EDNS (section 7).",
    "an option longer than its OPT":
        "FORMERR as from all others, with OPT for the same reason.",
    "class ANY":
        "all differ: NSD and Knot answer from class IN, NSD without AA; BIND says FORMERR. RFC "
        "1034 section 3.7.1 forbids AA unless the server has all classes; it has only IN, and an "
        "answer without AA is of no use to a resolver. Rollcall says REFUSED, as for every class "
        "but IN.",
    "NOTIFY to the primary":
        "all differ. By RFC 1996 a primary sends NOTIFY and does not receive it; an unsupported "
        "opcode gets NOTIMP (RFC 8906 section 3.1.4).",
    "IXFR over UDP":
        "the SOA alone, as from BIND, but with AA, because it is an answer from the zone. RFC 1995 "
        "section 2: the client sees that the serial has changed and comes back over TCP.",
    "IXFR over UDP without SOA":
        "all differ. RFC 1995 section 3 requires the client's SOA in the authority section, but "
        "the answer over UDP does not depend on it.",
}


def describe(reply):
    """A reply in few words: RCODE, AA, counts without OPT, EDNS, what is odd about it."""
    if reply is None:
        return "silence"
    try:
        message = wire.Message(reply)
    except wire.BadMessage as error:
        return f"broken: {error}"
    words = [wire.rcode_text(message.rcode)]
    if message.flags & wire.AA:
        words.append("AA")
    if message.flags & wire.TC:
        words.append("TC")
    words.append("/".join(str(len(section)) for section in message.sections))
    if message.edns:
        words.append("EDNS" if message.edns[0] == 0 else f"EDNS{message.edns[0]}")
        if message.edns[1]:
            words.append("DO")
    words += [word for bit, word in ((wire.RD, "RD"), (wire.CD, "CD"), (wire.AD, "AD"),
                                     (wire.RA, "RA"), (0x40, "Z")) if message.flags & bit]
    if not message.questions:
        words.append("no question")
    return " ".join(words)
