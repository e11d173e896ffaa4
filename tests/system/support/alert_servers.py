"""Receivers of alerts: Alertmanager from Debian, a webhook over HTTPS, mail servers that fail."""

import http.server
import json
import os
import socket
import ssl
import threading
import urllib.request

from support.programs import connects, eventually

ALERTMANAGER = "/usr/bin/prometheus-alertmanager"
ALERTMANAGER_CONFIG = """\
route: {receiver: nobody}
receivers: [{name: nobody}]
"""


class Alertmanager:
    """Runs it in `folder`; it tells nobody, and is asked what it holds."""

    def __init__(self, processes, folder, port, seconds):
        os.makedirs(folder, exist_ok=True)
        config = os.path.join(folder, "alertmanager.yml")
        with open(config, "w", encoding="ascii") as file:
            file.write(ALERTMANAGER_CONFIG)
        self._base = f"http://127.0.0.1:{port}"
        self.url = self._base + "/api/v2/alerts"
        self.log = []
        processes.start("alertmanager", [
            ALERTMANAGER, f"--config.file={config}", f"--storage.path={folder}/data",
            f"--web.listen-address=127.0.0.1:{port}", "--cluster.listen-address="],
            lambda _, line: self.log.append(line))
        if not eventually(lambda: connects("127.0.0.1", port), seconds):
            raise AssertionError("\n".join(self.log))

    def firing(self):
        """The labels of the alerts that fire, by alertname and member."""
        with urllib.request.urlopen(self.url + "?active=true", timeout=10) as reply:
            alerts = json.load(reply)
        return {(alert["labels"]["alertname"], alert["labels"].get("member", "")): alert
                for alert in alerts}


class Hook(http.server.BaseHTTPRequestHandler):
    """Keeps what it gets; `status` is the server's answer."""

    def do_POST(self):  # pylint: disable=invalid-name
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.calls.append((self.path, self.headers["Content-Type"], body.decode()))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_):  # pylint: disable=arguments-differ
        pass


class HookServer(http.server.ThreadingHTTPServer):
    """A webhook's receiver on 127.0.0.1, over TLS where a certificate is given."""

    def __init__(self, certificate=None):
        super().__init__(("127.0.0.1", 0), Hook)
        self.calls = []
        self.status = 204
        self.scheme = "http"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate + ".pem", certificate + ".key")
            self.socket = context.wrap_socket(self.socket, server_side=True)
            self.scheme = "https"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, *_):  # pylint: disable=arguments-differ
        pass  # a client that ends is no fault here

    def url(self, path="/"):
        return f"{self.scheme}://localhost:{self.server_address[1]}{path}"

    def bodies(self):
        return [json.loads(body) for _, _, body in self.calls]

    def notices(self, kind=None):
        return [notice for body in self.bodies() for notice in body["notices"]
                if kind in (None, notice["kind"])]

    def end(self):
        self.shutdown()
        self.server_close()


class StrangeMailServer:
    """Accepts connections, and does with each what `answer(socket)` does, in a thread."""

    def __init__(self, answer):
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=16)
        self.port = self._listener.getsockname()[1]
        self.connections = 0
        self._answer = answer
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                peer, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._one, args=(peer,), daemon=True).start()

    def _one(self, peer):
        try:
            self._answer(peer)
        except OSError:
            pass

    def end(self):
        self._listener.close()


def never_greets(peer):
    peer.recv(1)


def talks_for_ever(peer):
    while True:
        peer.sendall(b"220-and there is more to say\r\n" * 100)
