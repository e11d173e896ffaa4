"""`watch: true`: zones follow their files, however they are changed, without a signal."""

import os
import shutil
import subprocess
import unittest

from support import namespace

namespace.enter()

# pylint: disable=wrong-import-position
from support import zone_fixture  # noqa: E402
from support.programs import eventually  # noqa: E402
from support.served_zones import SECONDS, ServedZones  # noqa: E402

INCLUDED = "included TXT {}\n"


class WatchedZones(ServedZones):
    """The zone example.com is watched, the others are not."""

    def setUp(self):
        self.before = zone_fixture.CONFIG
        zone_fixture.CONFIG = self.before.replace(
            "file: db.example.com", "file: db.example.com\n    watch: true", 1)
        self.assertNotEqual(zone_fixture.CONFIG, self.before)
        try:
            super().setUp()
        finally:
            zone_fixture.CONFIG = self.before
        self.path = self.folder.join("db.example.com")
        self.begin()

    def begin(self):
        """Returns once the folder is watched."""
        serial = [100]

        def seen():
            serial[0] += 1
            self.change_zone(serial[0], f"begin {serial[0]}")
            return self.marker().startswith("begin")

        self.assertTrue(eventually(seen, SECONDS), self.server.log)
        last = f"begin {serial[0]}"
        self.assertTrue(eventually(lambda: self.marker() == last, SECONDS))

    def assert_followed(self, marker):
        self.assertTrue(eventually(lambda: self.marker() == marker, SECONDS),
                        f"{self.marker()} is served\n" + "\n".join(self.server.log[-10:]))

    def test_every_way_to_write_a_file(self):
        self.change_zone(1001, "renamed over")
        self.assert_followed("renamed over")

        with open(self.path, "w", encoding="utf-8") as file:
            file.write(zone_fixture.zone(1002, "in place"))
        self.assert_followed("in place")

        subprocess.run(["sed", "-i", "s/in place/by sed/", self.path], check=True)
        self.assert_followed("by sed")

        os.rename(self.path, self.path + "~")  # as vim does, with a copy of the old file
        with open(self.path, "w", encoding="utf-8") as file:
            file.write(zone_fixture.zone(1003, "moved away"))
        self.assert_followed("moved away")

        with open(self.folder.join("other"), "w", encoding="utf-8") as file:
            file.write(zone_fixture.zone(1004, "by cp"))
        shutil.copyfile(self.folder.join("other"), self.path)
        self.assert_followed("by cp")

    def test_a_writer_that_takes_its_time_is_waited_for(self):
        text = zone_fixture.zone(1001, "whole")
        with open(self.path, "w", encoding="utf-8") as file:
            for line in text.splitlines(keepends=True):
                file.write(line)
                file.flush()
                self.client.udp("marker.example.com", "TXT")
        self.assert_followed("whole")
        self.assertEqual([line for line in self.server.log if " err" in line.lower()], [])

    def test_a_link_that_leads_to_another_folder(self):
        for version in ("1", "2"):
            os.mkdir(self.folder.join(f"version{version}"))
            self.folder.write(f"version{version}/db", zone_fixture.zone(
                1000 + int(version), f"version {version}"))
        os.symlink("version1", self.folder.join("now"))
        os.symlink("now/db", self.folder.join("link"))
        os.replace(self.folder.join("link"), self.path)
        self.assert_followed("version 1")
        os.symlink("version2", self.folder.join("next"))
        os.replace(self.folder.join("next"), self.folder.join("now"))
        self.assert_followed("version 2")

    def test_included_files(self):
        os.mkdir(self.folder.join("parts"))
        self.folder.write("parts/texts", INCLUDED.format("first"))
        self.folder.write("db.example.com",
                          zone_fixture.zone(1001, "with parts") + "\n$INCLUDE parts/texts\n")
        self.assert_followed("with parts")

        def text():
            return self.client.udp("included.example.com", "TXT").answer[0].to_text()

        self.assertIn("first", text())
        self.folder.write("parts/texts", INCLUDED.format("second"))
        self.assertTrue(eventually(lambda: "second" in text(), SECONDS), text())

    def test_a_broken_file_keeps_the_zone_and_a_mended_one_is_served(self):
        self.change_zone(1001, "good")
        self.assert_followed("good")
        self.folder.write("db.example.com", zone_fixture.zone(1002, "bad") + "\nbroken A 1.2.3\n")

        def refused():
            return "1.2.3" in self.server.ctl("status").stdout

        self.assertTrue(eventually(refused, SECONDS))
        self.assertTrue(any("db.example.com:" in line and "1.2.3" in line
                            for line in self.server.log), self.server.log)
        self.assertEqual(self.marker(), "good")
        os.remove(self.path)
        self.assertTrue(eventually(
            lambda: any("No such file" in line for line in self.server.log), SECONDS))
        self.assertEqual(self.marker(), "good")
        self.change_zone(1003, "mended")
        self.assert_followed("mended")
        self.assertFalse(refused())

    def test_only_watched_zones_are_loaded(self):
        self.folder.write("db.second", zone_fixture.SECOND + "\nnew A 192.0.2.9\n")
        self.change_zone(1001, "after the other")
        self.assert_followed("after the other")
        self.assertEqual(self.client.udp("new.second.example", "A").answer, [])
        self.assertIn("files of zones have changed: 1 of 1 loaded", "\n".join(self.server.log))

    def test_watch_is_turned_off_and_on_by_a_reload(self):
        with open(self.folder.join("rollcall.yaml"), encoding="utf-8") as file:
            config = file.read()
        self.folder.write("rollcall.yaml", config.replace("    watch: true\n", ""))
        self.assertEqual(self.reload().returncode, 0)
        before = self.marker()
        self.change_zone(1001, "unseen")
        self.folder.write("rollcall.yaml", config)
        self.assertEqual(self.marker(), before)
        self.assertEqual(self.reload().returncode, 0)
        self.assert_followed("unseen")
        self.begin()


if __name__ == "__main__":
    unittest.main()
