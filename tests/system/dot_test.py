"""DNS over TLS (RFC 7858) and transfers over TLS (RFC 9103): kdig, dig, openssl, BIND and NSD."""

import contextlib
import os
import re
import select
import signal
import socket
import ssl
import struct
import time
import unittest

from support import namespace

namespace.enter()

# pylint: disable=wrong-import-position
from support import bind_secondary, certificates, nsd_server, programs  # noqa: E402
from support.dns_client import Client, receive_framed, send_framed  # noqa: E402
from support.programs import eventually  # noqa: E402

# pylint: disable=wrong-import-order
import processes  # noqa: E402

SECONDS = 20
HOST = "ns1.example.com"
SECONDARY = "127.0.0.1"  # on port 53

CONFIG = """\
server:
  listen: ["127.0.0.1:{port}"]
  state_dir: state
  tls: {{listen: ["127.0.0.1:{tls}"], certificate: {folder}/server.pem, key: {folder}/server.key}}
control: {{socket: control.sock}}
zones:
  example.com: {{file: db, allow_transfer: [127.0.0.0/8]}}
"""

ZONE = """\
$TTL 300
@    IN SOA ns1 hostmaster ({serial} 1 1 86400 60)
     IN NS  ns1
ns1  IN A   127.0.0.1
www  IN A   127.0.0.31
""" + "".join(f"text{i} TXT \"{'x' * 200}\"\n" for i in range(2000))

BIND = bind_secondary.HEAD.replace("{more}", bind_secondary.OWN_ADDRESS) + """\
tls rollcall {{ ca-file "{ca}"; remote-hostname "{host}"; }};
zone "example.com" {{
  type secondary;
  file "example.com.secondary";
  masterfile-format text;
  min-refresh-time 1;
  primaries {{ 127.0.0.1 port {tls} tls rollcall; }};
}};
"""

NSD = nsd_server.HEAD.replace("{more}", '  tls-cert-bundle: "{ca}"\n') + """\
tls-auth:
  name: rollcall
  auth-domain-name: {host}
zone:
  name: example.com
  zonefile: example.com.zone
  request-xfr: AXFR 127.0.0.1@{tls} NOKEY rollcall
  allow-notify: 127.0.0.1 NOKEY
"""


def question(name, kind=1):
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    return struct.pack("!6H", 1, 0, 1, 0, 0, 0) + labels + struct.pack("!xHH", kind, 1)


QUESTION = question("www.example.com")


class WithCertificate(unittest.TestCase):
    """A folder with a configuration, its zone and a certificate."""

    def setUp(self):
        self.folder = programs.Folder()
        self.addCleanup(self.folder.remove)
        os.mkdir(self.folder.join("state"))
        self.authority = certificates.Authority(self.folder.join("ca"))
        self.authority.sign("server", HOST, -1, 30)
        os.chmod(self.authority.path("server.key"), 0o600)
        self.port, self.tls = programs.free_port(), programs.free_port()
        self.folder.write("rollcall.yaml", CONFIG.format(
            port=self.port, tls=self.tls, folder=self.authority.folder))
        self.folder.write("db", ZONE.format(serial=1))


class Served(WithCertificate):
    """A server that speaks TLS."""

    def setUp(self):
        super().setUp()
        self.client = Client("127.0.0.1", self.port)
        self.processes = processes.Processes()
        self.addCleanup(self.processes.end_all)
        self.server = programs.Server(self.folder)
        self.addCleanup(self.server.end)
        self.server.start(lambda: self.client.ready("example.com", "SOA"))

    def context(self):
        context = ssl.create_default_context(cafile=self.authority.path("ca.pem"))
        context.set_alpn_protocols(["dot"])
        return context

    def connect(self, context=None):
        plain = socket.create_connection(("127.0.0.1", self.tls), timeout=SECONDS)
        stream = (context or self.context()).wrap_socket(plain, server_hostname=HOST)
        self.addCleanup(stream.close)
        return stream

    def exchange(self, stream, message):
        send_framed(stream, message)
        reply = receive_framed(stream)
        self.assertIsNotNone(reply, "the stream has ended")
        return reply


class Queries(Served):
    """What resolvers and people do."""

    def test_kdig_and_dig(self):
        kdig = programs.run("kdig", "@127.0.0.1", "-p", str(self.tls),
                            f"+tls-ca={self.authority.path('ca.pem')}", f"+tls-hostname={HOST}",
                            "+short", "www.example.com", "A")
        self.assertEqual(kdig.stdout.strip(), "127.0.0.31", kdig.stderr)
        dig = programs.run("dig", "@127.0.0.1", "-p", str(self.tls), "+tls", "+short",
                           "www.example.com", "A")
        self.assertEqual(dig.stdout.strip(), "127.0.0.31", dig.stderr)
        self.assertTrue(any("listening on 127.0.0.1" in line and "DNS over TLS" in line
                            for line in self.server.log))

    def test_many_queries_on_a_connection_are_answered_in_order(self):
        stream = self.connect()
        self.assertEqual(stream.selected_alpn_protocol(), "dot")
        messages = [struct.pack("!H", i) + question("www.example.com")[2:] for i in range(500)]
        send_framed(stream, *messages)
        for i in range(500):
            self.assertEqual(struct.unpack("!H", receive_framed(stream)[:2])[0], i)

    def test_a_query_in_pieces(self):
        stream = self.connect()
        for octet in struct.pack("!H", len(QUESTION)) + QUESTION:
            stream.sendall(bytes([octet]))
        self.assertEqual(receive_framed(stream)[-4:], bytes([127, 0, 0, 31]))

    def test_a_session_is_resumed(self):
        context = self.context()
        first = self.connect(context)
        self.exchange(first, question("www.example.com"))
        again = socket.create_connection(("127.0.0.1", self.tls), timeout=SECONDS)
        with context.wrap_socket(again, server_hostname=HOST, session=first.session) as stream:
            self.assertTrue(stream.session_reused)
            self.assertEqual(self.exchange(stream, question("www.example.com"))[-4:],
                             bytes([127, 0, 0, 31]))

    def test_other_protocols_and_old_versions_are_refused(self):
        other = self.context()
        other.set_alpn_protocols(["h2"])
        with self.assertRaises(ssl.SSLError):
            self.connect(other)
        old = programs.run("openssl", "s_client", "-connect", f"127.0.0.1:{self.tls}", "-tls1_1",
                           "-cipher", "ALL:@SECLEVEL=0")
        self.assertNotEqual(old.returncode, 0)
        none = ssl.create_default_context(cafile=self.authority.path("ca.pem"))
        self.assertIsNone(self.connect(none).selected_alpn_protocol())

    def test_plain_dns_on_the_port_is_ended(self):
        with socket.create_connection(("127.0.0.1", self.tls), timeout=SECONDS) as plain:
            send_framed(plain, QUESTION)
            while plain.recv(100):
                pass

    def test_who_says_nothing_is_ended_and_nobody_waits_for_it(self):
        silent = [socket.create_connection(("127.0.0.1", self.tls), timeout=60) for _ in range(100)]
        slow = socket.create_connection(("127.0.0.1", self.tls), timeout=60)
        slow.sendall(b"\x16")
        self.assertEqual(self.exchange(self.connect(), question("www.example.com"))[-4:],
                         bytes([127, 0, 0, 31]))
        for each in [*silent, slow]:
            self.assertEqual(each.recv(1), b"")
            each.close()

    def test_octets_of_a_record_that_never_ends_are_no_progress(self):
        stream = self.connect()
        self.exchange(stream, question("www.example.com"))
        plain = socket.socket(fileno=os.dup(stream.fileno()))
        plain.settimeout(60)
        self.addCleanup(plain.close)
        plain.sendall(b"\x17\x03\x03\x01\x00")  # the head of a record of 256 octets
        sent = 0
        with contextlib.suppress(OSError):
            while sent < 250:
                plain.sendall(b"x")
                sent += 1
                time.sleep(0.2)
                if select.select([plain], [], [], 0)[0]:
                    break
        self.assertLess(sent, 250)

    def test_a_new_certificate_takes_effect_at_a_reload(self):
        stream = self.connect()
        before = stream.getpeercert()["serialNumber"]
        self.authority.sign("server", HOST, -1, 60)
        self.assertEqual(self.server.ctl("reload").returncode, 0)
        self.assertTrue(eventually(
            lambda: self.connect().getpeercert()["serialNumber"] != before, SECONDS))
        self.exchange(stream, question("www.example.com"))  # the old session goes on
        with open(self.authority.path("server.pem"), "w", encoding="ascii") as file:
            file.write("no certificate\n")
        self.server.signal(signal.SIGHUP)
        self.assertTrue(eventually(
            lambda: any("server.tls: certificate: no certificate" in line
                        for line in self.server.log), SECONDS), self.server.log)
        self.exchange(self.connect(), question("www.example.com"))


class Transfers(Served):
    """Zone transfers over TLS."""

    def assert_follows(self, client, log):
        self.assertTrue(eventually(lambda: client.ready("example.com", "SOA"), SECONDS), log)
        self.assertEqual(client.serial("example.com"), 1)
        self.folder.write("db", ZONE.format(serial=2))
        self.assertEqual(self.server.ctl("reload").returncode, 0)
        self.assertTrue(eventually(lambda: client.serial("example.com") == 2, SECONDS))
        self.assertTrue(any("transfer of example.com to 127.0.0." in line
                            for line in self.server.log), self.server.log)

    def test_bind(self):
        folder = self.folder.join("bind")
        os.mkdir(folder)
        config = os.path.join(folder, "named.conf")
        with open(config, "w", encoding="ascii") as file:
            file.write(BIND.format(folder=folder, address=SECONDARY, tls=self.tls, host=HOST,
                                   ca=self.authority.path("ca.pem")))
        log = []
        self.processes.start("named", bind_secondary.command(folder, config), lambda _, line: log.append(line))
        self.assert_follows(Client(SECONDARY, 53), log)

    def test_nsd(self):
        folder = self.folder.join("nsd")
        os.mkdir(folder)
        config = os.path.join(folder, "nsd.conf")
        with open(config, "w", encoding="ascii") as file:
            file.write(NSD.format(folder=folder, address=SECONDARY, tls=self.tls, host=HOST,
                                  ca=self.authority.path("ca.pem")))
        log = []
        self.processes.start("nsd", ["nsd", "-d", "-c", config], lambda _, line: log.append(line))
        self.assert_follows(Client(SECONDARY, 53), log)

    def test_no_transfer_under_tls_1_2(self):
        old = self.context()
        old.maximum_version = ssl.TLSVersion.TLSv1_2
        stream = self.connect(old)
        self.assertEqual(self.exchange(stream, question("www.example.com"))[-4:],
                         bytes([127, 0, 0, 31]))
        self.assertEqual(self.exchange(stream, question("example.com", 252))[3] & 15, 5)
        self.assertTrue(eventually(
            lambda: any("transfers need TLS 1.3 (RFC 9103 section 8.2)" in line
                        for line in self.server.log), SECONDS), self.server.log)


class BadFiles(WithCertificate):
    """--check says what is wrong with the files of server.tls."""

    def check(self):
        done = programs.run(programs.ROLLCALLD, "-c", self.folder.join("rollcall.yaml"), "--check")
        return done.returncode, done.stdout + done.stderr

    def test_what_is_said(self):
        self.assertEqual(self.check()[0], 0)
        os.chmod(self.authority.path("server.key"), 0o644)
        self.assertRegex(self.check()[1], r"rollcall.yaml:4:\d+: warning: .*server.key.*users other than its owner")
        os.chmod(self.authority.path("server.key"), 0o600)
        self.authority.sign("server", HOST, -20, 3)
        os.chmod(self.authority.path("server.key"), 0o600)
        self.assertRegex(self.check()[1], r"warning: .*server.pem: the certificate is good "
                                              r"only until 20\d\d-")
        good = self.authority.path("server.key")
        self.authority.sign("other", HOST, -1, 30)
        os.rename(self.authority.path("other.key"), good)
        code, said = self.check()
        self.assertEqual(code, 1)
        self.assertRegex(said, r"rollcall.yaml:4:\d+: error: server.tls: key: the key is "
                                      r"not the certificate's")
        os.remove(good)
        self.assertTrue(re.search(r"error: .*server.key: No such file", self.check()[1]))


if __name__ == "__main__":
    unittest.main()
