"""The command lines: what they print, and how they exit."""

import json
import os
import re
import shutil
import unittest

from support import namespace

namespace.enter()

# pylint: disable=wrong-import-position
from support import failing_syscalls, programs  # noqa: E402
from support.dns_client import Client  # noqa: E402
from support.programs import eventually, rollcallctl, run  # noqa: E402

DONE, REFUSED, WRONG_USAGE = 0, 1, 2

ZONE = """\
$TTL 300
@    IN SOA ns1 hostmaster (1 3600 600 86400 60)
     IN NS  ns1
ns1  IN A   127.0.0.1
www 1 IN A  127.0.0.31
www 1 IN A  127.0.0.32
"""

CONFIG = """\
server: {{listen: ["127.0.0.1:{port}"], state_dir: state}}
control: {{socket: control.sock}}
zones:
  example.com: {{file: db.example.com}}
checks:
  web: {{type: tcp, port: 8080, interval: 1s, fast_interval: 200ms, timeout: 500ms}}
pools:
  www.example.com: {{check: web}}
"""


class WithFolder(unittest.TestCase):
    """A folder with a good configuration and its zone."""

    def setUp(self):
        self.folder = programs.Folder()
        self.addCleanup(self.folder.remove)
        os.mkdir(self.folder.join("state"))
        os.mkdir(self.folder.join("other"))
        self.port = programs.free_port()
        self.folder.write("db.example.com", ZONE)
        self.config = self.folder.write("rollcall.yaml", CONFIG.format(port=self.port))

    def assert_exit(self, done, code):
        self.assertEqual(done.returncode, code, f"stdout: {done.stdout}\nstderr: {done.stderr}")


HELP = {
    "status": "Show the zones, and the pools with the health of their members.",
    "drain": "Leave members out of the answers, and ask for no restart of them.",
    "up": "Treat members as up, whatever their probes say.",
    "down": "Treat members as down, whatever their probes say.",
    "auto": "Let the probes of members decide again.",
    "normal": "Answer everything in the zone files, whatever probes and overrides say.",
    "thaw": "Let answers follow the probes again, after the isolation guard has frozen them.",
    "reload": "Read the configuration and the zone files again.",
    "restart": "Ask a member's agent to restart a service.",
    "check": "Check the configuration, the keys and every zone; needs no server.",
    "checkzone": "Check one zone file; needs no server.",
    "keygen": "Make a new secret: tsig or agent.",
}


class UsageTest(WithFolder):
    """--help, --version and wrong usage."""

    PROGRAMS = (programs.ROLLCALLD, programs.ROLLCALLCTL, programs.AGENT)

    def test_every_command_says_what_it_does(self):
        commands = " ".join(rollcallctl("--help").stdout.split())
        for command, text in HELP.items():
            with self.subTest(command):
                done = rollcallctl(command, "--help")
                self.assert_exit(done, DONE)
                self.assertIn(text, " ".join(done.stdout.split()))
                self.assertIn(f"{command} {text}", commands)

    def test_help_and_version(self):
        for program in self.PROGRAMS:
            with self.subTest(program):
                done = run(program, "--help")
                self.assert_exit(done, DONE)
                self.assertIn("Usage", done.stdout)
                done = run(program, "--version")
                self.assert_exit(done, DONE)
                self.assertRegex(done.stdout, r"\d+\.\d+\.\d+")

    def test_wrong_usage(self):
        for arguments in ([programs.ROLLCALLD, "--nonsense"], [programs.AGENT, "--nonsense"],
                          [programs.ROLLCALLCTL, "nonsense"], [programs.ROLLCALLCTL],
                          [programs.ROLLCALLCTL, "checkzone", "example.com"],
                          [programs.ROLLCALLCTL, "restart", "127.0.0.1"],
                          [programs.ROLLCALLCTL, "keygen", "nonsense"]):
            with self.subTest(arguments[1:]):
                done = run(*arguments)
                self.assert_exit(done, WRONG_USAGE)
                self.assertNotEqual(done.stderr, "")


class CheckTest(WithFolder):
    """Checking without a server."""

    def both(self):
        yield run(programs.ROLLCALLD, "-c", self.config, "--check")
        yield rollcallctl("check", self.config)

    def test_good(self):
        for done in self.both():
            self.assert_exit(done, DONE)

    def test_the_sample(self):
        sample = programs.Folder()
        self.addCleanup(sample.remove)
        shutil.copytree(os.path.join(programs.SOURCE, "zones"), sample.path, dirs_exist_ok=True)
        os.mkdir(sample.join("agent-keys"))
        for node in ("127.0.0.11", "127.0.0.12", "127.0.0.13"):
            self.assert_exit(rollcallctl("keygen", "agent", node, "-o", sample.join("agent-keys")),
                             DONE)
        done = rollcallctl("check", sample.join("rollcall.yaml"))
        self.assert_exit(done, DONE)
        self.assertNotIn("warning", done.stderr)

    def test_unknown_key(self):
        self.folder.write("rollcall.yaml",
                          CONFIG.format(port=self.port).replace("interval: 1s", "intervall: 1s", 1))
        for done in self.both():
            self.assert_exit(done, REFUSED)
            self.assertRegex(done.stderr, r"rollcall\.yaml:6:\d+: error: ")
            self.assertIn("intervall", done.stderr)
            self.assertRegex(done.stderr, r"\binterval\b")  # the nearest right word

    def test_dangling_reference(self):
        self.folder.write("rollcall.yaml",
                          CONFIG.format(port=self.port).replace("check: web", "check: wep"))
        for done in self.both():
            self.assert_exit(done, REFUSED)
            self.assertRegex(done.stderr, r"rollcall\.yaml:8:\d+: error: .*wep")

    def test_broken_zone(self):
        self.folder.write("db.example.com", ZONE + "bad IN A 1.2.3\n")
        for done in self.both():
            self.assert_exit(done, REFUSED)
            self.assertRegex(done.stderr, r"db\.example\.com:7:?.*error")

    def test_missing_files(self):
        done = rollcallctl("check", self.folder.join("nothing.yaml"))
        self.assert_exit(done, REFUSED)
        self.assertIn("nothing.yaml", done.stderr)
        done = run(programs.ROLLCALLD, "-c", self.folder.join("nothing.yaml"))
        self.assert_exit(done, REFUSED)
        self.assertIn("nothing.yaml", done.stderr)
        os.remove(self.folder.join("db.example.com"))
        for done in self.both():
            self.assert_exit(done, REFUSED)
            self.assertIn("db.example.com", done.stderr)

    def test_what_another_server_has(self):
        server = programs.Server(self.folder)
        self.addCleanup(server.end)
        server.start(lambda: Client("127.0.0.1", self.port).ready("example.com", "SOA"))
        text = CONFIG.format(port=self.port)
        other = text.replace(f"127.0.0.1:{self.port}", f"127.0.0.1:{programs.free_port()}")
        for config, said in (
                (text, f"127.0.0.1:{self.port}"),
                (other, "control.sock: a server is already listening there"),
                (other.replace("control.sock", "other.sock"), "another server is using state_dir")):
            self.folder.write("other.yaml", config)
            done = run(programs.ROLLCALLD, "-c", "other.yaml", cwd=self.folder.path)
            self.assert_exit(done, REFUSED)
            self.assertIn(said, done.stderr)
        self.assertTrue(server.alive())


class CheckzoneTest(WithFolder):
    """One zone file, also those of the year 2000."""

    def test_good(self):
        done = rollcallctl("checkzone", "example.com", self.folder.join("db.example.com"))
        self.assert_exit(done, DONE)

    def test_broken(self):
        path = self.folder.write("db.bad", ZONE + 'txt IN TXT "never closed\n')
        done = rollcallctl("checkzone", "example.com", path)
        self.assert_exit(done, REFUSED)
        self.assertRegex(done.stderr, r"db\.bad:7")

    def test_the_seed_verbatim(self):
        path = os.path.join(programs.SEED, "db.mydomain.com")
        done = rollcallctl("checkzone", "mydomain.com", path)
        self.assert_exit(done, DONE)
        self.assertRegex(done.stderr + done.stdout, r"warning: .*TTL")

    def test_the_seed_that_lost_its_indentation(self):
        path = os.path.join(programs.SEED, "db.0.168.192")
        done = rollcallctl("checkzone", "0.168.192.in-addr.arpa", path)
        self.assert_exit(done, REFUSED)
        self.assertRegex(done.stderr, r"db\.0\.168\.192:8\b")
        with open(path, encoding="ascii") as file:
            text = re.sub(r"(?m)^IN NS", "        IN NS", file.read())
        mended = self.folder.write("db.mended", text)
        self.assert_exit(rollcallctl("checkzone", "0.168.192.in-addr.arpa", mended), DONE)


class NearestWordTest(WithFolder):
    """Suggestions for unknown words."""

    def test_commands_and_options(self):
        for arguments, said in (
                (["drian", "192.0.2.1"], 'unknown command "drian"; did you mean "drain"?'),
                (["dance"], 'unknown command "dance"; see rollcallctl --help'),
                (["drain", "192.0.2.1", "--fro", "1h"],
                 'unknown option "--fro"; did you mean "--for"?'),
                (["drain", "192.0.2.1", "--for", "2y"],
                 'invalid duration "2y"; use 30m, 2h or 1d'),
                (["drain"], 'the request needs "member", "members" or "pool"'),
                (["drain", "192.0.2.1", "--reason", "a\u009bb"], "control characters")):
            with self.subTest(arguments):
                done = rollcallctl("-s", "/nonexistent", *arguments)
                self.assert_exit(done, WRONG_USAGE)
                self.assertIn(said, done.stderr)
                self.assertNotIn("\u009b", done.stderr)


class KeygenTest(WithFolder):
    """Keys are long and never the same."""

    def test_agent_key(self):
        first, second = rollcallctl("keygen", "agent"), rollcallctl("keygen", "agent")
        self.assert_exit(first, DONE)
        self.assertRegex(first.stdout, r"\A[0-9a-f]{64}\n\Z")
        self.assertNotEqual(first.stdout, second.stdout)

    def test_tsig(self):
        first, second = rollcallctl("keygen", "tsig"), rollcallctl("keygen", "tsig")
        self.assert_exit(first, DONE)
        self.assertGreaterEqual(len(first.stdout.strip()), 32)
        self.assertNotEqual(first.stdout, second.stdout)

    def test_what_nothing_takes_is_not_made(self):
        self.assert_exit(rollcallctl("keygen", "token"), WRONG_USAGE)


class NoRandomNumbersTest(WithFolder):
    """A kernel without random numbers: nothing predictable takes their place."""

    SAID = "the system provides no random numbers: Function not implemented"

    def run_without(self, *command):
        done = run(*failing_syscalls.command(["getrandom=ENOSYS"], *command),
                   cwd=self.folder.path)
        self.assert_exit(done, 1)
        self.assertEqual(done.stdout, "")
        self.assertIn(self.SAID, done.stderr)

    def test_no_key_is_made(self):
        self.run_without(programs.ROLLCALLCTL, "keygen", "agent")

    def test_the_server_does_not_start(self):
        self.run_without(programs.ROLLCALLD, "-c", self.config)


class ServerCommandsTest(WithFolder):
    """Commands that ask a running server."""

    def setUp(self):
        super().setUp()
        self.server = programs.Server(self.folder)
        self.addCleanup(self.server.end)

    def start(self):
        client = Client("127.0.0.1", self.port)
        self.server.start(lambda: client.ready("www.example.com", "A"))

    def test_no_server(self):
        done = self.server.ctl("status")
        self.assert_exit(done, REFUSED)
        self.assertIn("control.sock", done.stderr)

    def test_status(self):
        self.start()
        done = self.server.ctl("status")
        self.assert_exit(done, DONE)
        for text in ("example.com", "www.example.com", "127.0.0.31", "127.0.0.32"):
            self.assertIn(text, done.stdout)
        self.assertTrue(eventually(lambda: "down" in self.server.ctl("status").stdout, 20))

    def test_octets_of_a_zone_file_reach_no_terminal(self):
        """Invalid UTF-8 and terminal controls are shown as escapes, in JSON too."""
        self.start()
        with open(self.folder.join("db.new"), "wb") as file:
            file.write(ZONE.encode() + b"bad\xff\xc2\x9b2J IN A\xe2\x80\xae\x1b[2J 127.0.0.9\n")
        os.replace(self.folder.join("db.new"), self.folder.join("db.example.com"))
        done = self.server.ctl("reload")
        self.assert_exit(done, REFUSED)
        self.assertIn(r"A\u202e\x1b[2J", done.stderr)
        done = self.server.ctl("status")
        self.assert_exit(done, DONE)
        self.assertIn(r"\u202e\x1b[2J", done.stdout)
        done = self.server.ctl("--json", "status")
        self.assert_exit(done, DONE)
        self.assertIn(r"\u202e\x1b[2J", json.loads(done.stdout)["status"]["zones"][0]["problem"])
        self.assertTrue(eventually(lambda: any(r"\u202e" in line for line in self.server.log), 20))
        self.assertNotIn("\x1b", "".join(self.server.log))

    def test_the_configuration_names_the_socket(self):
        self.start()
        done = run(programs.ROLLCALLCTL, "-c", self.config, "status")
        self.assert_exit(done, DONE)
        self.assertIn("POOL www.example.com", done.stdout)
        done = run(programs.ROLLCALLCTL, "status", "-c", self.folder.join("missing.yaml"))
        self.assert_exit(done, REFUSED)
        self.assertIn("missing.yaml", done.stderr)
        done = run(programs.ROLLCALLCTL, "-c", self.config, "-s", "/nonexistent", "status")
        self.assert_exit(done, REFUSED)
        self.assertIn("no reply from rollcalld on /nonexistent", done.stderr)

    def test_a_part_of_the_status(self):
        self.start()
        self.assertTrue(eventually(
            lambda: "127.0.0.31" in self.server.ctl("status", "--state", "down").stdout, 20))
        for options, found in ((["--state", "up"], False), (["--pool", "www.*"], True),
                               (["--pool", "ftp.*"], False), (["--zone", "other.example"], False),
                               (["--zone", "example.com", "--state", "down"], True)):
            with self.subTest(options):
                done = self.server.ctl("status", *options)
                self.assert_exit(done, DONE)
                self.assertEqual("127.0.0.31" in done.stdout, found, done.stdout)
                self.assertEqual("nothing matches" in done.stdout, not found, done.stdout)
        done = self.server.ctl("status", "--state", "dwon")
        self.assert_exit(done, WRONG_USAGE)
        self.assertEqual(done.stderr,
                         'rollcallctl: invalid state "dwon"; did you mean "down"?\n')

    def test_restart_without_an_agent(self):
        self.start()
        done = self.server.ctl("restart", "127.0.0.31", "apache")
        self.assert_exit(done, REFUSED)
        self.assertNotEqual(done.stderr, "")

    def test_sigterm_ends_it(self):
        self.start()
        self.assertEqual(self.server.stop(), 0)
        self.assertFalse(os.path.exists(self.folder.join("control.sock")))


if __name__ == "__main__":
    unittest.main(verbosity=2)
