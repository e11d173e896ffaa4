"""The measuring tools work: answers come, the figures are there, nothing stays behind.

No figure is looked at that a slower machine would change.
"""

import json
import os
import unittest

from support import namespace

namespace.enter()

# pylint: disable=wrong-import-position
from support import programs  # noqa: E402
from support import served_zones  # noqa: E402
from support.programs import eventually, run  # noqa: E402

BENCH = os.path.join(programs.SOURCE, "bench", "bench.py")
FLOOD, TCP_FLOOD, ECHO = (
    os.path.join(programs.BUILD, "bench", name) for name in ("flood", "tcp_flood", "echo"))

ASKED = ("target.example.com A NOERROR\nexample.com MX NOERROR\ntxt.example.com TXT NOERROR\n"
         "nobody.example.com A NXDOMAIN\nwww.example.net A REFUSED\n")


def names_of_running():
    """The names of all processes in this namespace."""
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/comm", encoding="utf-8") as file:
                yield file.read().strip()
        except OSError:
            continue


class WholeRun(unittest.TestCase):
    """bench.py with a small zone, Rollcall and the echo server."""

    @classmethod
    def setUpClass(cls):
        cls.folder = programs.Folder()
        cls.addClassCleanup(cls.folder.remove)
        path = cls.folder.join("figures.json")
        cls.done = run("/usr/bin/python3", BENCH, "--quick", "--build", programs.BUILD,
                       "--peers", "echo,rollcall", "--stages", "small,big,load,workers",
                       "--seconds", "0.2", "--records", "2000", "--json", path)
        if cls.done.returncode != 0:
            raise AssertionError(cls.done.stderr)
        with open(path, encoding="utf-8") as file:
            cls.figures = json.load(file)

    def rows(self, stage, name):
        rows = self.figures["stages"][stage][name]["rounds"]
        self.assertEqual(len(rows), 1)
        return rows[0]

    def test_where_and_when_and_of_what(self):
        self.assertEqual(set(self.figures), {"date", "machine", "versions", "settings", "stages",
                                             "failures"})
        self.assertEqual(set(self.figures["machine"]), {"model", "cpus", "kernel", "load"})
        self.assertEqual(set(self.figures["versions"]), {"echo", "rollcall"})
        self.assertEqual(self.figures["failures"], [])

    def test_answers_come_and_are_right(self):
        for stage in ("small", "big"):
            for kind in ("full", "half", "fixed"):
                with self.subTest(stage=stage, kind=kind):
                    told = self.rows(stage, "rollcall")[kind]
                    self.assertGreater(told["answered"], 100)
                    self.assertGreater(told["checked"], 0)
                    self.assertEqual(told["wrong"], 0)
                    self.assertEqual(set(told["rcodes"]), {"0", "3"})
                    self.assertEqual(set(told["latency_us"]), {"p50", "p99", "p999", "max"})
                    self.assertGreater(told["latency_us"]["p50"], 0)
                    self.assertIn("user_s_per_million", told)
                    self.assertGreater(self.rows(stage, "echo")[kind]["answered"], 100)
            self.assertGreater(self.figures["stages"][stage]["rollcall"]["memory_mib"], 0)

    def test_loading_is_timed(self):
        self.assertEqual(set(self.rows("load", "rollcall")),
                         {"seconds", "cpu_seconds", "memory_mib", "peak_mib"})
        self.assertGreater(self.rows("load", "rollcall")["seconds"], 0)
        self.assertNotIn("echo", self.figures["stages"]["load"])

    def test_one_worker_and_two(self):
        for count in ("1", "2"):
            self.assertGreater(self.rows("workers", count)["qps"], 0)

    def test_tables(self):
        for title in ("### Small zone", "### 2,000 records", "### Loading 2,000 records",
                      "### Two workers beside one"):
            self.assertIn(title, self.done.stdout)
        self.assertRegex(self.done.stdout, r"(?m)^\| rollcall \| \d+ \| \d+\.\d\d \|")

    def test_no_server_stays_behind(self):
        measured = {"flood", "echo", "rollcalld"}
        self.assertTrue(eventually(lambda: not measured.intersection(names_of_running()), 5))


class WrongUsage(unittest.TestCase):
    """The tool reports at once what cannot be measured."""

    def bench(self, *arguments):
        done = run("/usr/bin/python3", BENCH, "--build", programs.BUILD, *arguments)
        self.assertEqual(done.returncode, 2)
        return done.stderr

    def test_words_that_are_not_known(self):
        self.assertIn("'bindd' is none of echo, rollcall", self.bench("--peers", "bindd"))
        self.assertIn("'tiny' is none of small, big", self.bench("--stages", "tiny"))

    def test_a_build_without_programs(self):
        self.assertIn("echo is not built in /", self.bench("--build", "/nowhere"))


class Tools(served_zones.ServedZones):
    """The generators ask a real server."""

    def setUp(self):
        super().setUp()
        self.asked = self.folder.write("asked.queries", ASKED)
        self.server_address = f"127.0.0.1:{self.port}"

    def told(self, program, queries, *arguments):
        done = run(program, "--queries", queries, *arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def test_every_answer_is_looked_into(self):
        for more in ([], ["--gso", "8"], ["--edns"], ["--rate", "2000"]):
            for server in (self.server_address, f"[::1]:{self.port}"):
                with self.subTest(more=more, server=server):
                    told = self.told(FLOOD, self.asked, "--server", server, "--verify", "1",
                                     "--seconds", "0.2", *more)
                    self.assertGreater(told["answered"], 100)
                    self.assertEqual(told["checked"], told["answered"])
                    self.assertEqual(told["wrong"], 0)
                    self.assertEqual(set(told["rcodes"]), {"0", "3", "5"})
                    self.assertEqual(told["sent"], told["answered"] + told["lost"])

    def test_wrong_answers_are_counted(self):
        """The server has another zone than the list expects."""
        wrong = self.folder.write("wrong.queries", "target.example.com A NXDOMAIN\n")
        told = self.told(FLOOD, wrong, "--server", self.server_address, "--verify", "1",
                         "--seconds", "0.2")
        self.assertGreater(told["checked"], 100)
        self.assertEqual(told["wrong"], told["checked"])

    def test_a_count_and_a_rate_are_kept_to(self):
        told = self.told(FLOOD, self.asked, "--server", self.server_address, "--count", "500",
                         "--seconds", "30")
        self.assertGreaterEqual(told["answered"], 500)
        self.assertLess(told["answered"], 2000)
        told = self.told(FLOOD, self.asked, "--server", self.server_address, "--rate", "1000",
                         "--seconds", "0.5")
        self.assertEqual(told["sent"], 500)

    def test_connections(self):
        told = self.told(TCP_FLOOD, self.asked, "--server", self.server_address,
                         "--seconds", "0.5")
        self.assertGreater(told["answered"], 20)
        self.assertEqual(told["failed"], 0)


class Refusals(unittest.TestCase):
    """The tools refuse what they cannot do, with a message."""

    def setUp(self):
        self.folder = programs.Folder()
        self.addCleanup(self.folder.remove)
        self.asked = self.folder.write("asked.queries", ASKED)

    def refused(self, program, *arguments):
        done = run(program, "--seconds", "0.2", *arguments)
        self.assertEqual(done.returncode, 1)
        return done.stderr

    def test_nothing_leaves_the_host(self):
        for address in ("192.0.2.1:53", "128.0.0.1:53", "[2001:db8::1]:53"):
            for program in (FLOOD, TCP_FLOOD):
                errors = self.refused(program, "--queries", self.asked, "--server", address)
                self.assertIn("is not on this host", errors)
            self.assertIn("is not on this host", self.refused(ECHO, "--listen", address))

    def test_a_server_that_is_not_there(self):
        nobody = f"127.0.0.1:{programs.free_port()}"
        for program in (FLOOD, TCP_FLOOD):
            errors = self.refused(program, "--queries", self.asked, "--server", nobody)
            self.assertIn(f"{nobody} did not answer", errors)

    def test_errors_in_a_list_have_their_line(self):
        for text, error in (("example.com A\nexample.com WHAT\n", ":2: 'WHAT' is no record type"),
                            ("a..b A\n", ":1: "),
                            ("example.com A FINE\n", ":1: 'FINE' is no RCODE"),
                            ("# nothing\n", ": there is no query in it")):
            with self.subTest(text):
                path = self.folder.write("wrong.queries", text)
                self.assertIn(path + error, self.refused(
                    FLOOD, "--queries", path, "--server", "127.0.0.1:1"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
