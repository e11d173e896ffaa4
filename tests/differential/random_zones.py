"""Random zones, written as an operator might at his worst day, from a random.Random alone.

A name is a tuple of labels (octets) without the root. What all four servers refuse or only some
accept is not written here: data below a DNAME, data beside a CNAME, NS at a wildcard, an apex
without an address for its own nameserver.
"""

import collections
import string

Record = collections.namedtuple("Record", "owner type ttl rdata")

ODD_LABELS = [b"a.b", b"\\", b'"', b"@", b"$", b"a;b", b" ", b"\x00", b"\xff\xfe", b"(x)", b"_sip",
              b"_tcp", b"UPPER", b"MiXed", b"xn--bcher-kva", b"-", b"1", b"L" * 63, b"\x7f" * 63]
PLAIN_LABELS = [b"a", b"b", b"c", b"www", b"mail", b"ftp", b"deep", b"x", b"host1", b"host2"]
TTLS = [0, 1, 60, 300, 3600, 86400, 604800]
OUTSIDE = (b"outside", b"invalid")
MAX_NAME = 255


def size(name):
    return sum(len(label) + 1 for label in name) + 1


def key(name):
    """What names are compared by (RFC 4343)."""
    return tuple(label.lower() for label in name)


def is_below(name, other):
    name, other = key(name), key(other)
    return len(name) > len(other) and name[len(name) - len(other):] == other


def escape(label, rng=None):
    """A label in a zone file; with `rng`, escaped more often than it need be."""
    text = ""
    for octet in label:
        char = chr(octet)
        if octet < 0x21 or octet > 0x7e:
            text += f"\\{octet:03d}"
        elif char == "\\":
            text += "\\092"  # NSD 4.6 takes the dot of "\\\\." for an escaped one
        elif char in ".;\"()@$":
            text += f"\\{octet:03d}" if rng and rng.random() < 0.5 else "\\" + char
        elif rng and char in string.ascii_letters and rng.random() < 0.02:
            text += f"\\{octet:03d}"
        else:
            text += char
    return text


def to_text(name, rng=None):
    return "".join(escape(label, rng) + "." for label in name) or "."


def scramble(name, rng):
    """The same name in another case."""
    return tuple(bytes(o ^ 0x20 if chr(o) in string.ascii_letters and rng.random() < 0.5 else o
                       for o in label) for label in name)


class Zone:
    """One zone's records, and what kind of node each of its names is."""

    def __init__(self, origin):
        self.origin = origin
        self.records = []
        self.kinds = collections.OrderedDict()  # name -> kind, by its key
        self.names = []  # as written, in the order of their making

    def __contains__(self, name):
        return key(name) in self.kinds

    def place(self, name, kind):
        self.kinds[key(name)] = kind
        self.names.append(name)

    def add(self, owner, kind, ttl, rdata):
        self.records.append(Record(owner, kind, ttl, rdata))

    def is_below_kind(self, name, kind):
        """True where a name above `name`, within the zone, is of that kind."""
        name = key(name)
        return any(self.kinds.get(name[i:]) == kind
                   for i in range(1, len(name) - len(self.origin) + 1))

    def has_names_below(self, name):
        return any(is_below(other, name) for other in self.names)

    def text(self):
        lines = [f"$ORIGIN {to_text(self.origin)}"]
        lines += [f"{to_text(r.owner)} {r.ttl} IN {r.type} {r.rdata}" for r in self.records]
        return "\n".join(lines) + "\n"


class Writer:
    """Writes a set of zones that know of each other."""

    def __init__(self, rng, count, salt=""):
        self.rng = rng
        self.zones = [Zone(origin) for origin in self._origins(count, salt)]

    def write(self):
        for zone in self.zones:
            self._plan(zone)
        for zone in self.zones:
            self._delegate(zone)
        for zone in self.zones:
            self._fill_apex(zone)
            for name in zone.names[1:]:
                getattr(self, "_fill_" + zone.kinds[key(name)])(zone, name)
        return self.zones

    def _origins(self, count, salt):
        """Apart, several labels deep, and some within another."""
        origins = []
        for i in range(count):
            origin = (f"z{i}{salt}".encode(), b"test")
            shape = self.rng.random()
            if shape < 0.2 and origins:
                origin = (self.rng.choice([b"child", b"a", b"b"]),) + self.rng.choice(origins)
            elif shape < 0.4:
                origin = (b"Deep", b"er") + origin
            if any(key(origin) == key(other) for other in origins):
                origin = (f"z{i}{salt}".encode(), b"test")
            origins.append(origin)
        return origins

    # --- the shape: which names there are, and of what kind ------------------------------------

    def _label(self):
        if self.rng.random() < 0.2:
            return self.rng.choice(ODD_LABELS)
        if self.rng.random() < 0.05:
            return b"*"
        return self.rng.choice(PLAIN_LABELS)

    def _plan(self, zone):
        rng = self.rng
        alias = rng.random() < 0.05 and not self._has_zone_below(zone.origin)
        zone.place(zone.origin, "dname" if alias else "data")
        if zone.kinds[key(zone.origin)] == "dname":
            return
        for _ in range(rng.randint(10, 45)):
            above = rng.choice(zone.names)
            owner = tuple(self._label() for _ in range(rng.choice([1, 1, 1, 2, 3]))) + above
            if rng.random() < 0.02:
                owner = self._longest(above)
            kind = rng.choices(["data", "cname", "cut", "wild", "dname", "big", "chain"],
                               [30, 14, 14, 14, 7, 3, 3])[0]
            if kind == "wild":
                owner = (b"*",) + above
                kind = rng.choices(["data", "cname", "big"], [12, 5, 1])[0]
            self._place(zone, owner, kind)

    def _place(self, zone, owner, kind):
        if size(owner) > MAX_NAME or owner in zone or zone.is_below_kind(owner, "dname"):
            return
        if any(other is not zone and is_below(other.origin, zone.origin) and
               (key(owner) == key(other.origin) or is_below(owner, other.origin))
               for other in self.zones):
            return  # another zone's
        if kind == "dname" and (zone.has_names_below(owner) or owner[0] == b"*" or
                                self._has_zone_below(owner)):
            return
        if kind == "cut" and owner[0] == b"*":
            return
        if zone.is_below_kind(owner, "cut") and kind not in ("data", "cname"):
            kind = "data"
        if kind == "chain":
            for i in range(self.rng.choice([3, 5, 8, 11])):
                link = (f"l{i}".encode(),) + owner
                if size(link) <= MAX_NAME and link not in zone:
                    zone.place(link, "link")
        zone.place(owner, "cname" if kind == "chain" else kind)

    def _has_zone_below(self, name):
        return any(is_below(zone.origin, name) for zone in self.zones)

    def _longest(self, above):
        """A name of 255 octets, or near."""
        owner = above
        while (room := MAX_NAME - size(owner) - 1) > 0:
            owner = (b"q" * min(room, 63),) + owner
        return owner

    def _delegate(self, zone):
        """The cut in the parent zone, most times, where that is served too."""
        above = [other for other in self.zones if is_below(zone.origin, other.origin)]
        if not above or self.rng.random() < 0.3:
            return
        parent = max(above, key=lambda other: len(other.origin))
        if not parent.is_below_kind(zone.origin, "dname"):
            parent.place(zone.origin, "child")

    # --- what stands at them --------------------------------------------------------------------

    def _ttl(self):
        return self.rng.choice(TTLS)

    def _target(self, zone):
        rng = self.rng
        where = rng.random()
        if where < 0.55:
            name = rng.choice(zone.names)
        elif where < 0.85:
            name = rng.choice(rng.choice(self.zones).names)
        elif where < 0.93:
            return rng.choice([(b"www",) + OUTSIDE, OUTSIDE, ()])
        else:
            name = zone.origin
        if rng.random() < 0.25 and size(name) < 200:
            name = (self._label(),) + name
        return scramble(name, rng) if rng.random() < 0.2 else name

    def _target_text(self, zone):
        return to_text(self._target(zone), self.rng)

    def _fill_apex(self, zone):
        rng = self.rng
        minimum = rng.choice([0, 5, 60, 300, 3600, 86400])
        zone.add(zone.origin, "SOA", self._ttl(),
                 f"{to_text((b'ns',) + zone.origin)} {to_text((b'host.master',) + zone.origin)} "
                 f"{rng.randrange(1, 2**32)} 3600 600 86400 {minimum}")
        ttl = self._ttl()
        zone.add(zone.origin, "NS", ttl, f"ns.{to_text(OUTSIDE)}")
        if zone.kinds[key(zone.origin)] == "dname":
            zone.add(zone.origin, "DNAME", self._ttl(), self._target_text(zone))
            return
        own = (b"apex-ns",) + zone.origin
        zone.add(zone.origin, "NS", ttl, to_text(own))
        zone.add(own, "A", self._ttl(), self._address4())
        if rng.random() < 0.7:
            self._data(zone, zone.origin)

    def _address4(self):
        return f"192.0.2.{self.rng.randrange(256)}"

    def _address6(self):
        return f"2001:db8::{self.rng.randrange(1, 65536):x}"

    def _fill_data(self, zone, name):
        if zone.is_below_kind(name, "cut"):
            self._rrset(zone, name, self.rng.choice(["A", "AAAA", "A", "TXT"]))
        else:
            self._data(zone, name)

    def _data(self, zone, name):
        for kind in self.rng.sample(list(RDATA), self.rng.choice([1, 1, 2, 3, 5])):
            self._rrset(zone, name, kind)

    def _rrset(self, zone, name, kind, count=None):
        ttl = self._ttl()
        made = {RDATA[kind](self, zone) for _ in range(count or self.rng.choice([1, 1, 2, 4]))}
        for rdata in sorted(made):
            zone.add(name, kind, ttl, rdata)

    def _fill_big(self, zone, name):
        """Over 512 octets, most over 1232."""
        kind, low, high = self.rng.choice([("A", 30, 120), ("TXT", 4, 40), ("MX", 15, 60)])
        ttl = self._ttl()
        for i in range(self.rng.randint(low, high)):
            rdata = {"A": f"198.51.100.{i}", "TXT": f'"{i:03d}{"x" * 150}"',
                     "MX": f"{i} {self._target_text(zone)}"}[kind]
            zone.add(name, kind, ttl, rdata)

    def _fill_cname(self, zone, name):
        zone.add(name, "CNAME", self._ttl(), self._target_text(zone))

    def _fill_link(self, zone, name):
        """A link of a chain: to the next one, at the end anywhere."""
        after = (f"l{int(name[0][1:]) + 1}".encode(),) + name[1:]
        target = to_text(after) if after in zone else self._target_text(zone)
        zone.add(name, "CNAME", self._ttl(), target)

    def _fill_dname(self, zone, name):
        zone.add(name, "DNAME", self._ttl(), self._target_text(zone))
        if self.rng.random() < 0.4:
            self._rrset(zone, name, self.rng.choice(["A", "TXT", "MX"]))

    def _fill_cut(self, zone, name):
        rng = self.rng
        ttl = self._ttl()
        targets = set()
        for _ in range(rng.choice([1, 1, 2, 3])):
            way = rng.random()
            if way < 0.5:
                target = (rng.choice([b"ns1", b"ns2", b"NS3"]),) + name
                if size(target) > MAX_NAME:
                    target = name
                if way < 0.4 and target not in zone:
                    zone.place(target, "glue")
            elif way < 0.6:
                target = name
            else:
                target = self._target(zone)
            targets.add(key(target))
        for target in sorted(targets):
            zone.add(name, "NS", ttl, to_text(target))
        if rng.random() < 0.3:
            self._rrset(zone, name, "A")
        if rng.random() < 0.3:
            zone.add(name, "DS", self._ttl(), f"{rng.randrange(65536)} 8 2 {'AB' * 32}")

    def _fill_child(self, zone, name):
        ttl = self._ttl()
        zone.add(name, "NS", ttl, f"ns.{to_text(OUTSIDE)}")
        child = next(other for other in self.zones if key(other.origin) == key(name))
        if child.kinds[key(name)] != "dname" and self.rng.random() < 0.7:
            zone.add(name, "NS", ttl, f"apex-ns.{to_text(name)}")
            zone.add((b"apex-ns",) + name, "A", self._ttl(), self._address4())
        if self.rng.random() < 0.5:
            zone.add(name, "DS", self._ttl(), f"{self.rng.randrange(65536)} 8 2 {'CD' * 32}")

    def _fill_glue(self, zone, name):
        for kind in self.rng.choice([["A"], ["AAAA"], ["A", "AAAA"]]):
            self._rrset(zone, name, kind)


def _target_of(writer, zone):
    return writer._target_text(zone)  # pylint: disable=protected-access


def _service(writer, zone):
    """The front of an SVCB or HTTPS record: its priority and its target.

    In lower case: two that differ in case alone are two records (RFC 4034 section 6.2 leaves SVCB
    out), which NSD lowers into one and the same.
    """
    target = key(writer._target(zone))  # pylint: disable=protected-access
    return (bytes([0, writer.rng.randrange(1, 9)]) +
            b"".join(bytes([len(label)]) + label for label in target) + b"\0")


def _generic(octets):
    """RFC 3597 section 5: what every loader reads alike, whatever else it reads of the type."""
    return f"\\# {len(octets)} {octets.hex()}"


# pylint: disable=protected-access
RDATA = {
    "A": lambda w, z: w._address4(),
    "AAAA": lambda w, z: w._address6(),
    "TXT": lambda w, z: " ".join(f'"{escape(w._label())}"' for _ in range(w.rng.choice([1, 2, 3]))),
    "MX": lambda w, z: f"{w.rng.randrange(100)} {_target_of(w, z)}",
    "SRV": lambda w, z: f"{w.rng.randrange(9)} 5 5060 {_target_of(w, z)}",
    "PTR": _target_of,
    "CAA": lambda w, z: f'0 issue "ca{w.rng.randrange(9)}.example"',
    "HINFO": lambda w, z: f'"CPU{w.rng.randrange(9)}" "OS"',
    "NAPTR": lambda w, z: f'1 {w.rng.randrange(9)} "S" "SIP+D2U" "" {_target_of(w, z)}',
    "RP": lambda w, z: f"{_target_of(w, z)} {_target_of(w, z)}",
    "TLSA": lambda w, z: f"3 1 1 {w.rng.randbytes(32).hex()}",
    "SSHFP": lambda w, z: f"4 2 {w.rng.randbytes(32).hex()}",
    "LOC": lambda w, z: _generic(b"\0\x12\x16\x13" + b"\x80\0\0\0" * 2 + w.rng.randbytes(4)),
    "HTTPS": lambda w, z: _generic(_service(w, z) + b"\0\1\0\3\2h2"),
    "SVCB": lambda w, z: _generic(_service(w, z) + b"\0\3\0\2\0\x35"),
    "TYPE65400": lambda w, z: f"\\# 4 {w.rng.randrange(2**32):08x}",
}


def random_zones(rng, count):
    """`count` zones that refer to each other."""
    return Writer(rng, count).write()
