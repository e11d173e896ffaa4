#!/usr/bin/env python3
"""Zone files that rollcallctl, named-checkzone, nsd-checkzone and kzonecheck accept or refuse.

  zone_files_test.py [ROLLCALLCTL] [--mutants 100] [--seed 1]

Each zone is a fixed head and some lines; a mutant has octets of a good zone changed. A checker
that is not installed has no say. A verdict of Rollcall's that no other checker shares fails;
where they differ among themselves the choice is in docs/conformance.md, and is only printed.
"""
import argparse
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

ORIGIN = "example.com"
HEAD = "$TTL 60\n@ SOA ns1 root 1 3600 600 86400 60\n@ NS ns1\nns1 A 192.0.2.1\n"

LINES = [
    # syntax
    "a A 192.0.2.1", "a IN 5 A 192.0.2.1", "a 5 IN A 192.0.2.1", "a 1h30m A 192.0.2.1", "a CH A 192.0.2.1",
    "a A 192.0.2.1 ; c\r", "a A ( 192.0.2.1 )", "a ( A\n 192.0.2.1\n)", "a A ( 192.0.2.1", "a A 192.0.2.1 )",
    'a TXT "b', 'a TXT "b\nc"', "a TXT b\\", "a TXT \\256", "a TXT \\1", "a TXT \\065", 'a TXT b"c"', 'a TXT k="v w"',
    "a TXT", 'a TXT ""', "a A", "a A 1.2.3", "a A 1.2.3.256", "a A 01.2.3.4", "a A 192.0.2.1 x", "a AAAA ::", "a AAAA 1::2::3",
    "a AAAA ::192.0.2.1", "a AAAA 192.0.2.1", "a FOO x", "a TYPE65280 \\# 1 00", "a TYPE65280 \\# 2 00", "a TYPE1 \\# 4 c0000201",
    "a A \\# 4 c0000201", "a A \\# 3 c00002", "a TYPE65280 x", "a ANY x", "a AXFR x", "a OPT x",
    "$TTL", "$TTL x", "$TTL 5 6", "$ORIGIN", "$ORIGIN b.", "$FOO x", "$GENERATE 1-3 h$ A 192.0.2.$", "$GENERATE 3-1 h$ A 192.0.2.$",
    "$GENERATE 1-5/2 h${0,3,d} A 192.0.2.$", "$GENERATE 1-2 h$ A x", "$INCLUDE nosuchfile", "$INCLUDE",
    "a 4294967296 A 192.0.2.1", "a 2147483648 A 192.0.2.1", "a 1x A 192.0.2.1", "a..b A 192.0.2.1", ".a A 192.0.2.1",
    "x" * 63 + " A 192.0.2.1", "x" * 64 + " A 192.0.2.1", "x.".join([""] + ["y" * 60] * 5) + " A 192.0.2.1",
    "\\000 A 192.0.2.1", "a\\.b A 192.0.2.1", "a_b A 192.0.2.1", "* A 192.0.2.1", "a.*.b A 192.0.2.1", "*a A 192.0.2.1",
    "IN A 192.0.2.1", "a in a 192.0.2.1", "@ A 192.0.2.1", "a.b.c.d A 192.0.2.1", "\ta A 192.0.2.1", "example.org. A 192.0.2.1",
    # semantics
    "a CNAME b", "a CNAME b\na CNAME c", "a CNAME b\na A 192.0.2.1", "a CNAME b\na TXT x", "a CNAME b\na RRSIG A 8 2 60 20380101000000 20200101000000 1 example.com. AAAA",
    "@ CNAME b", "a DNAME b", "a DNAME b\na DNAME c", "a DNAME b\nc.a A 192.0.2.1", "a DNAME b\na CNAME c",
    "@ NS ns9", "@ NS ns9\nns9 CNAME ns1", "@ NS ns.example.org.", "b NS ns.b", "b NS ns.b\nns.b A 192.0.2.2", "b NS ns1\nb A 192.0.2.2",
    "b NS ns1\nx.b A 192.0.2.2", "b NS ns1\nb TXT x", "* NS ns1", "a MX 1 b", "a MX 1 b\nb CNAME ns1", "a MX 1 192.0.2.1", "a MX 1 .", "a MX 0 ns1", "a MX x ns1", "a MX 65536 ns1",
    "a SRV 0 0 1 b", "a SRV 0 0 1 .", "a SRV 0 0 ns1", "a 5 TXT x\na 6 TXT y", "a TXT x\na TXT x", "a SOA b c 1 2 3 4 5", "@ SOA b c 1 2 3 4 5", "@ SOA ns1 root 2 3600 600 86400 60",
    "b NS ns.c\nns.c.b A 192.0.2.2", "a PTR b", "a PTR 192.0.2.1",
    # types
    "a LOC 1 N 2 E 3", "a LOC 91 N 2 E 3", "a LOC 1 2 3.4567 N 2 E 3", "a LOC 52 22 23.000 N 4 53 32.000 E -2.00m 0.00m 10000m 10m", "a LOC 1 N 2 E",
    "a APL 1:192.0.2.0/24 !2:2001:db8::/32", "a APL 1:192.0.2.0/33", "a APL", "a APL 3:1/2",
    "a IPSECKEY 10 1 2 192.0.2.38 AQNR", "a IPSECKEY 10 0 2 . AQNR", "a IPSECKEY 10 3 2 gw AQNR", "a IPSECKEY 10 4 2 x AQNR", "a IPSECKEY 10 0 0 .", "a IPSECKEY 10 1 2 gw AQNR",
    "a AMTRELAY 10 0 1 203.0.113.15", "a AMTRELAY 10 1 3 x", "a AMTRELAY 10 2 1 203.0.113.15", "a AMTRELAY 0 0 0 .",
    "a HIP 2 200100107B1A74DF365639CC39F1D578 AwEAAbdx rvs", "a HIP 2 2001 AwEA", "a HIP 2 xyz AwEA",
    "a SVCB 1 .", "a SVCB 0 b", "a SVCB 1 b alpn=h2,h3 port=53", 'a SVCB 1 b alpn="h2,h3"', "a SVCB 1 b port=x", "a SVCB 1 b port=1 port=2", "a SVCB 1 b mandatory=alpn", "a SVCB 1 b mandatory=alpn alpn=h2",
    "a SVCB 1 b no-default-alpn", "a SVCB 1 b key9=x", "a SVCB 1 b key0=x", "a SVCB 1 b foo=x", "a SVCB 1 b ipv4hint=1.2.3.4,5.6.7.8", "a SVCB 1 b ipv4hint=x", "a SVCB 1 b ipv6hint=::1", "a SVCB 1 b ech=AAAA", "a SVCB 1 b ech=x", "a SVCB 0 b port=1", "a HTTPS 1 . alpn=h3", "a SVCB 1 b port", "a SVCB 1 b alpn=", "a SVCB x b", 'a SVCB 1 b dohpath="/q{?dns}" alpn=h2', "a SVCB 1 b key65535=x",
    "a WKS 192.0.2.1 tcp 25", "a WKS 192.0.2.1 6 smtp domain", "a WKS 192.0.2.1 xyz 25",
    "a CAA 0 issue \"ca.example\"", "a CAA 256 issue x", "a CAA 0 is-sue x", "a TLSA 3 1 1 00ff", "a TLSA 3 1 1 0", "a TLSA 3 1 1 xx", "a SSHFP 1 1 00", "a SSHFP 1 1 zz",
    "a DS 1 8 2 00", "a DS 1 RSASHA256 2 " + "00" * 32, "a DS 1 8 2 " + "00" * 31, "a DNSKEY 256 3 8 AwEA", "a DNSKEY 256 3 8 A", "a RRSIG A 8 2 60 20380101000000 20200101000000 1 example.com. AAAA", "a RRSIG A 8 2 60 20381301000000 20200101000000 1 example.com. AAAA",
    "a NSEC b A MX", "a NSEC b FOO", "a NSEC3 1 0 5 aabb 2t7b4g4vsa5smi47k61mv5bv1a22bojr A", "a NSEC3PARAM 1 0 5 -", "a NSEC3PARAM 1 0 5 x",
    "a NAPTR 1 2 \"S\" \"x\" \"\" b", "a NAPTR 1 2 S x b", "a HINFO a b", "a HINFO a", "a RP b c", "a AFSDB 1 b", "a X25 311061700956", "a X25 x", "a ISDN 150862028003217 004", "a RT 1 b", "a KX 1 b", "a NSAP 0x47.0005", "a NSAP 47", "a PX 1 b c", "a GPOS 1 2 3", "a GPOS -181 2 3",
    "a EUI48 00-00-5e-00-53-2a", "a EUI48 00:00:5e:00:53:2a", "a EUI64 00-00-5e-ef-10-00-00-2a", "a L32 10 10.1.2.0", "a L64 10 2001:0DB8:1140:1000", "a NID 10 0014:4fff:ff20:ee64", "a LP 10 b", "a URI 1 2 \"x\"", "a URI 1 2", "a CERT PKIX 1 8 AAAA", "a CERT 1 1 x AAAA", "a DHCID AAIB", "a OPENPGPKEY AAAA", "a SMIMEA 3 1 1 00", "a CDS 0 0 0 00", "a CDNSKEY 0 3 0 AA==", "a CSYNC 66 3 A NS", "a ZONEMD 1 1 1 " + "00" * 48, "a ZONEMD 1 1 1 00", "a TALINK b c", "a DLV 1 8 2 " + "00" * 32, "a SPF x", "a AVC x", "a KEY 256 3 8 AwEA", "a MINFO b c", "a MD b", "a MB b",
    'a RESINFO qnamemin exterr=15-17', "a RESINFO", 'a WALLET "BTC" "x"', "a DSYNC CDS NOTIFY 5359 b", "a DSYNC CDS 255 0 .", "a DSYNC CDS FOO 5359 b", "a DSYNC CDS NOTIFY 65536 b", "a HHIT AAAA", "a HHIT", "a BRID A A A A",
    "a NULL \\# 1 00", "a NULL \\# 0", "a NULL", "a NULL foo", "a NXT b A MX", "a NXT b", "a NXT b CAA", "a NXT b TYPE127", "a NXT b TYPE128", "a A6 0 2001:db8::1", "a A6 64 ::1:2:3:4 b", "a A6 128 b", "a A6 129 b", "a A6 0 ::1 b", "a A6 64 ::1", "a EID 00ff", "a NIMLOC 00ff",
]


def verdict(command):
    try:
        return subprocess.run(command, capture_output=True, timeout=20).returncode == 0
    except subprocess.TimeoutExpired:
        return None


class Checkers:
    def __init__(self, rollcallctl):
        self.commands = {"rollcall": [rollcallctl, "checkzone", ORIGIN, None]}
        for name, program, arguments in (("bind", "named-checkzone", ["-q", ORIGIN, None]),
                                         ("nsd", "nsd-checkzone", [ORIGIN, None]),
                                         ("knot", "kzonecheck", ["-o", ORIGIN, None])):
            path = shutil.which(program) or shutil.which(program, path="/usr/sbin:/usr/bin")
            if path:
                self.commands[name] = [path, *arguments]

    def ask(self, path):
        return {name: verdict([path if part is None else part for part in command])
                for name, command in self.commands.items()}


def mutants(count, seed):
    draw = random.Random(seed)
    good = [line for line in LINES if "\n" not in line][:60]
    for _ in range(count):
        text = list(HEAD + "\n".join(draw.sample(good, 1)) + "\n")
        for _ in range(draw.randrange(1, 3)):
            at = draw.randrange(len(text))
            what = draw.randrange(3)
            if what == 0:
                text[at] = draw.choice("().\";\\@$ \t\nAZaz09-_*#=")
            elif what == 1:
                text.insert(at, draw.choice("().\";\\@$ \t\nAZaz09-_*#="))
            else:
                del text[at]
        yield "".join(text)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("rollcallctl", nargs="?",
                        default=os.path.join(os.environ.get("ROLLCALL_BUILD", "build/release"), "rollcallctl"))
    parser.add_argument("--mutants", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    checkers = Checkers(options.rollcallctl)
    others = [name for name in checkers.commands if name != "rollcall"]
    if not others:
        print("no other checker is installed")
        return 1
    zones = [HEAD + line + "\n" for line in LINES] + list(mutants(options.mutants, options.seed))
    alone, split = 0, 0
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "zone")
        for text in zones:
            fresh = path.with_suffix(".new")
            fresh.write_bytes(text.encode())
            fresh.replace(path)  # rollcallctl waits a second for a file rewritten in place
            said = checkers.ask(str(path))
            mine, theirs = said["rollcall"], {said[name] for name in others}
            if mine in theirs and len(theirs) == 1:
                continue
            words = " ".join(f"{name}={'yes' if good else 'no'}" for name, good in said.items())
            alone += mine not in theirs
            split += len(theirs) > 1
            shown = text[len(HEAD):] if text.startswith(HEAD) else text
            print(f"{'ALONE' if mine not in theirs else 'split'} {words} {shown!r}")
    print(f"{len(zones)} zones, {split} that the others ({', '.join(others)}) differ on, {alone} alone")
    return 1 if alone else 0


if __name__ == "__main__":
    sys.exit(main())
