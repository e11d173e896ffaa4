"""rollcallctl convert: each source becomes the expected files, which rollcalld accepts."""

import os
import re
import stat
import unittest

from support import namespace

namespace.enter()

# pylint: disable=wrong-import-position
from support import programs  # noqa: E402
from support.programs import rollcallctl, run  # noqa: E402

DATA = os.path.join(programs.SOURCE, "tests", "data", "convert")
DRAWN = re.compile(r"agent-keys/.*[.]key|agents/.*/ns1[.]key")  # new ones each time


def files_below(folder):
    """Path relative to the folder -> text, for all files below it."""
    found = {}
    for where, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(where, name)
            with open(path, encoding="utf-8") as file:
                found[os.path.relpath(path, folder)] = file.read()
    return found


class ConvertTest(unittest.TestCase):
    """Runs in the folder of the inputs, so that messages have the same paths everywhere."""

    maxDiff = None

    def setUp(self):
        self.folder = programs.Folder()
        self.addCleanup(self.folder.remove)
        self.out = self.folder.join("out")

    def convert(self, source, *files, cwd):
        return rollcallctl("convert", source, *files, "-o", self.out, cwd=cwd)

    def assert_golden(self, source, *files, cwd=None):
        """The result is what tests/data/convert/SOURCE/expected has, but for new keys."""
        done = self.convert(source, *files, cwd=cwd or os.path.join(DATA, source))
        self.assertEqual(done.returncode, 0, done.stderr)
        made = files_below(self.out)
        expected = files_below(os.path.join(DATA, source, "expected"))
        texts = {path: text for path, text in made.items() if not DRAWN.fullmatch(path)}
        self.assertEqual(sorted(texts), sorted(expected))
        for path, text in texts.items():
            self.assertEqual(text, expected[path], path)
        self.assertTrue(done.stdout.startswith(made["conversion.txt"]), done.stdout)
        self.assert_accepted()
        return made

    def assert_accepted(self):
        done = run(programs.ROLLCALLD, "-c", os.path.join(self.out, "rollcall.yaml"), "--check")
        self.assertEqual(done.returncode, 0, done.stderr)

    def assert_secret(self, path):
        mode = stat.S_IMODE(os.stat(os.path.join(self.out, path)).st_mode)
        self.assertEqual(mode, 0o600, path)


class GoldenTest(ConvertTest):
    """Inputs that other programs' own documentation and packages have in this form."""

    def test_phonax(self):
        made = self.assert_golden("phonax", "failover-monitor.config", "failover.config",
                                  "normal-dns", "named.conf", cwd=programs.SEED)
        keys = {path: text for path, text in made.items() if DRAWN.fullmatch(path)}
        self.assertEqual(len(keys), 10, sorted(keys))  # rollcalld's and the agent's of five nodes
        self.assertEqual(len(set(keys.values())), 5, "one key for each node")
        self.assertRegex(keys["agent-keys/192.168.0.1.key"], r"\Ans1 [0-9a-f]{64}\n\Z")
        self.assertEqual(keys["agent-keys/192.168.0.1.key"], keys["agents/192.168.0.1/ns1.key"])
        for path in keys:
            self.assert_secret(path)


    def test_gdnsd(self):
        self.assert_golden("gdnsd", "config", "example.com")

    def test_bind(self):
        """The files that it includes are read, too, and zone files beside it."""
        self.assert_golden("bind", "named.conf", "named.conf.options", "named.conf.local",
                           "db.example.com")
        self.assert_secret("keys/transfer.example.key")

    def test_route53(self):
        self.assert_golden("route53", "record-sets.json", "health-checks.json")

    def test_pdns_lua(self):
        self.assert_golden("pdns-lua", "db.example.com")


class RefusalTest(ConvertTest):
    """What ends with a reason and writes nothing."""

    def test_nothing_is_overwritten(self):
        os.mkdir(self.out)
        self.folder.write("out/rollcall.yaml", "mine")
        done = self.convert("phonax", "failover-monitor.config", "named.conf", cwd=programs.SEED)
        self.assertEqual(done.returncode, 1)
        self.assertIn("rollcall.yaml exists; nothing was written", done.stderr)
        self.assertEqual(files_below(self.out), {"rollcall.yaml": "mine"})

    def test_places_of_errors(self):
        for source, text, said in (
                ("bind", "zone \"a\" {\n type primary; file \"x;\n", "in.conf:2:21: error: "),
                ("bind", "options { directory \"/\" };\n", "in.conf:1:25: error: expected \";\""),
                ("gdnsd", "plugins => {\n  weighted => [ }", "config:2:17: error: "),
                ("route53", "{\n \"a\": }", "in.conf:2:7: error: invalid JSON")):
            name = said.split(":", maxsplit=1)[0]
            self.folder.write(name, text)
            done = self.convert(source, name, cwd=self.folder.path)
            self.assertEqual(done.returncode, 1)
            self.assertIn(said, done.stderr)
            self.assertFalse(os.path.exists(self.out))

    def test_without_a_zone(self):
        done = self.convert("phonax", "failover.config", cwd=programs.SEED)
        self.assertEqual(done.returncode, 1)
        self.assertIn("none of the files gives a zone", done.stderr)
        self.assertIn("failover.config:7:1: error: not taken over: password", done.stderr)

    def test_usage(self):
        for arguments in (["convert"], ["convert", "phonax"], ["convert", "tinydns", "data"]):
            self.assertEqual(rollcallctl(*arguments).returncode, 2, arguments)
        self.assertIn("No such file", self.convert("bind", "missing", cwd="/").stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
