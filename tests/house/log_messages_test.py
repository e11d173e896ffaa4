"""Each message that the programs log is in a test, so that people's filters find what they did."""

import glob
import os
import re
import unittest

SOURCE = os.environ.get("ROLLCALL_SOURCE") or os.path.abspath(
    os.path.join(os.path.dirname(__file__), "..", ".."))

CALL = re.compile(r'spdlog::(?:info|warn|error|critical)\(\s*((?:"(?:[^"\\]|\\.)*"\s*)+)')
LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"')
VALUE = re.compile(r"\{[^}]*\}")
LEAST_WORDS = 18  # characters of a quotation that can be of this message alone
LEAST_PART = 6    # the same, where it is all the words between two values; less is not looked for

# A message's words -> why no test can bring it about.
UNTESTED = {
    "the disk does not respond; the last state was not written":
        "needs a disk that hangs in fdatasync(2): a file system in user space hangs in open(2)",
    "forwards of an earlier run may be left": "nft(8) would have to fail at a start",
    "the forwards could not be ended": "nft(8) would have to fail at an end",
    "the reply was not sent":
        "some hundred octets fit into the socket's buffer: whether a write fails is the kernel's",
    "the agent now watches":
        "comes a minute after the agent is back: longer than the tests wait",
    "no descriptors left for tripwires":
        "the last descriptor would have to go between a good probe and its tripwire; the probe's "
        "side of it is in tests/probe/tripwires_test.cpp",
    "its file system cannot flush folders": "no file system of the test machines is like that",
}


def messages(text):
    """The format strings of log calls in a C++ source, but those of nearly values alone."""
    for call in CALL.finditer(text):
        message = "".join(LITERAL.findall(call[1]))
        if max(len(part.strip(" :;,")) for part in VALUE.split(message)) >= LEAST_PART:
            yield message


def joined(text):
    """A source whose literals that go over the end of a line are one."""
    return re.sub(r'"\s*\n\s*[rf]*"', "", text)


def is_quoted(message, tests):
    """Whether some words of the message are in `tests`."""
    for part in VALUE.split(message):
        part = part.strip(" :;,")
        words = part.split(" ")
        for first in range(len(words)):
            for last in range(first + 1, len(words) + 1):
                said = " ".join(words[first:last])
                whole = said == part and len(said) >= LEAST_PART
                if (whole or len(said) >= LEAST_WORDS) and said in tests:
                    return True
    return False


def read(pattern):
    for path in sorted(glob.glob(os.path.join(SOURCE, pattern), recursive=True)):
        with open(path, encoding="utf-8") as file:
            yield os.path.relpath(path, SOURCE), file.read()


class LogMessagesTest(unittest.TestCase):
    def test_each_is_in_a_test(self):
        tests = "\n".join(joined(text) for pattern in ("tests/**/*.py", "tests/**/*.[ch]pp")
                          for path, text in read(pattern) if not path.endswith(__file__[-20:]))
        missing = [f"{path}: {message}" for path, text in read("src/**/*.cpp")
                   for message in messages(text)
                   if not is_quoted(message, tests) and not any(part in message for part in UNTESTED)]
        self.assertEqual(missing, [], "\n" + "\n".join(missing))

    def test_no_exception_is_left_over(self):
        sources = "\n".join(joined(text) for _, text in read("src/**/*.cpp"))
        for part in UNTESTED:
            self.assertIn(part, sources)

    def test_what_is_found(self):
        text = 'spdlog::warn("{}: this goes over "\n     "two lines", x); spdlog::info("{}", y);'
        self.assertEqual(list(messages(text)), ["{}: this goes over two lines"])
        self.assertTrue(is_quoted("{}: this goes over two lines", "x: this goes over two l"))
        self.assertFalse(is_quoted("{}: this goes over two lines", "two lines"))
        self.assertTrue(is_quoted("{} stopped", "it says: stopped"))


if __name__ == "__main__":
    unittest.main()
