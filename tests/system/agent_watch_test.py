"""The agent's watch with real BIND: over UDP no connection ends with a server, but its process does."""

import os
import signal
import subprocess
import unittest

from support import namespace

FIRST, SECOND = "127.0.0.13", "127.0.0.14"

namespace.enter()
# named listens only on addresses that an interface has.
for own in (FIRST, SECOND):
    namespace.run("ip", "address", "add", f"{own}/8", "dev", "lo")

# pylint: disable=wrong-import-position
from support import named_server  # noqa: E402
from support import programs  # noqa: E402
from support.dns_client import Client  # noqa: E402
from support.programs import eventually, processes  # noqa: E402
from support.web_pool import SECONDS, WebPool  # noqa: E402

INTERVAL = 600  # of the check: no test lives to see its second probe
DNS_PORT, AGENT_PORT = 5353, 2224
KEY = "0123456789abcdef" * 4

CONFIG = f"""\
agents: {{port: {AGENT_PORT}, key_file: agent.key}}
checks:
  dns: {{type: dns, port: {DNS_PORT}, query: example.org, query_type: SOA, interval: {INTERVAL}s,
        fast_interval: 1s, fall: 3, tripwire: true, fall_fast: true}}
pools:
  www.mydomain.com: {{check: dns, restart: named, members: {{{SECOND}: {{restart: ""}}}}}}
"""
ZONE = """\
$TTL 60
@  IN SOA ns hostmaster (1 3600 600 86400 60)
   IN NS  ns
ns IN A   192.0.2.1
"""
SCRIPT = """\
#!/bin/sh
[ "$1" = start ] || exit 0
exec {named} -c {config} > {folder}/start.log 2>&1
"""
STATUS = "GET /v1/status HTTP/1.1\r\nHost: agent\r\n\r\n"


class AgentWatchTest(WebPool):
    """Two nameservers; the first has an agent on its node."""

    def setUp(self):
        self.make(CONFIG, (FIRST, SECOND))
        self.folder.write("agent.key", KEY + "\n")
        self.addCleanup(self.end_named)
        for address in (FIRST, SECOND):
            config = named_server.configure(self.folder, ZONE, address, DNS_PORT,
                                            self.pid_file(address))
            self.assertEqual(programs.run(named_server.NAMED, "-c", config).returncode, 0)
            bind = Client(address, DNS_PORT)
            self.assertTrue(eventually(lambda b=bind: b.ready("example.org", "SOA"), SECONDS))
        script = self.folder.write("named", SCRIPT.format(
            named=named_server.NAMED, folder=self.folder.path,
            config=self.folder.join(f"named-{FIRST}.conf")))
        os.chmod(script, 0o755)
        self.folder.write("agent.yaml", f"""\
listen: {FIRST}:{AGENT_PORT}
key_file: agent.key
scripts_path: {self.folder.path}
services: {{named: {{script: named, pid_file: {self.pid_file(FIRST)}}}}}
""")
        self.agents = processes.Processes()
        self.addCleanup(self.agents.end_all)
        self.start_agent()
        self.start()
        self.assertTrue(eventually(lambda: self.watches() == 1, SECONDS), self.everything())

    def pid_file(self, address):
        return self.folder.join(f"named-{address}.pid")

    def end_named(self):
        for address in (FIRST, SECOND):
            pid = processes.read_pid(self.pid_file(address))
            if pid:
                processes.end_pid(pid, "named")

    def start_agent(self):
        self.agent_log = []
        self.agent = self.agents.start(
            "rollcall-agent", [programs.AGENT, "-c", self.folder.join("agent.yaml")],
            lambda _, line: self.agent_log.append(line))
        self.assertTrue(eventually(lambda: programs.connects(FIRST, AGENT_PORT), SECONDS))

    def watches(self):
        """How many watches the agent has open."""
        said = subprocess.run(
            ["openssl", "s_client", "-quiet", "-tls1_3", "-psk_identity", "rollcall", "-psk", KEY,
             "-connect", f"{FIRST}:{AGENT_PORT}"],
            input=STATUS, capture_output=True, text=True, timeout=SECONDS, check=False).stdout
        return int(said.rsplit('"watches":', 1)[1].split("}")[0]) if '"watches":' in said else None

    def everything(self):
        return "\n".join(self.server.log + ["the agent:"] + self.agent_log)

    def kill_named(self):
        os.kill(processes.read_pid(self.pid_file(FIRST)), signal.SIGKILL)
        self.assertTrue(eventually(lambda: self.answer() == [SECOND], SECONDS), self.everything())

    def test_a_death_is_seen_and_healed_and_seen_again(self):
        self.kill_named()
        self.assertTrue(any(f"{FIRST} is down: reply: connection refused" in line
                            for line in self.server.log), self.everything())
        # The agent was asked to restart it; once it is back, it is watched again.
        self.becomes(FIRST, SECOND)
        self.assertTrue(eventually(lambda: self.watches() == 1, SECONDS), self.everything())
        self.kill_named()

    def test_an_agent_that_ends_is_no_death(self):
        probes = self.member(FIRST)["probes"]
        self.agents.end(self.agent)
        self.assertTrue(eventually(lambda: self.member(FIRST)["probes"] > probes, SECONDS),
                        "its end starts no probe")
        told = f"{FIRST}: the agent does not watch named; asking again every minute"
        self.assertTrue(eventually(lambda: any(told in line for line in self.server.log), SECONDS),
                        self.everything())
        self.start_agent()
        self.assertEqual(self.answer(), [FIRST, SECOND])
        self.assertEqual(self.member(FIRST)["probes"], probes + 1)
        self.assertFalse(any("is down" in line for line in self.server.log), self.everything())


if __name__ == "__main__":
    unittest.main()
