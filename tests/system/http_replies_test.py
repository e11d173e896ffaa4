"""Replies that servers send: an http check takes what curl takes, and says why it refuses the rest."""

import socket
import threading
import unittest

from support import namespace

namespace.enter()

# pylint: disable=wrong-import-position
from support import programs  # noqa: E402
from support.check_fixture import CheckFixture  # noqa: E402

ADDRESS = "127.0.0.19"
CHUNKED = b"Transfer-Encoding: chunked\r\n"


def lines(count, size):
    return b"".join(b"X-%d: %s\r\n" % (i, b"a" * size) for i in range(count))


# All with the body "ok".
GOOD = {
    "plain": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
    "no-blank": b"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok",
    "lf": b"HTTP/1.1 200 OK\nContent-Length: 2\n\nok",
    "mixed": b"HTTP/1.1 200 OK\r\nContent-Length: 2\nX: y\n\nok",
    "mixed-too": b"HTTP/1.1 200 OK\nContent-Length: 2\r\nX: y\r\n\nok",
    "both": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n" + CHUNKED + b"\r\n2\r\nok\r\n0\r\n\r\n",
    "both-too": b"HTTP/1.1 200 OK\r\n" + CHUNKED + b"Content-Length: 2\r\n\r\n2\r\nok\r\n0\r\n\r\n",
    "40k": b"HTTP/1.1 200 OK\r\n" + lines(100, 400) + b"\r\nok",
    "64k": b"HTTP/1.1 200 OK\r\nX: " + b"a" * 65536 + b"\r\n\r\nok",
    "old": b"HTTP/1.0 200 OK\r\n\r\nok",
    "folded": b"HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 2\r\n\r\nok",
    "same-length": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok",
    "chunks-lf": b"HTTP/1.1 200 OK\r\n" + CHUNKED + b"\r\n2\nok\n0\n\n",
    "chunks": b"HTTP/1.1 200 OK\r\n" + CHUNKED + b"\r\n1;a=b\r\no\r\n01  \r\nk\r\n0\r\nX: y\r\n\r\n",
    "continue": b"HTTP/1.1 100\n\nHTTP/1.1 103 x\r\nLink: y\r\n\r\n"
                b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
    "more": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok and more",
}
# Versions of curl differ about these: the check must do as the installed one does.
ODD = {
    "http2": b"HTTP/2 200\r\n\r\nok",
    "small": b"http/1.1 200 OK\r\n\r\nok",
    "two-blanks": b"HTTP/1.1  200 OK\r\n\r\nok",
    "no-gap": b"HTTP/1.1 200OK\r\n\r\nok",
    "other-length": b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 2\r\n\r\nok",
    "list-length": b"HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nok",
    "huge-length": b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nok",
    "blank-colon": b"HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\nok",
    "identity": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\nok",
    "chunked-twice": b"HTTP/1.1 200 OK\r\n" + CHUNKED * 2 + b"\r\n2\r\nok\r\n0\r\n\r\n",
}
BAD = {
    "icy": (b"ICY 200 OK\r\n\r\nok", "^not an HTTP reply: "),
    "zero-nine": (b"<html>ok</html>", "^not an HTTP reply: "),
    "version": (b"HTTP/1.9 200 OK\r\n\r\nok", '^not an HTTP reply: "HTTP/1.9 200 OK"$'),
    "no-version": (b"HTTP 200 OK\r\n\r\nok", "^not an HTTP reply: "),
    "no-code": (b"HTTP/1.1 OK\r\n\r\nok", '^not an HTTP reply: "HTTP/1.1 OK"$'),
    "two-digits": (b"HTTP/1.1 20 OK\r\n\r\nok", "^not an HTTP reply: "),
    "four-digits": (b"HTTP/1.1 2000 OK\r\n\r\nok", "^not an HTTP reply: "),
    "leading-line": (b"\r\nHTTP/1.1 200 OK\r\n\r\nok", "^not an HTTP reply: "),
    "length": (b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\nok",
               'invalid header line "Content-Length: x"'),
    "chunk": (b"HTTP/1.1 200 OK\r\n" + CHUNKED + b"\r\nzz\r\nok\r\n", "invalid chunk size"),
    "empty": (b"", "^reply: connection closed$"),
    "half": (b"HTTP/1.1 200", "^reply: connection closed within the header$"),
    "switching": (b"HTTP/1.1 101 Switching Protocols\r\n\r\nok", "^status 101$"),
    "error": (b"HTTP/1.1 503\n\nok", "^status 503$"),
}


class Scripted(threading.Thread):
    """Sends the reply whose name is the path."""

    def __init__(self, replies):
        super().__init__(daemon=True)
        self.replies = replies
        self.listener = socket.create_server((ADDRESS, 0), backlog=128)
        self.port = self.listener.getsockname()[1]

    def run(self):
        while True:
            connection, _ = self.listener.accept()
            threading.Thread(target=self.answer, args=(connection,), daemon=True).start()

    def answer(self, connection):
        with connection:
            try:
                name = connection.recv(4096).split(b" ")[1].decode().removeprefix("/")
                connection.sendall(self.replies[name])
                connection.shutdown(socket.SHUT_WR)
                connection.recv(1)  # until the client closes
            except (OSError, IndexError):
                pass


class HttpRepliesTest(CheckFixture):
    """One server, a path a reply."""

    CASES = {name: (f'type: http, port: @http@, path: /{name}, expect: "ok"', [ADDRESS])
             for name in [*GOOD, *ODD, *BAD]}

    def setUp(self):
        self.set_up_folder()
        replies = GOOD | ODD | {name: reply for name, (reply, _) in BAD.items()}
        self.http = Scripted(replies)
        self.http.start()
        self.start_rollcall(http=self.http.port)

    def curl_takes(self, name):
        done = programs.run("curl", "-sS", "--max-time", "20", "--noproxy", "*", "-w", "|%{http_code}",
                            f"http://{ADDRESS}:{self.http.port}/{name}")
        body, _, code = done.stdout.rpartition("|")
        return done.returncode == 0 and 200 <= int(code) <= 399 and body == "ok"

    def test_what_curl_takes_is_up(self):
        for name in GOOD:
            self.assertTrue(self.curl_takes(name), name)
            self.becomes(name, "up", "^$")
        taken = [name for name in ODD if self.curl_takes(name)]
        self.assertNotEqual(taken, [])
        for name in taken:
            self.becomes(name, "up", "^$")

    def test_what_curl_refuses_is_down(self):
        for name, (_, reason) in BAD.items():
            self.assertFalse(self.curl_takes(name), name)
            self.becomes(name, "down", reason)


if __name__ == "__main__":
    unittest.main(verbosity=2)
