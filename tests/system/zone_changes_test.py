"""rollcalld while its zones change: transfers, NOTIFY, reloads, serials over restarts."""

import signal
import socket
import threading
import time
import unittest

from support import namespace

namespace.enter()

# pylint: disable=wrong-import-position
import dns.exception  # noqa: E402
import dns.message  # noqa: E402
import dns.opcode  # noqa: E402
import dns.rcode  # noqa: E402
import dns.rdatatype  # noqa: E402

from support import zone_fixture  # noqa: E402
from support.programs import eventually  # noqa: E402
from support.served_zones import SECONDS, ServedZones  # noqa: E402

REFUSED = 1  # rollcallctl's exit status


class BrokenZoneTest(ServedZones):
    """One zone's file has an error from the start."""

    third_zone = zone_fixture.BROKEN

    def test_it_alone_is_not_served(self):
        for name in ("third.example", "www.third.example", "nothing.third.example"):
            self.assertEqual(self.client.udp(name).rcode(), dns.rcode.SERVFAIL)
        self.assertEqual(self.client.addresses("ns1.second.example"), ["192.0.2.1"])
        self.assertTrue(eventually(
            lambda: any("db.third:5" in line for line in self.server.log), SECONDS),
            self.server.log)

    def test_each_error_is_logged_once(self):
        self.assertEqual(self.reload().returncode, REFUSED)

        def errors():
            return [line for line in list(self.server.log) if "db.third:5" in line]

        # The log is written behind the reply to the reload.
        eventually(lambda: len(errors()) >= 2, SECONDS)
        self.assertEqual(len(errors()), 2, "at the start and at the reload")
        for line in errors():
            self.assertEqual(line.count("error"), 1, line)

    def test_mended_and_read_again(self):
        self.assertEqual(self.reload().returncode, REFUSED)
        self.folder.write("db.third", zone_fixture.SECOND)
        done = self.reload()
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(eventually(
            lambda: self.client.udp("ns1.third.example").rcode() == dns.rcode.NOERROR, SECONDS))


class TransferTest(ServedZones):
    """AXFR and NOTIFY."""

    def test_axfr_to_whom_it_is_allowed(self):
        zone = self.client.transfer("example.com", source="127.0.0.2")
        self.assertEqual(str(zone.get_rdataset("mail.example.com.", "A")[0]), "192.0.2.2")
        self.assertEqual(len(zone.get_rdataset("huge.example.com.", "TXT")), 40)
        self.assertEqual(str(zone.get_rdataset("ns.sub.example.com.", "A")[0]), "192.0.2.6")
        self.assertEqual(zone.get_rdataset("example.com.", "SOA")[0].serial,
                         self.client.serial("example.com"))
        self.assertIsNotNone(self.client.transfer("example.com", source="127.0.0.9"))

    def test_axfr_refused(self):
        for source in ("127.0.0.1", "127.0.0.3"):
            with self.subTest(source), self.assertRaises(dns.exception.DNSException):
                self.client.transfer("example.com", source=source)
        with self.assertRaises(dns.exception.DNSException):
            self.client.transfer("second.example", source="127.0.0.2")
        reply = self.client.tcp("example.com", "AXFR")
        self.assertEqual(reply.rcode(), dns.rcode.REFUSED)
        self.assertEqual(reply.answer, [])

    def test_notify_on_change(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as secondary:
            secondary.bind(("127.0.0.9", self.notify_port))
            secondary.settimeout(SECONDS)
            serial = self.client.serial("example.com")
            self.change_zone(2026010200, "second")
            self.assertEqual(self.reload().returncode, 0)
            deadline = time.monotonic() + SECONDS
            while time.monotonic() < deadline:
                wire, sender = secondary.recvfrom(4096)
                notify = dns.message.from_wire(wire)
                if notify.opcode() == dns.opcode.QUERY:
                    continue  # for our SOA, after an earlier NOTIFY
                self.assertEqual(notify.opcode(), dns.opcode.NOTIFY)
                self.assertEqual(str(notify.question[0].name), "example.com.")
                self.assertEqual(notify.question[0].rdtype, dns.rdatatype.SOA)
                secondary.sendto(dns.message.make_response(notify).to_wire(), sender)
                told = [rrset[0].serial for rrset in notify.answer] or [
                    self.client.serial("example.com")]  # RFC 1996 3.7: the SOA is only a hint
                if told[0] > serial:
                    break  # one for the start may have come before it
            self.assertGreater(told[0], serial)
            self.assertEqual(self.client.serial("example.com"), told[0])

    def test_a_notify_that_reaches_nobody_is_said(self):
        with open(self.folder.join("rollcall.yaml"), encoding="utf-8") as file:
            config = file.read()
        listening = f"127.0.0.9:{self.notify_port}"
        self.assertIn(listening, config)
        self.folder.write("rollcall.yaml", config.replace(listening, "192.0.2.9:53"))
        self.change_zone(2026010200, "second")
        self.assertEqual(self.reload().returncode, 0)
        text = "to 192.0.2.9:53: no response (Network is unreachable)"
        self.assertTrue(eventually(
            lambda: any(text in line for line in list(self.server.log)), SECONDS), self.server.log)


class ReloadTest(ServedZones):
    """Reloads while queries come in."""

    def test_no_query_is_lost(self):
        stream = QueryStream(self.client)
        stream.start()
        try:
            self.assertTrue(eventually(lambda: stream.answered > 50, SECONDS))
            for number in range(1, 6):
                self.change_zone(2026010200 + number, f"reload {number}")
                if number % 2:
                    done = self.reload()
                    self.assertEqual(done.returncode, 0, done.stderr)
                else:
                    self.server.signal(signal.SIGHUP)
                self.assertTrue(eventually(
                    lambda wanted=f"reload {number}": self.marker() == wanted, SECONDS))
            before = stream.answered
            self.assertTrue(eventually(lambda: stream.answered > before + 50, SECONDS))
        finally:
            stream.stop()
        self.assertEqual(stream.problems, [])

    def test_a_refused_file_keeps_the_old_zone(self):
        serial = self.client.serial("example.com")
        text = zone_fixture.zone(2026010300, "never") + "bad IN A not-an-address\n"
        self.folder.write("db.example.com", text)
        done = self.reload()
        self.assertEqual(done.returncode, REFUSED)
        line = text.count("\n")
        self.assertRegex(done.stderr, rf"db\.example\.com:{line}\b")
        self.assertEqual(self.marker(), "first")
        self.assertEqual(self.client.serial("example.com"), serial)
        self.assertEqual(self.client.addresses("ns1.second.example"), ["192.0.2.1"])

    def test_one_zone_by_name(self):
        self.change_zone(2026010400, "by name")
        done = self.reload("example.com")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(eventually(lambda: self.marker() == "by name", SECONDS))
        self.assertEqual(self.reload("nobody.example").returncode, REFUSED)


class SerialTest(ServedZones):
    """The served serial never goes back."""

    def test_restart_and_crash(self):
        last = self.client.serial("example.com")
        self.assertGreaterEqual(last, 2026010100)
        self.change_zone(2026010500, "ahead")
        self.assertEqual(self.reload().returncode, 0)
        self.assertTrue(eventually(
            lambda: self.client.serial("example.com") >= 2026010500, SECONDS))
        last = self.client.serial("example.com")
        self.change_zone(2026010100, "the file's serial went back")
        self.assertEqual(self.server.stop(), 0)
        self.start()
        self.assertGreater(self.client.serial("example.com"), last)  # other content
        for _ in range(3):
            last = self.client.serial("example.com")
            self.server.crash()
            self.start()
            self.assertGreaterEqual(self.client.serial("example.com"), last)


class QueryStream(threading.Thread):
    """Asks without a pause and remembers failures."""

    def __init__(self, client):
        super().__init__(daemon=True)
        self._client = client
        self._stop_asked = threading.Event()
        self.answered = 0
        self.problems = []

    def run(self):
        while not self._stop_asked.is_set():
            try:
                reply = self._client.udp("target.example.com", "A")
                good = (reply.rcode() == dns.rcode.NOERROR and
                        [str(r) for r in reply.answer[0]] == ["192.0.2.3"])
                if not good:
                    self.problems.append(reply.to_text())
            except (dns.exception.DNSException, OSError, IndexError) as error:
                self.problems.append(repr(error))
            self.answered += 1

    def stop(self):
        self._stop_asked.set()
        self.join(SECONDS)


if __name__ == "__main__":
    unittest.main(verbosity=2)
