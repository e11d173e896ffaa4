"""Where the servers differ among themselves: what Rollcall does, and by which clause."""

import collections

import wire
from random_zones import key

# alone: may differ from all three. peers: from whom. applies(case, ours, theirs) -> bool
Choice = collections.namedtuple("Choice", "name what clause peers alone applies")

ALL = ("nsd", "knot", "bind")
LONGEST_CHAIN = 9  # CNAMEs in an answer: answer::kMaxChain names looked up behind the first


def links(name, answer):
    """The records of a chain from `name` on: lists of the CNAME, behind the DNAME it is made of."""
    cnames = {rr.owner: rr for rr in answer if rr.type == wire.CNAME}
    dnames = [rr for rr in answer if rr.type == wire.DNAME]
    seen = set()
    while name in cnames and name not in seen:
        seen.add(name)
        yield [rr for rr in dnames if name.endswith(rr.owner) and name != rr.owner] + [cnames[name]]
        name = cnames[name].rdata


def _any(case, ours, _theirs):
    return (case.query.type == wire.ANY and
            any(rr.type == wire.HINFO and rr.rdata == b"\7RFC8482\0" for rr in ours.answer))


def _any_alias(case, ours, theirs):
    return (case.query.type == wire.ANY and ours.answer <= theirs.answer and
            any(rr.type == wire.CNAME for rr in ours.answer))


def _chain(case, view):
    return list(links(wire.pack_name(key(case.query.name)), view.answer))


def _our_limit(case, ours, theirs):
    return len(_chain(case, ours)) == LONGEST_CHAIN and ours.answer <= theirs.answer


def _knots_limit(case, ours, theirs):
    return (theirs.answer <= ours.answer and not theirs.authority and
            len(_chain(case, ours)) > len(_chain(case, theirs)) >= 5)


def _loop(case, ours, theirs):
    chain = _chain(case, ours)
    owners = {link[-1].owner for link in chain}
    return (bool(chain) and chain[-1][-1].rdata in owners and theirs.rcode == 2 and
            ours.rcode == 0 and theirs.answer == ours.answer)


def _ds_of_child(case, ours, theirs):
    name = wire.pack_name(key(case.query.name))
    chain = _chain(case, ours)
    asked = {name} | {link[-1].rdata for link in chain}
    return (case.query.type == wire.DS and bool(asked & set(case.catalog.origins)) and
            theirs.rcode == 0)


def _no_room_for_soa(case, ours, theirs):
    return (case.query.udp_size in (None, 512) and theirs.answer == ours.answer and
            theirs.rcode == ours.rcode and not theirs.authority and
            all(rr.type == wire.SOA for rr in ours.authority))


def _too_long(_case, ours, theirs):
    return ours.rcode == 6 and ours.answer <= theirs.answer and not ours.authority


def _dname_into_itself(_case, ours, theirs):
    return theirs.answer <= ours.answer and not theirs.authority and any(
        rr.type == wire.DNAME and rr.rdata.endswith(rr.owner) for rr in theirs.answer)


CHOICES = [
    Choice("any-hinfo", "ANY at a name with records is answered with one HINFO record, not with "
           "all RRsets.", "RFC 8482 section 4.2", ALL, True, _any),
    Choice("any-alias", "ANY below a DNAME ends at the synthesised CNAME, as in BIND: a CNAME "
           "matches ANY. NSD and Knot continue at its target.",
           "RFC 1034 section 4.3.2 step 3a", ("nsd", "knot"), False, _any_alias),
    Choice("chain-limit", "A chain of CNAME and DNAME is followed to the eighth name after the "
           "question's; the records found so far are the answer, and the resolver continues. NSD "
           "and BIND follow further.", "RFC 1034 section 3.6.2", ALL, True, _our_limit),
    Choice("chain-limit-knot", "Knot ends a chain after six records, Rollcall after nine.",
           "RFC 1034 section 3.6.2", ("knot",), True, _knots_limit),
    Choice("cname-loop", "A chain that returns to itself is answered NOERROR with each of its "
           "records once, as by NSD and Knot: the zone has this data. BIND says SERVFAIL.",
           "RFC 1034 section 3.6.2", ("bind",), False, _loop),
    Choice("ds-of-child", "DS at the origin of a zone is answered from the parent zone where both "
           "are served here; a parent that does not delegate the name says NXDOMAIN, as in Knot "
           "and BIND. NSD says NODATA.", "RFC 4035 section 3.1.4.1", ("nsd",), False,
           _ds_of_child),
    Choice("soa-without-room", "Where the SOA of a negative answer does not fit, TC is set and TCP "
           "has the SOA, as in NSD and BIND. Knot leaves the SOA out.", "RFC 2181 section 9, RFC "
           "2308 section 3", ("knot",), False, _no_room_for_soa),
    Choice("yxdomain", "An answer that ends in YXDOMAIN has an empty authority section, as in NSD "
           "and BIND. Knot continues with the DNAME's target and adds the records found there.",
           "RFC 6672 section 3.2", ("knot",), False, _too_long),
    Choice("dname-into-itself", "A DNAME whose target is below itself is followed like any other, "
           "up to the limit, as in Knot; the answer has the DNAME once. NSD ends at the first "
           "CNAME synthesised from it, BIND says SERVFAIL.", "RFC 6672 section 2.2", ("nsd",),
           True, _dname_into_itself),
]
