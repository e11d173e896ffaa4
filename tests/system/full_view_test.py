"""A secondary with `view: full`: BIND has all records, whatever is live, while NSD and Knot follow."""

import unittest

from support import namespace

namespace.enter()

# pylint: disable=wrong-import-position
from support.followed_zone import ORIGIN, FollowedZone  # noqa: E402
from support.programs import eventually  # noqa: E402
from support.signed_secondaries import BIND, NSD  # noqa: E402

NODES = ["192.0.2.21", "192.0.2.22"]
WWW = f"www.{ORIGIN}"
PATIENCE = 20  # seconds

ZONE = """\
$TTL 300
@       IN SOA  ns1 hostmaster (1 7200 3600 864000 60)
        IN NS   ns1
ns1     IN A    192.0.2.1
www     5 IN A  192.0.2.21
www     5 IN A  192.0.2.22
"""


class FullViewTest(FollowedZone):
    """One story."""

    ZONE = ZONE
    MORE = """\
checks:
  web: {type: tcp, port: 80, interval: 10m}
pools:
  www.mydomain.com: {check: web}
"""

    def configuration(self):
        before = "key: bind.mydomain.com}"
        text = super().configuration()
        self.assertIn(before, text)
        return text.replace(before, "key: bind.mydomain.com, view: full}")

    def test_the_story(self):
        self.wait_until_in_step()
        content = self.shown()[BIND]["ours"]
        for word in ("drain", "auto", "drain"):
            before = self.primary.serial(ORIGIN)
            self.ctl(word, NODES[0])
            self.wait_for_serial_after(before)
        self.wait_until_in_step()
        row = self.shown()[BIND]
        self.assertEqual((row["view"], row["ours"], row["serves"]), ("full", content, content))
        self.assertGreater(self.shown()[NSD]["serves"], content)
        self.assertEqual(sorted(self.clients["BIND"].addresses(WWW)), NODES)
        for kind in ("NSD", "Knot"):
            self.assertEqual(self.clients[kind].addresses(WWW), NODES[1:], kind)
        self.assertIn(f"full view, serial {content}  in step", self.ctl("secondaries"))
        self.act_the_file_changes(content)

    def act_the_file_changes(self, content):
        before = self.primary.serial(ORIGIN)
        self.folder.write("db.mydomain.com", ZONE.replace("(1 ", "(2 ") + "new IN TXT new\n")
        self.ctl("reload")
        self.wait_for_serial_after(before)
        self.assertTrue(eventually(lambda: self.shown()[BIND]["ours"] > content, PATIENCE))
        self.wait_until_in_step()
        for kind, client in self.clients.items():
            self.assertEqual(len(client.udp(f"new.{ORIGIN}", "TXT").answer), 1, kind)
        self.assertEqual(sorted(self.clients["BIND"].addresses(WWW)), NODES)
        self.assertEqual(self.shown()[BIND]["transfer"]["kind"], "changes", "by IXFR of its own")


if __name__ == "__main__":
    unittest.main(verbosity=2)
