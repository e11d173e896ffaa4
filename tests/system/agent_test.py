"""rollcall-agent as people start it: its command line, its signals, and a request by openssl."""
import os
import pathlib
import signal
import socket
import subprocess
import tempfile
import time
import unittest

from support import namespace

AGENT = pathlib.Path(os.environ["ROLLCALL_BUILD"]) / "rollcall-agent"
KEY = "0123456789abcdef" * 4
PATIENCE = 20


class AgentProgram(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="rollcall-agent-")
        self.addCleanup(folder.cleanup)
        self.dir = pathlib.Path(folder.name)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.write("ns1.key", f"ns1 {KEY}\n", 0o600)
        self.write("web", f"#!/bin/sh\necho $1 >> {self.dir}/calls\necho web $1\n", 0o755)
        self.write("slow", f"#!/bin/sh\n[ $1 = stop ] && exit\ntouch {self.dir}/begun\n"
                   f"while [ ! -e {self.dir}/go ]; do sleep 0.01; done\n", 0o755)
        self.config("web: {script: web}", "slow: {script: slow}")

    def write(self, name, text, mode=0o644):
        path = self.dir / name
        path.write_text(text)
        path.chmod(mode)
        return path

    def config(self, *services, key="ns1.key"):
        return self.write("agent.yaml", "\n".join(
            [f"listen: 127.0.0.1:{self.port}", f"keys: {{ns1: {{file: {key}}}}}", f"scripts_path: {self.dir}",
             "services:"] + [f"  {line}" for line in services]) + "\n")

    def run_agent(self, *arguments):
        return subprocess.run([AGENT, *arguments], capture_output=True, text=True, timeout=PATIENCE)

    def start(self):
        """Starts the agent and waits until it tells systemd that it is ready."""
        self.notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(self.notify.close)
        self.notify.bind(str(self.dir / "notify"))
        self.notify.settimeout(PATIENCE)
        self.log = open(self.dir / "log", "w")
        self.addCleanup(self.log.close)
        agent = subprocess.Popen([AGENT, "-c", self.dir / "agent.yaml"], stderr=self.log,
                                 env={**os.environ, "NOTIFY_SOCKET": str(self.dir / "notify")})
        self.addCleanup(agent.wait)
        self.addCleanup(agent.kill)
        self.assertEqual(self.notify.recv(100), b"READY=1")
        return agent

    def talk_argv(self):
        return ["openssl", "s_client", "-quiet", "-tls1_3", "-psk_identity", "ns1", "-psk", KEY,
                "-connect", f"127.0.0.1:{self.port}"]

    @staticmethod
    def request(service):
        body = '{"service":"%s"}' % service
        return (f"POST /v1/restart HTTP/1.1\r\nHost: agent\r\n"
                f"Content-Length: {len(body)}\r\n\r\n{body}").encode()

    def restart(self, service):
        return subprocess.run(self.talk_argv(), input=self.request(service), capture_output=True,
                              timeout=PATIENCE).stdout.decode()

    def until(self, condition):
        end = time.monotonic() + PATIENCE
        while not condition():
            self.assertLess(time.monotonic(), end, "it did not happen in time")
            time.sleep(0.01)

    def test_usage(self):
        self.assertEqual(self.run_agent("--nonsense").returncode, 2)
        self.assertEqual(self.run_agent("-c").returncode, 2)
        self.assertEqual(self.run_agent("--help").returncode, 0)
        version = self.run_agent("--version")
        self.assertEqual(version.returncode, 0)
        self.assertRegex(version.stdout, r"^rollcall-agent \d+\.\d+\.\d+\n$")

    def test_check(self):
        good = self.run_agent("-c", self.dir / "agent.yaml", "--check")
        self.assertEqual((good.returncode, good.stderr), (0, ""))
        self.assertEqual(good.stdout, f"{self.dir}/agent.yaml: OK, 2 restartable services\n")

    def test_refuses_what_is_wrong(self):
        missing = self.run_agent("-c", self.dir / "missing.yaml")
        self.assertEqual(missing.returncode, 1)
        self.assertIn(f"{self.dir}/missing.yaml: No such file or directory", missing.stderr)

        self.config("web: {scirpt: web}")
        typo = self.run_agent("-c", self.dir / "agent.yaml", "--check")
        self.assertEqual(typo.returncode, 1)
        self.assertIn("agent.yaml:5:", typo.stderr)
        self.assertIn("script", typo.stderr)

        self.config("web: {script: web}", key="short.key")
        self.write("short.key", "ns1 abc\n", 0o600)
        key = self.run_agent("-c", self.dir / "agent.yaml", "--check")
        self.assertEqual(key.returncode, 1)
        self.assertIn("short.key: line 1: a key has 64 hexadecimal digits", key.stderr)

    def test_the_older_key_works_with_a_warning(self):
        self.write("agent.key", KEY + "\n", 0o600)
        text = (self.dir / "agent.yaml").read_text()
        self.write("agent.yaml", text.replace("keys: {ns1: {file: ns1.key}}", "key_file: agent.key"))
        warned = self.run_agent("-c", self.dir / "agent.yaml", "--check")
        self.assertEqual(warned.returncode, 0)
        self.assertRegex(warned.stderr, r"agent.yaml:2:11: warning: key_file is the older form")
        self.start()
        argv = [word.replace("ns1", "rollcall") for word in self.talk_argv()]
        done = subprocess.run(argv, input=self.request("web"), capture_output=True,
                              timeout=PATIENCE, check=False)
        self.assertIn(b'"ok":true', done.stdout)

    def test_refuses_two_keys_of_one_name(self):
        self.write("ns2.key", f"ns1 {KEY[::-1]}\n", 0o600)
        text = (self.dir / "agent.yaml").read_text()
        self.write("agent.yaml", text.replace("{file: ns1.key}}", "{file: ns1.key}, ns2: {file: ns2.key}}"))
        refused = self.run_agent("-c", self.dir / "agent.yaml", "--check")
        self.assertEqual(refused.returncode, 1)
        self.assertIn(f"ns2.key: the key ns1 is also in {self.dir}/ns1.key", refused.stderr)

    def test_warns_of_a_key_that_all_may_read(self):
        (self.dir / "ns1.key").chmod(0o644)
        warned = self.run_agent("-c", self.dir / "agent.yaml", "--check")
        self.assertEqual(warned.returncode, 0)
        self.assertIn("chmod 600", warned.stderr)

    def test_refuses_a_port_in_use(self):
        self.start()
        second = self.run_agent("-c", self.dir / "agent.yaml")
        self.assertEqual(second.returncode, 1)
        self.assertIn("Address already in use", second.stderr)

    def test_restarts_reloads_and_ends(self):
        agent = self.start()
        self.assertIn('"ok":true,"exit_status":0', self.restart("web"))
        self.assertEqual((self.dir / "calls").read_text(), "stop\nstart\n")
        log = self.dir / "log"

        self.config("other: {script: web}")
        agent.send_signal(signal.SIGHUP)
        self.until(lambda: "SIGHUP: 1 restartable service" in log.read_text())
        self.assertIn("is not in the allow-list", self.restart("web"))
        self.assertIn('"ok":true', self.restart("other"))

        self.config("broken: {")
        agent.send_signal(signal.SIGHUP)
        self.until(lambda: "refused; services and keys stay unchanged" in log.read_text())
        self.assertIn('"ok":true', self.restart("other"))

        agent.terminate()
        self.assertEqual(agent.wait(PATIENCE), 0)
        self.assertEqual(self.notify.recv(100), b"STOPPING=1")
        self.assertRegex(log.read_text(), r"127\.0\.0\.1:\d+ \(ns1\): other restarted in \d")

    def begin_slow_restart(self):
        client = subprocess.Popen(self.talk_argv(), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL)
        self.addCleanup(client.stdout.close)
        self.addCleanup(client.wait)
        self.addCleanup(client.kill)
        client.stdin.write(self.request("slow"))
        client.stdin.close()
        self.until((self.dir / "begun").exists)
        return client

    def test_waits_for_the_running_restart(self):
        agent = self.start()
        client = self.begin_slow_restart()
        agent.terminate()
        self.assertEqual(self.notify.recv(100), b"STOPPING=1")
        self.assertIsNone(agent.poll())
        (self.dir / "go").touch()
        self.assertIn(b'"ok":true', client.stdout.read())
        self.assertEqual(agent.wait(PATIENCE), 0)

    def test_a_second_signal_does_not_wait(self):
        agent = self.start()
        self.begin_slow_restart()
        agent.terminate()
        self.assertEqual(self.notify.recv(100), b"STOPPING=1")
        agent.send_signal(signal.SIGINT)
        self.assertEqual(agent.wait(PATIENCE), 0)


if __name__ == "__main__":
    namespace.enter()
    unittest.main()
