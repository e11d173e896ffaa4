"""Where rollcalld listens: what the host has, what it will have, and sockets that fail for good."""

import os
import socket
import time
import unittest

from support import namespace

namespace.enter()

# pylint: disable=wrong-import-position
from support import failing_syscalls  # noqa: E402
from support import programs  # noqa: E402
from support.dns_client import Client  # noqa: E402
from support.programs import eventually  # noqa: E402

# pylint: disable=wrong-import-order
import processes  # noqa: E402

PATIENCE = 40  # seconds; a socket is given up after ten
ABSENT, ABSENT6 = "192.0.2.53", "2001:db8::53"
ZONE = """\
$TTL 300
@       IN SOA  ns1 hostmaster (1 3600 600 86400 60)
        IN NS   ns1
ns1     IN A    192.0.2.1
"""
NO_IPV6 = f"socket/{int(socket.AF_INET6)}=EAFNOSUPPORT"
NO_IPV4 = f"socket/{int(socket.AF_INET)}=EAFNOSUPPORT"


class ListenTest(unittest.TestCase):
    def setUp(self):
        self.folder = programs.Folder()
        self.addCleanup(self.folder.remove)
        os.mkdir(self.folder.join("state"))
        self.folder.write("db", ZONE)
        self.log = []
        self.started = processes.Processes()
        self.addCleanup(self.started.end_all)

    def start(self, server, *rules):
        """rollcalld with this `server` section, its calls failing as the rules say."""
        self.folder.write("rollcall.yaml", "control: {socket: control.sock}\n"
                          "zones: {example.com: {file: db}}\n"
                          f"server: {{state_dir: state, workers: 1{server}}}\n")
        command = [programs.ROLLCALLD, "-c", "rollcall.yaml"]
        self.process = self.started.start(
            "rollcalld", failing_syscalls.command(rules, *command) if rules else command,
            lambda _, line: self.log.append(line), cwd=self.folder.path)

    def serves(self, address):
        client = Client(address, 53)
        self.assertTrue(eventually(lambda: client.ready("example.com", "SOA"), PATIENCE), self.log)
        self.assertEqual(client.tcp("example.com", "SOA").answer[0][0].serial, 1)

    def logged(self, text):
        return [line for line in self.log if text in line]

    def test_the_default_is_all_that_there_is(self):
        self.start("")
        self.serves("127.0.0.1")
        self.serves("::1")

    def test_the_default_on_a_kernel_without_ipv6(self):
        self.start("", NO_IPV6)
        self.serves("127.0.0.1")
        self.assertTrue(self.logged("this host has no IPv6: not listening on [::]:53"), self.log)
        self.assertTrue(eventually(lambda: self.logged("listening on 0.0.0.0:53"), PATIENCE))

    def test_the_default_with_ipv6_switched_off(self):
        with open("/proc/sys/net/ipv6/conf/all/disable_ipv6", "w", encoding="ascii") as switch:
            switch.write("1")
        try:
            self.start("")
            self.serves("127.0.0.1")
        finally:
            with open("/proc/sys/net/ipv6/conf/all/disable_ipv6", "w", encoding="ascii") as switch:
                switch.write("0")
            namespace.run("ip", "address", "replace", "::1/128", "dev", "lo")

    def test_the_default_where_there_is_neither(self):
        self.start("", NO_IPV6, NO_IPV4)
        self.assertNotEqual(self.process.wait(PATIENCE), 0)
        self.assertTrue(eventually(
            lambda: self.logged("neither IPv4 nor IPv6 to listen on"), PATIENCE), self.log)

    def test_an_address_that_is_named_must_be_there(self):
        self.start(', listen: [127.0.0.1, "::1"]', NO_IPV6)
        self.assertNotEqual(self.process.wait(PATIENCE), 0)
        self.assertTrue(eventually(lambda: self.logged(
            "cannot listen on [::1]:53 (TCP): Address family not supported by protocol"),
            PATIENCE), self.log)

    def test_an_absent_address_fails_and_says_what_to_do(self):
        self.start(f", listen: [{ABSENT}]")
        self.assertNotEqual(self.process.wait(PATIENCE), 0)
        self.assertTrue(eventually(lambda: self.logged(
            f"cannot listen on {ABSENT}:53 (TCP): Cannot assign requested address; for an "
            "address that appears later, set server.listen_when_absent to wait"), PATIENCE), self.log)

    def test_an_absent_address_is_waited_for(self):
        self.start(f', listen: [127.0.0.1, {ABSENT}, "{ABSENT6}"], listen_when_absent: wait')
        self.serves("127.0.0.1")
        self.assertTrue(self.logged(f"this host has no address {ABSENT} yet"), self.log)
        self.assertTrue(self.logged(f"this host has no address {ABSENT6} yet"), self.log)
        for address, length in ((ABSENT, 32), (ABSENT6, 128)):
            self.assertFalse(Client(address, 53).ready("example.com", "SOA"))
            namespace.run("ip", "address", "add", f"{address}/{length}", "dev", "lo")
            self.addCleanup(namespace.run, "ip", "address", "delete", f"{address}/{length}",
                            "dev", "lo")
            self.serves(address)  # each socket of the client takes answers of that address alone

    def test_a_udp_socket_that_fails_for_good(self):
        self.ends_for("recvmmsg=ENOTSOCK",
                      "UDP 127.0.0.1:53: cannot receive queries: "
                      "Socket operation on non-socket")

    def test_a_tcp_socket_that_fails_for_good(self):
        self.ends_for("accept=EINVAL", "TCP 127.0.0.1:53: cannot accept connections: "
                      "Invalid argument", "accept4=EINVAL")

    def ends_for(self, rule, text, *more):
        self.start(", listen: [127.0.0.1]", rule, *more)
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as knocking:
            self.assertTrue(eventually(
                lambda: knocking.connect_ex(("127.0.0.1", 53)) == 0, PATIENCE), self.log)
            self.assertTrue(eventually(lambda: self.logged(text), PATIENCE), self.log)
            begun = os.times(), time.monotonic()
            self.assertEqual(self.process.wait(PATIENCE), 1)
        used = os.times().children_user + os.times().children_system - \
            begun[0].children_user - begun[0].children_system
        self.assertTrue(self.logged("exiting, so that a supervisor can restart rollcalld"), self.log)
        # One line about it, the last but one; and no CPU time is wasted for ten seconds.
        self.assertLessEqual(len(self.logged(text)), 3, self.log)
        self.assertLess(used, 5)

    def test_a_shortage_at_accept_is_no_end(self):
        self.start(", listen: [127.0.0.1]", "accept=EMFILE", "accept4=EMFILE")
        client = Client("127.0.0.1", 53)
        self.assertTrue(eventually(lambda: client.ready("example.com", "SOA"), PATIENCE), self.log)
        with socket.create_connection(("127.0.0.1", 53), PATIENCE):
            text = "TCP 127.0.0.1:53: cannot accept connections: Too many open files"
            self.assertTrue(eventually(lambda: self.logged(text), PATIENCE), self.log)
            end = time.monotonic() + 12  # longer than the time after which it would be given up
            while time.monotonic() < end:
                self.assertIsNone(self.process.poll(), self.log)
                self.assertTrue(client.ready("example.com", "SOA", timeout=5))
                time.sleep(0.5)
        self.assertEqual(len(self.logged(text)), 1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
