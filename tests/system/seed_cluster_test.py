"""The seed's cluster, end to end: real servers die, leave the answers, are restarted and return.

One story in one test: every act stands on the one before.
"""

import collections
import time
import unittest

from support import namespace

namespace.enter()

# pylint: disable=wrong-import-position
import dns.exception  # noqa: E402

from support.dns_client import Client  # noqa: E402
from support.programs import eventually  # noqa: E402
from support.seed_cluster import ORIGIN, PRIMARY, SECONDARY, SeedCluster, address_of  # noqa: E402

WWW = f"www.{ORIGIN}"
PATIENCE = 20  # seconds for a step that takes two or three
FOLLOW = 2     # seconds a secondary may be behind
QUERIES = 3000


class SeedClusterTest(unittest.TestCase):
    """The acts are methods; the test plays them in order."""

    maxDiff = None

    def setUp(self):
        self.cluster = SeedCluster()
        self.addCleanup(self.cluster.end)
        self.cluster.start()
        self.primary = Client(PRIMARY, 53)
        self.secondary = Client(SECONDARY, 53)
        self.begin = time.monotonic()

    def test_the_story(self):
        self.tell(f"the cluster stands on a {self.cluster.device} device")
        self.act_everybody_is_present()
        self.act_first_places_are_shared()
        self.act_a_service_dies_and_is_restarted()
        self.act_a_service_dies_for_good_and_is_mended()
        self.act_all_die()
        self.act_other_protocols()

    def act_everybody_is_present(self):
        self.answered({1, 2, 3}, "all three answer", follow=False)
        self.assertEqual(self.primary.becomes(f"smtp.{ORIGIN}", addresses({1, 2}), PATIENCE),
                         addresses({1, 2}))
        self.assertEqual(self.primary.becomes(f"pop.{ORIGIN}", addresses({4, 5}), PATIENCE),
                         addresses({4, 5}))
        self.assertTrue(eventually(self.secondary_agrees, PATIENCE), self.cluster.log_text())
        self.assertEqual(self.cluster.mailbox.mails(), [])

    def act_first_places_are_shared(self):
        first = collections.Counter(self.primary.addresses(WWW)[0] for _ in range(QUERIES))
        self.assertEqual(sorted(first), addresses({1, 2, 3}))
        for address, count in first.items():
            self.assertGreaterEqual(count, QUERIES * 0.27, f"{address}: {first}")
            self.assertLessEqual(count, QUERIES * 0.40, f"{address}: {first}")
        self.tell(f"first places: {dict(sorted(first.items()))}")

    def act_a_service_dies_and_is_restarted(self):
        nginx = self.cluster.web(2)
        nginx.kill()
        self.answered({1, 3}, "killed nginx on .2: it left")
        self.answered({1, 2, 3}, "it is back")
        self.assertEqual(nginx.calls(), ["start 0", "stop 0", "start 0"])
        self.mails(2, ["drop", "restart", "return"])
        self.assertEqual({matter.is_about(address_of(2)) for matter in self.cluster.mailbox.matters()},
                         {True}, self.subjects())

    def act_a_service_dies_for_good_and_is_mended(self):
        nginx = self.cluster.web(3)
        nginx.break_config()
        nginx.kill()
        self.answered({1, 2}, "broke nginx on .3: it left")
        self.assertTrue(eventually(lambda: "start 1" in nginx.calls(), PATIENCE), nginx.calls())
        self.mails(3, ["drop", "restart"])
        came_back = eventually(lambda: address_of(3) in self.primary.addresses(WWW), 3)
        self.assertFalse(came_back, "it does not run, and is answered")
        nginx.mend()
        nginx.start()
        self.answered({1, 2, 3}, "mended nginx on .3: it is back")
        self.mails(3, ["drop", "restart", "return"])

    def act_all_die(self):
        for number in (1, 2, 3):
            self.cluster.web(number).break_config()
        self.cluster.web(1).kill()
        self.answered({2, 3}, "broke nginx on .1: it left")
        self.cluster.web(2).kill()
        self.answered({3}, "broke nginx on .2: it left")
        self.cluster.web(3).kill()
        self.answered({1, 2, 3}, "broke nginx on .3: nobody is left, everybody is answered")
        self.assertTrue(eventually(lambda: "start 1" in self.cluster.web(1).calls(), PATIENCE))
        # One restart a member every five minutes: .2 and .3 have had theirs.
        self.assertNotIn("start 1", self.cluster.web(2).calls())
        for number in (1, 2, 3):
            self.assertTrue(eventually(
                lambda member=number: self.kinds(member).count("drop") >= (1 if member == 1 else 2),
                PATIENCE), self.subjects())
        self.cluster.web(1).mend()
        self.cluster.web(1).start()
        self.answered({1}, "mended nginx on .1: it alone is answered")
        for number in (2, 3):
            self.cluster.web(number).mend()
            self.cluster.web(number).start()
        self.answered({1, 2, 3}, "mended all")
        self.mails(1, ["drop", "restart", "return"])

    def act_other_protocols(self):
        sendmail = self.cluster.services[2, "sendmail"]
        sendmail.kill()
        self.becomes("smtp", {1}, "killed sendmail on .2: it left smtp")
        self.becomes("smtp", {1, 2}, "it is back")
        self.assertEqual(sendmail.calls(), ["start 0", "stop 0", "start 0"])
        inetd = self.cluster.services[4, "inetd"]
        inetd.kill()
        self.becomes("pop", {5}, "killed inetd on .4: it left pop")
        self.becomes("pop", {4, 5}, "it is back")
        self.mails(4, ["drop", "restart", "return"])

    # --- what the acts are made of ---

    def answered(self, numbers, what, follow=True):
        """www becomes these members at the primary, and two seconds later at the secondary."""
        self.becomes("www", numbers, what)
        if follow:
            since = time.monotonic()
            self.assertTrue(eventually(self.secondary_agrees, FOLLOW, poll=0.02),
                            f"{what}: the secondary did not follow\n{self.cluster.log_text()}")
            self.tell(f"  the secondary followed after {time.monotonic() - since:.2f} s")

    def becomes(self, label, numbers, what):
        last = self.primary.becomes(f"{label}.{ORIGIN}", addresses(numbers), PATIENCE)
        self.assertEqual(last, addresses(numbers), f"{what}\n{self.cluster.log_text()}")
        self.tell(what)

    def secondary_agrees(self):
        """The same addresses under the same serial."""
        try:
            return (self.secondary.serial(ORIGIN) == self.primary.serial(ORIGIN) is not None and
                    sorted(self.secondary.addresses(WWW)) == sorted(self.primary.addresses(WWW)))
        except (dns.exception.DNSException, OSError):
            return False

    def kinds(self, number):
        return self.cluster.mailbox.kinds_about(address_of(number))

    def mails(self, number, kinds):
        """The mails tell exactly this of the node of that number, in any order."""
        came = eventually(lambda: sorted(self.kinds(number)) == sorted(kinds), PATIENCE)
        self.assertTrue(came, self.subjects())
        self.tell(f"  mails about .{number}: {', '.join(kinds)}")

    def subjects(self):
        return [mail.subject for mail in self.cluster.mailbox.mails()]

    def tell(self, text):
        print(f"[{time.monotonic() - self.begin:5.1f} s] {text}", flush=True)


def addresses(numbers):
    return sorted(address_of(number) for number in numbers)


if __name__ == "__main__":
    unittest.main(verbosity=2)
