"""icmp checks of IPv4 and IPv6 addresses, by ping sockets and by raw ones."""

import unittest

from support import namespace

namespace.enter()
namespace.add_interface("rollcall0", ["192.0.2.1/24", "2001:db8::1/64"])

# pylint: disable=wrong-import-position
from support.check_fixture import CheckFixture  # noqa: E402

HERE, NOBODY = "192.0.2.1", "192.0.2.99"
HERE_V6, UNROUTED = "2001:db8::1", "198.51.100.1"


def sysctl(name, value):
    with open("/proc/sys/net/ipv4/" + name, "w", encoding="ascii") as file:
        file.write(value)


class RawSocketTest(CheckFixture):
    """No group may have ping sockets, so that the raw ones are needed."""

    PING_GROUPS = "1 0"
    CASES = {"ping": ("type: icmp", ["127.0.0.14", HERE, NOBODY, HERE_V6, "::1", UNROUTED])}

    def setUp(self):
        sysctl("ping_group_range", self.PING_GROUPS)
        self.addCleanup(sysctl, "icmp_echo_ignore_all", "0")
        self.set_up_folder()
        self.start_rollcall()

    def test_who_answers_is_up(self):
        for address in ("127.0.0.14", HERE, HERE_V6, "::1"):
            self.becomes("ping", "up", "^$", address)
        self.becomes("ping", "down", "timed out after 900ms|reply: No route to host", NOBODY)
        self.becomes("ping", "unknown", "^cannot probe: connect: Network is unreachable$", UNROUTED)

    def test_who_stops_answering_is_dropped_and_returns(self):
        self.becomes("ping", "up", "^$", HERE)
        sysctl("icmp_echo_ignore_all", "1")
        self.becomes("ping", "down", "^timed out after 900ms$", HERE)
        self.becomes("ping", "up", "^$", HERE_V6)
        sysctl("icmp_echo_ignore_all", "0")
        self.becomes("ping", "up", "^$", HERE)


class PingSocketTest(RawSocketTest):
    """The group of this process may have ping sockets."""

    PING_GROUPS = "0 0"


if __name__ == "__main__":
    unittest.main(verbosity=2)
