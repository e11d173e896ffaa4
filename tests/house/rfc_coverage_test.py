"""Fails where the sources speak of an RFC section that tests/rfc/README.md does not have."""

import os
import tempfile
import unittest

import house_rules
import rfc_coverage

ROOT = os.environ.get("ROLLCALL_SOURCE") or os.path.abspath(
    os.path.join(os.path.dirname(__file__), "..", ".."))
SRC = os.path.join(ROOT, "src")
RFC = os.path.join(ROOT, "tests", "rfc")


def readme():
    with open(os.path.join(RFC, "README.md"), encoding="utf-8") as file:
        return file.read()


class RfcCoverageTest(unittest.TestCase):
    """The sources and the tests as they are."""

    def test_every_section_that_the_sources_speak_of_is_shown(self):
        paths = [os.path.join(SRC, path) for path in house_rules.sources(SRC)]
        paths.append(os.path.join(ROOT, "docs", "conformance.md"))
        self.assertGreater(len(rfc_coverage.cited(paths)), 100)
        broken = list(rfc_coverage.uncovered(paths, RFC, readme()))
        self.assertEqual(broken, [], "\n" + "\n".join(broken))

    def test_the_table_is_that_of_the_files(self):
        self.assertGreater(len(rfc_coverage.tested(RFC)), 100)
        broken = list(rfc_coverage.stale(RFC, ROOT, readme()))
        self.assertEqual(broken, [], "\n" + "\n".join(broken))


class FindsWhatItShould(unittest.TestCase):
    """The test of the test."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="rollcall-rfc-")
        self.addCleanup(folder.cleanup)
        self.root = folder.name
        self.source = self.write("name.cpp", "// RFC 1 section 2.3\n")
        self.write("rfc1_2_3_test.cpp", "")

    def write(self, name, text):
        path = os.path.join(self.root, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def found(self, table):
        return (list(rfc_coverage.uncovered([self.source], self.root, table))
                + list(rfc_coverage.stale(self.root, self.root, table)))

    def test_citations(self):
        for text, sections in {
                "(RFC 1035)": {"RFC 1035"},
                "RFC 9715 R4, RFC 1010 that": {"RFC 9715", "RFC 1010"},
                "RFC 1035 4.1.4: x": {"RFC 1035 section 4.1.4"},
                "RFC 3597 section 5.\n": {"RFC 3597 section 5"},
                "/// RFC 4035 section\n/// 3.1.4.1: x": {"RFC 4035 section 3.1.4.1"},
                "  // RFC\n  // 4035 section 2.5": {"RFC 4035 section 2.5"},
                "RFC 2308 sections 2.1 and 2.2": {"RFC 2308 section 2.1",
                                                  "RFC 2308 section 2.2"},
                "RFC 9460 section 2.1 and appendix A": {"RFC 9460 section 2.1"},
                "RFC 9018 appendix A.1": {"RFC 9018 appendix A"},
        }.items():
            with self.subTest(text):
                self.assertEqual(rfc_coverage.citations(text), sections)

    def test_a_right_table(self):
        self.assertEqual(self.found("| RFC 1 section 2.3 | x | `rfc1_2_3_test.cpp` |\n"), [])

    def test_a_section_without_a_row(self):
        self.assertEqual(len(self.found("")), 2)
        self.source = self.write("name.cpp", "// RFC 1 section 2.3, RFC 1, RFC 2\n")
        found = self.found("| RFC 1 section 2.3 | x | `rfc1_2_3_test.cpp` |\n")
        self.assertEqual(len(found), 1, found)
        self.assertIn("RFC 2 has no row", found[0])

    def test_a_row_without_its_file(self):
        table = "| RFC 1 section 2.3 | x | `rfc1_2_3_test.cpp` |\n"
        self.assertEqual(self.found(table + "| RFC 3 | x | `gone.py` |\n"),
                         ["RFC 3: there is no gone.py"])
        self.assertEqual(self.found(table + "| RFC 3 | x | y |\n"), ["RFC 3: names no file"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
