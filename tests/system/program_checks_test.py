"""Checks that other programs answer: exec, agent and file."""

import os
import resource
import socketserver
import threading
import unittest

from support import namespace

namespace.enter()

# pylint: disable=wrong-import-position
from support.check_fixture import SECONDS, CheckFixture  # noqa: E402
from support.programs import eventually  # noqa: E402

import processes  # noqa: E402

ADDRESS, OTHER = "127.0.0.15", "127.0.0.16"
PLUGIN = """#!/bin/sh
read code text < "$1"
echo "$text | load=1"
exit "$code"
"""
WORDS = """#!/bin/sh
test "$*" = '127.0.0.15 80 words.mydomain.com $(exit 9) a b' && test $# = 5
"""
# Ends when the process that it leaves behind has written its process id.
DAEMON = """#!/bin/sh
rm -f "$1.told"
(setsid sh -c 'echo $$ >> "$1"; : > "$1.told"; exec sleep 3600' daemon "$1" > /dev/null 2>&1 &)
while [ ! -e "$1.told" ]; do sleep 0.01; done
exit 0
"""
SLEEPER = """#!/bin/sh
sleep 3600 &
echo $! > "$1.new"
mv "$1.new" "$1"
wait
"""
EXEC = "type: exec, command: "
SOFT_LIMIT = 777
SLOW_TIMES = "interval: 12h, fast_interval: 6h, timeout: 3s"  # no probe comes by itself


class Agent(socketserver.ThreadingTCPServer):
    """Sends one line to every client."""

    allow_reuse_address = True
    daemon_threads = True
    line = b"up\n"

    def __init__(self, address):
        super().__init__(address, AgentSession)


class AgentSession(socketserver.BaseRequestHandler):
    def handle(self):
        self.request.sendall(self.server.line)


class ProgramChecksTest(CheckFixture):
    """Programs, an agent, a file of states."""

    CASES = {
        "plugin": (EXEC + '["@folder@/plugin", "@folder@/word"]', [ADDRESS]),
        "words": (EXEC + '["@folder@/words", "{address}", "{port}", "{host}", "$(exit 9)", "a b"], '
                  "port: 80", [ADDRESS]),
        "sleeper": (EXEC + '["@folder@/sleeper", "@folder@/sleeper.pid"]', [ADDRESS]),
        "daemon": (EXEC + '["@folder@/daemon", "@folder@/daemon.pids"]', [ADDRESS]),
        "limits": (EXEC + "[/bin/sh, -c, 'echo $(ulimit -Sn); exit 2']", [ADDRESS]),
        "long": (EXEC + "[/bin/sh, -c, 'echo DB CRITICAL; seq 1 3000; exit 2']", [ADDRESS]),
        "missing": (EXEC + "[/nowhere/plugin]", [ADDRESS]),
        "agent": ("type: agent, port: @agent@", [ADDRESS]),
        "file": (f"type: file, file: states, {SLOW_TIMES}", [ADDRESS, OTHER]),
        "linked": ("type: file, file: link", [ADDRESS]),
        "strays": ("type: file, file: strays", [ADDRESS]),
        "strict": (f"type: file, file: states, missing: down, {SLOW_TIMES}", [ADDRESS, OTHER]),
    }

    def setUp(self):
        self.set_up_folder()
        for name, text in {"plugin": PLUGIN, "words": WORDS, "sleeper": SLEEPER,
                           "daemon": DAEMON}.items():
            os.chmod(self.folder.write(name, text), 0o755)
        self.folder.write("word", "0 OK - all good\n")
        self.folder.write("states", f"{ADDRESS} up\n")
        self.folder.write("strays", f"strays.mydomain.com./{ADDRESS} down\n{ADDRESS} up\n"
                                    f"{OTHER} up\nother.mydomain.com/{ADDRESS} up\n")
        os.mkdir(self.folder.join("elsewhere"))
        self.folder.write("elsewhere/states", f"{ADDRESS} up\n")
        os.symlink("elsewhere/states", self.folder.join("link"))
        self.agent = Agent((ADDRESS, 0))
        self.addCleanup(self.agent.server_close)
        self.addCleanup(self.agent.shutdown)
        threading.Thread(target=self.agent.serve_forever, daemon=True).start()
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (SOFT_LIMIT, hard))
        self.start_rollcall(folder=self.folder.path, agent=self.agent.server_address[1])

    def test_a_program_by_its_exit_status(self):
        self.becomes("plugin", "up", "^$")
        self.folder.write("word", "1 WARNING - disk 91%\n")
        self.assertTrue(
            self.becomes("plugin", "degraded", "^exit status 1: WARNING - disk 91%$")["live"])
        self.folder.write("word", "2 CRITICAL - disk full\n")
        self.becomes("plugin", "down", "^exit status 2: CRITICAL - disk full$")
        self.folder.write("word", "0 OK\n")
        self.becomes("plugin", "up", "^$")

    def test_arguments_are_passed_as_they_are(self):
        self.becomes("words", "up", "^$")
        self.becomes("long", "down", "^exit status 2: DB CRITICAL$")
        self.becomes("missing", "unknown",
                     "^cannot probe: cannot run /nowhere/plugin: No such file or directory$")

    def test_a_program_over_its_time_is_killed_with_its_children(self):
        self.becomes("sleeper", "down", "^timed out after 900ms$")
        child = processes.read_pid(self.folder.join("sleeper.pid"))
        self.assertTrue(eventually(lambda: not processes.is_running(child, "sleep"), SECONDS))

    def test_what_a_program_leaves_behind_is_killed(self):
        self.becomes("daemon", "up", "^$")

        def pids():
            with open(self.folder.join("daemon.pids"), encoding="ascii") as file:
                return [int(line) for line in file.read().split()]

        self.assertTrue(eventually(lambda: len(pids()) >= 3, SECONDS))
        for pid in pids()[:3]:
            self.assertTrue(eventually(lambda pid=pid: not processes.is_running(pid, "sleep"),
                                       SECONDS), pid)

    def test_a_program_has_the_limit_that_rollcalld_was_started_with(self):
        soft, _ = resource.prlimit(self.server.pid(), resource.RLIMIT_NOFILE)
        self.assertGreater(soft, SOFT_LIMIT, "rollcalld raises its own")
        self.becomes("limits", "down", f"^exit status 2: {SOFT_LIMIT}$")

    def test_an_agent(self):
        self.assertIsNone(self.becomes("agent", "up", "^$")["percent"])
        self.agent.line = b"up 75%\n"
        self.assertTrue(eventually(
            lambda: self.status()[("agent", ADDRESS)]["percent"] == 75, SECONDS))
        self.agent.line = b"drain\n"
        self.becomes("agent", "down", '^the agent says "drain"$')
        self.agent.line = b"ready\n"
        self.becomes("agent", "up", "^$")
        self.agent.line = b"down # disk full\n"
        self.becomes("agent", "down", '^the agent says "down # disk full"$')
        self.agent.line = b""
        self.becomes("agent", "down", "^the agent names no state$")

    def test_a_file_counts_as_soon_as_it_is_written(self):
        self.becomes("file", "up", "^$")
        self.becomes("file", "up", "^$", OTHER)
        self.becomes("strict", "down", f"^the file has no line for {OTHER}$", OTHER)
        self.folder.write("states", f"{ADDRESS} down # by hand\nstrict.mydomain.com/{OTHER} up\n")
        self.becomes("file", "down", '^the file says "down # by hand"$')
        self.becomes("strict", "up", "^$", OTHER)
        self.assertEqual(self.client.becomes("strict.mydomain.com", [OTHER], SECONDS), [OTHER])
        self.folder.write("states", f"{ADDRESS} up\n")
        self.becomes("file", "up", "^$")

    def test_lines_that_are_of_no_member_are_warned_of(self):
        self.becomes("strays", "down", '^the file says "down"$')
        strays = [ADDRESS, OTHER, f"other.mydomain.com/{ADDRESS}"]  # one line of three has a better one
        for name in strays:
            self.logged(f"strays: line of {name} ignored: no check asks about this member")
        self.folder.write("strays", f"{ADDRESS} up\n{OTHER} up\n192.0.2.9 up\n")
        self.becomes("strays", "up", "^$")
        self.logged("strays: line of 192.0.2.9 ignored: no check asks about this member")
        told = [line for line in self.server.log if "no check asks about this member" in line]
        self.assertEqual(len(told), len(strays) + 1, told)
        # A file for many servers is no reason for as many lines.
        self.folder.write("strays", f"{ADDRESS} up\n{OTHER} up\n" +
                          "".join(f"192.0.2.{last} up\n" for last in range(10, 35)))
        self.logged("strays: more lines of members that no check asks about: 5")

    def test_a_file_behind_a_link(self):
        self.becomes("linked", "up", "^$")
        self.folder.write("elsewhere/states", f"{ADDRESS} down\n")
        self.becomes("linked", "down", '^the file says "down"$')
        self.folder.write("elsewhere/states", f"{ADDRESS} up\n")
        self.becomes("linked", "up", "^$")

    def test_a_file_that_is_missing_at_a_start_leaves_what_was_saved(self):
        self.becomes("strict", "up", "^$")
        self.becomes("strict", "down", "", OTHER)
        self.server.stop()
        os.remove(self.folder.join("states"))
        self.server.start(lambda: self.client.ready("ns1.mydomain.com"))
        self.logged("states: No such file or directory: using the last known states")
        self.becomes("strict", "up", "^$")
        self.becomes("strict", "down", "", OTHER)


if __name__ == "__main__":
    unittest.main(verbosity=2)
