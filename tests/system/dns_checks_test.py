"""dns checks against BIND."""

import os
import signal
import socket
import threading
import unittest

import dns.message
import dns.rcode
import dns.rrset

from support import namespace

namespace.enter()
# named listens only on addresses that an interface has.
namespace.run("ip", "address", "add", "127.0.0.13/8", "dev", "lo")

# pylint: disable=wrong-import-position
from support import named_server  # noqa: E402
from support import programs  # noqa: E402
from support.check_fixture import SECONDS, CheckFixture  # noqa: E402
from support.dns_client import Client  # noqa: E402
from support.programs import eventually  # noqa: E402

ADDRESS = "127.0.0.13"
ZONE = """\
$TTL 60
@    IN SOA ns hostmaster (1 3600 600 86400 60)
     IN NS  ns
     IN MX  10 mail
     IN TXT "all is well"
ns   IN A   192.0.2.1
mail IN A   192.0.2.2
www  IN A   192.0.2.80
www  IN A   192.0.2.81
web  IN CNAME www
"""
DNS = "type: dns, port: @dns@, query: "


class OldServer(threading.Thread):
    """A server from before EDNS: FORMERR for queries with an OPT record, and for bad ones."""

    def __init__(self):
        super().__init__(daemon=True)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((ADDRESS, 0))
        self.port = self.socket.getsockname()[1]

    def run(self):
        while True:
            try:
                packet, client = self.socket.recvfrom(4096)
            except OSError:
                return
            query = dns.message.from_wire(packet)
            asked = query.edns
            query.use_edns(False)
            reply = dns.message.make_response(query)
            name = query.question[0].name
            if asked >= 0 or name.to_text().startswith("bad"):
                reply.set_rcode(dns.rcode.FORMERR)
            else:
                reply.answer.append(dns.rrset.from_text(name, 60, "IN", "A", "192.0.2.80"))
            self.socket.sendto(reply.to_wire(), client)


class DnsChecksTest(CheckFixture):
    """One nameserver, asked in many ways."""

    CASES = {
        "address": (DNS + 'www.example.org, expect: "192.0.2.81"', [ADDRESS]),
        "alias": (DNS + "web.example.org, expect: www.example.org", [ADDRESS]),
        "mx": (DNS + "example.org, query_type: MX, expect: mail.example.org", [ADDRESS]),
        "txt": (DNS + "example.org, query_type: TXT, expect: is well", [ADDRESS]),
        "soa": (DNS + "example.org, query_type: SOA", [ADDRESS]),
        "none": (DNS + "none.example.org, rcode: NXDOMAIN", [ADDRESS]),
        "other": (DNS + 'mail.example.org, expect: "192.0.2.20"', [ADDRESS]),
        "nothing": (DNS + "ns.example.org, query_type: AAAA, expect: '2001:db8::1'", [ADDRESS]),
        "no-name": (DNS + "none.example.org", [ADDRESS]),
        "not-ours": (DNS + "example.net", [ADDRESS]),
        "closed": ("type: dns, port: @closed@, query: example.org", [ADDRESS]),
        "regex": (DNS + 'www.example.org, expect_regex: "^192[.]0[.]2[.]8[01]$"', [ADDRESS]),
        "reject": (DNS + 'www.example.org, reject: "192.0.2.81"', [ADDRESS]),
        "no-edns": ('type: dns, port: @old@, query: www.example.org, expect: "192.0.2.80"', [ADDRESS]),
        "formerr": ("type: dns, port: @old@, query: bad.example.org", [ADDRESS]),
        "silent": ("type: dns, port: @silent@, query: example.org", [ADDRESS]),
    }

    def setUp(self):
        self.set_up_folder()
        port, closed = programs.free_port(ADDRESS), programs.free_port(ADDRESS)
        config = named_server.configure(self.folder, ZONE, ADDRESS, port)
        self.log = []
        self.named = self.processes.start(
            "named", [named_server.NAMED, "-g", "-c", config], lambda _, line: self.log.append(line))
        bind = Client(ADDRESS, port)
        self.assertTrue(eventually(lambda: bind.ready("example.org", "SOA"), SECONDS),
                        "\n".join(self.log))
        silent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(silent.close)
        silent.bind((ADDRESS, 0))
        old = OldServer()
        self.addCleanup(old.socket.close)
        old.start()
        self.start_rollcall(dns=port, closed=closed, silent=silent.getsockname()[1], old=old.port)

    def test_what_each_check_says(self):
        for pool in ("address", "alias", "mx", "txt", "soa", "none", "regex", "no-edns"):
            self.becomes(pool, "up", "^$")
        for pool, reason in {
                "other": '^expected "192.0.2.20", got "192.0.2.2"$',
                "nothing": '^expected "2001:db8::1", got no record$',
                "no-name": "^NXDOMAIN, not NOERROR$",
                "not-ours": "^REFUSED, not NOERROR$",
                "closed": "^reply: connection refused$",
                "reject": '^must not say "192.0.2.81", got "192.0.2.81"$',
                "formerr": "^FORMERR, not NOERROR$",
                "silent": "^timed out after 900ms$"}.items():
            self.becomes(pool, "down", reason)

    def test_a_stopped_server_is_dropped_and_returns(self):
        self.becomes("address", "up")
        os.kill(self.named.pid, signal.SIGSTOP)
        try:
            self.becomes("address", "down", "^timed out after 900ms$")
        finally:
            os.kill(self.named.pid, signal.SIGCONT)
        self.becomes("address", "up", "^$")


if __name__ == "__main__":
    unittest.main(verbosity=2)
