"""Alerts to an administrator: by mail and by webhook, with the name of the nameserver."""

import http.server
import json
import threading
import unittest

from support import namespace

namespace.enter()

# pylint: disable=wrong-import-position
from support import programs  # noqa: E402  first: it makes the demo's mailbox the one that is found
import mailbox  # noqa: E402
from support.programs import eventually  # noqa: E402
from support.web_pool import SECONDS, WebPool  # noqa: E402

PRIMARY, BACKUP = "127.0.0.31", "127.0.0.32"
NAME = "ns1.mydomain.com"

CONFIG = """\
checks:
  web: {{type: http, port: 8080, path: /, interval: 1s, fast_interval: 200ms, timeout: 800ms,
        fall: 2, rise: 1}}
pools:
  www.mydomain.com: {{check: web, members: {{127.0.0.32: {{tier: backup}}}}}}
alerts:
  batch: 0s
  email: {{to: [root@mydomain.com], smtp: "smtp://127.0.0.1:{smtp}"}}
  webhook: {{url: "http://127.0.0.1:{hook}/"}}
"""


class Hook(http.server.BaseHTTPRequestHandler):
    """Keeps the requests that it gets."""

    calls = []

    def do_POST(self):  # pylint: disable=invalid-name
        size = int(self.headers["Content-Length"])
        self.calls.append(json.loads(self.rfile.read(size)))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):  # pylint: disable=arguments-differ
        pass


class AlertsTest(WebPool):
    """A primary member and a backup."""

    def setUp(self):
        Hook.calls = []
        self.hook = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook)
        threading.Thread(target=self.hook.serve_forever, daemon=True).start()
        self.addCleanup(self.hook.server_close)
        self.addCleanup(self.hook.shutdown)
        smtp = programs.free_port()
        self.mailbox = mailbox.Mailbox("127.0.0.1", smtp)
        self.mailbox.start()
        self.addCleanup(self.mailbox.stop)
        self.make(CONFIG.format(smtp=smtp, hook=self.hook.server_address[1]), (PRIMARY, BACKUP))
        text = self.folder.join("rollcall.yaml")
        with open(text, encoding="utf-8") as file:
            config = file.read().replace("server: {", f"server: {{nsid: {NAME}, ")
        self.folder.write("rollcall.yaml", config)
        self.start_web(PRIMARY, BACKUP)
        self.start()

    def told(self, kind):
        return [notice for call in Hook.calls for notice in call["notices"]
                if notice["kind"] == kind]

    def test_the_backup_takes_over_and_gives_back(self):
        self.becomes(PRIMARY)
        self.stop_web(PRIMARY)
        self.becomes(BACKUP)
        self.assertTrue(eventually(lambda: self.told("backup_took_over"), SECONDS), Hook.calls)
        self.assertIn("ON BACKUP", self.server.ctl("status").stdout)
        self.start_web(PRIMARY)
        self.becomes(PRIMARY)
        self.assertTrue(eventually(lambda: self.told("backup_gave_back"), SECONDS), Hook.calls)
        self.assertNotIn("ON BACKUP", self.server.ctl("status").stdout)

    def test_every_alert_names_its_nameserver(self):
        self.becomes(PRIMARY)
        self.stop_web(PRIMARY)
        self.assertTrue(eventually(lambda: self.told("dropped"), SECONDS), Hook.calls)
        self.assertEqual({call["nameserver"] for call in Hook.calls}, {NAME})
        self.assertTrue(eventually(lambda: len(self.mailbox.matters()) >= 2, SECONDS))
        for mail in self.mailbox.mails():
            self.assertTrue(mail.subject.startswith(f"[{NAME}] "), mail.subject)
            self.assertIn(f"nameserver {NAME}", mail.body)


if __name__ == "__main__":
    unittest.main(verbosity=2)
