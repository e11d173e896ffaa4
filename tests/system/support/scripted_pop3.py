"""A POP3 server that greets and says goodbye, as a program: scripted_pop3.py ADDRESS PORT."""

import socketserver
import sys


class Session(socketserver.StreamRequestHandler):
    """RFC 1939: a greeting, then a reply to every line until QUIT."""

    timeout = 10

    def handle(self):
        try:
            self.wfile.write(b"+OK POP3 server ready\r\n")
            while line := self.rfile.readline(512):
                if line.strip().upper() == b"QUIT":
                    self.wfile.write(b"+OK goodbye\r\n")
                    return
                self.wfile.write(b"-ERR only QUIT is known here\r\n")
        except OSError:
            pass  # the client has gone


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


if __name__ == "__main__":
    Server((sys.argv[1], int(sys.argv[2])), Session).serve_forever()
