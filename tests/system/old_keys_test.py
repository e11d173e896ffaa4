"""Keys in the files that tsig-keygen writes, with algorithms that only old peers need.

BIND, NSD and Knot follow a zone under HMAC with MD5, SHA-1 and SHA-224; dig transfers it with the
same files.
"""

import os
import re
import unittest

from support import namespace

namespace.enter()

# pylint: disable=wrong-import-position
import dns.exception  # noqa: E402

from support import programs  # noqa: E402
from support import signed_secondaries  # noqa: E402
from support.dns_client import Client  # noqa: E402
from support.programs import eventually  # noqa: E402
from support.signed_secondaries import ADDRESSES, KEYS, PRIMARY  # noqa: E402

# pylint: disable=wrong-import-order
import processes  # noqa: E402

PATIENCE = 30  # seconds
ORIGIN = "mydomain.com"
ALGORITHMS = {"BIND": "hmac-md5", "NSD": "hmac-sha1", "Knot": "hmac-sha224"}

CONFIG = """\
server: {listen: [192.0.2.1], state_dir: state, workers: 1}
control: {socket: control.sock}
keys:
  bind.mydomain.com: {secret_file: bind.mydomain.com.key, allow_md5: true}
  nsd.mydomain.com: {secret_file: nsd.mydomain.com.key, algorithm: hmac-sha1}
  knot.mydomain.com: {secret_file: knot.mydomain.com.key}
zones:
  mydomain.com:
    file: db.mydomain.com
    secondaries:
      - {address: 192.0.2.11, key: bind.mydomain.com}
      - {address: 192.0.2.12, key: nsd.mydomain.com}
      - {address: 192.0.2.13, key: knot.mydomain.com}
    allow_transfer: ["key:bind.mydomain.com", "key:nsd.mydomain.com", "key:knot.mydomain.com"]
"""

ZONE = """\
$TTL 300
@       IN SOA  ns1 hostmaster ({serial} 7200 3600 864000 60)
        IN NS   ns1
ns1     IN A    192.0.2.1
"""


class OldKeysTest(unittest.TestCase):
    """One server, a key of another algorithm for each peer."""

    @classmethod
    def setUpClass(cls):
        namespace.add_interface("zone0", [f"{address}/24" for address in (
            PRIMARY, *ADDRESSES.values())])

    def setUp(self):
        self.folder = programs.Folder()
        self.addCleanup(self.folder.remove)
        os.mkdir(self.folder.join("state"))
        self.secrets = {kind: self.make_key(kind) for kind in KEYS}
        self.folder.write("rollcall.yaml", CONFIG)
        self.folder.write("db.mydomain.com", ZONE.format(serial=1))
        self.log = []
        self.processes = processes.Processes()
        self.addCleanup(self.processes.end_all)
        self.primary = Client(PRIMARY, 53)
        self.server = programs.Server(self.folder)
        self.addCleanup(self.server.end)
        self.server.start(lambda: self.primary.ready(ORIGIN, "SOA"))

    def key_file(self, kind):
        return self.folder.join(f"{KEYS[kind]}.{ORIGIN}.key")

    def make_key(self, kind):
        """Writes a key file by tsig-keygen. Returns the secret."""
        made = programs.run("tsig-keygen", "-a", ALGORITHMS[kind], f"{KEYS[kind]}.{ORIGIN}")
        self.assertEqual(made.returncode, 0, made.stderr)
        os.chmod(self.folder.write(f"{KEYS[kind]}.{ORIGIN}.key", made.stdout), 0o600)
        return re.search(r'secret "([^"]+)"', made.stdout)[1]

    def start_secondary(self, kind):
        """As in docs/secondaries.md, except for the algorithm."""
        command = signed_secondaries.command(self.folder, kind, self.secrets[kind])
        block = {"BIND": "named", "NSD": "nsd", "Knot": "knot"}[kind]
        with open(self.folder.join(f"{block}-zone.conf"), encoding="utf-8") as snippet:
            text = snippet.read()
        self.folder.write(f"{block}-zone.conf", re.sub("hmac-[a-z0-9]+", ALGORITHMS[kind], text))
        self.processes.start(kind, command,
                             lambda name, line: self.log.append(f"{name}: {line}"))

    def follows(self, kind, serial):
        try:
            return Client(ADDRESSES[kind], 53).serial(ORIGIN) == serial
        except (dns.exception.DNSException, OSError):
            return False

    def all_follow(self):
        serial = self.primary.serial(ORIGIN)
        for kind in KEYS:
            self.assertTrue(eventually(lambda who=kind: self.follows(who, serial), PATIENCE),
                            f"{kind} does not follow\n" +
                            "\n".join([*self.server.log[-20:], *self.log[-60:]]))

    def test_secondaries_load_the_zone_and_take_signed_notifies(self):
        for kind in KEYS:
            self.start_secondary(kind)
        self.all_follow()
        self.folder.write("db.mydomain.com", ZONE.format(serial=20))
        done = self.server.ctl("reload")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.all_follow()

    def test_dig_transfers_with_the_same_file(self):
        for kind in KEYS:
            with self.subTest(kind):
                dug = programs.run("dig", f"@{PRIMARY}", "-k", self.key_file(kind), ORIGIN, "AXFR")
                self.assertIn("XFR size: 4 records", dug.stdout)
                self.assertNotIn("WARNING", dug.stdout + dug.stderr)
        unsigned = programs.run("dig", f"@{PRIMARY}", ORIGIN, "AXFR")
        self.assertIn("Transfer failed", unsigned.stdout)

    def test_weak_ones_are_warned_of(self):
        for name in ("hmac-md5", "hmac-sha1", "hmac-sha224"):
            lines = [line for line in self.server.log if f"{name} is weak" in line]
            self.assertEqual(len(lines), 1, self.server.log)
            self.assertIn("rollcall.yaml:", lines[0])

    def test_md5_must_be_allowed(self):
        self.folder.write("rollcall.yaml", CONFIG.replace(", allow_md5: true", ""))
        done = programs.rollcallctl("check", self.folder.join("rollcall.yaml"))
        self.assertEqual(done.returncode, 1)
        self.assertIn('or set "allow_md5: true" while the other side', done.stderr)


if __name__ == "__main__":
    unittest.main()
