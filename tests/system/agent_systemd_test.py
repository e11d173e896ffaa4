"""rollcall-agent as deploy/ installs it, under a real systemd with its journal and polkit.

The machine is made of namespaces (support/booted.py). Where systemd cannot be booted, these tests are
skipped, and say why; agent_restarts_test.py then still plays the same with a systemctl of its own.
"""

import json
import os
import re
import unittest

from support import booted
from support import programs
from support.programs import eventually

KEY = "0123456789abcdef" * 4
DEPLOY = os.path.join(programs.SOURCE, "deploy")
SECONDS = 30

AGENT_YAML = """\
listen: 127.0.0.1:2224
key_file: agent.key
time_limit: 20s
"""
AS_ROOT = AGENT_YAML + """\
any_script: true
services:
  web: {systemd: web.service}
  other: {systemd: other.service}
"""
AS_USER = AGENT_YAML + """\
user: rollcall-agent
services:
  web: {systemd: web.service}
  other: {systemd: other.service}
"""
WEB = """\
[Unit]
StartLimitIntervalSec=1h
StartLimitBurst=3
[Service]
# The journal knows of a line whose it is while the writer lives.
ExecStartPre=/bin/sh -c '[ ! -e /run/web.broken ] || { echo web has no configuration; sleep 0.3; exit 7; }'
ExecStart=/bin/sh -c 'echo web is up; exec sleep infinity'
Restart=on-failure
RestartSec=10ms
"""
OTHER = "[Service]\nExecStart=/bin/sleep infinity\n"
INIT_SCRIPT = """\
#!/bin/sh
echo old: $1
case $1 in
  stop) [ -e /run/old.pid ] && kill "$(cat /run/old.pid)" && rm /run/old.pid ;;
  start) setsid sleep infinity >/dev/null 2>&1 </dev/null & echo $! >/run/old.pid ;;
esac
"""
SLOW_SCRIPT = """\
#!/bin/sh
[ $1 = stop ] && exit 0
trap '' TERM
(trap '' TERM; echo $(sh -c 'echo $PPID') >/run/slow.pid; while :; do sleep 1; done) &
while :; do sleep 1; done
"""


class AgentUnderSystemd(unittest.TestCase):
    config = AS_ROOT

    def setUp(self):
        self.folder = programs.Folder()
        self.addCleanup(self.folder.remove)
        machine = self.machine = booted.Machine(self.folder.path)
        self.addCleanup(machine.end)
        machine.copy(programs.AGENT, "/usr/sbin/rollcall-agent")
        machine.copy(os.path.join(programs.BUILD, "rollcall-reaper"),
                     "/usr/libexec/rollcall/rollcall-reaper")
        machine.copy(f"{DEPLOY}/rollcall-agent.service",
                     "/etc/systemd/system/rollcall-agent.service")
        machine.write("/etc/rollcall/agent.yaml", self.config)
        machine.write("/etc/rollcall/agent.key", KEY + "\n", 0o600)
        machine.write("/etc/systemd/system/web.service", WEB)
        machine.write("/etc/systemd/system/other.service", OTHER)
        machine.write("/etc/init.d/old", INIT_SCRIPT, 0o755)
        machine.write("/etc/init.d/slow", SLOW_SCRIPT, 0o755)
        self.prepare()
        try:
            machine.start()
        except booted.CannotBoot as error:
            self.skipTest(f"systemd cannot be booted here: {error}")
        self.boot()
        started = machine.run("systemctl", "start", "rollcall-agent.service")
        self.assertEqual(started.returncode, 0, started.stderr + self.journal())

    def prepare(self):
        """Before the machine is started."""

    def boot(self):
        """Before the agent is started."""

    def journal(self, unit="rollcall-agent.service"):
        return self.machine.run("journalctl", "--no-pager", "-u", unit).stdout

    def restart(self, service):
        body = json.dumps({"service": service})
        said = self.machine.run(
            "openssl", "s_client", "-quiet", "-tls1_3", "-psk_identity", "rollcall", "-psk", KEY,
            "-connect", "127.0.0.1:2224", only_network=True,
            text=f"POST /v1/restart HTTP/1.1\r\nHost: a\r\nContent-Length: {len(body)}\r\n\r\n{body}")
        self.assertIn("\n\n", said.stdout, said.stderr + self.journal())
        return json.loads(said.stdout.split("\n\n", 1)[1])

    def property(self, unit, name):
        return self.machine.run("systemctl", "show", f"--property={name}", "--value",
                                unit).stdout.strip()

    def break_web(self):
        """Until systemd no longer starts it."""
        self.machine.run("touch", "/run/web.broken")
        self.machine.run("systemctl", "restart", "web.service")
        self.assertTrue(eventually(
            lambda: self.property("web.service", "ActiveState") == "failed", SECONDS))
        self.assertIn("Start request repeated too quickly", self.journal("web.service"))

    def check_web(self):
        """A unit that works, that systemd has given up, and that does not come up."""
        done = self.restart("web")
        self.assertTrue(done["ok"], done)
        self.assertEqual(done["unit"]["result"], "success")
        self.assertIn("web is up", self.journal("web.service"))
        self.break_web()
        self.machine.run("rm", "/run/web.broken")
        done = self.restart("web")
        self.assertTrue(done["ok"], done)
        self.assertEqual(done["unit"]["result_before"], "exit-code")
        self.assertEqual(done["unit"]["restarts_before"], 2)
        self.assertTrue(done["unit"]["was_reset"])
        self.assertIn("web has no configuration", done["unit"]["journal"])
        self.assertEqual(self.property("web.service", "ActiveState"), "active")
        self.assertLessEqual(len(done["unit"]["journal"].splitlines()), 20)
        self.break_web()
        done = self.restart("web")
        self.assertFalse(done["ok"], done)
        self.assertIn(done["unit"]["state"], ("failed", "activating"))  # systemd tries again
        self.assertIn("web has no configuration", done["unit"]["journal"])


class AsRoot(AgentUnderSystemd):
    """The unit of deploy/: root's name, none of its rights."""

    def test_units(self):
        self.check_web()
        missing = self.restart("nothing")
        self.assertIn("No such file or directory", missing["error"])

    def test_a_script_runs_outside_of_the_sandbox(self):
        done = self.restart("old")
        self.assertTrue(done["ok"], f"{done}\n{self.journal()}")
        self.assertEqual(done["output"], "old: stop\nold: start\n")
        pid = self.machine.read("/run/old.pid").strip()
        status = self.machine.read(f"/proc/{pid}/status")
        self.assertRegex(status, r"NoNewPrivs:\s+0\n")
        self.assertRegex(status, r"Seccomp:\s+0\n")
        self.assertNotRegex(status, r"CapBnd:\s+0000000000000000\n")
        group = self.machine.read(f"/proc/{pid}/cgroup")
        self.assertNotIn("rollcall-agent.service", group)
        self.assertIn("rollcall-old-start-", group)
        # It is the service: it outlives the agent.
        self.machine.run("systemctl", "stop", "rollcall-agent.service")
        self.assertEqual(self.machine.run("kill", "-0", pid).returncode, 0)
        self.assertEqual(self.machine.run("systemctl", "--failed", "--no-legend").stdout, "")

    def test_a_script_that_never_ends_is_killed_with_all_that_it_has_started(self):
        self.machine.run("sed", "-i", "s/time_limit: 20s/time_limit: 1s/", "/etc/rollcall/agent.yaml")
        self.machine.run("systemctl", "reload", "rollcall-agent.service")
        self.assertTrue(eventually(lambda: "SIGHUP: 2 restartable" in self.journal(), SECONDS))
        done = self.restart("slow")
        self.assertEqual((done["ok"], done["timed_out"]), (False, True), done)
        pid = self.machine.read("/run/slow.pid").strip()
        self.assertTrue(pid)
        self.assertTrue(eventually(
            lambda: self.machine.run("kill", "-0", pid).returncode != 0, SECONDS))

    def test_a_script_that_others_can_change_is_not_run(self):
        self.machine.run("chmod", "777", "/etc/init.d/old")
        done = self.restart("old")
        self.assertFalse(done["ok"])
        self.assertIn("not run: /etc/init.d/old: is writable by everybody", done["error"])


class AsUser(AgentUnderSystemd):
    """unprivileged.conf, and the rule for polkit with web.service alone."""

    config = AS_USER

    def prepare(self):
        with open(f"{DEPLOY}/polkit/49-rollcall-agent.rules", encoding="utf-8") as file:
            rule = file.read()
        listed = '"apache2.service", "postfix.service"'
        self.assertIn(listed, rule)
        self.machine.write("/etc/polkit-1/rules.d/49-rollcall-agent.rules",
                           rule.replace(listed, '"web.service"'))
        self.machine.copy(
            f"{DEPLOY}/unprivileged.conf",
            "/etc/systemd/system/rollcall-agent.service.d/unprivileged.conf")

    def boot(self):
        if self.machine.run("test", "-x", "/usr/lib/polkit-1/polkitd").returncode != 0:
            self.skipTest("there is no polkitd")
        made = self.machine.run("useradd", "--system", "--user-group", "rollcall-agent")
        self.assertEqual(made.returncode, 0, made.stderr)
        self.machine.run("chown", "rollcall-agent:", "/etc/rollcall/agent.key")

    def test_units_that_the_rule_lists(self):
        self.check_web()
        pid = self.property("rollcall-agent.service", "MainPID")
        self.assertNotRegex(self.machine.read(f"/proc/{pid}/status"), r"Uid:\s+0\s")

    def test_other_units(self):
        refused = self.restart("other")
        self.assertFalse(refused["ok"])
        self.assertRegex(refused["output"], "authentication required|Access denied")
        self.assertEqual(self.property("other.service", "ActiveState"), "inactive")

    def test_scripts_are_refused(self):
        self.machine.run("sh", "-c", "echo '  old: {script: old}' >>/etc/rollcall/agent.yaml")
        checked = self.machine.run("/usr/sbin/rollcall-agent", "--check")
        self.assertEqual(checked.returncode, 1)
        self.assertRegex(checked.stderr, re.escape("agent.yaml:8:17: error: services.old.script") +
                         ' needs root, but user is "rollcall-agent"')


if __name__ == "__main__":
    unittest.main(verbosity=2)
