"""The isolation guard with the real programs: a network that goes and comes back."""

import http.server
import json
import os
import threading
import unittest

import namespace

namespace.enter()

# pylint: disable=wrong-import-position
import programs  # noqa: E402
from dns_client import Client  # noqa: E402
from programs import eventually  # noqa: E402

SECONDS = 20  # for anything that should happen soon
WEB_PORT = 8080
WITNESS = "127.0.0.60"
MEMBERS = [f"127.0.0.{host}" for host in range(51, 59)]

CONFIG = """\
server: {{listen: ["127.0.0.1:{port}"], state_dir: state}}
control: {{socket: control.sock}}
zones:
  mydomain.com:
    file: db.mydomain.com
checks:
  web: {{type: http, port: 8080, path: /, interval: 1s, fast_interval: 200ms, timeout: 800ms,
        fall: 3, rise: 1}}
{health}
pools:
  www.mydomain.com: {{check: web, when_all_down: fail_closed}}
"""

ZONE = """\
$TTL 60
@    IN SOA ns1 hostmaster (2026010100 3600 600 86400 60)
     IN NS  ns1
ns1  IN A   127.0.0.1
""" + "".join(f"www  1 IN A {address}\n" for address in MEMBERS)


class Web(http.server.BaseHTTPRequestHandler):
    def do_GET(self):  # pylint: disable=invalid-name
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):  # pylint: disable=arguments-differ
        pass


class GuardTest(unittest.TestCase):
    """Eight web servers, and perhaps a witness."""

    def serve(self, health=""):
        self.folder = programs.Folder()
        self.addCleanup(self.folder.remove)
        os.mkdir(self.folder.join("state"))
        port = programs.free_port()
        self.client = Client("127.0.0.1", port)
        self.configure(health)
        self.folder.write("db.mydomain.com", ZONE)
        self.web = {}
        self.addCleanup(lambda: [self.stop_web(address) for address in list(self.web)])
        for address in [*MEMBERS, WITNESS]:
            self.start_web(address)
        self.server = programs.Server(self.folder)
        self.addCleanup(self.server.end)
        self.server.start(lambda: self.client.ready("www.mydomain.com", "A"))
        self.becomes(MEMBERS)

    def configure(self, health):
        self.folder.write("rollcall.yaml", CONFIG.format(port=self.client.port, health=health))

    def start_web(self, address):
        web = http.server.ThreadingHTTPServer((address, WEB_PORT), Web)
        threading.Thread(target=web.serve_forever, daemon=True).start()
        self.web[address] = web

    def stop_web(self, address):
        web = self.web.pop(address)
        web.shutdown()
        web.server_close()

    def stop(self, addresses):
        """All at once: shutdown() takes its time."""
        threads = [threading.Thread(target=self.stop_web, args=(address,))
                   for address in addresses]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def answer(self):
        """As dig sees it."""
        done = programs.run("dig", "+short", "+tries=1", f"@{self.client.address}",
                            "-p", str(self.client.port), "www.mydomain.com", "A")
        return sorted(done.stdout.split())

    def becomes(self, addresses):
        if not eventually(lambda: self.answer() == sorted(addresses), SECONDS):
            self.fail(f"{self.answer()} is not {addresses}:\n" + "\n".join(self.server.log))

    def status(self):
        return json.loads(self.server.ctl("--json", "status").stdout)["status"]

    def held(self):
        return (self.status()["frozen"] or {"held": 0})["held"]

    def test_a_cut_network_drops_nobody(self):
        self.serve("  gateway: {type: tcp, port: 8080, interval: 1s, fast_interval: 100ms, "
                   "timeout: 90ms}\n"
                   f"health: {{witnesses: [{{address: {WITNESS}, check: gateway}}]}}")
        self.stop([*MEMBERS, WITNESS])
        self.assertTrue(eventually(lambda: self.held() == len(MEMBERS), SECONDS))
        self.assertEqual(self.answer(), MEMBERS)
        self.assertIn("of 1 witnesses none answers", self.status()["frozen"]["why"])
        for address in [WITNESS, *MEMBERS[1:]]:
            self.start_web(address)
        self.becomes(MEMBERS[1:])
        self.assertIsNone(self.status()["frozen"])
        self.assertEqual(sum("answers are frozen: members go down" in line for line in self.server.log), 1)

    def test_a_reload_names_other_witnesses(self):
        self.serve()
        self.assertEqual(self.status()["witnesses"], [])
        states = self.folder.write("states", f"{WITNESS} up\n")
        self.configure(f"  monitor: {{type: file, file: {states}, missing: down}}\n"
                       f"health: {{witnesses: [{{address: {WITNESS}, check: monitor}}]}}")
        self.assertEqual(self.server.ctl("reload").returncode, 0)
        witness = {"address": WITNESS, "check": "monitor", "answers": True}
        self.assertTrue(eventually(lambda: self.status()["witnesses"] == [witness], SECONDS),
                        self.status()["witnesses"])
        self.folder.write("states", "")
        witness["answers"] = False
        self.assertTrue(eventually(lambda: self.status()["witnesses"] == [witness], SECONDS),
                        self.status()["witnesses"])

    def test_a_mass_drop_waits_for_the_operator(self):
        self.serve()
        self.stop(MEMBERS[:6])
        self.assertTrue(eventually(lambda: self.held() == 6, SECONDS))
        self.assertEqual(self.answer(), MEMBERS)
        self.assertIn("FROZEN", self.server.ctl("status").stdout)
        self.assertEqual(self.server.ctl("thaw").stdout,
                         "answers follow the probes again: 6 members are down\n")
        self.assertEqual(self.answer(), MEMBERS[6:])
        self.assertEqual(self.server.ctl("thaw").stdout, "answers were not frozen\n")


if __name__ == "__main__":
    unittest.main(verbosity=2)
