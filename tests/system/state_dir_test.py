"""What a user who may write to state_dir can do, and how damaged files are handled."""

import os
import pwd
import shutil
import socket
import stat
import unittest

from support import namespace

if __name__ == "__main__":
    namespace.enter()

# pylint: disable=wrong-import-position
from support import programs  # noqa: E402
from support.dns_client import Client  # noqa: E402
from support.programs import eventually  # noqa: E402

USER = "nobody"

CONFIG = """\
server: {{listen: ["127.0.0.1:{port}"], state_dir: state{user}}}
control: {{socket: control.sock}}
zones: {{example.com: {{file: db.example.com}}}}
checks: {{web: {{type: tcp, port: {web}}}}}
pools: {{www.example.com: {{check: web}}}}
"""

ZONE = """\
$TTL 60
@ IN SOA ns root 7 3600 600 86400 60
@ IN NS ns
ns IN A 127.0.0.1
www IN A 127.0.0.1
www IN A 127.0.0.2
"""

NAMES = ("serials", "serials.old", "overrides", "overrides.old", "restarts", "health", "lock")


class StateDirTest(unittest.TestCase):
    """One server in a folder of its own."""

    user = USER

    def setUp(self):
        if self.user:
            self.assertEqual(os.geteuid(), 0, "this test changes owners: it runs as root")
        self.folder = programs.Folder()
        self.addCleanup(self.folder.remove)
        os.chmod(self.folder.path, 0o755)
        self.port = programs.free_port()
        # The kernel completes handshakes for it: a tcp check needs no more.
        web = socket.create_server(("0.0.0.0", 0), backlog=1000)
        self.addCleanup(web.close)
        self.folder.write("db.example.com", ZONE)
        self.folder.write("rollcall.yaml", CONFIG.format(
            port=self.port, web=web.getsockname()[1], user=f", user: {self.user}" if self.user else ""))
        self.state = self.folder.join("state")
        self.client = Client("127.0.0.1", self.port)
        self.server = programs.Server(self.folder)
        self.addCleanup(self.server.end)

    def start(self):
        self.server.log.clear()
        self.server.start(lambda: self.client.ready("www.example.com", "A"))

    def serial(self):
        return self.client.serial("example.com")

    def said(self, words):
        return eventually(lambda: any(words in line for line in list(self.server.log)), 10)

    def join(self, name):
        return os.path.join(self.state, name)


class HostileUserTest(StateDirTest):
    """The server's user owns state_dir, and must gain no access to root's files by that."""

    def setUp(self):
        super().setUp()
        self.entry = pwd.getpwnam(USER)
        self.victim = self.folder.write("victim", "precious\n")
        os.chmod(self.victim, 0o600)

    def plant(self, kind, name):
        place = self.join(name)
        if os.path.isdir(place) and not os.path.islink(place):
            shutil.rmtree(place)
        elif os.path.lexists(place):
            os.remove(place)
        if kind == "link":
            os.symlink(self.victim, place)
        elif kind == "dangling link":
            os.symlink(self.victim + ".absent", place)
        elif kind == "hard link":
            os.link(self.victim, place)
        elif kind == "fifo":
            os.mkfifo(place, 0o666)
        elif kind == "folder":
            os.mkdir(place)
            os.mkdir(os.path.join(place, "within"))
        os.chown(place, self.entry.pw_uid, self.entry.pw_gid, follow_symlinks=False) \
            if kind != "hard link" else None

    def assert_unharmed(self, kind):
        status = os.stat(self.victim)
        self.assertEqual((status.st_uid, stat.S_IMODE(status.st_mode)), (0, 0o600), kind)
        with open(self.victim, encoding="ascii") as file:
            self.assertEqual(file.read(), "precious\n", kind)
        self.assertFalse(os.path.exists(self.victim + ".absent"), kind)

    def test_what_is_planted_gains_nothing_and_stops_nothing(self):
        self.start()
        self.assertEqual(os.stat(self.state).st_uid, self.entry.pw_uid)
        self.assertEqual(os.stat(f"/proc/{self.server.pid()}").st_uid, self.entry.pw_uid)
        for kind in ("link", "dangling link", "hard link", "fifo", "folder"):
            with self.subTest(kind=kind):
                self.server.stop()
                for name in NAMES:
                    self.plant(kind, name)
                    self.plant(kind, name + ".new")
                self.start()
                self.assert_unharmed(kind)
                self.assertTrue(self.said("serials.damaged"), self.server.log)
                done = self.server.ctl("drain", "127.0.0.1")
                self.assertEqual(done.returncode, 0, done.stderr)
                self.server.crash()
                self.start()
                self.assertEqual(self.client.addresses("www.example.com"), ["127.0.0.2"])
                self.assertEqual(self.server.ctl("auto", "127.0.0.1").returncode, 0)
                self.assert_unharmed(kind)

    def test_an_existing_folder_of_roots_is_handed_over(self):
        os.mkdir(self.state)
        with open(self.join("serials"), "w", encoding="ascii") as file:
            file.write("example.com. 64\n")
        os.chmod(self.join("serials"), 0o600)
        self.start()
        self.assertEqual(self.serial(), 65)
        self.assertEqual(os.stat(self.join("serials")).st_uid, self.entry.pw_uid)
        self.assertFalse(os.path.exists(self.join("serials.damaged")))

    def test_a_folder_that_leads_elsewhere_is_not_handed_over(self):
        other = self.folder.join("other")
        os.mkdir(other)
        os.chown(other, self.entry.pw_uid, self.entry.pw_gid)
        precious = self.folder.join("precious")
        os.mkdir(precious)
        os.symlink(precious, os.path.join(other, "state"))
        path = self.folder.join("rollcall.yaml")
        with open(path, encoding="ascii") as file:
            text = file.read()
        self.folder.write("rollcall.yaml", text.replace("state_dir: state",
                                                        "state_dir: other/state"))
        self.start()
        self.assertEqual(os.stat(precious).st_uid, 0)
        self.assertEqual(os.listdir(precious), [])


class DamagedStateTest(StateDirTest):
    """Nothing in state_dir can prevent a start."""

    user = ""

    def write(self, name, content):
        with open(self.join(name), "wb") as file:
            file.write(content)

    def test_serials_that_are_emptied_or_cut_do_not_go_back(self):
        self.start()
        for cut in (0, 1, 2):
            before = self.serial()
            self.server.crash()
            with open(self.join("serials"), "rb") as file:
                lines = file.readlines()
            self.write("serials", b"".join(lines[:cut]))
            self.start()
            self.assertTrue(self.said("state/serials: "), self.server.log)
            self.assertTrue(self.said("set aside as serials.damaged"), self.server.log)
            self.assertGreater(self.serial(), before)

    def test_drained_members_stay_drained(self):
        self.start()
        self.assertEqual(self.server.ctl("drain", "127.0.0.1").returncode, 0)
        with open(self.join("overrides"), "rb") as file:
            whole = file.read()
        for damage in (
                {"overrides": b""},
                {"overrides": whole.split(b"\n")[0] + b"\n"},
                {"overrides": b"\0" * 4096},
                {"overrides.old": b""},
                # No copy is good, but the line can be read.
                {"overrides": whole[:whole.index(b"end ")], "overrides.old": b"nonsense\n"}):
            with self.subTest(damage=damage):
                self.server.crash()
                for name, content in damage.items():
                    self.write(name, content)
                self.start()
                self.assertEqual(self.client.addresses("www.example.com"), ["127.0.0.2"])
                self.assertTrue(self.said("set aside as overrides"), self.server.log)

    def test_a_pipe_is_set_aside(self):
        self.start()
        self.server.stop()
        for name in NAMES:
            if os.path.exists(self.join(name)):
                os.remove(self.join(name))
            os.mkfifo(self.join(name))
        self.start()
        self.assertTrue(self.said("it is not a regular file"), self.server.log)


if __name__ == "__main__":
    unittest.main(verbosity=2)
