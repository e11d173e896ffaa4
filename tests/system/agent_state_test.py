"""What a node says of itself by its agent: it can take its members out, and never put one in."""

import os
import unittest

from support import namespace

FIRST, SECOND = "127.0.0.13", "127.0.0.14"

namespace.enter()

# pylint: disable=wrong-import-position
from support import programs  # noqa: E402
from support.programs import eventually, processes, rollcallctl  # noqa: E402
from support.web_pool import SECONDS, WEB_PORT, WebPool  # noqa: E402

CONFIG = f"""\
agents: {{keys_dir: keys, status_interval: 1s}}
health: {{max_drop: 100%}}
checks:
  web: {{type: http, port: {WEB_PORT}, path: /, interval: 1s, fast_interval: 1s, timeout: 500ms,
        fall: 1, rise: 1}}
pools:
  www.mydomain.com: {{check: web, restart: web}}
"""
AGENT_CONFIG = """\
listen: {node}:2224
keys: {{ns1: {{file: keys/{node}.key}}}}
scripts_path: .
state_file: said/state
services: {{web: {{script: web}}}}
"""


class AgentStateTest(WebPool):
    """Two web servers; the first has an agent on its node."""

    def setUp(self):
        self.make(CONFIG, (FIRST, SECOND))
        for name in ("keys", "said"):
            os.mkdir(self.folder.join(name), 0o700)
        made = rollcallctl("keygen", "agent", FIRST, "--name", "ns1", "-o",
                           self.folder.join("keys"))
        self.assertEqual(made.returncode, 0, made.stderr)
        web = self.folder.write("web", f"#!/bin/sh\ntouch {self.folder.join('called')}\n")
        os.chmod(web, 0o755)
        self.folder.write("agent.yaml", AGENT_CONFIG.format(node=FIRST))
        self.agents = processes.Processes()
        self.addCleanup(self.agents.end_all)
        self.agent_log = []
        self.agents.start("agent", [programs.AGENT, "-c", self.folder.join("agent.yaml")],
                          lambda _, line: self.agent_log.append(line), cwd=self.folder.path)
        self.start_web(FIRST, SECOND)
        self.start()
        self.becomes(FIRST, SECOND)

    def say(self, text):
        self.folder.write("said/state", text)

    def test_drain_and_back(self):
        self.say("drain # new disk\n")
        self.becomes(SECOND)
        self.assertIn('its agent says "drain # new disk"', self.member(FIRST)["reason"])
        shown = self.server.ctl("agents").stdout
        self.assertRegex(shown, r"key ns1, drain, weight 0 %, load \d")
        self.assertIn('  says "drain # new disk"', shown)
        os.unlink(self.folder.join("said/state"))
        self.becomes(FIRST, SECOND)
        self.assertFalse(os.path.exists(self.folder.join("called")), "it was restarted")

    def test_a_part_of_the_weight(self):
        self.say("up 50%\n")
        self.assertTrue(eventually(lambda: self.member(FIRST)["percent"] == 50, SECONDS))
        self.assertEqual(self.member(FIRST)["share"], 0.5)
        self.say("up\n")
        self.assertTrue(eventually(lambda: self.member(FIRST)["percent"] is None, SECONDS))

    def test_good_words_do_not_help_a_dead_server(self):
        self.say("up 100%\n")
        self.stop_web(FIRST)
        self.becomes(SECOND)
        self.assertEqual(self.answer(), [SECOND])

    def test_words_that_nobody_understands_change_nothing(self):
        self.say("drian\n")
        self.assertTrue(eventually(
            lambda: '"drian" is not understood' in self.server.ctl("agents").stdout, SECONDS),
            self.agent_log)
        self.assertEqual(self.answer(), [FIRST, SECOND])
        self.assertTrue(any("drian" in line for line in self.agent_log), self.agent_log)


if __name__ == "__main__":
    unittest.main(verbosity=2)
