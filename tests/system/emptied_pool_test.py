"""A pool that fails closed and has no live member: BIND, NSD and Knot say of its name what we say. And
they get owners in the case of the file, by AXFR and by IXFR."""

import unittest

from support import namespace

namespace.enter()

# pylint: disable=wrong-import-position
import dns.query  # noqa: E402
import dns.rcode  # noqa: E402
import dns.tsig  # noqa: E402
import dns.zone  # noqa: E402

from support.dns_client import TIMEOUT  # noqa: E402
from support.followed_zone import ORIGIN, FollowedZone  # noqa: E402
from support.signed_secondaries import BIND, PRIMARY  # noqa: E402

NODES = ["192.0.2.21", "192.0.2.22"]
PLACEHOLDER = "rollcall: no member is live"


class EmptiedPoolTest(FollowedZone):
    """One story."""

    ZONE = """\
$TTL 300
@       IN SOA  ns1 hostmaster (1 7200 3600 864000 60)
        IN NS   ns1
ns1     IN A    192.0.2.1
*       IN A    192.0.2.99
WwW     5 IN A  192.0.2.21
www     5 IN A  192.0.2.22
_Sip._TCP IN SRV 1 2 3 Www
"""
    MORE = """\
checks:
  web: {type: tcp, port: 80, interval: 10m}
pools:
  www.mydomain.com: {check: web, when_all_down: fail_closed}
"""

    def test_the_story(self):
        self.wait_until_in_step()
        before = self.primary.serial(ORIGIN)
        self.ctl("up", *NODES)
        self.wait_for_serial_after(before)
        self.wait_until_in_step()
        self.assertEqual(self.seen("A"), {"addresses": NODES})
        self.agree()
        before = self.primary.serial(ORIGIN)
        self.ctl("drain", "--force", *NODES)
        self.wait_for_serial_after(before)
        self.wait_until_in_step()
        self.assertEqual(self.seen("A"), {"addresses": []})
        self.assertEqual(self.seen("TXT"), {"texts": [PLACEHOLDER]})
        self.agree()
        self.assertEqual(self.transferred("WwW", "TXT"), [f'"{PLACEHOLDER}"'])
        before = self.primary.serial(ORIGIN)
        self.ctl("up", *NODES)
        self.wait_for_serial_after(before)
        self.wait_until_in_step()
        self.assertEqual(self.seen("A"), {"addresses": NODES})
        self.assertEqual(self.seen("TXT"), {"texts": []})
        self.agree()
        self.act_the_case_of_owners()

    def act_the_case_of_owners(self):
        self.assertEqual(self.transferred("WwW", "A"), NODES)
        names = [str(name) for name in self.zone_of(PRIMARY).nodes]
        self.assertIn(f"WwW.{ORIGIN}.", names)
        self.assertIn(f"_Sip._TCP.{ORIGIN}.", names)

    def agree(self):
        """Each secondary answers as the primary does."""
        for kind in ("A", "AAAA", "TXT"):
            ours = self.seen(kind)
            for name, client in self.clients.items():
                self.assertEqual(self.seen(kind, client), ours, f"{name}, {kind}")

    def seen(self, kind, client=None):
        reply = (client or self.primary).udp(f"www.{ORIGIN}", kind)
        self.assertEqual(dns.rcode.to_text(reply.rcode()), "NOERROR")
        rdatas = [rdata for rrset in reply.answer for rdata in rrset]
        if kind == "TXT":
            return {"texts": [rdata.strings[0].decode() for rdata in rdatas]}
        return {"addresses": sorted(rdata.address for rdata in rdatas)}

    def zone_of(self, address):
        key = dns.tsig.Key(f"bind.{ORIGIN}", self.secrets["BIND"], dns.tsig.HMAC_SHA256)
        return dns.zone.from_xfr(
            dns.query.xfr(address, ORIGIN, keyring=key, keyname=key.name,
                          keyalgorithm=key.algorithm, source=BIND, lifetime=TIMEOUT,
                          relativize=False), relativize=False)

    def transferred(self, owner, kind):
        rdataset = self.zone_of(PRIMARY).get_rdataset(f"{owner}.{ORIGIN}.", kind)
        return sorted(rdata.to_text() for rdata in rdataset or [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
