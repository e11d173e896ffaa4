"""Unusual and broken requests: that Rollcall does what the RFCs want of it, and that
docs/conformance.md tells so. With --write it writes that file's section, with what the peers say
now.
"""

import os
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.environ.setdefault("ROLLCALL_SOURCE", os.path.dirname(os.path.dirname(HERE)))
os.environ.setdefault("ROLLCALL_BUILD", os.path.join(SOURCE, "build", "release"))
sys.path.insert(0, os.path.join(SOURCE, "tests", "system"))

# pylint: disable=wrong-import-position
from support import namespace  # noqa: E402

namespace.enter()

import conformance  # noqa: E402
import odd_packets  # noqa: E402
import peers  # noqa: E402

DOCUMENT = os.path.join(SOURCE, "docs", "conformance.md")
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


def observe():
    """For each odd packet, what the four say of it."""
    with peers.Peers([OddZone()]) as running:
        return [[ask(running.servers[name], odd) for name in peers.NAMES]
                for odd in odd_packets.ODD]


class OddPackets(unittest.TestCase):
    """Rollcall alone: the peers' behaviour is theirs, and stands in docs/conformance.md."""

    def test_what_rollcall_says(self):
        with peers.Peers([OddZone()], ("rollcall",)) as running:
            server = running.servers["rollcall"]
            for odd in odd_packets.ODD:
                with self.subTest(odd.name):
                    self.assertEqual(ask(server, odd), odd.expected, odd.clause)
            self.assertIsNone(server.process.poll())


class Conformance(unittest.TestCase):
    """docs/conformance.md is in step with the tables that the tests go by."""

    def test_the_document_has_every_choice(self):
        text = written_section()
        self.assertIn(conformance.INTRODUCTION, text)
        self.assertIn(conformance.choices_table(), text)
        self.assertIn(conformance.reasons(), text)

    def test_the_document_has_every_odd_request(self):
        text = written_section()
        for odd in odd_packets.ODD:
            with self.subTest(odd.name):
                self.assertIn(f"| {odd.name} | {odd.expected} | ", text)
        self.assertLessEqual(set(odd_packets.ALONE), {odd.name for odd in odd_packets.ODD})


def written_section():
    with open(DOCUMENT, encoding="utf-8") as file:
        return split_document(file.read())[1]


def split_document(text):
    """What is before the section, the section, what is behind it."""
    before, heading, rest = text.partition(conformance.HEADING + "\n")
    if not heading:
        return text.rstrip("\n") + "\n\n", "", ""
    end = rest.find("\n## ")
    end = len(rest) if end < 0 else end + 1
    return before, heading + rest[:end], rest[end:]


def write_document():
    with open(DOCUMENT, encoding="utf-8") as file:
        before, _, behind = split_document(file.read())
    said = observe()
    alone = {odd.name for odd, (ours, *others) in zip(odd_packets.ODD, said) if ours not in others}
    if alone != set(odd_packets.ALONE):
        sys.exit(f"to be argued in odd_packets.ALONE, or not any more: "
                 f"{sorted(alone ^ set(odd_packets.ALONE))}")
    section = conformance.section(said)
    with open(DOCUMENT, "w", encoding="utf-8") as file:
        file.write(before + section + ("\n" if behind else "") + behind)


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        write_document()
    else:
        unittest.main()
