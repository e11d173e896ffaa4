"""What ./dev decides before it builds or installs anything."""

import os
import re
import shutil
import subprocess
import tempfile
import unittest

SOURCE = os.environ["ROLLCALL_SOURCE"]


def call(shell):
    """What the functions of ./dev print, one word a line."""
    ran = subprocess.run(["bash", "-c", f"source ./dev help >/dev/null; {shell}"], cwd=SOURCE,
                         capture_output=True, text=True, check=True)
    return ran.stdout.split()


class TargetsTest(unittest.TestCase):
    """./dev test -R X builds only what X needs."""

    def test_a_unit_test_needs_the_program_of_its_floor(self):
        self.assertEqual(call("targets_for zone.Parser"), ["test_zone"])
        self.assertEqual(call("targets_for '^core[.]'"), ["test_core"])

    def test_a_system_test_needs_the_programs(self):
        targets = call("targets_for system.server_test")
        self.assertLess({"rollcalld", "rollcallctl", "rollcall-agent"}, set(targets))
        self.assertFalse([target for target in targets if target.startswith("test_")])

    def test_a_test_of_the_sources_needs_nothing_compiled(self):
        self.assertEqual(set(call("targets_for house")), {"build.ninja"})

    def test_no_test_of_that_name_means_everything(self):
        self.assertEqual(call("targets_for no_such_test_anywhere"), [])

    def test_the_expression_is_taken_in_each_form_that_ctest_takes(self):
        for words in ("-R zone", "-Rzone", "-j4 --tests-regex zone -V"):
            self.assertEqual(call(f"regex_of {words}"), ["zone"], words)
        self.assertEqual(call("regex_of -j4 -V"), [])


class PackagesTest(unittest.TestCase):
    def test_of_alternatives_the_installed_one_is_enough(self):
        missing = call("is_installed() { [ $1 = libboost1.81-dev ]; }; is_offered() { true; }; "
                       "missing_of build")
        self.assertNotIn("libboost1.81-dev", missing)
        self.assertNotIn("libboost1.83-dev", missing)
        self.assertIn("cmake", missing)

    def test_of_alternatives_the_one_that_the_release_offers_is_installed(self):
        for release in ("libboost1.81-dev", "libboost1.83-dev"):
            missing = call("is_installed() { false; }; "
                           f"is_offered() {{ [ $1 = {release} ]; }}; missing_of build")
            self.assertEqual([name for name in missing if re.match("libboost1", name)], [release])

    def test_each_package_has_its_reason(self):
        with open(f"{SOURCE}/packages.txt", encoding="utf-8") as file:
            for line in file:
                if line.strip() and not line.startswith(("#", "[")):
                    self.assertRegex(line, r"^[a-z0-9.+-]+( \| [a-z0-9.+-]+)* +# \S", line)

    def test_what_conflicts_with_others_is_unpacked_and_not_installed(self):
        self.assertIn("exim4-daemon-light", call("packages_of unpack"))
        self.assertNotIn("exim4-daemon-light", call("packages_of build run test"))
        with tempfile.TemporaryDirectory() as folder:  # the checkout's own stays as it is
            shutil.copy(f"{SOURCE}/packages.txt", folder)
            self.assertEqual(call(f"apt-get() {{ false; }}; cd {folder}; "
                                  "mkdir -p build/packages/exim4-daemon-light; unpack unpack"), [])

    def test_servers_are_named_before_they_are_installed(self):
        said = call("announce_daemons cmake postfix dovecot-core 2>&1")
        self.assertIn("postfix", said)
        self.assertIn("disable", said)
        self.assertEqual(call("announce_daemons cmake 2>&1"), [])


if __name__ == "__main__":
    unittest.main()
