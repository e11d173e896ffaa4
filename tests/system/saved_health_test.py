"""The members' health after a restart and a reload, before any probe has ended."""

import os
import signal
import socket
import time
import unittest

from support import namespace

namespace.enter()

# pylint: disable=wrong-import-position
import dns.message  # noqa: E402
import dns.rcode  # noqa: E402

from support import programs  # noqa: E402
from support.programs import eventually  # noqa: E402
from support.web_pool import SECONDS, WEB_PORT, ZONE, WebPool  # noqa: E402

FIRST, SECOND, THIRD = "127.0.0.61", "127.0.0.62", "127.0.0.63"
FOURTH, FIFTH = "127.0.0.64", "127.0.0.65"
LIFETIME = 600  # seconds that saved health counts for

# After its first probe, no member has another one while a test lasts.
CONFIG = """\
checks:
  web: {type: http, port: 8080, interval: 600s, fast_interval: 300s, timeout: 200s,
        fall: 2, rise: 2}
pools:
  www.mydomain.com: {check: web}
"""


class SavedHealthTest(WebPool):
    """Three web servers, of which the second is dead; the others are answered."""

    def setUp(self):
        self.make(CONFIG, (FIRST, SECOND, THIRD))
        self.start_web(FIRST, THIRD)
        self.start()
        self.becomes(FIRST, THIRD)

    # --- the state file -------------------------------------------------------------------------

    def health_file(self):
        with open(self.folder.join("state/health"), encoding="ascii") as file:
            return file.read()

    def is_saved(self):
        """Waits until the known health is in the state file: it is written a moment later."""
        lines = {f"{health} www.mydomain.com. {address} web" for health, address in
                 (("up", FIRST), ("down", SECOND), ("up", THIRD))}
        self.assertTrue(eventually(lambda: os.path.exists(self.folder.join("state/health"))
                                   and lines <= set(self.health_file().splitlines()), SECONDS))

    def age_health(self, seconds):
        """Changes the file as if it had been saved that long ago."""
        name, head, *rest = self.health_file().splitlines()
        self.assertEqual(name, "health 2")
        self.assertRegex(rest.pop(), "^end [0-9]+ [0-9a-f]{8}$")
        word, saved = head.split(" ")
        self.assertEqual(word, "saved")
        self.assertLess(abs(int(saved) / 1000 - time.time()), 60)
        # Without the seal, as an older server wrote it.
        self.folder.write("state/health", "\n".join(
            [f"saved {int(saved) - seconds * 1000}", *rest, ""]))

    # --- the members ----------------------------------------------------------------------------

    def swap(self):
        """The dead ones live, the others die: probes would find the opposite of what was saved."""
        alive = list(self.web)
        self.start_web(*({FIRST, SECOND, THIRD} - set(alive)))
        self.stop_web(*alive)

    def silence(self, address):
        """It answers no request from now on, though the kernel still accepts connections."""
        self.stop_web(address)
        silent = socket.create_server((address, WEB_PORT))
        self.addCleanup(silent.close)
        return silent

    def health(self):
        """address -> its health and whether a probe of it has ended since the start."""
        return {member["address"]: (member["health"], member["probes"] > 0)
                for pool in self.status()["pools"] for member in pool["members"]}

    # --- the answers ----------------------------------------------------------------------------

    def ask(self):
        """(rcode, addresses) of one query; None if nothing listens yet."""
        query = dns.message.make_query("www.mydomain.com", "A")
        try:
            octets = self.client.raw_udp(query.to_wire(), seconds=5)
        except ConnectionRefusedError:
            return None
        if octets is None:
            return None
        reply = dns.message.from_wire(octets)
        return reply.rcode(), sorted(rdata.address for rrset in reply.answer for rdata in rrset)

    def first_answer(self):
        """Starts the server. Returns its first answer, and its refusals before."""
        self.server = programs.Server(self.folder)
        replies = []

        def answered():
            reply = self.ask()
            if reply is not None:
                replies.append(reply)
            return reply is not None and reply[0] == dns.rcode.NOERROR

        self.server.start(answered)
        refused = replies[:-1]
        self.assertEqual({rcode for rcode, _ in refused} - {dns.rcode.SERVFAIL}, set())
        return replies[-1][1], refused

    # --- the tests ------------------------------------------------------------------------------

    def test_the_first_answer_after_a_restart_leaves_out_who_was_dead(self):
        self.is_saved()
        self.stop_web(FIRST)
        self.start_web(SECOND)
        silent = self.silence(THIRD)
        for end in (self.server.crash, self.stop_and_save):
            end()
            answer, _ = self.first_answer()
            self.assertEqual(answer, [FIRST, THIRD])
            # One probe does not overturn known health, and the third's probe is not waited for.
            self.assertTrue(eventually(lambda: self.health() == {
                FIRST: ("up", True), SECOND: ("down", True), THIRD: ("up", False)}, SECONDS),
                self.health())
            self.assertEqual(self.answer(), [FIRST, THIRD])
        silent.close()

    def stop_and_save(self):
        """The saved file is removed: the stop itself saves health."""
        os.remove(self.folder.join("state/health"))
        self.server.stop()

    def test_what_was_saved_long_ago_is_not_used(self):
        self.server.stop()
        self.age_health(LIFETIME // 2)
        self.swap()
        self.assertEqual(self.first_answer()[0], [FIRST, THIRD])
        # A time in the future is not fresh: the clock has been set back at an unknown time.
        for age, now in ((LIFETIME + 1, [SECOND]), (-3600, [FIRST, THIRD])):
            with self.subTest(age=age):
                self.server.stop()
                if sorted(self.web) != now:
                    self.swap()
                self.age_health(age)
                self.assertEqual(self.first_answer()[0], now)
                self.assertEqual(self.health(), {
                    address: ("up" if address in now else "down", True)
                    for address in (FIRST, SECOND, THIRD)})

    def test_the_first_round_does_not_wait_for_who_is_silent(self):
        self.server.stop()
        self.age_health(LIFETIME + 1)
        silent = self.silence(THIRD)
        answer, refused = self.first_answer()  # long before the silent one's timeout
        self.assertIn((dns.rcode.SERVFAIL, []), refused)
        self.assertEqual(answer, [FIRST, THIRD])  # who is unknown is answered
        self.assertEqual(self.health(), {FIRST: ("up", True), SECOND: ("down", True),
                                         THIRD: ("unknown", False)})
        silent.close()  # its end ends the connection that waits in it
        self.becomes(FIRST)

    def test_damaged_health_is_done_without(self):
        # If a line of it were believed, the second would be answered.
        lies = "".join(f"{health} www.mydomain.com. {address} web\n" for health, address in
                       (("down", FIRST), ("up", SECOND), ("down", THIRD))).encode()
        saved = f"saved {time.time_ns() // 1_000_000}\n".encode()
        for text, said in (
                (b"", "empty"),
                (b"health 2\n" + saved + lies, "no end mark: truncated"),
                (b"health 2\n" + saved + lies + b"end 1 00000000\n", "wrong checksum"),
                (b"\xff\x00\xfe\n" * 99, "line 1 is not"),
                (lies, "line 1 is not"),
                (b"saved now\n" + lies, "line 1 is not"),
                # 584 years ago: in 64 bits of nanoseconds that overflows to a moment.
                (b"saved %d\n" % (time.time_ns() // 10**6 - 2**64 // 10**6) + lies,
                 "line 1 is not"),
                (saved + lies + b"up www.mydomain.com.\n", "line 5 is not"),
                (saved + lies + b"up www.mydomain.com. nonsense web\n", "line 5 is not"),
                (saved + lies.replace(b"down", b"dwn", 1), "line 2 is not"),
                (saved + lies[:-1], "line 4 is incomplete"),
                (None, "Is a directory")):
            with self.subTest(text=text):
                self.server.stop()
                if text is None:
                    os.remove(self.folder.join("state/health"))
                    os.mkdir(self.folder.join("state/health"))
                else:
                    with open(self.folder.join("state/health"), "wb") as file:
                        file.write(text)
                answer, _ = self.first_answer()
                self.assertTrue(any("state/health: " + said in line and "is not used" in line
                                    for line in self.server.log), self.server.log)
                self.assertEqual(answer, [FIRST, THIRD])
                self.assertEqual(self.health(), {FIRST: ("up", True), SECOND: ("down", True),
                                                 THIRD: ("up", True)})

    def test_a_reload_keeps_what_is_known_of_who_stays(self):
        self.stop_web(FIRST)
        self.start_web(SECOND, FOURTH)
        self.folder.write("db.mydomain.com", ZONE.replace("2026010100", "2026010101") + "".join(
            f"www  1 IN A {address}\n" for address in (FIRST, SECOND, FOURTH, FIFTH)))
        self.server.signal(signal.SIGHUP)
        seen = []

        def settled():
            seen.append(self.ask())
            # A new member is probed at once. Members that stay keep their health: one probe cannot
            # turn them.
            return self.health() == {FIRST: ("up", True), SECOND: ("down", True),
                                     FOURTH: ("up", True), FIFTH: ("down", True)}

        self.assertTrue(eventually(settled, SECONDS, poll=0.005), self.health())
        for rcode, addresses in seen:  # no question was refused for the time of a first round
            self.assertEqual(rcode, dns.rcode.NOERROR)
            self.assertIn(FIRST, addresses)
            self.assertNotIn(SECOND, addresses)
        self.assertEqual(self.answer(), [FIRST, FOURTH])


if __name__ == "__main__":
    unittest.main(verbosity=2)
