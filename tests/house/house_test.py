"""Reads the sources and fails where they break a rule of the house; and shows that it would."""

import os
import tempfile
import unittest

import house_rules

SRC = os.path.join(os.environ.get("ROLLCALL_SOURCE") or os.path.abspath(
    os.path.join(os.path.dirname(__file__), "..", "..")), "src")


class HouseTest(unittest.TestCase):
    """The sources as they are."""

    def test_there_is_something_to_read(self):
        self.assertGreater(len(house_rules.sources(SRC)), 10)

    def test_every_rule(self):
        for rule in house_rules.RULES:
            with self.subTest(rule.__name__):
                broken = list(rule(SRC))
                self.assertEqual(broken, [], "\n" + "\n".join(broken))

    def test_the_table_has_no_way_up(self):
        """Whoever may include a floor may include all that this floor may: no arrow goes round."""
        table = house_rules.MAY_INCLUDE
        for floor, below in table.items():
            for other in below:
                self.assertNotIn(floor, table[other], f"{floor} and {other} include each other")
                self.assertLessEqual(table[other], below, f"{floor} over {other}")


class RulesFindWhatTheyShould(unittest.TestCase):
    """The test of the test: a small right tree, then one wrong thing at a time."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="rollcall-house-")
        self.addCleanup(folder.cleanup)
        self.src = folder.name
        self.write("core/bytes.hpp", "#pragma once\n#include <span>\n")
        self.write("core/published.hpp", "#pragma once\n#include <mutex>\n")
        self.write("zone/zone.hpp", '#pragma once\n#include "core/bytes.hpp"\n')
        self.write("zone/zone.cpp", '#include "zone/zone.hpp"\n')
        self.write("yaml/read.cpp", "#include <filesystem>\n#include <yaml-cpp/yaml.h>\n")
        self.write("transport/udp.cpp", '#include "zone/zone.hpp"\n#include <sys/socket.h>\n'
                                        "#include <thread>\nauto t = std::steady_clock::now();")

    def write(self, path, text):
        path = os.path.join(self.src, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def found(self):
        return [(rule.__name__, broken) for rule in house_rules.RULES for broken in rule(self.src)]

    def assert_found(self, rule, beginning):
        found = self.found()
        self.assertEqual(len(found), 1, found)
        self.assertEqual(found[0][0], rule)
        self.assertTrue(found[0][1].startswith(beginning), found)

    def test_a_right_tree_is_right(self):
        self.assertEqual(self.found(), [])

    def test_an_include_that_points_upward(self):
        self.write("zone/zone.cpp", '#include "zone/zone.hpp"\n#include "transport/udp.hpp"\n')
        self.assert_found("wrong_arrows", "zone/zone.cpp:2: zone may not include transport/udp.hpp")

    def test_an_include_that_points_sideways(self):
        self.write("answer/respond.cpp", '#include "roster/roster.hpp"\n')
        self.assert_found("wrong_arrows", "answer/respond.cpp:1: answer may not include")

    def test_the_daemon_does_not_read_configurations(self):
        self.write("daemon/daemon.cpp", '#  include   "config/options.hpp"\n')
        self.assert_found("wrong_arrows", "daemon/daemon.cpp:1: daemon may not include config/")

    def test_includes_that_are_not_floor_and_file(self):
        for include in ("zone.hpp", "../core/bytes.hpp", "./zone/zone.hpp", "core/bytes.cpp"):
            with self.subTest(include):
                self.write("zone/zone.cpp", f'#include "{include}"\n')
                self.assert_found("wrong_arrows", "zone/zone.cpp:1: ")

    def test_a_comment_is_no_include(self):
        self.write("zone/zone.cpp", '// #include "transport/udp.hpp"\n/*\n#include "app/x.hpp"\n*/\n')
        self.assertEqual(self.found(), [])

    def test_a_folder_that_is_no_floor(self):
        self.write("attic/box.cpp", "int box;\n")
        self.assert_found("unknown_floors", "attic/box.cpp")

    def test_a_library_on_the_wrong_floor(self):
        self.write("zone/zone.cpp", "#include <yaml-cpp/yaml.h>\n")
        self.assert_found("wrong_libraries", "zone/zone.cpp:1: zone may not use <yaml-cpp/yaml.h>")

    def test_impure_things_in_a_pure_room(self):
        for line in ("#include <thread>", "#include <mutex>", "#include <fstream>",
                     "#include <filesystem>", "#include <unistd.h>", "#include <sys/socket.h>",
                     "#include <random>", "auto t = std::chrono::steady_clock::now();",
                     "int f = socket(AF_INET, SOCK_DGRAM, 0);", "getrandom(buffer, 8, 0);",
                     "std::random_device device;", "RAND_bytes(out, 16);", "time(nullptr);",
                     'auto* home = getenv("HOME");'):
            with self.subTest(line):
                self.write("zone/zone.cpp", line + "\n")
                self.assert_found("impurities", "zone/zone.cpp:1: ")

    def test_exceptions_reach_no_further(self):
        self.write("yaml/read.cpp", "#include <fstream>\n")
        self.assert_found("impurities", "yaml/read.cpp:1: files")

    def test_long_files(self):
        self.write("zone/zone.cpp", "\n" * 400)
        self.assertEqual(self.found(), [])
        self.write("zone/zone.cpp", "\n" * 401)
        self.assert_found("long_files", "zone/zone.cpp: 401 lines")

    def test_rooms_with_too_many_files(self):
        for at in range(39):
            self.write(f"zone/part_{at}.cpp", "")  # beside zone.hpp and zone.cpp
        self.assert_found("full_rooms", "zone: 41 files; at most 40")

    def test_impure_rooms_are_smaller(self):
        for at in range(24):
            self.write(f"store/part_{at}.cpp", "")
        self.assertEqual(self.found(), [])
        self.write("store/one_more.cpp", "")
        self.assert_found("full_rooms", "store: 25 files; at most 24")

    def test_names_that_say_nothing(self):
        self.write("zone/zone_util.cpp", "")
        self.assert_found("bad_names", "zone/zone_util.cpp")

    def test_what_goes_out_goes_through_printable(self):
        self.write("log/print.cpp", "void f() { std::fwrite(a, 1, n, stdout); }\n")
        self.write("log/log_format.cpp", "spdlog::pattern_formatter f;\n")
        self.write("app/rollcalld.cpp", "spdlog::set_formatter(log::log_formatter());\n")
        self.assertEqual(self.found(), [])
        for line in ('std::fputs("x", stderr);', 'fmt::print("{}", x);', "std::cerr << x;",
                     "::write(2, text, size);", "json::serialize(value);",
                     'spdlog::set_pattern("%v");', "spdlog::set_formatter(other());",
                     'syslog(LOG_ERR, "%s", text);'):
            with self.subTest(line):
                self.write("app/other.cpp", line + "\n")
                self.assert_found("ways_round_printable", "app/other.cpp:1: ")

    def test_folders_that_say_nothing(self):
        self.write("common/x.cpp", "")
        self.assertEqual({rule for rule, _ in self.found()}, {"unknown_floors", "bad_names"})


if __name__ == "__main__":
    unittest.main(verbosity=2)
