"""Dynamic updates (RFC 2136) as real clients send them, with keys, over crashes and full disks."""

import os
import random
import shutil
import subprocess
import threading
import time
import unittest

from support import namespace

namespace.enter()

# pylint: disable=wrong-import-position
import dns.edns  # noqa: E402
import dns.message  # noqa: E402
import dns.query  # noqa: E402
import dns.rcode  # noqa: E402
import dns.tsigkeyring  # noqa: E402
import dns.update  # noqa: E402

from support import programs  # noqa: E402
from support.dns_client import Client  # noqa: E402
from support.programs import eventually  # noqa: E402

ORIGIN = "example.com"
ADDRESS = "127.0.0.1"
SECONDS = 30
EDE = 15

CONFIG = """\
server: {{listen: ["{address}:{port}"], state_dir: {state}}}
control: {{socket: control.sock}}
keys:
  certbot: {{secret_file: certbot.key}}
  admin: {{secret_file: admin.key}}
zones:
  example.com:
    file: db.example.com
    allow_transfer: [127.0.0.0/8]
    allow_update:
      - {{key: certbot, preset: acme}}
      - {{key: admin, pools: true}}
      - {{address: 127.0.0.0/8, names: ["**.open"], types: [A], max_ttl: 5m}}
      - {{address: 127.0.0.0/8, names: [short], types: [A], max_age: 1s}}
  still.example: {{file: db.example.com, allow_transfer: [127.0.0.0/8]}}
checks: {{web: {{type: tcp, port: 9, interval: 1h}}}}
pools: {{pool.example.com: {{check: web}}}}
"""

ZONE = """\
$TTL 60
@ IN SOA ns root 10 7200 3600 864000 60
@ IN NS ns
ns IN A 192.0.2.1
www IN A 192.0.2.2
pool 1 IN A 127.0.0.11
pool 1 IN A 127.0.0.12
"""


class UpdateCase(unittest.TestCase):
    """One server and two keys."""

    state = "state"

    def setUp(self):
        self.folder = programs.Folder()
        self.addCleanup(self.folder.remove)
        os.mkdir(self.folder.join("state"))
        self.port = programs.free_port()
        self.secrets = {}
        for key in ("certbot", "admin"):
            self.secrets[key] = programs.rollcallctl("keygen", "tsig").stdout.strip()
            os.chmod(self.folder.write(f"{key}.key", self.secrets[key]), 0o600)
        self.write_config()
        self.write_zone()
        self.client = Client(ADDRESS, self.port)
        self.server = programs.Server(self.folder)
        self.addCleanup(self.server.end)
        self.server.start(lambda: self.client.ready(f"www.{ORIGIN}"))

    def write_config(self):
        self.folder.write("rollcall.yaml", CONFIG.format(
            address=ADDRESS, port=self.port, state=self.state))

    def write_zone(self, more=""):
        self.folder.write("db.example.com", ZONE + more)

    def restart(self):
        self.server.start(lambda: self.client.ready(f"www.{ORIGIN}"))

    def nsupdate(self, *lines, key=None, tcp=False, program="nsupdate"):
        options = ["-y", f"hmac-sha256:{key}:{self.secrets[key]}"] if key else []
        text = "\n".join([f"server {ADDRESS} {self.port}", f"zone {ORIGIN}", *lines, "send", ""])
        return subprocess.run([program, *options, *(["-v"] if tcp else [])], input=text, text=True,
                              capture_output=True, check=False, timeout=SECONDS)

    def update(self, key=None, zone=ORIGIN, secret=None, edns=True):
        ring = {key: secret or self.secrets[key]} if key else None
        made = dns.update.Update(zone, keyring=ring and dns.tsigkeyring.from_text(ring),
                                 keyname=key, keyalgorithm="hmac-sha256")
        if edns:
            made.use_edns(0)
        return made

    def send(self, update, tcp=False, seconds=SECONDS):
        ask = dns.query.tcp if tcp else dns.query.udp
        return ask(update, ADDRESS, port=self.port, timeout=seconds)

    def outcome(self, update, **options):
        """The RCODE and the text of the extended error."""
        reply = self.send(update, **options)
        texts = [option.text for option in reply.options if option.otype == EDE]
        return dns.rcode.to_text(reply.rcode()), *texts

    def add(self, name, rdata, *, key="admin", rtype="A", ttl=60, **options):
        update = self.update(key)
        update.add(name, ttl, rtype, rdata)
        return self.outcome(update, **options)[0]

    def addresses(self, name):
        return sorted(self.client.addresses(f"{name}.{ORIGIN}"))

    def said(self, words):
        return eventually(lambda: any(words in line for line in list(self.server.log)), SECONDS)


class ClientsTest(UpdateCase):
    """What real clients can do, and may not."""

    def test_nsupdate_and_knsupdate(self):
        for program in ("nsupdate", "knsupdate"):
            if not shutil.which(program):
                self.skipTest(f"{program} is not installed")
            for tcp in (False, True):
                name = f"{program}{int(tcp)}"
                done = self.nsupdate(f"add {name}.{ORIGIN}. 60 A 192.0.2.9", key="admin", tcp=tcp,
                                     program=program)
                self.assertEqual((done.returncode, self.addresses(name)), (0, ["192.0.2.9"]),
                                 done.stderr)
                self.nsupdate(f"del {name}.{ORIGIN}.", key="admin", tcp=tcp, program=program)
                self.assertEqual(self.addresses(name), [])

    def test_a_secondary_sees_each_under_a_serial_of_its_own(self):
        before = self.client.serial(ORIGIN)
        self.assertEqual(self.add("new", "192.0.2.9"), "NOERROR")
        self.assertEqual(self.client.serial(ORIGIN), before + 1)
        zone = self.client.transfer(ORIGIN)
        self.assertEqual(str(zone.get_rdataset(f"new.{ORIGIN}.", "A")[0]), "192.0.2.9")

    def test_prerequisites_and_their_codes(self):
        cases = [("YXDOMAIN", lambda u: u.absent("www")), ("NXDOMAIN", lambda u: u.present("x")),
                 ("YXRRSET", lambda u: u.absent("www", "A")),
                 ("NXRRSET", lambda u: u.present("www", "TXT")),
                 ("NXRRSET", lambda u: u.present("www", "A", "192.0.2.3")),
                 ("NOERROR", lambda u: u.present("www", "A", "192.0.2.2"))]
        for code, require in cases:
            update = self.update("admin")
            require(update)
            update.add("made", 60, "A", "192.0.2.9")
            self.assertEqual(self.outcome(update)[0], code)
            self.assertEqual(self.addresses("made"), ["192.0.2.9"] * (code == "NOERROR"))

    def test_what_is_not_allowed_says_why(self):
        certbot = self.update("certbot")
        certbot.add("_acme-challenge.www", 60, "TXT", "token")
        self.assertEqual(self.outcome(certbot)[0], "NOERROR")
        certbot.add("www", 60, "TXT", "token")
        said = "no entry of allow_update for the key certbot covers www.example.com"
        self.assertEqual(self.outcome(certbot), ("REFUSED", said))
        self.assertTrue(self.said(f"with the key certbot refused (REFUSED): {said}"))
        here = self.update()
        here.add("a.open", 300, "A", "192.0.2.9")
        self.assertEqual(self.outcome(here)[0], "NOERROR")
        here.add("b.open", 301, "A", "192.0.2.9")
        self.assertIn("is over max_ttl 300 (allow_update, ", self.outcome(here)[1])
        still = self.update("admin", zone="still.example")
        still.add("x", 60, "A", "192.0.2.9")
        self.assertEqual(self.outcome(still), ("REFUSED", "the zone has no allow_update"))
        other = self.update("admin", zone="example.net")
        other.add("x", 60, "A", "192.0.2.9")
        self.assertEqual(self.outcome(other)[0], "NOTAUTH")

    def test_wrong_keys(self):
        update = self.update("admin", secret=self.secrets["certbot"])
        update.add("x", 60, "A", "192.0.2.9")
        with self.assertRaises(dns.tsig.PeerBadSignature):
            self.send(update)
        update = self.update("nobody", secret=self.secrets["certbot"])
        update.add("x", 60, "A", "192.0.2.9")
        with self.assertRaises(dns.tsig.PeerBadKey):
            self.send(update)
        self.assertEqual(self.addresses("x"), [])
        self.assertTrue(self.said("with the key admin refused (NOTAUTH): BADSIG"))

    def test_a_retransmission_gets_the_same_answer(self):
        update = self.update("admin")
        update.absent("once")
        update.add("once", 60, "A", "192.0.2.9")
        wire = update.to_wire()
        replies = []
        for _ in range(2):
            with dns.query.socket_factory(dns.query.socket.AF_INET,
                                          dns.query.socket.SOCK_DGRAM, 0) as sock:
                sock.settimeout(SECONDS)
                sock.sendto(wire, (ADDRESS, self.port))
                replies.append(sock.recv(4096))
        self.assertEqual(replies[0], replies[1])
        self.assertEqual(replies[0][3] & 15, 0)

    def test_a_pool_gets_a_member(self):
        self.assertEqual(self.add("pool", "127.0.0.13", ttl=1), "NOERROR")
        self.assertIn("127.0.0.13", self.addresses("pool"))
        self.assertTrue(eventually(
            lambda: "127.0.0.13" in self.server.ctl("status").stdout, SECONDS))


class JournalTest(UpdateCase):
    """What stays."""

    def test_every_reply_is_kept_over_kill_9(self):
        acknowledged, serials, failures = {}, {}, []
        stop = threading.Event()

        def write():
            number = 0
            while not stop.is_set():
                number += 1
                try:
                    if self.add(f"n{number}", "192.0.2.9", tcp=number % 3 == 0,
                                seconds=1) == "NOERROR":
                        acknowledged[f"n{number}.{ORIGIN}."] = True
                except Exception:  # pylint: disable=broad-except
                    time.sleep(0.02)  # it is down

        def content():
            zone = self.client.transfer(ORIGIN)
            serial = zone.get_rdataset(f"{ORIGIN}.", "SOA")[0].serial
            names = frozenset(str(name) for name in zone.nodes)
            if serials.setdefault(serial, names) != names:
                failures.append(serial)
            return names

        writer = threading.Thread(target=write)
        writer.start()
        dice = random.Random(7)
        try:
            for _ in range(6):
                time.sleep(0.1 + dice.random() * 0.4)
                content()
                self.server.crash()
                self.restart()
                content()
        finally:
            stop.set()
            writer.join()
        names = content()
        self.assertGreater(len(acknowledged), 20)
        self.assertEqual([name for name in acknowledged if name not in names], [])
        self.assertEqual(failures, [], "a serial with two contents")

    def test_a_reload_merges_by_rrset(self):
        self.add("new", "192.0.2.9")
        self.add("www", "192.0.2.10")
        self.write_zone("more IN A 192.0.2.20\n")
        self.assertEqual(self.server.ctl("reload").returncode, 0)
        self.assertEqual(self.addresses("more"), ["192.0.2.20"])
        self.assertEqual(self.addresses("new"), ["192.0.2.9"])
        self.write_zone("www IN A 192.0.2.30\n")
        self.assertEqual(self.server.ctl("reload").returncode, 0)
        self.assertEqual(self.addresses("www"), ["192.0.2.10", "192.0.2.2"])
        self.assertTrue(self.said("www.example.com A was changed by updates and in the file: the "
                                  "update stays"))

    def test_what_no_longer_fits_the_file_is_told_and_the_rest_stays(self):
        self.add("both", "192.0.2.9")
        self.add("new", "192.0.2.9")
        self.write_zone("both IN CNAME www\n")
        self.assertEqual(self.server.ctl("reload").returncode, 0)
        self.assertTrue(self.said("zone example.com: what updates have made of both.example.com "
                                  "does not fit the file: both.example.com has a CNAME and other "
                                  "data (A)"))
        self.assertEqual(self.addresses("new"), ["192.0.2.9"])

    def test_write_puts_updates_into_the_file(self):
        self.write_zone("spare IN A 192.0.2.40 ; a comment\n")
        self.server.ctl("reload")
        self.add("new", "192.0.2.9")
        path = self.folder.join("db.example.com")
        os.chmod(path, 0o640)
        done = self.server.ctl("zone", "write", ORIGIN)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout, f"{os.path.realpath(path)} written\n1 zone reloaded\n")
        with open(path, encoding="utf-8") as file:
            self.assertEqual(file.read(), ZONE + "spare IN A 192.0.2.40 ; a comment\n"
                             "new.example.com. 60 IN A 192.0.2.9\n")
        self.assertEqual(os.stat(path).st_mode & 0o777, 0o640)
        self.assertEqual(self.addresses("new"), ["192.0.2.9"])
        again = self.server.ctl("zone", "write", ORIGIN)
        self.assertEqual(again.returncode, 1)
        self.assertIn("zone example.com is as its file: there is nothing to write", again.stderr)

    def test_a_flush_goes_back_to_the_file(self):
        self.add("new", "192.0.2.9")
        self.add("www", "192.0.2.10")
        before = self.client.serial(ORIGIN)
        done = self.server.ctl("zone", "flush", ORIGIN)
        self.assertEqual((done.returncode, done.stdout), (0, "1 zone reloaded\n"), done.stderr)
        self.assertTrue(self.said("zone example.com: 2 RRsets of updates dropped by "))
        self.assertEqual(self.addresses("new"), [])
        self.assertEqual(self.addresses("www"), ["192.0.2.2"])
        self.assertGreater(self.client.serial(ORIGIN), before)
        self.assertIn("nothing was dropped", self.server.ctl("zone", "flush", ORIGIN).stdout)
        self.server.crash()
        self.restart()
        self.assertEqual(self.addresses("new"), [])

    def test_a_flush_that_finds_errors_is_made_good_by_the_next(self):
        self.add("new", "192.0.2.9")
        self.write_zone("broken IN A 192.0.2\n")
        self.assertEqual(self.server.ctl("zone", "flush", ORIGIN).returncode, 1)
        again = self.server.ctl("zone", "flush", ORIGIN)
        self.assertEqual(again.returncode, 1, again.stdout)
        self.assertIn("db.example.com:8:13", again.stderr)
        self.write_zone("more IN A 192.0.2.20\n")
        self.assertIn("is as its file", self.server.ctl("zone", "flush", ORIGIN).stdout)
        self.assertEqual((self.addresses("new"), self.addresses("more")), ([], ["192.0.2.20"]))

    def test_a_flush_waits_for_the_reload_under_way(self):
        self.folder.write("db.large", ZONE + "$GENERATE 1-300000 host$ A 192.0.2.9\n")
        with open(self.folder.join("rollcall.yaml"), "r+", encoding="utf-8") as file:
            text = file.read()
            file.seek(0)
            file.write(text.replace("zones:\n", "zones:\n  large.example: {file: db.large}\n"))
        self.add("new", "192.0.2.9")
        reload = threading.Thread(target=self.server.ctl, args=("reload",))
        reload.start()
        self.assertTrue(self.said("reload of everything requested"))
        done = self.server.ctl("zone", "flush", ORIGIN)
        reload.join()
        self.assertEqual((done.returncode, done.stdout), (0, "1 zone reloaded\n"), done.stderr)
        self.assertEqual(self.addresses("new"), [])

    def test_a_record_goes_when_its_time_is_up(self):
        self.assertEqual(self.add("short", "192.0.2.9", key=None), "NOERROR")
        self.assertTrue(eventually(lambda: self.addresses("short") == [], SECONDS))
        self.server.crash()
        self.restart()
        self.assertEqual(self.addresses("short"), [])

    def test_a_torn_journal_is_used_to_its_last_whole_entry(self):
        self.add("first", "192.0.2.9")
        self.add("second", "192.0.2.9")
        self.server.crash()
        path = self.folder.join("state/updates")
        with open(path, "rb+") as file:
            file.truncate(os.path.getsize(path) - 3)
        self.restart()
        self.assertEqual(self.addresses("first"), ["192.0.2.9"])
        self.assertEqual(self.addresses("second"), [])
        self.assertTrue(self.said("is cut short; what came before it is used, the whole file is "
                                  "kept as updates.damaged"))
        self.assertEqual(self.add("third", "192.0.2.9"), "NOERROR")


class FullDiskTest(UpdateCase):
    """state_dir is a file system of its own."""

    def setUp(self):
        super().setUp()
        self.server.stop()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "none",
                        self.folder.join("state")], check=True)
        self.addCleanup(subprocess.run, ["umount", "-l", self.folder.join("state")], check=True)
        self.restart()

    def test_a_full_disk_refuses_updates_and_the_server_goes_on(self):
        self.assertEqual(self.add("before", "192.0.2.9"), "NOERROR")
        filler = self.folder.join("state/filler")
        with open(filler, "wb", buffering=0) as file:
            try:
                while True:
                    file.write(b"x" * 512)
            except OSError:
                pass
        for number in range(200):  # the last page of the journal has room for some
            update = self.update("admin")
            update.add(f"full{number}", 60, "TXT", "x" * 200)
            outcome = self.outcome(update)
            if outcome[0] != "NOERROR":
                break
        self.assertEqual(outcome, ("SERVFAIL", "the journal of updates cannot be written"))
        self.assertTrue(self.said("No space left on device"))
        self.assertEqual(self.addresses("before"), ["192.0.2.9"])
        self.assertFalse(self.client.udp(f"full{number}.{ORIGIN}", "TXT").answer)
        os.remove(filler)
        self.assertTrue(eventually(lambda: self.add("after", "192.0.2.9") == "NOERROR", SECONDS))
        self.server.crash()
        self.restart()
        self.assertEqual(self.addresses("after"), ["192.0.2.9"])


if __name__ == "__main__":
    unittest.main()
