"""One key a node, from rollcallctl keygen to the agents: each key opens its own agent alone, keys are
changed without a gap, and rollcallctl agents shows the agents."""

import json
import os
import signal
import subprocess
import unittest

from support import namespace

FIRST, SECOND, THIRD = "127.0.0.13", "127.0.0.14", "127.0.0.15"

namespace.enter()

# pylint: disable=wrong-import-position
from support import programs  # noqa: E402
from support.programs import eventually, processes, rollcallctl  # noqa: E402

PATIENCE = 30
PORT = 2224
CONFIG = """\
server: {listen: ["127.0.0.1:5300"], state_dir: state, workers: 1}
control: {socket: control.sock}
zones: {mydomain.com: {file: db.mydomain.com}}
checks: {web: {type: tcp, port: 80, interval: 600s}}
agents: {keys_dir: keys, status_interval: 1s}
pools:
  www.mydomain.com: {check: web, restart: web, observe_only: true}
"""
ZONE = f"""\
$TTL 60
@ IN SOA ns hostmaster (1 3600 600 86400 60)
  IN NS ns
ns IN A 127.0.0.1
www IN A {FIRST}
www IN A {SECOND}
www IN A {THIRD}
"""
AGENT_CONFIG = """\
listen: {node}:2224
keys:
  ns1: {{file: ns1-{node}.key}}
  ns2: {{file: ns2-{node}.key, services: [other]}}
scripts_path: {folder}
state_file: {folder}/state-{node}
services: {{web: {{script: web}}, other: {{script: web}}}}
"""
STATUS = "GET /v1/status HTTP/1.1\r\nHost: agent\r\n\r\n"


class AgentKeysTest(unittest.TestCase):
    """Two agents; the third node has a key and no agent."""

    def setUp(self):
        self.folder = programs.Folder()
        self.addCleanup(self.folder.remove)
        for name in ("keys", "keys2", "state"):
            os.mkdir(self.folder.join(name), 0o700)
        self.folder.write("db.mydomain.com", ZONE)
        self.folder.write("rollcall.yaml", CONFIG)
        web = self.folder.write("web", f"#!/bin/sh\necho $1 >> {self.folder.join('calls')}\n")
        os.chmod(web, 0o755)
        for node in (FIRST, SECOND, THIRD):
            self.keygen(node, "ns1", "keys")
            self.keygen(node, "ns2", "keys2")
        self.started = processes.Processes()
        self.addCleanup(self.started.end_all)
        self.log = []
        self.agents = {node: self.start_agent(node) for node in (FIRST, SECOND)}
        self.server = self.started.start(
            "rollcalld", [programs.ROLLCALLD, "-c", self.folder.join("rollcall.yaml")], self.keep)
        self.assertTrue(eventually(lambda: self.logged("ready"), PATIENCE), self.log)

    def keep(self, name, line):
        self.log.append(f"{name}: {line}")

    def logged(self, text):
        return any(text in line for line in self.log)

    def keygen(self, node, name, folder):
        done = rollcallctl("keygen", "agent", node, "--name", name, "-o", self.folder.join(folder))
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def keys(self, node, folder="keys"):
        with open(self.folder.join(f"{folder}/{node}.key"), encoding="ascii") as file:
            return file.read()

    def give_keys(self, node):
        """As an operator copies a node's file to the node."""
        for name, folder in (("ns1", "keys"), ("ns2", "keys2")):
            path = self.folder.write(f"{name}-{node}.key", self.keys(node, folder))
            os.chmod(path, 0o600)

    def start_agent(self, node):
        self.give_keys(node)
        self.folder.write(f"{node}.yaml", AGENT_CONFIG.format(node=node, folder=self.folder.path))
        agent = self.started.start(
            f"agent-{node}", [programs.AGENT, "-c", self.folder.join(f"{node}.yaml")], self.keep)
        self.assertTrue(eventually(lambda: programs.connects(node, PORT), PATIENCE), self.log)
        return agent

    def reload(self, process, told):
        """Until the program says that it has read its files again."""
        before = sum(told in line for line in self.log)
        process.send_signal(signal.SIGHUP)
        self.assertTrue(eventually(lambda: sum(told in line for line in self.log) > before,
                                   PATIENCE), self.log[-5:])

    def ctl(self, *arguments):
        return rollcallctl("-s", self.folder.join("control.sock"), *arguments)

    def restart(self, node):
        return self.ctl("restart", node, "web")

    def talk(self, node, line, text=STATUS):
        """What the agent says to a client with the key of such a line."""
        name, key = line.split()
        return subprocess.run(
            ["openssl", "s_client", "-quiet", "-tls1_3", "-psk_identity", name, "-psk", key,
             "-connect", f"{node}:{PORT}"],
            input=text, capture_output=True, text=True, timeout=PATIENCE, check=False).stdout

    def agent_views(self):
        shown = json.loads(self.ctl("--json", "agents").stdout)["agents"]
        return {agent["node"]: agent for agent in shown}

    def calls(self):
        path = self.folder.join("calls")
        if not os.path.exists(path):
            return 0
        with open(path, encoding="ascii") as file:
            return file.read().count("start")

    def test_each_key_opens_its_own_agent_alone(self):
        stolen = self.keys(FIRST)
        self.assertIn('"services"', self.talk(FIRST, stolen))
        self.assertEqual(self.talk(SECOND, stolen), "")
        # Nor does the node of the stolen key pass for another one at the nameserver.
        self.started.end(self.agents[SECOND])
        self.folder.write(f"{SECOND}.yaml", AGENT_CONFIG.format(
            node=SECOND, folder=self.folder.path).replace(f"ns1-{SECOND}", f"ns1-{FIRST}"))
        self.started.start("thief", [programs.AGENT, "-c", self.folder.join(f"{SECOND}.yaml")],
                           self.keep)
        self.assertTrue(eventually(lambda: programs.connects(SECOND, PORT), PATIENCE))
        done = self.restart(SECOND)
        self.assertEqual(done.returncode, 1)
        self.assertIn("different key?", done.stderr)
        self.assertEqual(self.calls(), 0)

    def test_a_nameserver_restarts_what_it_may(self):
        self.assertEqual(self.restart(FIRST).returncode, 0, self.log)
        self.assertEqual(self.calls(), 1)
        other = self.keys(FIRST, "keys2")
        shown = self.talk(FIRST, other)
        self.assertIn('"other"', shown)
        self.assertNotIn('"web"', shown)
        body = '{"service":"web"}'
        reply = self.talk(FIRST, other, "POST /v1/restart HTTP/1.1\r\nHost: a\r\n"
                          f"Content-Length: {len(body)}\r\n\r\n{body}")
        self.assertIn("is not in the allow-list of ns2", reply)
        self.assertEqual(self.calls(), 1)

    def test_keys_are_changed_without_a_gap(self):
        told = self.keygen(FIRST, "ns1", "keys")  # 1. a second line
        self.assertIn("key ns1.2 added; ns1 stays in use", told)
        old, new = self.keys(FIRST).splitlines()
        self.assertTrue(new.startswith("ns1.2 "), new)
        self.give_keys(FIRST)  # 2. the agent accepts both
        self.assertEqual(self.restart(FIRST).returncode, 0)
        self.reload(self.agents[FIRST], "SIGHUP: 2 restartable")
        self.assertEqual(self.restart(FIRST).returncode, 0)
        os.chmod(self.folder.write(f"keys/{FIRST}.key", new + "\n"), 0o600)  # 3. the new one alone
        self.reload(self.server, "reload done")
        self.assertEqual(self.restart(FIRST).returncode, 0)
        self.assertTrue(eventually(lambda: self.agent_views()[FIRST]["key"] == "ns1.2", PATIENCE))
        self.give_keys(FIRST)  # 4. the agent forgets the old one
        self.reload(self.agents[FIRST], "SIGHUP: 2 restartable")
        self.assertEqual(self.restart(FIRST).returncode, 0)
        self.assertEqual(self.talk(FIRST, old), "")
        self.assertEqual(self.calls(), 4)

    def test_agents(self):
        self.assertEqual(self.restart(FIRST).returncode, 0)
        self.assertTrue(eventually(
            lambda: self.agent_views()[FIRST]["services"][1:] and
            self.agent_views()[FIRST]["services"][1]["last"], PATIENCE), self.log)
        views = self.agent_views()
        self.assertEqual(sorted(views), [FIRST, SECOND, THIRD])
        first = views[FIRST]
        self.assertEqual((first["reachable"], first["key"], first["state"], first["weight"]),
                         (True, "ns1", "up", 100))
        self.assertEqual(first["address"], f"{FIRST}:{PORT}")
        self.assertEqual(len(first["load"]), 3)
        self.assertEqual([service["name"] for service in first["services"]], ["other", "web"])
        self.assertRegex(first["services"][1]["last"], r"restarted in \d")
        self.assertFalse(views[THIRD]["reachable"])
        text = self.ctl("agents").stdout
        self.assertRegex(text, rf"(?m)^{FIRST}:{PORT}  reachable for \d+")
        self.assertRegex(text, r"(?m)^  web \(script .*/web\): restarted in \d.* ago$")
        self.assertRegex(text, rf"(?m)^{THIRD}:{PORT}  NOT REACHABLE for \d+s: cannot connect")


if __name__ == "__main__":
    unittest.main(verbosity=2)
