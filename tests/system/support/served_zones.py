"""A running rollcalld with the fixture's zones, for each test afresh. Inside a namespace only."""

import os
import unittest

from support import programs
from support import zone_fixture
from support.dns_client import Client
from support.programs import eventually

SECONDS = 20  # for anything that should happen at once


class ServedZones(unittest.TestCase):
    """A running server with the fixture's zones, for each test afresh."""

    third_zone = zone_fixture.SECOND

    def setUp(self):
        self.folder = programs.Folder()
        self.addCleanup(self.folder.remove)
        os.mkdir(self.folder.join("state"))
        self.port, self.notify_port = programs.free_port(), programs.free_port("127.0.0.9")
        self.folder.write("rollcall.yaml", zone_fixture.CONFIG.format(
            port=self.port, notify_port=self.notify_port))
        self.folder.write("db.example.com", zone_fixture.zone())
        self.folder.write("db.second", zone_fixture.SECOND)
        self.folder.write("db.third", self.third_zone)
        self.client = Client("127.0.0.1", self.port)
        self.server = programs.Server(self.folder)
        self.addCleanup(self.server.end)
        self.start()

    def start(self):
        self.server.start(lambda: self.client.ready("example.com", "SOA"))

    def change_zone(self, serial, marker):
        self.folder.write("db.example.com", zone_fixture.zone(serial, marker))

    def reload(self, *zone):
        """The finished rollcallctl reload. Repeated while another reload is under way."""
        last = []

        def accepted():
            last[:] = [self.server.ctl("reload", *zone)]
            return "under way" not in last[0].stderr

        eventually(accepted, SECONDS)
        return last[0]

    def marker(self):
        return self.client.udp("marker.example.com", "TXT").answer[0][0].strings[0].decode()

    def assert_lives(self):
        self.assertTrue(self.server.alive(), "\n".join(self.server.log[-20:]))
        self.assertTrue(self.client.ready("example.com", "SOA", timeout=5))
