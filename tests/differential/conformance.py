"""The section "Answers" of docs/conformance.md, from the tables that the tests go by.

odd_packets_test.py --write puts it there, with what the peers say in that run.
"""

import odd_packets
from choices import CHOICES

HEADING = "## Answers"
PEER_NAMES = {"nsd": "NSD", "knot": "Knot", "bind": "BIND"}

INTRODUCTION = """\
`tests/differential/` puts the same random zones under Rollcall, NSD 4.6, Knot 3.2 and BIND 9.18, as
Debian 12 has them, and asks each the same questions: RCODE, AA, and the answer and authority
sections must be the same sets of records. A difference from all three, or one that is not in this
table, is a failure. The peers are set to minimal responses, no response rate limit, an EDNS size of
1232; BIND also to `zero-no-soa-ttl no` and `max-records-per-type 0`.

Truncation is compared apart (`truncation_test.py`): at every EDNS size an answer of Rollcall has at
most that many octets, TC exactly where answer, authority and glue do not fit in them, and nothing
that the same answer over TCP has not (RFC 2181 section 9, RFC 9471). Where all three peers agree on
TC, so does Rollcall, but for answers within 16 octets of the limit for each name in RDATA: Rollcall
compresses such names against the zone's origin alone.

Left out of the comparison: the order of records, OPT, the apex NS beside a positive answer, and
which addresses of the zones a server adds beyond a referral's own glue. A CNAME that leaves its zone
ends the answer in BIND and Knot; Rollcall goes on in the next zone served here (RFC 1034 section
4.3.2 step 3a), and what it adds must be what the peer says when it is asked for the target. A peer
that falls silent over UDP, as Knot 3.2.6 does after some truncated answers, is asked over TCP for
the rest of the round, and the test says so; Rollcall may not fall silent."""

ODD_INTRODUCTION = """\
Requests that are unusual or broken. "1/0/0" are the records in the answer, authority and additional
sections, OPT not counted; "no question" is a response whose QDCOUNT is 0; RD, CD and the like are
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
                        "Where Rollcall is alone, or all four differ:", reasons()]) + "\n"
