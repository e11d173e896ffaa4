"""What rollcall-agent runs: children that misbehave, scripts of a whole folder, units of systemd.

The systemctl here is the test's own (support/fake_systemd.py): these tests run where systemd does not.
"""

import json
import os
import re
import signal
import subprocess
import unittest

from support import namespace

namespace.enter()

# pylint: disable=wrong-import-position
from support import programs  # noqa: E402
from support.fake_systemd import FakeSystemd  # noqa: E402
from support.programs import eventually, processes  # noqa: E402

KEY = "0123456789abcdef" * 4
PORT = 2224
SECONDS = 60
GIGABYTE = 1 << 30
OUTPUT_LIMIT = 8192

CONFIG = """\
listen: 127.0.0.1:{port}
key_file: agent.key
scripts_path: {folder}/init.d
time_limit: {limit}
{more}
"""


class AgentRestarts(unittest.TestCase):
    def setUp(self):
        self.folder = programs.Folder()
        self.addCleanup(self.folder.remove)
        self.folder.write("agent.key", KEY + "\n")
        os.chmod(self.folder.join("agent.key"), 0o600)
        os.mkdir(self.folder.join("init.d"))
        self.processes = processes.Processes()
        self.addCleanup(self.processes.end_all)
        self.log = []
        self.configure("any_script: true")

    def script(self, name, start, stop="exit 0"):
        path = self.folder.write(f"init.d/{name}", f"#!/bin/sh\ncd {self.folder.path}\n"
                                 f"if [ $1 = stop ]; then\n{stop}\nfi\n{start}\n")
        os.chmod(path, 0o755)
        return path

    def configure(self, *more, limit="60s"):
        self.folder.write("agent.yaml", CONFIG.format(
            port=PORT, folder=self.folder.path, limit=limit, more="\n".join(more)))

    def start(self):
        self.agent = self.processes.start(
            "agent", [programs.AGENT, "-c", "agent.yaml"],
            lambda _, line: self.log.append(line), cwd=self.folder.path)
        self.assertTrue(eventually(lambda: programs.connects("127.0.0.1", PORT), SECONDS), self.log)

    def ask(self, service):
        """A request under way."""
        body = json.dumps({"service": service})
        return self.talk("POST /v1/restart HTTP/1.1\r\nHost: a\r\n"
                         f"Content-Length: {len(body)}\r\n\r\n{body}")

    def talk(self, request):
        client = subprocess.Popen(
            ["openssl", "s_client", "-quiet", "-tls1_3", "-psk_identity", "rollcall", "-psk", KEY,
             "-connect", f"127.0.0.1:{PORT}"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.addCleanup(client.stdout.close)
        self.addCleanup(client.wait)
        self.addCleanup(client.kill)
        client.stdin.write(request.encode())
        client.stdin.close()
        return client

    def reply(self, client):
        said = client.stdout.read().decode()
        self.assertIn("\r\n\r\n", said, self.log)
        return json.loads(said.split("\r\n\r\n", 1)[1])

    def restart(self, service):
        return self.reply(self.ask(service))

    def status(self):
        return self.reply(self.talk("GET /v1/status HTTP/1.1\r\nHost: a\r\n\r\n"))

    def exists(self, name):
        return os.path.exists(self.folder.join(name))

    def pid(self, name):
        return processes.read_pid(self.folder.join(name))

    @staticmethod
    def is_alive(pid):
        try:
            with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
                return file.read().rsplit(")", 1)[1].split()[0] not in "ZX"
        except FileNotFoundError:
            return False


class Children(AgentRestarts):
    """None of them keeps the agent from answering, or stays after its time."""

    def answers_meanwhile(self, client):
        """Status is answered while a restart is under way."""
        self.assertIn("version", self.status())
        self.assertIsNone(client.poll())

    def test_one_that_forks_and_holds_the_pipe(self):
        self.script("web", "sleep 1000 &\necho $! >pid\necho started")
        self.start()
        done = self.restart("web")
        self.assertEqual((done["ok"], done["output"]), (True, "started\n"))
        self.assertTrue(self.is_alive(self.pid("pid")), "what was started in time is the service")
        self.assertTrue(self.restart("web")["ok"])

    def test_one_that_ignores_the_signal_to_end(self):
        self.script("web", "trap '' TERM\necho $$ >pid\n(trap '' TERM; sleep 1000) &\n"
                    "echo $! >inner\nwhile :; do sleep 1; done")
        self.configure("any_script: true", limit="2s")
        self.start()
        client = self.ask("web")
        self.assertTrue(eventually(lambda: self.exists("inner"), SECONDS))
        self.answers_meanwhile(client)
        done = self.reply(client)
        self.assertEqual((done["ok"], done["timed_out"], done["exit_status"]),
                         (False, True, 128 + signal.SIGKILL))
        for name in ("pid", "inner"):
            self.assertTrue(eventually(lambda: not self.is_alive(self.pid(name)), SECONDS))

    def test_one_that_never_ends(self):
        self.script("web", "touch begun\nexec sleep 1000", stop="exec sleep 1000")
        self.configure("any_script: true", limit="3s")
        self.start()
        client = self.ask("web")
        self.assertTrue(eventually(lambda: self.exists("begun"), SECONDS), "the stop had its half")
        done = self.reply(client)
        self.assertEqual((done["ok"], done["timed_out"], done["exit_status"]),
                         (False, True, 128 + signal.SIGTERM))
        self.assertEqual(self.restart("web")["timed_out"], True, "and can be asked for again")

    def test_one_that_becomes_a_zombie(self):
        # The sleep never waits for the child that it inherits from the shell.
        self.script("web", "sh -c 'sleep 0 & exec sleep 1000' >/dev/null 2>&1 &\necho $! >pid\n")
        self.start()
        self.assertTrue(self.restart("web")["ok"])
        parent = self.pid("pid")
        self.assertTrue(eventually(lambda: self.zombies_of(parent) == 1, SECONDS))
        self.assertIn("version", self.status())
        self.assertTrue(self.restart("web")["ok"])
        self.assertTrue(eventually(lambda: self.zombies_of(self.agent.pid) == 0, SECONDS),
                        "the agent leaves none of its own")

    @staticmethod
    def zombies_of(parent):
        listed = programs.run("ps", "--ppid", str(parent), "-o", "stat=").stdout.split()
        return sum(state.startswith("Z") for state in listed)

    def test_one_that_writes_a_gigabyte(self):
        self.script("web", f"head -c {GIGABYTE} /dev/zero | tr '\\0' x\necho\necho the end")
        self.start()
        before = self.memory()
        client = self.ask("web")
        self.assertTrue(eventually(lambda: any("restarting web" in line for line in self.log),
                                   SECONDS))
        self.answers_meanwhile(client)
        done = self.reply(client)
        self.assertTrue(done["ok"], {**done, "output": len(done["output"])})
        self.assertTrue(done["output"].endswith("xxx\nthe end\n"))
        self.assertEqual(len(done["output"]), OUTPUT_LIMIT)
        self.assertLess(self.memory() - before, 4 << 20)

    def memory(self):
        """The most that the agent has had in memory: octets."""
        with open(f"/proc/{self.agent.pid}/status", encoding="utf-8") as file:
            return int(re.search(r"VmHWM:\s+(\d+) kB", file.read())[1]) << 10

    def test_a_reload_during_a_restart(self):
        self.script("web", "touch begun\nwhile [ ! -e go ]; do sleep 0.01; done\necho went")
        self.start()
        client = self.ask("web")
        self.assertTrue(eventually(lambda: self.exists("begun"), SECONDS))
        self.configure("services: {other: {script: web}}")
        self.agent.send_signal(signal.SIGHUP)
        self.assertTrue(eventually(lambda: any("SIGHUP: 1 rest" in line for line in self.log),
                                   SECONDS), self.log)
        self.assertIn("not in the allow-list", self.restart("web")["error"])
        self.assertIsNone(client.poll())
        self.folder.write("go", "")
        done = self.reply(client)
        self.assertEqual((done["ok"], done["output"]), (True, "went\n"))


class WholeFolder(AgentRestarts):
    """any_script: each script of scripts_path under its own name."""

    def test_what_others_can_change_is_not_run(self):
        path = self.script("web", "touch ran")
        self.start()
        for mode, folder_mode in ((0o757, 0o755), (0o775, 0o755), (0o755, 0o777)):
            os.chmod(path, mode)
            os.chmod(self.folder.join("init.d"), folder_mode)
            done = self.restart("web")
            self.assertEqual((done["ok"], done["exit_status"]), (False, 127))
            self.assertRegex(done["error"], "^not run: .*is writable by (everybody|group 0)")
        os.chmod(self.folder.join("init.d"), 0o755)
        self.assertFalse(self.exists("ran"))
        self.assertTrue(self.restart("web")["ok"])
        self.assertTrue(self.exists("ran"))

    def test_hostile_names(self):
        self.script("web", "touch ran")
        self.script("reboot", "touch ran")
        os.symlink("web", self.folder.join("init.d/link"))
        self.folder.write("init.d/web.sh", "")
        self.start()
        for name in ("../init.d/web", "/bin/sh", "web.sh", "", ".", "web ", "web\n", "web;id",
                     "$(id)", "reboot", "w" * 65, "wéb", "web\0"):
            self.assertIn("is not in the allow-list", self.restart(name)["error"], name)
        self.assertIn("is a symbolic link", self.restart("link")["error"])
        self.assertIn("No such file", self.restart("none")["error"])
        self.assertFalse(self.exists("ran"))

    def test_check_looks_at_the_folder(self):
        def check():
            return programs.run(programs.AGENT, "--check", "-c", self.folder.join("agent.yaml"))
        good = check()
        self.assertEqual(good.returncode, 0, good.stderr)
        self.assertIn(f"0 restartable services, and any script in {self.folder.path}/init.d",
                      good.stdout)
        os.chmod(self.folder.join("init.d"), 0o777)
        bad = check()
        self.assertEqual(bad.returncode, 1)
        self.assertRegex(bad.stderr, r"agent\.yaml:5:13: error: any_script: no script could be run: "
                         ".*init.d: is writable by everybody")


class Units(AgentRestarts):
    """systemd: UNIT."""

    def setUp(self):
        super().setUp()
        self.systemd = FakeSystemd(self.folder.join("systemd"))
        self.addCleanup(self.systemd.end)
        self.systemd.unit("web.service", self.script(
            "web", "for n in $(seq 1 24); do echo line $n; done\n"
            "[ ! -e broken ] || { echo no configuration; exit 1; }\ntouch ran"))
        self.configure("services: {web: {systemd: web.service}}")
        self.start()

    def test_a_restart_with_the_journal_s_last_lines(self):
        done = self.restart("web")
        self.assertTrue(done["ok"], done)
        self.assertTrue(self.exists("ran"))
        self.assertEqual(done["unit"]["journal"],
                         "".join(f"line {n}\n" for n in range(5, 25)))
        self.assertEqual((done["unit"]["result_before"], done["unit"]["result"]),
                         ("success", "success"))
        self.assertEqual(self.systemd.calls("reset-failed"), [])
        self.assertEqual(self.systemd.calls("restart"),
                         ["systemctl --no-ask-password restart -- web.service"])

    def test_a_unit_that_systemd_has_given_up(self):
        self.systemd.give_up("web.service")
        done = self.restart("web")
        self.assertTrue(done["ok"], done)
        self.assertEqual((done["unit"]["result_before"], done["unit"]["restarts_before"],
                          done["unit"]["was_reset"]), ("start-limit-hit", 5, True))
        self.assertEqual(self.systemd.calls("reset-failed"),
                         ["systemctl --no-ask-password reset-failed -- web.service"])

    def test_a_unit_that_does_not_start(self):
        self.folder.write("broken", "")
        done = self.restart("web")
        self.assertEqual((done["ok"], done["exit_status"], done["unit"]["result"]),
                         (False, 1, "exit-code"))
        self.assertTrue(done["unit"]["journal"].endswith("no configuration\n"))
        self.assertIn("Job for web.service failed", done["output"])

    def test_a_unit_that_fails_behind_systemctl_s_back(self):
        self.systemd.set("web.service", "later", "core-dump")
        done = self.restart("web")
        self.assertEqual((done["ok"], done["error"]),
                         (False, "started, and failed at once: core-dump"))

    def test_a_journal_that_is_long_or_not_text(self):
        self.systemd.set("web.service", "journal", "")
        self.script("web", "head -c 20000 /dev/zero | tr '\\0' x\n"
                    "printf '\\nesc \\033[2J \\377\\n'")
        journal = self.restart("web")["unit"]["journal"]
        self.assertEqual(journal, "esc \\x1b[2J \\xff\n")


if __name__ == "__main__":
    unittest.main(verbosity=2)
