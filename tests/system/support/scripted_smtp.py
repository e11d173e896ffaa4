"""An SMTP server without TLS that knows EHLO, NOOP and QUIT: scripted_smtp.py ADDRESS PORT."""

import socketserver
import sys

REPLIES = {b"EHLO": b"250-scripted\r\n250 8BITMIME\r\n", b"NOOP": b"250 fine\r\n"}


class Session(socketserver.StreamRequestHandler):
    """RFC 5321: a greeting, then a reply to every line until QUIT."""

    timeout = 10

    def handle(self):
        try:
            self.wfile.write(b"220 scripted ESMTP\r\n")
            while line := self.rfile.readline(512):
                command = line[:4].upper()
                if command == b"QUIT":
                    self.wfile.write(b"221 goodbye\r\n")
                    return
                self.wfile.write(REPLIES.get(command, b"500 unknown\r\n"))
        except OSError:
            pass  # the client has gone


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128  # while it is stopped, probes queue up


if __name__ == "__main__":
    Server((sys.argv[1], int(sys.argv[2])), Session).serve_forever()
