"""A running rollcalld with the pool www.mydomain.com. Inside a namespace only."""

import http.server
import json
import os
import threading
import unittest

from support import programs
from support.dns_client import Client
from support.programs import eventually

SECONDS = 20  # for anything that should happen soon
WEB_PORT = 8080
HEAD = """\
server: {{listen: ["127.0.0.1:{port}"], state_dir: state}}
control: {{socket: control.sock}}
zones:
  mydomain.com: {{file: db.mydomain.com}}
"""
ZONE = """\
$TTL 60
@    IN SOA ns1 hostmaster (2026010100 3600 600 86400 60)
     IN NS  ns1
ns1  IN A   127.0.0.1
"""


class Web(http.server.BaseHTTPRequestHandler):
    def do_GET(self):  # pylint: disable=invalid-name
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):  # pylint: disable=arguments-differ
        pass


def _stop(web):
    web.shutdown()
    web.server_close()


class WebPool(unittest.TestCase):
    """Subclasses call make(), start what is probed, and call start()."""

    def make(self, rest, members):
        """The folder with zone and configuration; `rest` are the checks, the pools and the like."""
        self.folder = programs.Folder()
        self.addCleanup(self.folder.remove)
        os.mkdir(self.folder.join("state"))
        self.client = Client("127.0.0.1", programs.free_port())
        self.write_config(rest)
        self.folder.write("db.mydomain.com",
                          ZONE + "".join(f"www  1 IN A {address}\n" for address in members))
        self.web = {}
        self.addCleanup(lambda: self.stop_web(*self.web))
        self.server = programs.Server(self.folder)
        self.addCleanup(lambda: self.server.end())  # pylint: disable=unnecessary-lambda

    def write_config(self, rest):
        self.folder.write("rollcall.yaml", HEAD.format(port=self.client.port) + rest)

    def start(self):
        self.server.start(lambda: self.client.ready("www.mydomain.com", "A"))

    def start_web(self, *addresses):
        for address in addresses:
            web = http.server.ThreadingHTTPServer((address, WEB_PORT), Web)
            threading.Thread(target=web.serve_forever, daemon=True).start()
            self.web[address] = web

    def stop_web(self, *addresses):
        """All at once: shutdown() takes its time."""
        threads = [threading.Thread(target=_stop, args=(self.web.pop(address),))
                   for address in addresses]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def answer(self):
        """The addresses that dig gets."""
        done = programs.run("dig", "+short", "+tries=1", f"@{self.client.address}",
                            "-p", str(self.client.port), "www.mydomain.com", "A")
        return sorted(done.stdout.split())

    def becomes(self, *addresses):
        if not eventually(lambda: self.answer() == sorted(addresses), SECONDS):
            self.fail(f"{self.answer()} is not {addresses}:\n" + "\n".join(self.server.log))

    def status(self):
        return json.loads(self.server.ctl("--json", "status").stdout)["status"]

    def member(self, address):
        """The member in the status."""
        (found,) = [member for pool in self.status()["pools"] for member in pool["members"]
                    if member["address"] == address]
        return found
