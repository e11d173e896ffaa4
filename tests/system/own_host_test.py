"""Things that rollcalld's own host lacks: an address family, ping sockets, a check's issuers."""

import http.server
import os
import socket
import threading
import unittest

from support import namespace

namespace.enter()

# pylint: disable=wrong-import-position
from support import programs  # noqa: E402
from support.certificates import Authority  # noqa: E402
from support.check_fixture import SECONDS, CheckFixture  # noqa: E402
from support.programs import eventually  # noqa: E402

PORT = 8080
V4, V6 = "127.0.0.31", "::1"
NO_WAY = "Cannot assign requested address|Network is unreachable"


def sysctl(name, value):
    with open("/proc/sys/net/" + name, "w", encoding="ascii") as file:
        file.write(value)


class Web(http.server.ThreadingHTTPServer):
    """Replies 200 to every request, over both families."""

    daemon_threads = True

    def __init__(self, family, address):
        self.address_family = family
        super().__init__((address, PORT), Page)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def server_bind(self):
        if self.address_family == socket.AF_INET6:  # "::" leaves IPv4 to the other one
            self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        super().server_bind()


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


class OwnHostFixture(CheckFixture):
    def said(self, text):
        return [line for line in self.server.log if text in line]

    def check(self):
        return programs.run(programs.ROLLCALLD, "--check", "-c", "rollcall.yaml",
                            cwd=self.folder.path)


class WithoutIpv6Test(OwnHostFixture):
    """A host without IPv6 has members with AAAA records."""

    CASES = {
        "web": (f"type: http, port: {PORT}", [V4, V6]),
        "open": (f"type: tcp, port: {PORT}", [V4, V6], "check: open, when_all_down: fail_closed"),
        "dns": (f"type: dns, port: {PORT}, query: example.com", ["2001:db8::1"],
                "check: dns, when_all_down: fail_closed"),
        "ping": ("type: icmp", [V6], "check: ping, when_all_down: fail_closed"),
    }

    def setUp(self):
        for family, address in ((socket.AF_INET, V4), (socket.AF_INET6, "::")):
            web = Web(family, address)
            self.addCleanup(web.server_close)
            self.addCleanup(web.shutdown)
        sysctl("ipv6/conf/all/disable_ipv6", "1")
        self.addCleanup(sysctl, "ipv6/conf/all/disable_ipv6", "0")
        self.set_up_folder()
        self.start_rollcall()

    def test_nobody_is_down_for_want_of_a_family(self):
        self.assertRegex(self.check().stderr, "warning: .* cannot be probed from this host now: "
                                              f"({NO_WAY})")
        self.logged("cannot be probed from this host now")
        self.becomes("web", "up", "^$", V4)
        for pool, address in (("web", V6), ("open", V6), ("dns", "2001:db8::1"), ("ping", V6)):
            self.becomes(pool, "unknown", f"^cannot probe: connect.*: ({NO_WAY})$", address)
            name = f"{pool}.mydomain.com"
            self.assertTrue(eventually(
                lambda name=name, address=address:
                self.client.addresses(name, "AAAA") == [address], SECONDS), name)
        self.logged("cannot probe: ")
        sysctl("ipv6/conf/all/disable_ipv6", "0")
        for pool in ("web", "open", "ping"):
            self.becomes(pool, "up", "^$", V6)
        sysctl("ipv6/conf/all/disable_ipv6", "1")
        for pool in ("web", "open", "ping"):
            self.becomes(pool, "up", f"^cannot probe: connect.*: ({NO_WAY})$", V6)
        self.assertEqual(self.said("is down"), [])
        self.assertEqual(len(self.said("cannot probe: ")), 1, "once a minute")


class WithoutPingSocketTest(OwnHostFixture):
    """The user that rollcalld switches to may not open ping sockets."""

    CASES = {"ping": ("type: icmp", [V4], "check: ping, when_all_down: fail_closed")}

    def setUp(self):
        sysctl("ipv4/ping_group_range", "1 0")
        self.addCleanup(sysctl, "ipv4/ping_group_range", "0 2147483647")
        self.set_up_folder()

    def configure(self, **words):
        super().configure(**words)
        with open(self.folder.join("rollcall.yaml"), encoding="utf-8") as file:
            text = file.read()
        self.folder.write("rollcall.yaml", text.replace("server: {", "server: {user: nobody, "))
        os.chmod(self.folder.path, 0o755)

    def test_the_check_and_the_start_say_so(self):
        words = (r'warning: (\S+:\d+:\d+: )?check "ping" needs a ping socket for IPv4, which '
                 "nobody may not open: .* sysctl -w net.ipv4.ping_group_range=")
        self.start_rollcall()
        checked = self.check()
        self.assertEqual(checked.returncode, 0, checked.stderr)
        self.assertRegex(checked.stderr, words)
        self.assertRegex("\n".join(self.server.log), words)
        self.becomes("ping", "unknown", "^cannot probe: no ping socket .*net.ipv4.ping_group_range")
        self.assertEqual(self.client.becomes("ping.mydomain.com", [V4], SECONDS), [V4])
        self.assertEqual(self.said("is down"), [])
        sysctl("ipv4/ping_group_range", "0 2147483647")
        self.becomes("ping", "up", "^$")


class IssuersTest(OwnHostFixture):
    """The PEM file of a check is read whole, or refused."""

    CASES = {"web": (f"type: https, port: {PORT}, ca: issuers.pem", [V4])}

    def setUp(self):
        self.set_up_folder()
        authority = Authority(self.folder.join("certificates"))
        with open(authority.path("ca.pem"), encoding="ascii") as file:
            self.good = file.read()
        self.folder.write("issuers.pem", f"# ours\n{self.good}\n{self.good}")
        self.start_rollcall()

    def test_what_is_damaged_is_refused_everywhere(self):
        lines = self.good.splitlines(keepends=True)
        bad = {
            "No certificate found": "",
            "no certificate found": "nothing here\n",
            "damaged": self.good + "".join(lines[:3]) + "".join(lines[4:]),
            "is damaged": self.good + "".join(lines[:-1]),
            "PEM block": self.good.replace(lines[2], "!" * 20 + "\n"),
            "only 1 can be read": self.good + self.good.replace("-----BEGIN", "----BEGIN"),
            "PRIVATE KEY": self.good + open(self.folder.join("certificates/ca.key"),
                                            encoding="ascii").read(),
        }
        for words, text in bad.items():
            self.folder.write("issuers.pem", text)
            self.refused(words)
        os.remove(self.folder.join("issuers.pem"))
        self.refused("issuers.pem: No such file or directory")
        os.mkfifo(self.folder.join("issuers.pem"))
        self.refused("issuers.pem: ")
        self.server.stop()
        started = programs.run(programs.ROLLCALLD, "-c", "rollcall.yaml", cwd=self.folder.path)
        self.assertEqual(started.returncode, 1, started.stderr)
        self.assertIn("issuers.pem: ", started.stderr)

    def refused(self, words):
        checked = self.check()
        self.assertEqual(checked.returncode, 1, words)
        self.assertRegex(checked.stderr, f'(?i)error: the check "web": .*{words}')
        reloaded = self.server.ctl("reload")
        self.assertEqual(reloaded.returncode, 1, words)
        self.assertTrue(self.server.alive())


if __name__ == "__main__":
    unittest.main(verbosity=2)
