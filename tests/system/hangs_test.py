"""What hangs outside stops nothing inside: files on a hung file system, FIFOs, a log that nobody
reads, a load that takes long. The control socket answers, deaths are noticed, SIGTERM ends it."""

import json
import os
import socket
import subprocess
import sys
import time
import unittest

from support import namespace

namespace.enter()

# pylint: disable=wrong-import-position
from support import programs  # noqa: E402
from support.dns_client import Client  # noqa: E402
from support.programs import eventually  # noqa: E402

import processes  # noqa: E402

SECONDS = 40  # only ends a test that has failed
LATE = "not stopped within"  # the last resort had to end it

CONFIG = """\
server: {{listen: ["127.0.0.1:{port}"], state_dir: {folder}/state}}
control: {{socket: {folder}/control.sock}}
zones:
  good.example: {{file: {folder}/db.good}}
  remote.example: {{file: {folder}/remote/db.remote}}
  parts.example: {{file: {folder}/db.parts}}
checks:
  states: {{type: file, file: {folder}/remote/states, interval: 1s, timeout: 500ms, fall: 1}}
  port: {{type: tcp, port: {member}, interval: 1s, fast_interval: 200ms, timeout: 500ms, fall: 1}}
pools:
  told.good.example: {{check: states}}
  live.good.example: {{check: port}}
"""
ZONE = """\
$TTL 1
@   IN SOA ns1 hostmaster ({serial} 3600 600 86400 60)
    IN NS  ns1
ns1 IN A   127.0.0.1
{more}
"""
POOLS = """\
told IN A 127.0.0.2
told IN A 127.0.0.3
live IN A 127.0.0.1
live IN A 127.0.0.4
"""
STATES = "127.0.0.2 up\n127.0.0.3 down\n"


class HangsTest(unittest.TestCase):
    def setUp(self):
        self.folder = programs.Folder()
        self.addCleanup(self.folder.remove)
        for name in ("state", "real", "remote"):
            os.mkdir(self.folder.join(name))
        self.processes = processes.Processes()
        self.addCleanup(self.processes.end_all)
        self.mount()
        self.listeners = {address: self.listen(address) for address in ("127.0.0.1", "127.0.0.4")}
        self.write_files()
        self.client = Client("127.0.0.1", self.port)
        self.server = programs.Server(self.folder, config="remote/rollcall.yaml")
        self.addCleanup(self.server.end)
        self.addCleanup(self.release)
        self.server.start(lambda: self.client.ready("ns1.good.example"))
        self.becomes("told.good.example", ["127.0.0.2"])
        self.becomes("live.good.example", ["127.0.0.1", "127.0.0.4"])

    def mount(self):
        point = self.folder.join("remote")
        self.flag, self.mark = self.folder.join("hang"), self.folder.join("hangs")
        self.processes.start(
            "hanging_files", [sys.executable, os.path.join(os.path.dirname(__file__), "support",
                                                           "hanging_files.py"),
                              point, self.folder.join("real"), self.flag, self.mark],
            lambda name, line: None, cwd=self.folder.path)
        self.addCleanup(namespace.run, "umount", "--lazy", point)
        self.assertTrue(eventually(lambda: os.path.ismount(point), SECONDS))

    def listen(self, address):
        listener = socket.create_server((address, getattr(self, "member", 0)))
        self.member = listener.getsockname()[1]
        self.addCleanup(listener.close)
        return listener

    def write_files(self):
        self.port = programs.free_port()
        self.write_zones(1)
        self.folder.write("real/states", STATES)
        self.folder.write("real/rollcall.yaml", CONFIG.format(
            folder=self.folder.path, port=self.port, member=self.member))

    def write_zones(self, serial):
        self.folder.write("db.good", ZONE.format(serial=serial, more=POOLS))
        self.folder.write("real/db.remote", ZONE.format(serial=serial, more=""))
        self.folder.write("db.parts", ZONE.format(serial=serial, more="$INCLUDE remote/part"))
        self.folder.write("real/part", f"part IN TXT \"{serial}\"\n")

    def hang(self):
        with open(self.flag, "w", encoding="utf-8"):
            pass

    def hangs(self):
        """Waits until a request hangs."""
        self.assertTrue(eventually(lambda: os.path.exists(self.mark), SECONDS))

    def release(self):
        for path in (self.flag, self.mark):
            if os.path.exists(path):
                os.remove(path)

    def becomes(self, name, addresses):
        if not eventually(lambda: sorted(self.client.addresses(name)) == addresses, SECONDS):
            self.fail(f"{name} is not {addresses}:\n" + "\n".join(self.server.log))

    def logged(self, text):
        if not eventually(lambda: any(text in line for line in self.server.log), SECONDS):
            self.fail(f"no \"{text}\" in:\n" + "\n".join(self.server.log))

    def goes_on(self):
        """The control socket answers, and a death changes the answers."""
        status = json.loads(self.server.ctl("--json", "status").stdout)
        self.assertIn("status", status)
        self.listeners["127.0.0.4"].close()
        self.becomes("live.good.example", ["127.0.0.1"])

    def reload(self, *words):
        """The reply to a reload over the control socket."""
        done = self.server.ctl("reload", *words)
        return done.stdout + done.stderr

    def ends(self):
        """SIGTERM ends it in order, within its limit."""
        self.server.signal(15)
        if not eventually(lambda: not self.server.alive(), SECONDS):
            self.fail("it has not ended:\n" + "\n".join(self.server.log))
        self.assertEqual(self.server.stop(), 0)
        self.assertFalse([line for line in self.server.log if LATE in line])

    def works_again(self, serial):
        self.release()
        self.write_zones(serial)

        def reloaded():
            self.reload()
            return all(self.client.udp(zone, "SOA").answer[0][0].serial >= serial
                       for zone in ("good.example", "remote.example", "parts.example"))

        if not eventually(reloaded, SECONDS):
            self.fail("no reload:\n" + "\n".join(self.server.log))


class HungFileSystemTest(HangsTest):
    """A FUSE file system that took a request and does not reply."""

    def test_file_of_a_check(self):
        self.hang()
        self.hangs()
        self.goes_on()
        self.logged("its file system has not replied within 5s")
        self.becomes("told.good.example", ["127.0.0.2"])  # what the file said last
        self.release()
        self.folder.write("real/states", "127.0.0.2 down\n127.0.0.3 up\n")
        self.becomes("told.good.example", ["127.0.0.3"])

    def test_zone_file(self):
        self.write_zones(2)
        self.hang()
        self.assertIn("remote/db.remote: ", self.reload("remote.example"))
        self.assertIn("replied", self.reload("remote.example"))
        self.assertIn("reloaded", self.reload("good.example"))
        self.goes_on()
        self.works_again(3)

    def test_included_file(self):
        self.write_zones(2)
        self.hang()
        self.assertIn("replied", self.reload("parts.example"))
        self.goes_on()
        self.works_again(3)

    def test_configuration(self):
        self.hang()
        self.server.signal(1)
        self.logged("SIGHUP: reloading")
        self.goes_on()
        self.logged("reload refused: the configuration has errors; the old one stays in force")
        self.assertIn("replied", self.reload())
        self.works_again(2)

    def test_end_while_a_check_hangs(self):
        self.hang()
        self.hangs()
        self.ends()

    def test_end_while_a_reload_hangs(self):
        self.hang()
        self.hangs()
        self.server.signal(1)
        self.logged("SIGHUP: reloading")
        self.ends()

    def test_end_while_a_zone_hangs(self):
        self.hang()
        waiting = [subprocess.Popen([programs.ROLLCALLCTL, "-s", self.folder.join("control.sock"),
                                     "reload", zone], stdout=subprocess.DEVNULL,
                                    stderr=subprocess.DEVNULL)
                   for zone in ("remote.example", "parts.example")]
        self.hangs()
        self.ends()
        for process in waiting:
            process.wait(SECONDS)


class FifoTest(HangsTest):
    """A FIFO in the place of a file, without a writer."""

    def replace(self, name):
        os.remove(self.folder.join(name))
        os.mkfifo(self.folder.join(name))

    def test_file_of_a_check(self):
        self.replace("real/states")
        self.logged("states: not a regular file, but a FIFO")
        self.goes_on()
        self.becomes("told.good.example", ["127.0.0.2"])
        self.ends()

    def test_zone_file_and_include(self):
        self.replace("db.good")
        self.replace("real/part")
        self.assertIn("db.good: not a regular file, but a FIFO", self.reload("good.example"))
        self.assertIn("part: not a regular file, but a FIFO", self.reload("parts.example"))
        self.goes_on()
        os.remove(self.folder.join("real/part"))
        self.works_again(2)
        self.ends()

    def test_configuration(self):
        self.replace("real/rollcall.yaml")
        self.server.signal(1)
        self.logged("rollcall.yaml: not a regular file, but a FIFO")
        self.goes_on()
        self.ends()


class RewrittenTest(HangsTest):
    def test_a_file_that_is_rewritten_in_place_is_whole_when_it_is_served(self):
        """Half of the zone is there when the reload begins."""
        text = ZONE.format(serial=5, more="".join(f"h{i} IN A 192.0.2.1\n" for i in range(50)))
        half = text.index("h25 ")
        for serial in range(6, 9):
            new = text.replace("(5 ", f"({serial} ")
            with open(self.folder.join("db.parts"), "w", encoding="utf-8") as file:
                file.write(new[:half])
                file.flush()
                reload = subprocess.Popen(
                    [programs.ROLLCALLCTL, "-s", self.folder.join("control.sock"),
                     "reload", "parts.example"], stdout=subprocess.PIPE, text=True)
                time.sleep(0.3)  # the reader has begun by then, or begins later: either is right
                file.write(new[half:])
            self.assertIn("reloaded", reload.communicate(timeout=SECONDS)[0])
            self.assertEqual(self.client.udp("parts.example", "SOA").answer[0][0].serial, serial)
            self.assertEqual(self.client.addresses("h49.parts.example"), ["192.0.2.1"])


class LongLoadTest(HangsTest):
    def test_end_while_generated_records_are_loaded(self):
        self.folder.write("db.parts", ZONE.format(serial=2, more="".join(
            f"$GENERATE 0-{2**24 - 1} h$.g{i} TXT x\n" for i in range(3))))
        self.server.signal(1)
        self.logged("SIGHUP: reloading")
        self.goes_on()
        self.ends()


class UnreadLogTest(unittest.TestCase):
    """Standard error is a pipe that is full."""

    def setUp(self):
        self.folder = programs.Folder()
        self.addCleanup(self.folder.remove)
        os.mkdir(self.folder.join("state"))

    def start(self, *command):
        process = subprocess.Popen(command, cwd=self.folder.path, stderr=subprocess.PIPE,
                                   stdout=subprocess.DEVNULL)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def ends(self, process):
        process.terminate()
        self.assertEqual(process.wait(SECONDS), 0)

    def test_server(self):
        port = programs.free_port()
        bad = "".join(f"x{i} IN A nonsense-{'y' * 200}\n" for i in range(30))
        self.folder.write("db", ZONE.format(serial=1, more=""))
        self.folder.write("rollcall.yaml",
                          f"server: {{listen: [\"127.0.0.1:{port}\"], state_dir: state}}\n"
                          "control: {socket: control.sock}\n"
                          "zones: {good.example: {file: db}}\n")
        process = self.start(programs.ROLLCALLD, "-c", "rollcall.yaml")
        client = Client("127.0.0.1", port)
        self.assertTrue(eventually(lambda: client.ready("ns1.good.example"), SECONDS))
        self.folder.write("db", ZONE.format(serial=2, more=bad))
        socket_path = self.folder.join("control.sock")
        for _ in range(60):  # 5 KiB of log each: the pipe holds 64
            reload = programs.rollcallctl("-s", socket_path, "reload")
            self.assertEqual(reload.returncode, 1, reload.stderr)
        self.assertEqual(programs.rollcallctl("-s", socket_path, "status").returncode, 0)
        self.assertEqual(client.addresses("ns1.good.example"), ["127.0.0.1"])
        self.ends(process)

    def test_agent(self):
        self.folder.write("key", "00" * 32 + "\n")
        os.chmod(self.folder.join("key"), 0o600)
        port = programs.free_port()
        good = (f"listen: 127.0.0.1:{port}\nkey_file: {self.folder.join('key')}\n"
                "services: {web: {unit: web.service}}\n")
        self.folder.write("agent.yaml", good)
        process = self.start(programs.AGENT, "-c", "agent.yaml")
        self.assertTrue(eventually(lambda: programs.connects("127.0.0.1", port), SECONDS))
        self.folder.write("agent.yaml", good + "".join(
            f"unknown-{i}-{'y' * 200}: 1\n" for i in range(500)))
        for _ in range(5):  # 120 KiB each
            process.send_signal(1)
            self.assertTrue(programs.connects("127.0.0.1", port))
            time.sleep(0.2)  # a SIGHUP that comes too soon is one with the one before
        self.assertTrue(programs.connects("127.0.0.1", port))
        self.ends(process)


if __name__ == "__main__":
    unittest.main()
