"""Tripwires with real nginx: a death is noticed before the next probe; an idle close is none."""

import os
import subprocess
import unittest

from support import namespace

namespace.enter()

# pylint: disable=wrong-import-position
from support import programs  # noqa: E402
from support.programs import eventually  # noqa: E402
from support.web_pool import SECONDS, WEB_PORT, WebPool  # noqa: E402

INTERVAL = 600  # of the check: no test lives to see its second probe
FIRST, SECOND = "127.0.0.51", "127.0.0.52"

NGINX = """\
daemon off;
master_process off;
pid {address}.pid;
error_log stderr warn;
events {{ worker_connections 64; }}
http {{
  access_log off;
  client_body_temp_path temp; proxy_temp_path temp; fastcgi_temp_path temp;
  uwsgi_temp_path temp; scgi_temp_path temp;
  server {{
    listen {address}:{port};
    client_header_timeout {patience};
    location / {{ return 204; }}
  }}
}}
"""

CONFIG = f"""\
checks:
  web: {{type: http, port: 8080, interval: {INTERVAL}s, fast_interval: 1s, fall: 3,
        tripwire: true, fall_fast: true}}
pools:
  www.mydomain.com: {{check: web}}
"""


class TripwireTest(WebPool):
    """Two web servers; the second soon closes idle connections."""

    def setUp(self):
        self.make(CONFIG, (FIRST, SECOND))
        os.mkdir(self.folder.join("temp"))
        self.nginx = {FIRST: self.start_nginx(FIRST, "60s"), SECOND: self.start_nginx(SECOND, "1s")}
        self.start()
        self.assertTrue(eventually(lambda: self.wires(FIRST) == 1, SECONDS), "no wire is held")

    def start_nginx(self, address, patience):
        self.folder.write(f"{address}.conf",
                          NGINX.format(address=address, port=WEB_PORT, patience=patience))
        nginx = subprocess.Popen(["nginx", "-p", self.folder.path, "-c", f"{address}.conf"])
        self.addCleanup(nginx.wait)
        self.addCleanup(nginx.kill)
        return nginx

    @staticmethod
    def wires(address):
        """The open connections to a web server."""
        done = programs.run("ss", "-Htn", "state", "established", "dst", f"{address}:{WEB_PORT}")
        return len(done.stdout.splitlines())

    def test_a_death_is_seen_before_the_next_probe(self):
        self.nginx[FIRST].kill()
        self.assertTrue(eventually(lambda: self.answer() == [SECOND], SECONDS),
                        "\n".join(self.server.log))
        self.assertTrue(any(f"{FIRST} is down: connection refused" in line
                            for line in self.server.log))

    def test_who_closes_what_is_idle_is_not_dropped(self):
        self.assertTrue(eventually(lambda: self.member(SECOND)["probes"] >= 3, SECONDS),
                        "its closes start no probes")
        self.assertEqual(self.answer(), [FIRST, SECOND])
        self.assertFalse(any("is down" in line for line in self.server.log))


if __name__ == "__main__":
    unittest.main()
