"""Unusual and broken requests to the four servers: what each does, and that Rollcall does what the
RFCs want of it. With --table it prints docs/conformance.md's table."""

import os
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.environ.setdefault("ROLLCALL_SOURCE", os.path.dirname(os.path.dirname(HERE)))
os.environ.setdefault("ROLLCALL_BUILD", os.path.join(SOURCE, "build", "release"))
sys.path.insert(0, os.path.join(SOURCE, "tests", "system"))

# pylint: disable=wrong-import-position
import namespace  # noqa: E402

namespace.enter()

import odd_packets  # noqa: E402
import peers  # noqa: E402

SILENCE_SECONDS = 0.5  # how long nothing has to come; an answer is waited for longer


class OddZone:
    """The one zone that is asked about."""

    origin = (b"odd", b"test")

    @staticmethod
    def text():
        return ("$ORIGIN odd.test.\n$TTL 300\n@ SOA ns host 1 3600 600 86400 60\n@ NS ns\n"
                "ns A 192.0.2.1\nwww A 192.0.2.2\n")


def ask(server, odd):
    silent = odd.expected == "silence" and server.name == "rollcall"
    return odd_packets.describe(server.exchange(
        odd.octets, SILENCE_SECONDS if silent or server.name != "rollcall" else
        peers.ANSWER_SECONDS, 1))


def print_table():
    with peers.Peers([OddZone()]) as running:
        print("| request | rollcall | NSD | Knot | BIND | clause |\n| --- " * 1 + "| --- " * 5 + "|")
        for odd in odd_packets.ODD:
            said = [ask(running.servers[name], odd) for name in peers.NAMES]
            print(f"| {odd.name} | {' | '.join(said)} | {odd.clause} |")


class OddPackets(unittest.TestCase):
    """Rollcall alone: the peers' behaviour is theirs, and stands in docs/conformance.md."""

    def test_what_rollcall_says(self):
        with peers.Peers([OddZone()], ("rollcall",)) as running:
            server = running.servers["rollcall"]
            for odd in odd_packets.ODD:
                with self.subTest(odd.name):
                    self.assertEqual(ask(server, odd), odd.expected, odd.clause)
            self.assertIsNone(server.process.poll())


if __name__ == "__main__":
    if sys.argv[1:] == ["--table"]:
        print_table()
    else:
        unittest.main()
