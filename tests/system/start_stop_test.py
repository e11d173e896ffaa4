"""A start reports when it answers; at the end, the server answers until the last moment."""

import fcntl
import http.server
import os
import signal
import socket
import threading
import unittest

from support import namespace

namespace.enter()

# pylint: disable=wrong-import-position
import dns.exception  # noqa: E402
import dns.message  # noqa: E402
import dns.rcode  # noqa: E402

from support import programs  # noqa: E402
from support.programs import eventually, processes  # noqa: E402
from support.web_pool import SECONDS, WEB_PORT, WebPool  # noqa: E402

FIRST, SECOND = "127.0.0.61", "127.0.0.62"
POOLS = "pools: {www.mydomain.com: {check: web}}\n"
PATIENT = "checks: {web: {type: http, port: 8080, interval: 600s, timeout: 200s}}\n" + POOLS
QUICK = """\
checks:
  web: {type: http, port: 8080, interval: 5s, fast_interval: 1s, timeout: 4s, fall: 2}
""" + POOLS
ALERTS = 'alerts: {{email: {{to: [root@mydomain.com], smtp: "smtp://127.0.0.1:{port}"}}}}\n'


class SlowWeb(http.server.BaseHTTPRequestHandler):
    """Answers once it is allowed to."""

    may = threading.Event()

    def do_GET(self):  # pylint: disable=invalid-name
        SlowWeb.may.wait(60)
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):  # pylint: disable=arguments-differ
        pass


class Systemd:
    """The socket to which a service reports its state."""

    def __init__(self, test):
        self.messages = []
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        path = test.folder.join("notify")
        self._socket.bind(path)
        os.environ["NOTIFY_SOCKET"] = path
        test.addCleanup(os.environ.pop, "NOTIFY_SOCKET")
        test.addCleanup(self._socket.close)

    def wait_for(self, wanted):
        """Reads messages until one has the line."""
        self._socket.settimeout(SECONDS)
        while True:
            self.messages.append(self._socket.recv(4096).decode())
            if wanted in self.messages[-1].split("\n"):
                return


class StartTest(WebPool):
    """From READY=1 on, queries are answered."""

    def start_slow_web(self):
        SlowWeb.may.clear()
        slow = http.server.ThreadingHTTPServer((SECOND, WEB_PORT), SlowWeb)
        threading.Thread(target=slow.serve_forever, daemon=True).start()
        self.addCleanup(slow.server_close)
        self.addCleanup(slow.shutdown)
        self.addCleanup(SlowWeb.may.set)

    def said(self, text):
        return any(text in line for line in self.server.log)

    def wait_for_log(self, text):
        self.assertTrue(eventually(lambda: self.said(text), SECONDS), "\n".join(self.server.log))

    def change_config(self, old, new):
        with open(self.folder.join("rollcall.yaml"), encoding="utf-8") as file:
            text = file.read()
        self.assertIn(old, text)
        self.folder.write("rollcall.yaml", text.replace(old, new))

    def test_ready_is_told_with_the_first_answer_and_not_before(self):
        self.make(PATIENT, (FIRST, SECOND))
        self.change_config("{file: db.mydomain.com}",
                           "{file: db.mydomain.com, allow_transfer: [127.0.0.1]}")
        self.start_web(FIRST)
        self.start_slow_web()
        systemd = Systemd(self)
        self.server.start(lambda: self.said("waiting for the first probes; waiting zones: 1"))
        self.assertEqual(self.client.udp("www.mydomain.com").rcode(), dns.rcode.SERVFAIL)
        self.assertFalse(self.said("ready:"))
        SlowWeb.may.set()
        systemd.wait_for("READY=1")
        self.assertEqual(self.client.udp("www.mydomain.com").rcode(), dns.rcode.NOERROR)
        self.assertIn("www.mydomain.com.",
                      [str(name) for name in self.client.transfer("mydomain.com").nodes])
        self.wait_for_log("ready: 1 of 1 zone loaded")
        self.assertIn("STATUS=1 of 1 zones answered", systemd.messages[-1])
        earlier = "\n".join(systemd.messages[:-1])
        self.assertRegex(earlier, r"EXTEND_TIMEOUT_USEC=\d+\nSTATUS=\d of 1 zones read")
        self.assertNotIn("READY=1", earlier)

    def test_a_member_that_is_silent_does_not_hold_it(self):
        self.make(PATIENT, (FIRST, SECOND))
        self.start_web(FIRST)
        self.start_slow_web()
        systemd = Systemd(self)
        self.server.start(lambda: True)
        systemd.wait_for("READY=1")
        self.assertEqual(self.client.udp("www.mydomain.com").rcode(), dns.rcode.NOERROR)

    def test_neither_does_a_zone_that_is_refused(self):
        self.make(PATIENT, (FIRST,))
        self.start_web(FIRST)
        self.change_config("zones:\n", "zones:\n  broken.example: {file: missing}\n")
        systemd = Systemd(self)
        self.server.start(lambda: True)
        systemd.wait_for("READY=1")
        self.assertEqual(self.client.udp("www.mydomain.com").rcode(), dns.rcode.NOERROR)
        self.wait_for_log("ready: 1 of 2 zones loaded")


class Questions:
    """A client that keeps asking until nothing listens any longer."""

    def __init__(self, port):
        self.answered, self.lost = 0, 0
        self.over = threading.Event()
        self._port = port
        self._thread = threading.Thread(target=self._ask, daemon=True)
        self._thread.start()

    def _ask(self):
        query = dns.message.make_query("ns1.mydomain.com", "A").to_wire()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.connect(("127.0.0.1", self._port))
            client.settimeout(2)
            try:
                while True:
                    client.send(query)
                    try:
                        client.recv(4096)
                        self.answered += 1
                    except TimeoutError:
                        self.lost += 1
            except ConnectionRefusedError:
                self.over.set()


class EndTest(WebPool):
    """A mail server that is silent, and alerts that wait for it."""

    def setUp(self):
        self.smtp_port = programs.free_port()
        self.make(QUICK + ALERTS.format(port=self.smtp_port), (FIRST, SECOND))
        self.start_web(FIRST, SECOND)
        self.silent = socket.create_server(("127.0.0.1", self.smtp_port))  # accepts nobody
        self.addCleanup(self.silent.close)
        self.mails = []
        self.programs = processes.Processes()
        self.addCleanup(self.programs.end_all)
        self.start()
        self.becomes(FIRST, SECOND)
        self.stop_web(SECOND)
        self.becomes(FIRST)

    def kept(self):
        """The alerts on disk that wait."""
        try:
            with open(self.folder.join("state/alerts"), encoding="utf-8") as file:
                return [line for line in file.read().splitlines()
                        if '"told":' in line or '"front":' in line]
        except FileNotFoundError:
            return []

    def lock_is_free(self):
        folder = os.open(self.folder.join("state"), os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        finally:
            os.close(folder)
        return True

    def mail_server_answers(self):
        self.silent.close()
        self.programs.start(
            "aiosmtpd", ["/usr/bin/python3", "-u", "-m", "aiosmtpd", "-n", "-c",
                         "aiosmtpd.handlers.Debugging", "stdout", "-l",
                         f"127.0.0.1:{self.smtp_port}"],
            lambda _, line: self.mails.append(line))
        self.assertTrue(eventually(lambda: programs.connects("127.0.0.1", self.smtp_port), SECONDS))

    def successor(self):
        self.server = programs.Server(self.folder)
        self.start()

    def mail_came_once(self):
        self.assertTrue(eventually(
            lambda: any("Subject: " in line and SECOND in line for line in self.mails), SECONDS),
            "\n".join(self.mails + self.server.log))
        self.assertTrue(eventually(lambda: not self.kept(), SECONDS), self.kept())
        subject = [line for line in self.mails if "Subject: " in line and SECOND in line]
        self.assertEqual(len(subject), 1, self.mails)

    def test_answers_until_its_end_and_leaves_alerts_to_its_successor(self):
        old = self.server
        questions = Questions(self.client.port)
        self.assertTrue(eventually(lambda: questions.answered > 10, SECONDS))
        old.signal(signal.SIGTERM)
        self.assertTrue(questions.over.wait(SECONDS))
        # Nothing listens any longer: by now everything is saved, and a successor may start.
        self.assertTrue(self.lock_is_free())
        self.assertEqual(len(self.kept()), 1, old.log)
        self.assertEqual(questions.lost, 0)
        self.mail_server_answers()
        self.successor()
        self.assertTrue(eventually(lambda: not old.alive(), SECONDS))
        self.assertTrue(any("SIGTERM: stopping" in line for line in old.log), old.log)
        self.assertTrue(old.log[-1].endswith("rollcalld stopped"), old.log)
        self.mail_came_once()
        old.end()

    def test_alerts_survive_a_crash(self):
        self.assertTrue(eventually(self.kept, SECONDS))
        self.server.crash()
        self.mail_server_answers()
        self.successor()
        self.mail_came_once()

    def test_alerts_are_sent_when_the_mail_server_is_back(self):
        self.assertTrue(eventually(self.kept, SECONDS))
        self.mail_server_answers()
        self.mail_came_once()


if __name__ == "__main__":
    unittest.main(verbosity=2)
