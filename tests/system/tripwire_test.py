"""Tripwires with real nginx: a death is seen long before the next probe, an idle close is no death."""

import json
import os
import subprocess
import unittest

import namespace

namespace.enter()

# pylint: disable=wrong-import-position
import programs  # noqa: E402
from dns_client import Client  # noqa: E402
from programs import eventually  # noqa: E402

SECONDS = 20       # for anything that should happen soon
INTERVAL = 600     # of the check: no test lives to see its second probe
PORT = 8080
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

CONFIG = """\
server: {{listen: ["127.0.0.1:{port}"], state_dir: state}}
control: {{socket: control.sock}}
zones:
  mydomain.com:
    file: db.mydomain.com
checks:
  web: {{type: http, port: 8080, interval: {interval}s, fast_interval: {interval}s, fall: 3,
        tripwire: true, fall_fast: true}}
pools:
  www.mydomain.com: {{check: web}}
"""

ZONE = f"""\
$TTL 60
@    IN SOA ns1 hostmaster (2026010100 3600 600 86400 60)
     IN NS  ns1
ns1  IN A   127.0.0.1
www  1 IN A {FIRST}
www  1 IN A {SECOND}
"""


class TripwireTest(unittest.TestCase):
    """Two web servers, of which the second has little patience with idle clients."""

    def setUp(self):
        self.folder = programs.Folder()
        self.addCleanup(self.folder.remove)
        os.mkdir(self.folder.join("state"))
        os.mkdir(self.folder.join("temp"))
        port = programs.free_port()
        self.folder.write("rollcall.yaml", CONFIG.format(port=port, interval=INTERVAL))
        self.folder.write("db.mydomain.com", ZONE)
        self.nginx = {FIRST: self.start_nginx(FIRST, "60s"), SECOND: self.start_nginx(SECOND, "1s")}
        self.client = Client("127.0.0.1", port)
        self.server = programs.Server(self.folder)
        self.addCleanup(self.server.end)
        self.server.start(lambda: self.client.ready("www.mydomain.com", "A"))
        self.assertTrue(eventually(lambda: self.wires(FIRST) == 1, SECONDS), "no wire is held")

    def start_nginx(self, address, patience):
        self.folder.write(f"{address}.conf",
                          NGINX.format(address=address, port=PORT, patience=patience))
        nginx = subprocess.Popen(["nginx", "-p", self.folder.path, "-c", f"{address}.conf"])
        self.addCleanup(nginx.wait)
        self.addCleanup(nginx.kill)
        return nginx

    @staticmethod
    def wires(address):
        """Connections that stand to a web server."""
        done = programs.run("ss", "-Htn", "state", "established", "dst", f"{address}:{PORT}")
        return len(done.stdout.splitlines())

    def answer(self):
        return sorted(self.client.addresses("www.mydomain.com"))

    def probes_of(self, address):
        status = json.loads(self.server.ctl("--json", "status").stdout)["status"]
        for member in status["pools"][0]["members"]:
            if member["address"] == address:
                return member["probes"]
        return self.fail(f"no member {address}")

    def test_a_death_is_seen_before_the_next_probe(self):
        self.nginx[FIRST].kill()
        self.assertTrue(eventually(lambda: self.answer() == [SECOND], SECONDS),
                        "\n".join(self.server.log))
        self.assertTrue(any(f"{FIRST} is down: connection refused" in line
                            for line in self.server.log))

    def test_who_closes_what_is_idle_is_not_dropped(self):
        self.assertTrue(eventually(lambda: self.probes_of(SECOND) >= 3, SECONDS),
                        "its closes start no probes")
        self.assertEqual(self.answer(), [FIRST, SECOND])
        self.assertFalse(any("is down" in line for line in self.server.log))


if __name__ == "__main__":
    unittest.main()
