"""What dig transfers from rollcalld is what named-checkzone reads in the zone file.

Every record with its TTL, as BIND's own text: signed zones, types that few programs know. And IXFR
by TCP as dig asks for it.
"""

import os
import unittest

from support import namespace

namespace.enter()

# pylint: disable=wrong-import-position
from support import programs  # noqa: E402
from support.dns_client import Client  # noqa: E402

CONFIG = """\
server: {{listen: ["127.0.0.1:{port}"], state_dir: state, any: all}}
control: {{socket: control.sock}}
zones:
  signed.example: {{file: db.signed, allow_transfer: [127.0.0.1]}}
  types.example: {{file: db.types, allow_transfer: [127.0.0.1]}}
"""

TIMES = "20380101000000 20200101000000 1 signed.example. AAAA"
SIGNED = f"""\
@ 3600 IN SOA ns1 host 1 3600 600 86400 300
@ 3600 IN RRSIG SOA 13 2 3600 {TIMES}
@ 86400 IN NS ns1
@ 86400 IN RRSIG NS 13 2 86400 {TIMES}
@ 3600 IN DNSKEY 257 3 13 oJMRESz5E4gYzS/q6XDrvU1qMPYIjCWzJaOau8XNEZeqCYKD5ar0IRd8KqXXFJkqmVfRvMGPmM1x8fGAa2XhSA==
@ 3600 IN RRSIG DNSKEY 13 2 3600 {TIMES}
@ 0 IN NSEC3PARAM 1 0 0 -
@ 0 IN RRSIG NSEC3PARAM 13 2 0 {TIMES}
ns1 86400 IN A 192.0.2.1
ns1 86400 IN RRSIG A 13 3 86400 {TIMES}
"""

TYPES = """\
$TTL 60
@ SOA ns1 root 7 3600 600 86400 60
@ NS ns1
ns1 A 192.0.2.1
a RESINFO qnamemin exterr=15-17
b WALLET "BTC" "x"
_dsync DSYNC CDS NOTIFY 5359 ns1
_other DSYNC CSYNC 255 53 .
c HHIT AAAA
d BRID AAAA
e NULL \\# 1 00
e0 NULL \\# 0
f NXT b A MX
f2 NXT b
g A6 0 2001:db8::1
g2 A6 64 ::1:2:3:4 p.example.
h EID 00ff
i NIMLOC 00ff
"""


def records(text):
    """The records of BIND's text, blanks folded."""
    return sorted({" ".join(line.split()) for line in text.splitlines()
                   if line.strip() and not line.startswith(";")})


class ZoneContentsTest(unittest.TestCase):
    """One server with both zones."""

    def setUp(self):
        self.folder = programs.Folder()
        self.addCleanup(self.folder.remove)
        os.mkdir(self.folder.join("state"))
        self.port = programs.free_port()
        self.folder.write("rollcall.yaml", CONFIG.format(port=self.port))
        self.folder.write("db.signed", SIGNED)
        self.folder.write("db.types", TYPES)
        self.server = programs.Server(self.folder)
        self.addCleanup(self.server.end)
        client = Client("127.0.0.1", self.port)
        self.server.start(lambda: client.ready("types.example", "SOA") and
                          client.ready("signed.example", "SOA"))

    def dig(self, *question):
        dug = programs.run("dig", "@127.0.0.1", "-p", str(self.port), "+noall", "+answer",
                           *question)
        self.assertEqual(dug.returncode, 0, dug.stdout + dug.stderr)
        return dug.stdout

    def as_bind_reads_it(self, origin, file):
        done = programs.run("named-checkzone", "-q", "-i", "none", "-D", "-o", "-", origin,
                            self.folder.join(file))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def test_transfers_have_what_the_file_has(self):
        for origin, file in (("signed.example", "db.signed"), ("types.example", "db.types")):
            with self.subTest(origin):
                self.assertEqual(records(self.dig(origin, "AXFR")),
                                 records(self.as_bind_reads_it(origin, file)))

    def test_signatures_keep_the_ttl_of_what_they_cover(self):
        for question in ("RRSIG", "ANY"):
            lines = [line.split() for line in records(self.dig("+tcp", "signed.example", question))]
            ttls = {line[4]: line[1] for line in lines if line[3] == "RRSIG"}
            self.assertEqual(ttls, {"SOA": "3600", "NS": "86400", "DNSKEY": "3600",
                                    "NSEC3PARAM": "0"}, question)

    def test_a_signed_zone_is_warned_of_once(self):
        lines = [line for line in self.server.log if "carry no DNSSEC proofs" in line]
        self.assertEqual(len(lines), 1, self.server.log)
        self.assertIn("db.signed:2:", lines[0])

    def test_ixfr_of_one_that_is_up_to_date(self):
        whole = len(TYPES.splitlines())  # without $TTL, and with the SOA once more at the end
        for serial, count in ((6, whole), (7, 1), (8, 1)):
            answer = self.dig("+tcp", "types.example", f"IXFR={serial}")
            lines = [line for line in answer.splitlines() if line.strip()]
            self.assertEqual(len(lines), count, answer)
            self.assertIn("SOA", lines[0])


if __name__ == "__main__":
    unittest.main()
