"""A healthy nginx closes idle connections a thousand times: no member is dropped for it."""

import collections
import os
import re
import resource
import subprocess
import unittest

from support import namespace

namespace.enter()

# pylint: disable=wrong-import-position
import dns.rcode  # noqa: E402

from support.check_fixture import CheckFixture  # noqa: E402
from support.programs import eventually  # noqa: E402

CLOSES = 1000
# Each wire is closed again and again, but reopened after pauses that double: many wires make a
# thousand closes soon.
POOLS, MEMBERS = 8, 40
PORT = 8080
SECONDS = 60  # for what takes about ten

# One nginx serves all addresses of the namespace's loopback. It logs each idle connection that it
# closes, in these words.
NGINX = """\
daemon off;
master_process off;
pid nginx.pid;
error_log nginx.log info;
worker_rlimit_nofile {files};
events {{ worker_connections {files}; }}
http {{
  access_log off;
  client_body_temp_path temp; proxy_temp_path temp; fastcgi_temp_path temp;
  uwsgi_temp_path temp; scgi_temp_path temp;
  server {{
    listen 0.0.0.0:{port} backlog=4096;
    client_header_timeout 500ms;
    location / {{ return 204; }}
  }}
}}
"""
CLOSED = re.compile(r"client timed out .* while waiting for request")

# A pool that is all down has no answers, and nothing else hides a drop.
TIMES = "interval: 600s, fast_interval: 500ms, timeout: 10s, fall: 3, rise: 1"
CHECKS = ("type: http, port: @web@, ", "type: tcp, port: @web@, ")


class IdleClosesTest(CheckFixture):
    """Pools of web servers, asked for a page or just for a connection."""

    CASES = {
        f"pool{pool}": (f"{CHECKS[pool % 2]}tripwire: true, fall_fast: true, {TIMES}",
                        [f"127.1.{pool}.{member}" for member in range(1, MEMBERS + 1)],
                        f"check: pool{pool}, when_all_down: fail_closed")
        for pool in range(POOLS)}

    def setUp(self):
        self.set_up_folder()
        os.mkdir(self.folder.join("temp"))
        files = min(resource.getrlimit(resource.RLIMIT_NOFILE)[1], 4096)
        self.assertGreater(files, 3 * POOLS * MEMBERS, "RLIMIT_NOFILE")
        self.folder.write("nginx.conf", NGINX.format(port=PORT, files=files))
        self.nginx = subprocess.Popen(["nginx", "-p", self.folder.path, "-c", "nginx.conf"])
        self.addCleanup(self.nginx.wait)
        self.addCleanup(self.nginx.kill)
        self.assertTrue(self.accepts("127.1.0.1", PORT))
        self.start_rollcall(web=PORT)

    def configure(self, **words):
        super().configure(**words)
        # The guard must not freeze the answers when all members go down at once.
        with open(self.folder.join("rollcall.yaml"), "a", encoding="ascii") as file:
            file.write("health: {max_drop: 100%}\n")

    def closes(self):
        """Idle connections that nginx has closed."""
        with open(self.folder.join("nginx.log"), encoding="ascii") as log:
            return sum(bool(CLOSED.search(line)) for line in log)

    def answers(self):
        """pool -> the addresses of its answer, for all pools."""
        found = {}
        for pool in self.CASES:
            reply = self.client.udp(f"{pool}.mydomain.com", payload=1232)
            self.assertEqual(reply.rcode(), dns.rcode.NOERROR)
            found[pool] = sorted(rdata.address for rrset in reply.answer for rdata in rrset)
        return found

    def down_lines(self):
        return [line for line in self.server.log if "is down" in line]

    def test_a_thousand_idle_closes_are_no_drop_and_a_death_is_one(self):
        everyone = {pool: sorted(addresses) for pool, (_, addresses, _) in self.CASES.items()}

        def closed_often():
            self.assertEqual(self.answers(), everyone)
            return self.closes() >= CLOSES

        self.assertTrue(eventually(closed_often, SECONDS, poll=0.2), self.closes())
        status = self.status()
        self.assertEqual(len(status), POOLS * MEMBERS)
        self.assertEqual({member["health"] for member in status.values()}, {"up"})
        # Each close was followed by a probe.
        self.assertGreaterEqual(sum(member["probes"] for member in status.values()), CLOSES)
        self.assertEqual(self.down_lines(), [])

        self.nginx.kill()
        nobody = {pool: [] for pool in self.CASES}
        self.assertTrue(eventually(lambda: self.answers() == nobody, SECONDS, poll=0.2),
                        "\n".join(self.server.log[-20:]))
        eventually(lambda: len(self.down_lines()) >= len(status), SECONDS)
        said = collections.Counter(line.split(" is down")[0].split()[-1]
                                   for line in self.down_lines())
        often = [member for member, times in said.items() if times != 1]
        self.assertEqual(often, [], "\n".join(
            line for line in self.server.log if any(f" {member} " in line for member in often)))
        self.assertEqual(len(said), len(status))
        self.assertTrue(any("is down: connection refused" in line for line in self.down_lines()))


if __name__ == "__main__":
    unittest.main(verbosity=2)
