"""rollcalld as a nameserver, asked by real clients on 127.0.0.1 and [::1]."""

import os
import signal
import socket
import struct
import threading
import time
import unittest

import namespace

namespace.enter()

# pylint: disable=wrong-import-position
import dns.exception  # noqa: E402
import dns.flags  # noqa: E402
import dns.message  # noqa: E402
import dns.opcode  # noqa: E402
import dns.rcode  # noqa: E402

import programs  # noqa: E402
import zone_fixture  # noqa: E402
from dns_client import Client, receive_framed, send_framed  # noqa: E402
from programs import eventually  # noqa: E402

SECONDS = 20  # for anything that should happen at once
REFUSED = 1   # rollcallctl's exit status


class ServedZones(unittest.TestCase):
    """A running server with the fixture's zones, for each test afresh."""

    third_zone = zone_fixture.SECOND

    def setUp(self):
        self.folder = programs.Folder()
        self.addCleanup(self.folder.remove)
        os.mkdir(self.folder.join("state"))
        self.port, self.notify_port = programs.free_port(), programs.free_port("127.0.0.9")
        self.folder.write("rollcall.yaml", zone_fixture.CONFIG.format(
            port=self.port, notify_port=self.notify_port))
        self.folder.write("db.example.com", zone_fixture.zone())
        self.folder.write("db.second", zone_fixture.SECOND)
        self.folder.write("db.third", self.third_zone)
        self.client = Client("127.0.0.1", self.port)
        self.server = programs.Server(self.folder)
        self.addCleanup(self.server.end)
        self.start()

    def start(self):
        self.server.start(lambda: self.client.ready("example.com", "SOA"))

    def change_zone(self, serial, marker):
        self.folder.write("db.example.com", zone_fixture.zone(serial, marker))

    def marker(self):
        return self.client.udp("marker.example.com", "TXT").answer[0][0].strings[0].decode()

    def assert_lives(self):
        self.assertTrue(self.server.alive(), "\n".join(self.server.log[-20:]))
        self.assertTrue(self.client.ready("example.com", "SOA", timeout=5))


def records(section):
    """"name type data" of every record of a section, sorted."""
    return sorted(f"{rrset.name} {dns.rdatatype.to_text(rrset.rdtype)} {rdata}"
                  for rrset in section for rdata in rrset)


class AnswerTest(ServedZones):
    """What a query gets."""

    def test_addresses_and_text(self):
        reply = self.client.udp("MAIL.Example.com", "A")
        self.assertEqual(reply.rcode(), dns.rcode.NOERROR)
        self.assertTrue(reply.flags & dns.flags.AA)
        self.assertFalse(reply.flags & dns.flags.RA)
        self.assertEqual([str(name) for name in (reply.question[0].name,)], ["MAIL.Example.com."])
        self.assertEqual([str(r) for r in reply.answer[0]], ["192.0.2.2"])
        self.assertEqual(reply.answer[0].ttl, 300)
        self.assertEqual(self.client.addresses("mail.example.com", "AAAA"), ["2001:db8::2"])
        text = self.client.udp("txt.example.com", "TXT").answer[0][0]
        self.assertEqual(text.strings, (b"one string", b"and another"))

    def test_mx_and_srv_bring_addresses_along(self):
        reply = self.client.udp("example.com", "MX")
        self.assertEqual(records(reply.answer), ["example.com. MX 10 mail.example.com."])
        self.assertEqual(records(reply.additional), [
            "mail.example.com. A 192.0.2.2", "mail.example.com. AAAA 2001:db8::2"])
        reply = self.client.udp("_sip._tcp.example.com", "SRV")
        self.assertEqual(records(reply.answer),
                         ["_sip._tcp.example.com. SRV 10 20 5060 mail.example.com."])
        self.assertIn("mail.example.com. A 192.0.2.2", records(reply.additional))

    def test_cname_chain(self):
        reply = self.client.udp("a1.example.com", "A")
        self.assertEqual([str(rrset.name) for rrset in reply.answer],
                         ["a1.example.com.", "a2.example.com.", "target.example.com."])
        self.assertEqual(str(reply.answer[2][0]), "192.0.2.3")
        reply = self.client.udp("out.example.com", "A")
        self.assertEqual(records(reply.answer), ["out.example.com. CNAME www.example.net."])
        self.assertEqual(reply.rcode(), dns.rcode.NOERROR)
        reply = self.client.udp("a1.example.com", "CNAME")
        self.assertEqual(records(reply.answer), ["a1.example.com. CNAME a2.example.com."])

    def test_wildcard(self):
        reply = self.client.udp("any.thing.wild.example.com", "A")
        self.assertEqual(records(reply.answer), ["any.thing.wild.example.com. A 192.0.2.4"])
        self.assert_negative(self.client.udp("x.wild.example.com", "MX"), dns.rcode.NOERROR)

    def test_delegation_with_glue(self):
        reply = self.client.udp("host.sub.example.com", "A")
        self.assertEqual(reply.rcode(), dns.rcode.NOERROR)
        self.assertFalse(reply.flags & dns.flags.AA)
        self.assertEqual(reply.answer, [])
        self.assertEqual(records(reply.authority), ["sub.example.com. NS ns.sub.example.com."])
        self.assertEqual(records(reply.additional), ["ns.sub.example.com. A 192.0.2.6"])

    def test_negative_answers(self):
        self.assert_negative(self.client.udp("nothing.example.com"), dns.rcode.NXDOMAIN)
        self.assert_negative(self.client.udp("ns1.example.com", "AAAA"), dns.rcode.NOERROR)
        # RFC 8020: a name with something beneath it exists.
        self.assert_negative(self.client.udp("under.here.example.com"), dns.rcode.NOERROR)

    def assert_negative(self, reply, rcode):
        self.assertEqual(reply.rcode(), rcode)
        self.assertTrue(reply.flags & dns.flags.AA)
        self.assertEqual(reply.answer, [])
        self.assertEqual(len(reply.authority), 1)
        self.assertEqual(str(reply.authority[0].name), "example.com.")
        self.assertEqual(reply.authority[0].rdtype, dns.rdatatype.SOA)
        # RFC 2308 section 3: the smaller of the SOA's TTL (300) and its minimum (60).
        self.assertEqual(reply.authority[0].ttl, 60)

    def test_a_zone_that_is_not_here(self):
        reply = self.client.udp("www.example.org")
        self.assertEqual(reply.rcode(), dns.rcode.REFUSED)
        self.assertFalse(reply.flags & dns.flags.AA)

    def test_ipv6(self):
        client = Client("::1", self.port)
        self.assertEqual(client.addresses("mail.example.com"), ["192.0.2.2"])
        self.assertEqual(records(client.tcp("mail.example.com", "A").answer),
                         ["mail.example.com. A 192.0.2.2"])

    def test_dig(self):
        done = programs.run("dig", "@127.0.0.1", "-p", str(self.port), "+short", "+tries=1",
                            "target.example.com", "A")
        self.assertEqual((done.returncode, done.stdout), (0, "192.0.2.3\n"))


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

    def test_mended_and_read_again(self):
        self.assertEqual(self.server.ctl("reload").returncode, REFUSED)
        self.folder.write("db.third", zone_fixture.SECOND)
        done = self.server.ctl("reload")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(eventually(
            lambda: self.client.udp("ns1.third.example").rcode() == dns.rcode.NOERROR, SECONDS))


class EdnsTest(ServedZones):
    """EDNS(0) and the sizes of answers."""

    def test_opt_is_answered_with_opt(self):
        self.assertEqual(self.client.udp("mail.example.com", use_edns=False).edns, -1)
        reply = self.client.udp("mail.example.com", use_edns=0, payload=4096)
        self.assertEqual(reply.edns, 0)
        self.assertEqual(reply.payload, 1232)

    def test_unknown_version(self):
        query = dns.message.make_query("mail.example.com", "A", use_edns=1)
        reply = dns.message.from_wire(self.client.raw_udp(query.to_wire(), seconds=5))
        self.assertEqual(reply.rcode(), dns.rcode.BADVERS)
        self.assertEqual(reply.edns, 0)
        self.assertEqual(reply.answer, [])

    def test_truncation_and_the_way_over_tcp(self):
        for options, limit in (({"use_edns": False}, 512), ({"use_edns": 0, "payload": 1232}, 1232),
                               ({"use_edns": 0, "payload": 4096}, 1232),
                               ({"use_edns": 0, "payload": 600}, 600)):
            with self.subTest(options=options):
                query = dns.message.make_query("huge.example.com", "TXT", **options)
                wire = self.client.raw_udp(query.to_wire(), seconds=5)
                self.assertLessEqual(len(wire), limit)
                self.assertTrue(struct.unpack("!H", wire[2:4])[0] & dns.flags.TC)
        reply = self.client.tcp("huge.example.com", "TXT")
        self.assertFalse(reply.flags & dns.flags.TC)
        self.assertEqual(len(reply.answer[0]), 40)
        self.assertEqual(len(self.client.udp("big.example.com", use_edns=0).answer[0]), 60)
        self.assertTrue(self.client.udp("big.example.com", use_edns=False).flags & dns.flags.TC)


class TcpTest(ServedZones):
    """Sessions over TCP."""

    def test_pipelined_queries(self):
        names = ["mail.example.com", "target.example.com", "nothing.example.com", "txt.example.com"]
        queries = [dns.message.make_query(name, "A") for name in names] * 5
        for number, query in enumerate(queries):
            query.id = number
        with self.client.connect() as stream:
            send_framed(stream, *[query.to_wire() for query in queries])
            replies = [dns.message.from_wire(receive_framed(stream)) for _ in queries]
        self.assertEqual(sorted(reply.id for reply in replies), list(range(len(queries))))
        for reply in replies:
            self.assertEqual(reply.question, queries[reply.id].question)

    def test_a_message_in_pieces(self):
        query = dns.message.make_query("mail.example.com", "A").to_wire()
        framed = struct.pack("!H", len(query)) + query
        with self.client.connect() as stream:
            stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for octet in framed:
                stream.sendall(bytes([octet]))
            reply = dns.message.from_wire(receive_framed(stream))
        self.assertEqual(records(reply.answer), ["mail.example.com. A 192.0.2.2"])

    def test_half_a_message_then_gone(self):
        with self.client.connect() as stream:
            stream.sendall(b"\x00\x40half")
        self.assert_lives()


class MalformedTest(ServedZones):
    """Packets that no client should send: FORMERR or silence, and the server lives."""

    HEADER = struct.Struct("!HHHHHH")
    QUESTION = b"\x04mail\x07example\x03com\x00\x00\x01\x00\x01"

    def packet(self, flags=0, counts=(1, 0, 0, 0), rest=QUESTION):
        return self.HEADER.pack(0x1234, flags, *counts) + rest

    def test_each(self):
        loop = b"\xc0\x0c\x00\x01\x00\x01"
        cases = {
            "empty": b"", "one octet": b"\x00", "a short header": b"\x12\x34\x00\x00\x00\x01",
            "no question": self.packet(counts=(0, 0, 0, 0), rest=b""),
            "two questions": self.packet(counts=(2, 0, 0, 0), rest=self.QUESTION * 2),
            "a missing question": self.packet(rest=b""),
            "a cut question": self.packet(rest=self.QUESTION[:-3]),
            "a pointer to itself": self.packet(rest=loop),
            "pointers in a ring": self.packet(rest=b"\xc0\x0e\xc0\x0c\x00\x01\x00\x01"),
            "a pointer past the end": self.packet(rest=b"\xff\xff\x00\x01\x00\x01"),
            "a label of a reserved kind": self.packet(rest=b"\x80abc\x00\x00\x01\x00\x01"),
            "a name of 300 octets": self.packet(rest=b"\x3f" + b"a" * 63 + (b"\x3f" + b"b" * 63) * 4
                                                + b"\x00\x00\x01\x00\x01"),
            "two OPT records": self.packet(
                counts=(1, 0, 0, 2), rest=self.QUESTION + b"\x00\x00\x29\x04\xd0\x00\x00\x00\x00\x00\x00" * 2),
            "an OPT with a cut option": self.packet(
                counts=(1, 0, 0, 1),
                rest=self.QUESTION + b"\x00\x00\x29\x04\xd0\x00\x00\x00\x00\x00\x04\x00\x03\x00\x09"),
            "records that are not there": self.packet(counts=(1, 9, 9, 9)),
            "garbage": bytes(range(256)),
        }
        for name, wire in cases.items():
            with self.subTest(name):
                self.assert_formerr_or_silence(self.client.raw_udp(wire))
                self.assert_lives()

    def test_a_response_gets_silence(self):
        self.assertIsNone(self.client.raw_udp(self.packet(flags=0x8000)))
        self.assert_lives()

    def test_other_opcodes(self):
        for opcode in (1, 2, 3, 6, 15):
            wire = self.client.raw_udp(self.packet(flags=opcode << 11), seconds=5)
            self.assertEqual(wire[:2], b"\x12\x34")
            self.assertEqual(wire[3] & 0xf, dns.rcode.NOTIMP, opcode)

    def test_over_tcp(self):
        for wire in (b"", b"\x00", self.packet(rest=b"\xc0\x0c\x00\x01\x00\x01"), bytes(range(256))):
            with self.subTest(wire=wire[:20]), self.client.connect() as stream:
                send_framed(stream, wire)
                stream.shutdown(socket.SHUT_WR)
                self.assert_formerr_or_silence(receive_framed(stream))
            self.assert_lives()

    def assert_formerr_or_silence(self, wire):
        if wire is not None:
            self.assertGreaterEqual(len(wire), 12)
            self.assertTrue(wire[2] & 0x80, "a reply has QR set")
            self.assertIn(wire[3] & 0xf, (dns.rcode.FORMERR, dns.rcode.NOTIMP, dns.rcode.REFUSED))


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
            self.assertEqual(self.server.ctl("reload").returncode, 0)
            deadline = time.monotonic() + SECONDS
            while time.monotonic() < deadline:
                wire, sender = secondary.recvfrom(4096)
                notify = dns.message.from_wire(wire)
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


class ReloadTest(ServedZones):
    """Reading the files again while questions come in."""

    def test_no_query_is_lost(self):
        stream = QueryStream(self.client)
        stream.start()
        try:
            self.assertTrue(eventually(lambda: stream.answered > 50, SECONDS))
            for number in range(1, 6):
                self.change_zone(2026010200 + number, f"reload {number}")
                if number % 2:
                    done = self.server.ctl("reload")
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
        done = self.server.ctl("reload")
        self.assertEqual(done.returncode, REFUSED)
        line = text.count("\n")
        self.assertRegex(done.stderr, rf"db\.example\.com:{line}\b")
        self.assertEqual(self.marker(), "first")
        self.assertEqual(self.client.serial("example.com"), serial)
        self.assertEqual(self.client.addresses("ns1.second.example"), ["192.0.2.1"])

    def test_one_zone_by_name(self):
        self.change_zone(2026010400, "by name")
        done = self.server.ctl("reload", "example.com")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(eventually(lambda: self.marker() == "by name", SECONDS))
        self.assertEqual(self.server.ctl("reload", "nobody.example").returncode, REFUSED)


class SerialTest(ServedZones):
    """The served serial never goes back."""

    def test_restart_and_crash(self):
        last = self.client.serial("example.com")
        self.assertGreaterEqual(last, 2026010100)
        self.change_zone(2026010500, "ahead")
        self.assertEqual(self.server.ctl("reload").returncode, 0)
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
    """Asks without a pause and remembers what went wrong."""

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
