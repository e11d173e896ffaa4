"""`rollcallctl secondaries`, and the notices of a secondary that lags: BIND, NSD and Knot, of which one
stops for a while."""

import unittest

from support import namespace

namespace.enter()

# pylint: disable=wrong-import-position
from support.followed_zone import ORIGIN, FollowedZone  # noqa: E402
from support.signed_secondaries import ADDRESSES, BIND, KEYS, KNOT, NSD  # noqa: E402

NODE = "192.0.2.21"


class SecondaryLagTest(FollowedZone):
    """One story: each act builds on the one before."""

    ZONE = """\
$TTL 300
@       IN SOA  ns1 hostmaster (1 7200 3600 864000 60)
        IN NS   ns1
ns1     IN A    192.0.2.1
www     5 IN A  192.0.2.21
www     5 IN A  192.0.2.22
"""
    MORE = """\
    secondary_lag: 3s
checks:
  web: {type: tcp, port: 80, interval: 10m}
pools:
  www.mydomain.com: {check: web}
"""

    def test_the_story(self):
        self.act_all_are_in_step()
        self.act_one_stops()
        self.act_it_is_back()
        self.act_wrong_questions()

    def act_all_are_in_step(self):
        self.wait_until_in_step()
        before = self.primary.serial(ORIGIN)
        self.flip("drain", before)
        self.wait_until_in_step()
        serial = self.primary.serial(ORIGIN)
        for kind, address in ADDRESSES.items():
            shown = self.shown()[address]
            self.assertEqual(shown["zone"], ORIGIN)
            self.assertEqual(shown["address"], f"{address}:53")
            self.assertEqual(shown["key"], f"{KEYS[kind]}.{ORIGIN}")
            self.assertEqual(shown["ours"], serial)
            self.assertEqual(shown["transfer"]["serial"], serial)
            self.assertEqual(shown["transfer"]["kind"], "changes")
            self.assertTrue(shown["transfer"]["by"].startswith(f"{address}:"), shown)
            self.assertGreaterEqual(shown["acknowledged"], serial, shown)
        self.assertIn("no secondaries", self.ctl("secondaries", "--behind"))
        text = self.ctl("secondaries")
        self.assertIn(f"{ORIGIN}  serial {serial}\n", text)
        self.assertEqual(text.count("in step"), 3, text)

    def act_one_stops(self):
        self.processes.end(self.secondaries["NSD"])
        before = self.primary.serial(ORIGIN)
        self.flip("auto", before)
        self.wait_until_in_step((BIND, KNOT))
        self.logged(f"zone {ORIGIN}: {NSD}:53 is behind by ")
        self.logged(f"to {NSD}:53: no response")
        behind = [row for row in self.rows("--behind") if row["lag_ms"] > 0]
        self.assertEqual([row["address"] for row in behind], [f"{NSD}:53"])
        self.assertEqual(behind[0]["serves"], before)
        self.assertGreaterEqual(behind[0]["lag_ms"], 3000)
        self.assertIn("no response", behind[0]["error"])
        text = self.ctl("secondaries", ORIGIN, "--behind")
        self.assertRegex(text,
                         rf"{NSD}:53  key nsd.{ORIGIN}  BEHIND for \d+s, serves serial {before}")
        self.assertNotIn(BIND, text)
        self.alerted("is behind by")

    def act_it_is_back(self):
        self.start("NSD")
        self.wait_until_in_step()
        serial = self.primary.serial(ORIGIN)
        self.logged(f"zone {ORIGIN}: {NSD}:53 serves serial {serial} and is no longer behind")
        self.alerted("is no longer behind")
        for address in (BIND, KNOT):
            self.assertFalse([line for line in self.server.log
                              if f"{address}:53 is behind" in line], self.server.log)

    def act_wrong_questions(self):
        unknown = self.server.ctl("secondaries", "example.org")
        self.assertEqual(unknown.returncode, 1)
        self.assertIn("zone example.org is not configured", unknown.stderr)
        self.assertEqual(self.server.ctl("secondaries", "a..b").returncode, 2)

    def flip(self, word, before):
        self.ctl(word, NODE)
        self.wait_for_serial_after(before)


if __name__ == "__main__":
    unittest.main(verbosity=2)
