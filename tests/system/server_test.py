"""rollcalld as a nameserver, asked by real clients on 127.0.0.1 and [::1]."""

import socket
import struct
import threading
import unittest

from support import namespace

namespace.enter()

# pylint: disable=wrong-import-position
import dns.flags  # noqa: E402
import dns.message  # noqa: E402
import dns.rcode  # noqa: E402
import dns.rdatatype  # noqa: E402

from support import programs  # noqa: E402
from support.dns_client import Client, receive_framed, send_framed  # noqa: E402
from support.served_zones import ServedZones  # noqa: E402


def records(section):
    """"name type data" of every record of a section, sorted."""
    return sorted(f"{rrset.name} {dns.rdatatype.to_text(rrset.rdtype)} {rdata}"
                  for rrset in section for rdata in rrset)


class AnswerTest(ServedZones):
    """Answers to queries."""

    def test_addresses_and_text(self):
        reply = self.client.udp("MAIL.Example.com", "A")
        self.assertEqual(reply.rcode(), dns.rcode.NOERROR)
        self.assertTrue(reply.flags & dns.flags.AA)
        self.assertFalse(reply.flags & dns.flags.RA)
        self.assertEqual(str(reply.question[0].name), "MAIL.Example.com.")  # as it was asked
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


class StartTest(ServedZones):
    """Queries that begin before the server is ready."""

    def start(self):
        self.rcodes = set()
        over = threading.Event()
        asker = threading.Thread(target=self.ask_until, args=(over,))
        asker.start()
        try:
            super().start()
        finally:
            over.set()
            asker.join()

    def ask_until(self, over):
        query = dns.message.make_query("mail.example.com", "A").to_wire()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.connect(("127.0.0.1", self.port))
            client.settimeout(0.0005)
            while not over.is_set():
                try:
                    client.send(query)
                    self.rcodes.add(client.recv(4096)[3] & 15)
                except (TimeoutError, ConnectionError):
                    pass

    def test_no_zone_of_its_own_is_ever_refused(self):
        self.assertLessEqual(self.rcodes, {dns.rcode.SERVFAIL, dns.rcode.NOERROR})
        self.assertIn(dns.rcode.NOERROR, self.rcodes)


class EdnsTest(ServedZones):
    """EDNS(0) and the sizes of answers."""

    def test_opt_is_answered_with_opt(self):
        self.assertEqual(self.client.udp("mail.example.com", use_edns=False).edns, -1)
        reply = self.client.udp("mail.example.com", use_edns=0, payload=4096)
        self.assertEqual(reply.edns, 0)
        self.assertEqual(reply.payload, 1232)

    def test_unknown_version(self):
        query = dns.message.make_query("mail.example.com", "A", use_edns=0)
        query.ednsflags |= 1 << 16  # RFC 6891 section 6.1.3: the version's place
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
        queries = [dns.message.make_query(name, "A") for name in names for _ in range(5)]
        for number, query in enumerate(queries):
            query.id = number
        with self.client.connect() as stream:
            send_framed(stream, *[query.to_wire() for query in queries])
            replies = [dns.message.from_wire(receive_framed(stream)) for _ in queries]
        self.assertEqual(sorted(reply.id for reply in replies), list(range(len(queries))))
        for reply in replies:
            self.assertEqual(reply.question, queries[reply.id].question)

    def test_far_more_queries_than_buffers_hold(self):
        """The client reads late: the server waits for it in the middle, and none is lost."""
        count = 60_000
        query = dns.message.make_query("txt.example.com", "TXT")
        wires = []
        for number in range(count):
            query.id = number
            wires.append(query.to_wire())
        with self.client.connect() as stream:
            writer = threading.Thread(target=send_framed, args=(stream, *wires))
            writer.start()
            stream.settimeout(30)
            with stream.makefile("rb") as replies:
                for number in range(count):
                    size, = struct.unpack("!H", replies.read(2))
                    self.assertEqual(struct.unpack("!H", replies.read(size)[:2])[0], number)
            writer.join()

    def test_what_was_answered_is_sent_though_the_next_message_is_none(self):
        query = dns.message.make_query("mail.example.com", "A").to_wire()
        with self.client.connect() as stream:
            send_framed(stream, query, b"short")
            reply = dns.message.from_wire(receive_framed(stream))
            self.assertIsNone(receive_framed(stream), "the session ends behind it")
        self.assertEqual(records(reply.answer), ["mail.example.com. A 192.0.2.2"])

    def test_octets_that_drip_do_not_hold_a_session(self):
        with self.client.connect() as stream:
            stream.settimeout(1)
            for _ in range(30):  # three times the limit
                try:
                    stream.sendall(b"\xff")
                    if stream.recv(1) == b"":
                        return
                except TimeoutError:
                    continue
                except ConnectionError:
                    return
        self.fail("the session is still there")

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
    OPT = b"\x00\x00\x29\x04\xd0\x00\x00\x00\x00"  # up to its RDLENGTH
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
                counts=(1, 0, 0, 2), rest=self.QUESTION + self.OPT + b"\0\0" + self.OPT + b"\0\0"),
            "an OPT with a cut option": self.packet(
                counts=(1, 0, 0, 1),
                rest=self.QUESTION + self.OPT + b"\x00\x04\x00\x03\x00\x09"),
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
        loop = self.packet(rest=b"\xc0\x0c\x00\x01\x00\x01")
        for wire in (b"", b"\x00", loop, bytes(range(256))):
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


if __name__ == "__main__":
    unittest.main(verbosity=2)
