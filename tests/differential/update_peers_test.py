"""The same random updates to Rollcall, BIND and Knot: the same RCODEs, and the same zones at the end."""

import os
import random
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "system"))

# pylint: disable=wrong-import-position
from support import namespace  # noqa: E402

namespace.enter()

import dns.message  # noqa: E402
import dns.query  # noqa: E402
import dns.rcode  # noqa: E402
import dns.rdataclass  # noqa: E402
import dns.rdatatype  # noqa: E402
import dns.update  # noqa: E402

from support import programs  # noqa: E402
from support.dns_client import Client  # noqa: E402
from support.programs import eventually  # noqa: E402

# pylint: disable=wrong-import-order
import processes  # noqa: E402

ORIGIN = "example.com"
UPDATES = int(os.environ.get("ROLLCALL_UPDATES", "1000"))
SEED = int(os.environ.get("ROLLCALL_SEED", "2136"))
EVERY = int(os.environ.get("ROLLCALL_COMPARE_EVERY", "50"))
SECONDS = 10
ADDRESS = "127.0.0.1"

ZONE = """\
$TTL 60
@ IN SOA ns root 10 7200 3600 864000 60
@ IN NS ns
@ IN NS ns2
ns IN A 192.0.2.1
ns2 IN A 192.0.2.2
www IN A 192.0.2.3
alias IN CNAME www
*.wild IN TXT "wild"
deep.er.names IN A 192.0.2.4
sub IN NS ns.sub
ns.sub IN A 192.0.2.5
"""

ROLLCALL = """\
server: {{listen: ["127.0.0.1:{port}"], state_dir: state}}
control: {{socket: control.sock}}
zones:
  example.com:
    file: db.rollcall
    allow_transfer: [127.0.0.0/8]
    allow_update: [{{address: 127.0.0.0/8}}, {{address: 127.0.0.0/8, names: ["@"], types: [NS]}}]
"""
KNOT = """\
server:
  rundir: "{folder}"
  listen: 127.0.0.1@{port}
  udp-workers: 1
database:
  storage: "{folder}/knot"
acl:
  - id: all
    address: 127.0.0.0/8
    action: [update, transfer]
zone:
  - domain: example.com
    file: "{folder}/db.knot"
    acl: all
    zonefile-sync: -1
    semantic-checks: off
"""
BIND = """\
options {{
  directory "{folder}"; listen-on port {port} {{ 127.0.0.1; }}; listen-on-v6 {{ none; }};
  recursion no; pid-file none; session-keyfile none; dnssec-validation no;
  allow-transfer {{ 127.0.0.0/8; }};
}};
controls {{ }};
zone "example.com" {{
  type primary; file "db.bind"; allow-update {{ 127.0.0.0/8; }}; check-integrity no;
}};
"""

# docs/conformance.md has what is left out here, because the peers differ.
OWNERS = ["@", "www", "alias", "new", "a", "b.a", "c.b.a", "x.wild", "*.wild", "sub", "ns.sub",
          "deep.er.names", "er.names", "names"]
RDATA = {"A": ["192.0.2.%d" % n for n in range(1, 9)], "TXT": ['"a"', '"b"', '"c"'],
         "AAAA": ["2001:db8::1", "2001:db8::2"], "MX": ["10 www", "20 new"],
         "CNAME": ["www", "new"], "SRV": ["1 2 3 www"]}


class Dice:
    """Random updates; those of one seed are always the same."""

    def __init__(self, seed):
        self._random = random.Random(seed)

    def _one(self, things):
        return self._random.choice(things)

    def update(self):
        update = dns.update.Update(ORIGIN)
        if self._random.random() < 0.4:
            for _ in range(self._one([1, 1, 2])):
                self._require(update)
        for _ in range(self._one([1, 1, 1, 2, 3])):
            self._change(update)
        return update

    def _rrset(self):
        kind = self._one(list(RDATA))
        return self._one(OWNERS), kind, self._one(RDATA[kind])

    def _require(self, update):
        owner, kind, rdata = self._rrset()
        form = self._random.randrange(5)
        if form == 0:
            update.present(owner)
        elif form == 1:
            update.absent(owner)
        elif form == 2:
            update.present(owner, kind)
        elif form == 3:
            update.absent(owner, kind)
        else:
            update.present(owner, kind, rdata)

    def _change(self, update):
        owner, kind, rdata = self._rrset()
        form = self._random.randrange(10)
        if form < 6:
            update.add(owner, self._one([60, 60, 300]), kind, rdata)
        elif form < 7:
            update.delete(owner, kind)
        elif form < 9:
            update.delete(owner, kind, rdata)
        else:
            update.delete(owner)


class UpdatePeersTest(unittest.TestCase):
    """Three servers of one zone."""

    def setUp(self):
        self.folder = programs.Folder()
        self.addCleanup(self.folder.remove)
        os.mkdir(self.folder.join("state"))
        os.mkdir(self.folder.join("knot"))
        self.processes = processes.Processes()
        self.addCleanup(self.processes.end_all)
        self.log = []
        self.servers = {}
        for name, text, command in (
                ("rollcall", ROLLCALL, [programs.ROLLCALLD, "-c"]),
                ("knot", KNOT, ["/usr/sbin/knotd", "-c"]),
                ("bind", BIND, ["/usr/sbin/named", "-g", "-n", "1", "-c"])):
            port = programs.free_port()
            self.folder.write(f"db.{name}", ZONE)
            path = self.folder.write(f"{name}.conf",
                                     text.format(port=port, folder=self.folder.path))
            self.processes.start(name, command + [path], self._keep, cwd=self.folder.path)
            self.servers[name] = Client(ADDRESS, port)
        for name, server in self.servers.items():
            self.assertTrue(eventually(lambda s=server: s.ready(f"www.{ORIGIN}"), 30),
                            f"{name} is not ready:\n" + "\n".join(self.log))

    def _keep(self, name, line):
        self.log.append(f"{name}: {line}")

    def rcodes(self, update):
        found = {}
        for name, server in self.servers.items():
            reply = dns.query.udp(update, ADDRESS, port=server.port, timeout=SECONDS)
            found[name] = dns.rcode.to_text(reply.rcode())
        return found

    def contents(self):
        """Of each server the records of its zone, without the SOA."""
        found = {}
        for name, server in self.servers.items():
            records = set()
            for owner, ttl, rdata in server.transfer(ORIGIN).iterate_rdatas():
                if rdata.rdtype != dns.rdatatype.SOA:
                    records.add(f"{owner} {ttl} {dns.rdatatype.to_text(rdata.rdtype)} {rdata}")
            found[name] = records
        return found

    def test_the_same_updates_lead_to_the_same_zones(self):
        dice = Dice(SEED)
        odd = []
        for number in range(UPDATES):
            update = dice.update()
            codes = self.rcodes(update)
            if codes["rollcall"] not in (codes["knot"], codes["bind"]):
                odd.append(f"{number}: {codes}\n{update}")
            if number % EVERY and number != UPDATES - 1:
                continue
            contents = self.contents()
            ours = contents["rollcall"]
            for peer in ("bind", "knot"):
                if peer == "knot":  # it keeps the TTL of a record that is added once more
                    contents = {name: {tuple(record.split(" ", 2)[::2]) for record in its}
                                for name, its in contents.items()}
                    ours = contents["rollcall"]
                self.assertEqual((ours - contents[peer], contents[peer] - ours), (set(), set()),
                                 f"here alone, there alone: update {number} of seed {SEED}: "
                                 f"{codes}: {peer} differs; {update}")
        self.assertEqual(odd, [], "RCODEs that no peer shares")


if __name__ == "__main__":
    unittest.main()
