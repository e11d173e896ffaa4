"""The section "Answers" of docs/conformance.md, from the tables that the tests go by.

odd_packets_test.py --write puts it there, with what the peers say in that run.
"""

import odd_packets
from choices import CHOICES

HEADING = "## Answers"
PEER_NAMES = {"nsd": "NSD", "knot": "Knot", "bind": "BIND"}

INTRODUCTION = """\
`tests/differential/` serves the same random zones with Rollcall and with NSD 4.6, Knot 3.2 and BIND
9.18 from Debian 12, and sends each server the same queries. RCODE, AA, and the records of the answer
and authority sections must be the same. A difference from all three peers, or one that is not in the
table below, fails the test. The peers are set to minimal responses, no response rate limit and an EDNS
size of 1232; BIND also to `zero-no-soa-ttl no` and `max-records-per-type 0`.

Truncation is tested separately (`truncation_test.py`): at every EDNS size a response of Rollcall has at
most that many octets, has TC exactly where answer, authority and glue do not fit, and has no record
that the same response over TCP does not have (RFC 2181 section 9, RFC 9471). Where all three peers agree
on TC, so does Rollcall, except for responses that are within 16 octets of the limit for each name in
RDATA: Rollcall compresses such names only against the zone's origin.

Not compared: the order of records, OPT, the apex NS beside a positive answer, and which addresses from
the zones a server adds beyond a referral's own glue. A CNAME that leaves its zone ends the answer in BIND
and Knot; Rollcall continues in the next zone served here (RFC 1034 section 4.3.2 step 3a), and the records
that it adds must be those that the peer returns for the target. A peer that stops replying over UDP, as
Knot 3.2.6 does after some truncated responses, is queried over TCP for the rest of the round, and the test
reports that; Rollcall must always reply."""

ODD_INTRODUCTION = """\
Requests that are unusual or broken. "1/0/0" is the number of records in the answer, authority and
additional sections, without OPT; "no question" is a response whose QDCOUNT is 0; RD, CD and the like are
bits set in the response."""


def choices_table():
    rows = ["| where | differs from | what Rollcall does | clause |", "| --- | --- | --- | --- |"]
    rows += [f"| {c.name} | {', '.join(PEER_NAMES[p] for p in c.peers)} | {c.what} | {c.clause} |"
             for c in CHOICES]
    return "\n".join(rows)


def odd_table(said):
    """`said`: for each of ODD, what the four say."""
    rows = ["| request | Rollcall | NSD | Knot | BIND | clause |",
            "| --- | --- | --- | --- | --- | --- |"]
    rows += [f"| {odd.name} | {' | '.join(words)} | {odd.clause} |"
             for odd, words in zip(odd_packets.ODD, said)]
    return "\n".join(rows)


def reasons():
    """Where Rollcall is alone in an odd packet."""
    return "\n".join(f"- {name}: {reason}" for name, reason in odd_packets.ALONE.items())


def section(said):
    return "\n\n".join([HEADING, INTRODUCTION, choices_table(), "### Odd requests",
                        ODD_INTRODUCTION, odd_table(said),
                        "Where Rollcall differs from all others, or all four differ:", reasons()]) + "\n"
