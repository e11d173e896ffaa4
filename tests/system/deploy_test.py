"""The files of deploy/: what systemd thinks of them, held against the figures of the docs."""

import os
import re
import shutil
import tempfile
import unittest

from support import programs

DEPLOY = os.path.join(programs.SOURCE, "deploy")
UNIT = "rollcall-agent.service"


class DeployTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="rollcall-deploy-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        shutil.copy(os.path.join(DEPLOY, UNIT), self.folder)
        with open(os.path.join(programs.SOURCE, "docs", "agent-restarts.md"),
                  encoding="utf-8") as file:
            self.docs = file.read()

    def exposure(self):
        done = programs.run("systemd-analyze", "security", "--offline=yes", "--no-pager",
                            os.path.join(self.folder, UNIT), env={**os.environ, "LC_ALL": "C.UTF-8"})
        found = re.search(r"Overall exposure level for \S+: (\d+\.\d)", done.stdout)
        self.assertTrue(found, done.stdout + done.stderr)
        return float(found[1]), done.stdout

    def in_docs(self, form):
        found = re.search(rf"^\| {re.escape(form)} \| (\d+\.\d) \|$", self.docs, re.M)
        self.assertTrue(found, form)
        return float(found[1])

    def test_as_root(self):
        exposure, table = self.exposure()
        self.assertLessEqual(exposure, self.in_docs("root, `rollcall-agent.service`"), table)

    def test_as_a_user_of_its_own(self):
        drop_ins = os.path.join(self.folder, f"{UNIT}.d")
        os.mkdir(drop_ins)
        shutil.copy(os.path.join(DEPLOY, "unprivileged.conf"), drop_ins)
        exposure, table = self.exposure()
        self.assertLessEqual(
            exposure, self.in_docs("a user of its own, with `unprivileged.conf`"), table)
        self.assertIn("User=/DynamicUser=", table)
        self.assertNotIn("Service runs as root user", table)

    def test_systemd_knows_every_line(self):
        path = os.path.join(self.folder, UNIT)
        with open(path, encoding="utf-8") as file:
            text = file.read().replace("/usr/sbin/rollcall-agent", "/bin/true")
        with open(path, "w", encoding="utf-8") as file:
            file.write(re.sub(r"^Documentation=.*\n", "", text, flags=re.M))
        done = programs.run("systemd-analyze", "verify", path)
        about = [line for line in done.stderr.splitlines() if UNIT in line]
        self.assertEqual(about, [])

    def test_the_names_agree(self):
        """The unit, the drop-in, the rule and the docs name the same user, actions and files."""
        def read(name):
            with open(os.path.join(DEPLOY, name), encoding="utf-8") as file:
                return file.read()
        self.assertIn("User=rollcall-agent\n", read("unprivileged.conf"))
        rule = read("polkit/49-rollcall-agent.rules")
        self.assertIn('subject.user == "rollcall-agent"', rule)
        for verb in ("restart", "reset-failed"):
            self.assertIn(f'"{verb}"', rule)
        for name in (UNIT, "unprivileged.conf", "polkit/49-rollcall-agent.rules"):
            self.assertIn(f"deploy/{name}", self.docs)


if __name__ == "__main__":
    unittest.main(verbosity=2)
