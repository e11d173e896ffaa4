"""Members that never stop sending: each probe ends in time, and delays no other."""

import os
import random
import socket
import ssl
import struct
import threading
import time
import unittest

from support import namespace

namespace.enter()

# pylint: disable=wrong-import-position
from support.certificates import Authority  # noqa: E402
from support.check_fixture import SECONDS, CheckFixture  # noqa: E402
from support.programs import eventually  # noqa: E402

GOOD = "127.0.0.80"
PORT = 8080
NEVER = 'expect: "never said"'
# A record with a HelloRequest: a client that waits for a ServerHello ignores it.
HELLO_REQUEST = bytes.fromhex("160303000400000000")
LATE = "timed out after 900ms"


def for_ever(data, pause=0.0):
    """Sends the same until the connection ends."""
    def speak(peer):
        while True:
            peer.sendall(data)
            time.sleep(pause)
    return speak


def after(line, then):
    def speak(peer):
        peer.sendall(line)
        then(peer)
    return speak


def once(data):
    def speak(peer):
        peer.recv(4096)
        peer.sendall(data)
        peer.shutdown(socket.SHUT_WR)
        peer.recv(4096)
    return speak


class Member:
    """A TCP server that treats every client in its own hostile way."""

    def __init__(self, address, speak, context=None):
        self.listener = socket.create_server((address, PORT), backlog=50)
        self.speak, self.context = speak, context
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(peer,), daemon=True).start()

    def serve(self, peer):
        try:
            with peer:
                if self.context is None:
                    self.speak(peer)
                else:
                    with self.context.wrap_socket(peer, server_side=True) as secured:
                        self.speak(secured)
        except OSError:
            pass  # the probe has ended

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


def reply_to_others(udp):
    """Sends endless replies with another id to the last client."""
    asker = reply = None
    while True:
        try:
            question, asker = udp.recvfrom(4096, socket.MSG_DONTWAIT if asker else 0)
            wrong = (int.from_bytes(question[:2], "big") + 1) % 65536
            reply = struct.pack("!H", wrong) + b"\x80\x00" + question[4:]
        except BlockingIOError:
            pass  # no other question meanwhile
        except OSError:
            return
        try:
            for _ in range(50):
                udp.sendto(reply, asker)
        except OSError:
            return
        time.sleep(0.001)


def reply_truncated(udp):
    while True:
        try:
            question, asker = udp.recvfrom(4096)
            udp.sendto(question[:2] + b"\x82\x00" + question[4:], asker)
        except OSError:
            return


def ping_back(address):
    """Sends replies to pings that were never sent."""
    packet = bytes.fromhex("0000fffe00000001")  # a reply without data; the checksum is right
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP) as raw:
        raw.bind((address, 0))
        while True:
            for _ in range(200):
                raw.sendto(packet, ("127.0.0.1", 0))
            time.sleep(0.01)


class HostileMembersTest(CheckFixture):
    """One way of never ending for each type of check."""

    HTTP = f"type: http, port: {PORT}"
    TCP = f"type: tcp, port: {PORT}"
    TLS = f"port: {PORT}, verify: false"
    CASES = {
        "good": (HTTP, [GOOD]),
        "continue": (HTTP, ["127.0.0.81"]),
        "drip": (HTTP, ["127.0.0.82"]),
        "header": (HTTP, ["127.0.0.83"]),
        "body": (HTTP + f", {NEVER}", ["127.0.0.84"]),
        "script": (TCP + f", {NEVER}", ["127.0.0.85"]),
        "banner": (f"type: tcp, starttls: smtp, {TLS}", ["127.0.0.86"]),
        "pop3": (f"type: tcp, starttls: pop3, {TLS}", ["127.0.0.87"]),
        "garbage": (f"type: https, {TLS}", ["127.0.0.88"]),
        "records": (f"type: https, {TLS}", ["127.0.0.89"]),
        "secured": (f"type: https, {TLS}", ["127.0.0.90"]),
        "agent": (f"type: agent, port: {PORT}", ["127.0.0.91"]),
        "agent-drip": (f"type: agent, port: {PORT}", ["127.0.0.92"]),
        "dns": (f"type: dns, port: {PORT}, query: example.com", ["127.0.0.93"]),
        "dns-tcp": (f"type: dns, port: {PORT}, query: example.com, {NEVER}", ["127.0.0.94"]),
        "ping": ("type: icmp", ["127.0.0.95"]),
        "exec": ("type: exec, command: [/usr/bin/yes]", ["127.0.0.96"]),
        "exec-drip": ("type: exec, command: [/bin/sh, -c, "
                      "'while :; do echo x; sleep 0.01; done']", ["127.0.0.97"]),
    }
    REASONS = {
        "continue": "more than 16 informational replies",
        "drip": f"reply: {LATE}",
        "header": "header",
        "body": 'expected "never said", got "xxx',
        "script": 'expected "never said", got "xxx',
        "banner": "STARTTLS: no complete reply within 8 KiB",
        "pop3": f"{LATE}; expected|no complete reply within 8 KiB",
        "garbage": "TLS: ",
        "records": "TLS: too much data",
        "secured": "more than 16 informational replies",
        "agent": 'the agent said "upup',
        "agent-drip": f"reply: {LATE}",
        "dns": "more than 64 replies to other questions",
        "dns-tcp": f"TCP: {LATE}",
        "ping": f"more than 1024 packets other than the reply|{LATE}",
        "exec": "more than 1 MiB of output",
        "exec-drip": LATE,
    }

    def setUp(self):
        self.set_up_folder()
        authority = Authority(self.folder.join("certificates"))
        authority.sign("any", "any.mydomain.com", -1, 30)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(authority.path("any.pem"), authority.path("any.key"))
        status = b"HTTP/1.1 200 OK\r\n"
        goes_on = for_ever(b"HTTP/1.1 100 Continue\r\n\r\n" * 100)
        self.member("good", once(status + b"Content-Length: 0\r\n\r\n"))
        self.member("continue", goes_on)
        self.member("drip", after(status, for_ever(b"x", 0.02)))
        self.member("header", after(status, for_ever(b"X-Header: " + b"x" * 50 + b"\r\n")))
        self.member("body", after(status + b"\r\n", for_ever(b"x" * 4096)))
        self.member("script", for_ever(b"x" * 4096))
        self.member("banner", for_ever(b"220-welcome\r\n"))
        self.member("pop3", for_ever(b"x"))
        self.member("garbage", for_ever(random.randbytes(4096)))
        self.member("records", for_ever(HELLO_REQUEST * 100))
        self.member("secured", goes_on, context)
        self.member("agent", for_ever(b"up" * 1000))
        self.member("agent-drip", for_ever(b"u", 0.02))
        self.member("dns-tcp", after(b"\xff\xff", for_ever(b"x", 0.02)))
        for name, reply in (("dns", reply_to_others), ("dns-tcp", reply_truncated)):
            udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            udp.bind((self.address(name), PORT))
            self.addCleanup(udp.close)
            threading.Thread(target=reply, args=(udp,), daemon=True).start()
        for name, value in (("ping_group_range", "1 0"), ("icmp_echo_ignore_all", "1")):
            with open("/proc/sys/net/ipv4/" + name, "w", encoding="ascii") as file:
                file.write(value)
        threading.Thread(target=ping_back, args=(self.address("ping"),), daemon=True).start()
        self.start_rollcall()

    def address(self, name):
        return self.CASES[name][1][0]

    def member(self, name, speak, context=None):
        self.addCleanup(Member(self.address(name), speak, context).close)

    def cpu_seconds(self):
        with open(f"/proc/{self.server.pid()}/stat", encoding="ascii") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def probes(self, name):
        return self.status()[(name, self.address(name))]["probes"]

    def test_each_probe_ends_and_others_are_made(self):
        for name, reason in self.REASONS.items():
            self.becomes(name, "down", reason)
        self.becomes("good", "up", "^$")
        before = {name: self.probes(name) for name in self.CASES}
        begin, spent = time.monotonic(), self.cpu_seconds()
        self.assertTrue(eventually(lambda: all(
            self.probes(name) >= count + 3 for name, count in before.items()), SECONDS))
        share = (self.cpu_seconds() - spent) / (time.monotonic() - begin)
        self.assertLess(share, 0.6, "the part of a CPU that rollcalld has had")
        self.assertEqual(self.server.stop(), 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
