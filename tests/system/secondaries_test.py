"""BIND, NSD and Knot follow a zone whose members come and go, each under a TSIG key of its own."""

import base64
import os
import random
import re
import socket
import time
import unittest

from support import namespace

namespace.enter()

# pylint: disable=wrong-import-position
import dns.exception  # noqa: E402
import dns.flags  # noqa: E402
import dns.message  # noqa: E402
import dns.name  # noqa: E402
import dns.opcode  # noqa: E402
import dns.query  # noqa: E402
import dns.rcode  # noqa: E402
import dns.tsig  # noqa: E402
import dns.zone  # noqa: E402

from support import programs  # noqa: E402
from support import signed_secondaries  # noqa: E402
from support.dns_client import TIMEOUT, Client, receive_framed, send_framed  # noqa: E402
from support.programs import eventually  # noqa: E402
from support.signed_secondaries import ADDRESSES, BIND, KEYS, NSD, PRIMARY  # noqa: E402

# pylint: disable=wrong-import-order
import processes  # noqa: E402
import web_backend  # noqa: E402

ORIGIN = "mydomain.com"
WWW = f"www.{ORIGIN}"
BIG = "big.example"
BIG_RECORDS = 5000
LISTENER = "192.0.2.14"  # the big zone's secondary: the test itself
STRANGER = "192.0.2.30"
NODES = ["192.0.2.21", "192.0.2.22", "192.0.2.23"]
PATIENCE = 20  # seconds for a step that takes one or two
FOLLOW = 4     # seconds a secondary may be behind: one until the serial moves, one of NSD

CONFIG_BEFORE = """\
server: {listen: [192.0.2.1], state_dir: state, workers: 2}
control: {socket: control.sock}
"""

# Continues where the page's block ends: within `zones`.
CONFIG_AFTER = """\
  big.example:
    file: db.big
    secondaries: [{address: 192.0.2.14, key: knot.mydomain.com}]
    allow_transfer: ["key:bind.mydomain.com"]
checks:
  web: {type: http, path: /robots.txt, expect: "httpd is working",
        interval: 1s, fast_interval: 200ms, timeout: 800ms, fall: 2, rise: 2}
pools:
  www.mydomain.com: {check: web}
"""

# The refresh is long: a secondary that follows has received the NOTIFY.
ZONE = """\
$TTL 300
@       IN SOA  ns1 hostmaster ({serial} 7200 3600 864000 60)
        IN NS   ns1
ns1     IN A    192.0.2.1
www     5 IN A  192.0.2.21
www     5 IN A  192.0.2.22
www     5 IN A  192.0.2.23
marker  IN TXT  "{marker}"
"""


def big_zone(serial):
    head = f"$TTL 300\n@ IN SOA ns1 hostmaster ({serial} 7200 3600 864000 60)\n  IN NS ns1\n"
    return head + "ns1 IN A 192.0.2.1\n" + "".join(
        f"host-number-{n} IN A 198.51.{100 + n // 250}.{n % 250}\n"
        for n in range(BIG_RECORDS))


class SignedZones(unittest.TestCase):
    """A rollcalld with the page's configuration and real backends; the secondaries on request."""

    @classmethod
    def setUpClass(cls):
        namespace.add_interface("zone0", [f"{address}/24" for address in (
            PRIMARY, *ADDRESSES.values(), LISTENER, STRANGER, *NODES)])

    @classmethod
    def tearDownClass(cls):
        namespace.run("ip", "link", "delete", "zone0")

    def setUp(self):
        self.folder = programs.Folder()
        self.addCleanup(self.folder.remove)
        os.mkdir(self.folder.join("state"))
        self.secrets = {kind: signed_secondaries.make_key(self.folder, name)
                        for kind, name in KEYS.items()}
        self.folder.write("rollcall.yaml", CONFIG_BEFORE + signed_secondaries.page_block("yaml") +
                          CONFIG_AFTER)
        self.folder.write("db.mydomain.com", ZONE.format(serial=2026010100, marker="first"))
        self.folder.write("db.big", big_zone(1))
        self.processes = processes.Processes()
        self.addCleanup(self.processes.end_all)
        self.backends = {address: self.start_backend(address) for address in NODES}
        self.log = []
        self.primary = Client(PRIMARY, 53)
        self.server = programs.Server(self.folder)
        self.addCleanup(self.server.end)
        self.start()

    def start(self):
        self.server.start(lambda: self.primary.ready(ORIGIN, "SOA"))

    def start_backend(self, address):
        backend = web_backend.WebBackend(
            self.folder.path, self.folder.join(f"init.d-{address}"), "web", address, 80)
        self.processes.at_end(backend.end)
        backend.start()
        return backend

    def start_secondaries(self):
        for kind, secret in self.secrets.items():
            command = signed_secondaries.command(self.folder, kind, secret)
            self.processes.start(
                kind, command, lambda name, line: self.log.append(f"{name}: {line}"))

    def reload_as(self, name, text):
        self.folder.write(name, text)
        done = self.server.ctl("reload")
        self.assertEqual(done.returncode, 0, done.stderr)

    def key(self, kind, **changes):
        """dnspython's key of a secondary; `changes` make it another one."""
        return dns.tsig.Key(**{
            "name": f"{KEYS[kind]}.{ORIGIN}", "secret": self.secrets[kind],
            "algorithm": dns.tsig.HMAC_SHA512 if kind == "Knot" else dns.tsig.HMAC_SHA256,
            **changes})

    def logs(self):
        return "\n".join([*self.server.log[-20:], *self.log[-60:]])


class FollowTest(SignedZones):
    """One story: each act builds on the one before."""

    def test_the_story(self):
        self.begin = time.monotonic()
        self.behind = []  # seconds, one for each secondary and change
        self.clients = {kind: Client(address, 53) for kind, address in ADDRESSES.items()}
        self.start_secondaries()
        self.act_all_load_the_zone()
        self.act_a_member_leaves_and_returns()
        self.act_many_flips()
        self.act_a_reload()
        self.act_a_crash()
        self.behind.sort()
        self.tell(f"behind the primary: median {self.behind[len(self.behind) // 2]:.2f} s, "
                  f"max {self.behind[-1]:.2f} s")

    def act_all_load_the_zone(self):
        for kind in ADDRESSES:
            self.assertTrue(eventually(lambda who=kind: self.agrees(who), PATIENCE),
                            f"{kind} does not load the zone\n{self.logs()}")
        self.tell("all have loaded the zone")

    def act_a_member_leaves_and_returns(self):
        for address in NODES[:2]:
            serial = self.primary.serial(ORIGIN)
            self.backends[address].kill()
            self.answered([node for node in NODES if node != address], f"killed {address}")
            self.backends[address].start()
            self.answered(NODES, f"started {address}")
            self.assertGreaterEqual(self.primary.serial(ORIGIN), serial + 2)
        for kind, address in ADDRESSES.items():
            sent = re.compile(rf"transfer of {ORIGIN} to {address}:\d+ done: changes from serial")
            self.assertTrue(any(sent.search(line) for line in self.server.log),
                            f"{kind} has not followed by IXFR\n" + "\n".join(self.server.log))

    def act_many_flips(self):
        """Faster than secondaries follow: one difference covers many serials."""
        drawn = random.Random(1995)
        for _ in range(40):
            done = self.server.ctl(drawn.choice(("drain", "auto")), drawn.choice(NODES))
            self.assertIn(done.returncode, (0, 1), done.stderr)
            if drawn.random() < 0.2:
                self.all_follow("flips")
        for node in NODES:
            self.server.ctl("auto", node)
        self.answered(NODES, "many flips")

    def act_a_reload(self):
        self.reload_as("db.mydomain.com", ZONE.format(serial=2026010200, marker="second"))
        self.assertTrue(eventually(lambda: self.marker(self.primary) == "second", PATIENCE))
        self.all_follow("reloaded")
        for kind, client in self.clients.items():
            self.assertEqual(self.marker(client), "second", kind)
        whole = [line for line in self.server.log if f"transfer of {ORIGIN} to" in line and
                 "changes from serial" not in line]
        self.assertEqual(len(whole), len(ADDRESSES), "one each at the start\n" + "\n".join(whole))

    def act_a_crash(self):
        """kill -9, and a change of the file while no server runs."""
        last = self.primary.serial(ORIGIN)
        self.server.crash()
        self.folder.write("db.mydomain.com", ZONE.format(serial=2026010100, marker="third"))
        self.start()
        self.assertGreater(self.primary.serial(ORIGIN), last)
        self.all_follow("killed rollcalld and started it with another file, its serial behind")
        for kind, client in self.clients.items():
            self.assertEqual(self.marker(client), "third", kind)
        self.backends[NODES[2]].kill()
        self.answered(NODES[:2], f"killed {NODES[2]}")

    # --- what the acts are made of ---

    def answered(self, addresses, what):
        self.assertEqual(self.primary.becomes(WWW, addresses, PATIENCE), sorted(addresses),
                         f"{what}\n{self.logs()}")
        self.all_follow(what)

    def all_follow(self, what):
        since = time.monotonic()
        after = {}

        def all_agree():
            for kind in ADDRESSES:
                if kind not in after and self.agrees(kind):
                    after[kind] = time.monotonic() - since
            return len(after) == len(ADDRESSES)

        self.assertTrue(eventually(all_agree, FOLLOW, poll=0.01),
                        f"{what}: only {sorted(after)} followed\n{self.logs()}")
        self.behind += after.values()
        self.tell(f"{what}; followed after " + ", ".join(
            f"{kind} {seconds:.2f} s" for kind, seconds in after.items()))

    def agrees(self, kind):
        """The same addresses under the same serial as the primary's."""
        try:
            secondary = self.clients[kind]
            return (secondary.serial(ORIGIN) == self.primary.serial(ORIGIN) is not None and
                    sorted(secondary.addresses(WWW)) == sorted(self.primary.addresses(WWW)))
        except (dns.exception.DNSException, OSError):
            return False

    @staticmethod
    def marker(client):
        return client.udp(f"marker.{ORIGIN}", "TXT").answer[0][0].strings[0].decode()

    def tell(self, text):
        print(f"[{time.monotonic() - self.begin:5.1f} s] {text}", flush=True)


class SignatureTest(SignedZones):
    """Which requests are answered under which signature, as dnspython and dig see it."""

    def test_a_signed_query_gets_an_answer_that_verifies(self):
        for kind in KEYS:
            key = self.key(kind)
            for ask in (dns.query.udp, dns.query.tcp):
                with self.subTest(kind, way=ask.__name__):
                    query = dns.message.make_query(ORIGIN, "SOA")
                    query.use_tsig(key)
                    reply = ask(query, PRIMARY, timeout=TIMEOUT)  # raises where it is not genuine
                    self.assertTrue(reply.had_tsig)
                    self.assertEqual(reply.rcode(), dns.rcode.NOERROR)
                    self.assertEqual(reply.answer[0][0].serial, self.primary.serial(ORIGIN))
        self.assertFalse(self.primary.udp(ORIGIN, "SOA").had_tsig)

    def test_transfers_verify(self):
        for kind, source in ADDRESSES.items():
            with self.subTest(kind):
                zone, _ = self.transfer(ORIGIN, self.key(kind), source)
                self.assertEqual(zone.get_rdataset(ORIGIN + ".", "SOA")[0].serial,
                                 self.primary.serial(ORIGIN))
                self.assertEqual(sorted(r.address for r in zone.get_rdataset(WWW + ".", "A")),
                                 NODES)

    def test_a_transfer_of_several_messages(self):
        for key, source in ((self.key("BIND"), STRANGER), (self.key("Knot"), LISTENER)):
            with self.subTest(source):
                zone, messages = self.transfer(BIG, key, source)
                self.assertGreater(messages, 1)
                self.assertEqual(sum(1 for _ in zone.iterate_rdatas("A")), BIG_RECORDS + 1)

    def test_who_is_refused(self):
        """An AXFR from `source`: the expected response, and dnspython's verdict on its TSIG."""
        bind = self.key("BIND")
        other = base64.b64encode(bytes(32)).decode()
        for what, source, key, rcode, complaint in (
                ("unsigned", BIND, None, dns.rcode.REFUSED, None),
                ("signed, from another address", STRANGER, bind, dns.rcode.REFUSED, None),
                ("another secondary's address", NSD, bind, dns.rcode.REFUSED, None),
                ("an unknown key", BIND, self.key("BIND", name="nobody.mydomain.com"),
                 dns.rcode.NOTAUTH, dns.tsig.PeerBadKey),
                ("the wrong algorithm", BIND, self.key("BIND", algorithm=dns.tsig.HMAC_SHA512),
                 dns.rcode.NOTAUTH, dns.tsig.PeerBadKey),
                ("the wrong secret", BIND, self.key("BIND", secret=other),
                 dns.rcode.NOTAUTH, dns.tsig.PeerBadSignature)):
            with self.subTest(what):
                query = dns.message.make_query(ORIGIN, "AXFR")
                if key:
                    query.use_tsig(key)
                wire = self.first_reply(source, query)
                self.assertEqual(dns.rcode.to_text(wire[3] & 0xf), dns.rcode.to_text(rcode))
                self.assertEqual(wire[6:8], b"\0\0")  # no answers
                if complaint:
                    with self.assertRaises(complaint):
                        dns.message.from_wire(wire, keyring=key, request_mac=query.mac)
                else:
                    reply = dns.message.from_wire(wire, keyring=key, request_mac=query.mac)
                    self.assertEqual(reply.had_tsig, key is not None)

    def test_dig(self):
        name = f"hmac-sha256:bind.{ORIGIN}"
        good = self.dig("-y", f"{name}:{self.secrets['BIND']}", ORIGIN, "AXFR")
        self.assertIn("XFR size: 8 records", good.stdout)
        self.assertNotIn("Couldn't verify", good.stdout + good.stderr)
        self.assertIn("Transfer failed", self.dig(ORIGIN, "AXFR").stdout)
        wrong = self.dig("-y", f"{name}:{self.secrets['NSD']}", ORIGIN, "SOA")
        self.assertIn("status: NOTAUTH", wrong.stdout)
        self.assertIn("BADSIG", wrong.stdout)

    def test_notify_is_signed(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as secondary:
            secondary.bind((LISTENER, 53))
            secondary.settimeout(PATIENCE)
            self.reload_as("db.big", big_zone(1000))
            deadline = time.monotonic() + PATIENCE
            told = 0
            while told < 1000 and time.monotonic() < deadline:  # one of the start may come before
                wire, sender = secondary.recvfrom(4096)
                notify = dns.message.from_wire(wire, keyring=self.key("Knot"))
                if notify.opcode() == dns.opcode.QUERY:
                    continue  # for our SOA, after an earlier NOTIFY
                self.assertTrue(notify.had_tsig)
                self.assertEqual(notify.opcode(), dns.opcode.NOTIFY)
                self.assertEqual(sender[0], PRIMARY)
                secondary.sendto(dns.message.make_response(notify).to_wire(), sender)
                told = notify.answer[0][0].serial
            self.assertEqual(told, 1000)

    # --- what the tests are made of ---

    @staticmethod
    def transfer(origin, key, source):
        """The zone, verified, and the number of its messages."""
        count = 0

        def messages():
            nonlocal count
            for message in dns.query.xfr(PRIMARY, origin, keyring=key, keyname=key.name,
                                         keyalgorithm=key.algorithm, source=source,
                                         lifetime=TIMEOUT, relativize=False):
                count += 1
                yield message

        return dns.zone.from_xfr(messages(), relativize=False), count

    @staticmethod
    def first_reply(source, query):
        """The octets of the first message that comes back over TCP."""
        with socket.create_connection((PRIMARY, 53), TIMEOUT, (source, 0)) as stream:
            send_framed(stream, query.to_wire())
            return receive_framed(stream)

    @staticmethod
    def dig(*arguments):
        return programs.run("dig", f"@{PRIMARY}", "-b", BIND, "+tries=1", *arguments)


if __name__ == "__main__":
    unittest.main(verbosity=2)
