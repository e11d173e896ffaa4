"""A real client's questions: dnspython, over UDP and TCP."""

import socket
import struct

import dns.exception
import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.rdatatype
import dns.zone

from support.programs import eventually

TIMEOUT = 5  # seconds


class Client:
    """Asks one server."""

    def __init__(self, address, port):
        self.address, self.port = address, port

    def udp(self, name, kind="A", **options):
        query = dns.message.make_query(name, kind, **options)
        return dns.query.udp(query, self.address, port=self.port, timeout=TIMEOUT)

    def tcp(self, name, kind="A", **options):
        query = dns.message.make_query(name, kind, **options)
        return dns.query.tcp(query, self.address, port=self.port, timeout=TIMEOUT)

    def ready(self, name, kind="A", timeout=0.5):
        """True if the name is answered without an error."""
        query = dns.message.make_query(name, kind)
        try:
            reply = dns.query.udp(query, self.address, port=self.port, timeout=timeout)
        except (dns.exception.DNSException, OSError):
            return False
        return reply.rcode() == dns.rcode.NOERROR

    def addresses(self, name, kind="A"):
        """The addresses of the answer in their order."""
        return [rdata.address for rrset in self.udp(name, kind).answer
                for rdata in rrset if rrset.rdtype in (dns.rdatatype.A, dns.rdatatype.AAAA)]

    def serial(self, origin):
        for rrset in self.udp(origin, "SOA").answer:
            return rrset[0].serial
        return None

    def transfer(self, origin, source=None):
        """The zone by AXFR. Raises dns.exception.DNSException if it is refused."""
        return dns.zone.from_xfr(
            dns.query.xfr(self.address, origin, port=self.port, lifetime=TIMEOUT, source=source,
                          relativize=False), relativize=False)

    def becomes(self, name, addresses, seconds):
        """Waits until exactly these addresses are answered. Returns the last answer."""
        wanted = sorted(addresses)
        last = []

        def same():
            try:
                last[:] = sorted(self.addresses(name))
            except (dns.exception.DNSException, OSError):
                last[:] = ["no answer"]
            return last == wanted

        eventually(same, seconds, poll=0.02)
        return last

    def raw_udp(self, packet, seconds=0.3):
        """The reply's octets, or None if nothing came in that time."""
        family = socket.AF_INET6 if ":" in self.address else socket.AF_INET
        with socket.socket(family, socket.SOCK_DGRAM) as client:
            client.settimeout(seconds)
            client.connect((self.address, self.port))
            client.send(packet)
            try:
                return client.recv(65535)
            except (TimeoutError, socket.timeout):
                return None

    def connect(self):
        stream = socket.create_connection((self.address, self.port), timeout=TIMEOUT)
        return stream


def send_framed(stream, *messages):
    """All messages in one write, each behind its length (RFC 1035 4.2.2)."""
    stream.sendall(b"".join(struct.pack("!H", len(m)) + m for m in messages))


def receive_framed(stream):
    """The next message, or None at the end of the stream."""
    head = _receive_exactly(stream, 2)
    return None if head is None else _receive_exactly(stream, struct.unpack("!H", head)[0])


def _receive_exactly(stream, count):
    octets = b""
    while len(octets) < count:
        more = stream.recv(count - len(octets))
        if not more:
            return None
        octets += more
    return octets
