"""No serial with two contents: SIGKILL at random instants, under flips, reloads and new texts."""

import json
import os
import random
import socket
import threading
import time
import unittest

from support import namespace

namespace.enter()

# pylint: disable=wrong-import-position
import dns.exception  # noqa: E402

from support import programs  # noqa: E402
from support.dns_client import Client  # noqa: E402
from support.programs import eventually  # noqa: E402

CRASHES = 200
ZONES = ["one.example", "two.example", "three.example"]
MEMBERS = ["127.0.0.11", "127.0.0.12", "127.0.0.13"]
ENOUGH_SECONDS = 100  # on a slow machine fewer crashes are enough
SECONDS = 30

CONFIG = """\
server: {{listen: ["127.0.0.1:{port}"], state_dir: state, workers: 1}}
control: {{socket: control.sock}}
zones:
{zones}
checks: {{web: {{type: tcp, port: {web}, interval: 1h}}}}
pools:
{pools}
"""

ZONE = """\
$TTL 60
@ IN SOA ns root 10 7200 3600 864000 60
@ IN NS ns
ns IN A 192.0.2.1
marker IN TXT "{marker}"
"""


class CrashTest(unittest.TestCase):
    """The server is killed again and again; all that any transfer shows is kept and compared."""

    def setUp(self):
        self.folder = programs.Folder()
        self.addCleanup(self.folder.remove)
        os.mkdir(self.folder.join("state"))
        port = programs.free_port()
        # The kernel shakes hands for it: that is all that a tcp check wants.
        web = socket.create_server(("0.0.0.0", 0), backlog=1000)
        self.addCleanup(web.close)
        zones = [f"  {zone}: {{file: db.{zone}, allow_transfer: [127.0.0.0/8]}}" for zone in ZONES]
        pools = [f"  www.{zone}: {{check: web}}" for zone in ZONES]
        self.folder.write("rollcall.yaml", CONFIG.format(
            port=port, web=web.getsockname()[1], zones="\n".join(zones), pools="\n".join(pools)))
        for zone in ZONES:
            self.write_zone(zone, "first")
        self.client = Client("127.0.0.1", port)
        self.server = programs.Server(self.folder)
        self.addCleanup(self.server.end)
        self.seen = {}  # (zone, serial): its content
        self.start_seconds = 1  # from exec to the first transfer, as last seen

    def write_zone(self, zone, marker):
        members = "".join(f"www 1 IN A {member}\n" for member in MEMBERS)
        self.folder.write(f"db.{zone}", ZONE.format(marker=marker) + members)

    def test_no_serial_has_two_contents(self):
        seed = int(os.environ.get("ROLLCALL_TEST_SEED", random.randrange(1 << 30)))
        print(f"seed {seed}", flush=True)
        dice = random.Random(seed)
        crashes, end = 0, time.monotonic() + ENOUGH_SECONDS
        while crashes < CRASHES and time.monotonic() < end:
            with self.subTest(crash=crashes, seed=seed):
                self.live_and_crash(dice)
            crashes += 1
        print(f"{crashes} crashes, {len(self.seen)} serials seen", flush=True)
        # About half of the lives last until something is served, and then show several serials.
        self.assertGreater(len(self.seen), crashes // 4)
        self.server.start(lambda: self.client.ready(f"www.{ZONES[0]}"))
        for zone in ZONES:
            self.assertTrue(eventually(lambda z=zone: self.look_at(z), SECONDS), zone)
        self.assertEqual(self.server.stop(), 0)

    def live_and_crash(self, dice):
        """One life of the server, from its start to SIGKILL, wherever that finds it."""
        begin, served = time.monotonic(), False
        end = begin + self.start_seconds * dice.uniform(0, 2)
        self.server.log.clear()
        self.server.start(lambda: True)
        ending = threading.Event()
        flips = threading.Thread(target=self.flip, args=(random.Random(dice.random()), ending))
        flips.start()
        try:
            while time.monotonic() < end:
                if self.look_at(dice.choice(ZONES)) and not served:
                    served, self.start_seconds = True, time.monotonic() - begin
            if not served:
                self.start_seconds *= 1.1
        finally:
            self.server.crash()
            ending.set()
            flips.join()

    def look_at(self, zone):
        """Compares what a transfer shows with all that was shown before. False: no transfer."""
        try:
            got = self.client.transfer(zone)
        except (dns.exception.DNSException, OSError, EOFError):
            time.sleep(0.002)
            return False
        soa = got.get_rdataset(f"{zone}.", "SOA")[0]
        content = sorted(f"{name} {rdata}" for name, _, rdata in got.iterate_rdatas()
                         if rdata.rdtype != soa.rdtype)
        before = self.seen.setdefault((zone, soa.serial), content)
        self.assertEqual(before, content, f"{zone} serial {soa.serial}")
        return True

    def flip(self, dice, ending):
        """Drains members, lets them in again and loads new texts, as fast as it is answered."""
        while not ending.is_set():
            try:
                with socket.socket(socket.AF_UNIX) as stream:
                    stream.settimeout(SECONDS)
                    stream.connect(self.folder.join("control.sock"))
                    self.flip_over(stream.makefile("rw", encoding="utf-8"), dice, ending)
            except (OSError, ValueError):
                time.sleep(0.002)

    def flip_over(self, control, dice, ending):
        while not ending.is_set():
            zone = dice.choice(ZONES)
            wanted = {"command": dice.choice(["drain", "auto"]), "member": dice.choice(MEMBERS),
                      "pool": f"www.{zone}", "force": True}
            if dice.random() < 0.1:
                self.write_zone(zone, f"text {dice.random()}")
                wanted = {"command": "reload", "zone": zone}
            control.write(json.dumps(wanted) + "\n")
            control.flush()
            if not control.readline():
                return


if __name__ == "__main__":
    unittest.main(verbosity=2)
