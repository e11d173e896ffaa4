"""Requests at a real agent that must run nothing: wrong keys, wrong TLS, odd HTTP, odd JSON, odd names.

Every script of the agent leaves the same file. After the whole table the file is not there, and the
one request that is right leaves it.
"""

import concurrent.futures
import os
import socket
import subprocess
import threading
import unittest

from support import namespace

namespace.enter()

# pylint: disable=wrong-import-position
from support import programs  # noqa: E402
from support.programs import eventually, processes  # noqa: E402

PATIENCE = 30
NODE, PORT = "127.0.0.13", 2224
KEY, OTHER, FOREIGN = "0123456789abcdef" * 4, "fedcba9876543210" * 4, "00112233445566aa" * 4
CONFIG = f"""\
listen: {NODE}:{PORT}
keys:
  ns1: {{file: ns1.key, services: [own]}}
  ns2: {{file: ns2.key}}
scripts_path: .
services: {{own: {{script: own}}, canary: {{script: canary}}}}
"""
TIMEOUT = 3  # of a client that the agent keeps waiting

GOOD = b'{"service":"own"}'


def request(body=GOOD, line=b"POST /v1/restart HTTP/1.1", host=b"Host: a", length=None, more=()):
    head = [line, host] if host else [line]
    if length is None:
        length = [b"Content-Length: %d" % len(body)]
    return b"\r\n".join([*head, *more, *length, b"", body])


def named(name):
    return request(b'{"service":"%s"}' % name)


def line(text):
    return request(line=text)


def header(*fields):
    return request(more=fields)


def lengths(*values):
    return request(length=[b"Content-Length: " + value for value in values])


CHUNKED = b"%x\r\n%s\r\n0\r\n\r\n" % (len(GOOD), GOOD)
TE = b"Transfer-Encoding: chunked"

# Of a nameserver that has proved its key, and may restart "own".
REQUESTS = {
    # the path and the method
    "a slash behind the path": line(b"POST /v1/restart/ HTTP/1.1"),
    "two slashes before the path": line(b"POST //v1/restart HTTP/1.1"),
    "a dot in the path": line(b"POST /v1/./restart HTTP/1.1"),
    "two dots in the path": line(b"POST /v1/status/../restart HTTP/1.1"),
    "a query": line(b"POST /v1/restart?service=own HTTP/1.1"),
    "a fragment": line(b"POST /v1/restart#own HTTP/1.1"),
    "a parameter": line(b"POST /v1/restart;own HTTP/1.1"),
    "capitals in the path": line(b"POST /V1/RESTART HTTP/1.1"),
    "an escaped letter in the path": line(b"POST /v1/%72estart HTTP/1.1"),
    "an escaped NUL in the path": line(b"POST /v1/restart%00 HTTP/1.1"),
    "a backslash in the path": line(b"POST /v1\\restart HTTP/1.1"),
    "a whole URL": line(b"POST http://a/v1/restart HTTP/1.1"),
    "an asterisk": line(b"POST * HTTP/1.1"),
    "a path without its slash": line(b"POST v1/restart HTTP/1.1"),
    "another version of the protocol": line(b"POST /v2/restart HTTP/1.1"),
    "two blanks": line(b"POST  /v1/restart HTTP/1.1"),
    "a tab": line(b"POST\t/v1/restart\tHTTP/1.1"),
    "no path": line(b"POST HTTP/1.1"),
    "a long path": line(b"POST /v1/restart" + b"a" * 5000 + b" HTTP/1.1"),
    **{f"the method {method}": line(b"%s /v1/restart HTTP/1.1" % method.encode())
       for method in ("GET", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "CONNECT",
                      "post", "POSTX", "M-SEARCH")},
    "a method in a header": request(line=b"GET /v1/restart HTTP/1.1",
                                    more=[b"X-HTTP-Method-Override: POST"]),
    "a body with the status": line(b"GET /v1/status HTTP/1.1"),
    # the version
    "HTTP/1.0": line(b"POST /v1/restart HTTP/1.0"),
    "HTTP/1.2": line(b"POST /v1/restart HTTP/1.2"),
    "HTTP/2": line(b"POST /v1/restart HTTP/2.0"),
    "HTTP/0.9": b"POST /v1/restart\r\n" + GOOD,
    "the preface of HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + request(),
    # header fields
    "no host": request(host=None),
    "two hosts": header(b"Host: b"),
    "expect": header(b"Expect: 100-continue"),
    "upgrade": header(b"Upgrade: h2c", b"Connection: Upgrade"),
    "trailer": header(b"Trailer: x"),
    "a packed body": header(b"Content-Encoding: gzip"),
    "a field without a colon": header(b"Own"),
    "a field without a name": header(b": own"),
    "a blank before the colon": header(b"X : own"),
    "a folded field": header(b"Transfer-Encoding:\r\n chunked"),
    "a NUL in a field": header(b"X: a\0b"),
    "a lone CR in a field": header(b"X: a\rY: b"),
    "lone LF at the ends": request().replace(b"\r\n", b"\n"),
    "a large field": header(b"X: " + b"a" * 5000),
    "many fields": header(*[b"X%d: a" % n for n in range(2000)]),
    # the body's length
    "no length": request(length=[]),
    "two equal lengths": lengths(b"%d" % len(GOOD), b"%d" % len(GOOD)),
    "two lengths": lengths(b"%d" % len(GOOD), b"1"),
    "a list of lengths": lengths(b"%d, %d" % (len(GOOD), len(GOOD))),
    "a negative length": lengths(b"-1"),
    "a signed length": lengths(b"+%d" % len(GOOD)),
    "a hexadecimal length": lengths(b"0x11"),
    "a huge length": lengths(b"99999999999999999999999"),
    "a length that is too small": lengths(b"5"),
    "a length that is too large": lengths(b"400"),
    "a large body": request(GOOD + b" " * 5000),
    "chunks": request(CHUNKED, more=[TE], length=[]),
    "chunks and a length": request(CHUNKED, more=[TE]),
    "a length and chunks": request(b"0\r\n\r\n" + request(), more=[TE],
                                   length=[b"Content-Length: 5"]),
    "chunks twice": request(CHUNKED, more=[b"Transfer-Encoding: chunked, chunked"], length=[]),
    "chunks in two fields": request(CHUNKED, more=[TE, TE], length=[]),
    "chunks with a blank": request(CHUNKED, more=[b"Transfer-Encoding : chunked"], length=[]),
    "another encoding": header(b"Transfer-Encoding: identity"),
    "a huge chunk": request(b"ffffffffffffffffff\r\n" + GOOD, more=[TE], length=[]),
    # several requests
    "two at once": request() + request(),
    "one behind the status": b"GET /v1/status HTTP/1.1\r\nHost: a\r\n\r\n" + request(),
    "one in a body": request(b'{"service":"x"}' + request()),
    "a line end before it": b"\r\n\r\n" + request(),
    # the key of repeated requests
    "a short repeat key": header(b"Idempotency-Key: a"),
    "a long repeat key": header(b"Idempotency-Key: " + b"a" * 65),
    "an empty repeat key": header(b"Idempotency-Key:"),
    "an odd repeat key": header(b"Idempotency-Key: 0123456789abcde/"),
    "two repeat keys": header(b"Idempotency-Key: 0123456789abcdef",
                              b"Idempotency-Key: 0123456789abcdeg"),
    # JSON
    "no JSON": request(b"service=own"),
    "nothing": request(b""),
    "a list": request(b'["own"]'),
    "a string": request(b'"own"'),
    "a list of services": request(b'{"service":["own"]}'),
    "an object for a name": request(b'{"service":{"service":"own"}}'),
    "a number": request(b'{"service":1e99999}'),
    "null": request(b'{"service":null}'),
    "a key twice": request(b'{"service":"canary","service":"own"}'),
    "a key twice, the other way": request(b'{"service":"own","service":"canary"}'),
    "a key twice, once escaped": request(b'{"service":"canary","s\\u0065rvice":"own"}'),
    "another key": request(b'{"service":"own","path":"/bin/sh"}'),
    "another case": request(b'{"Service":"own"}'),
    "text behind it": request(GOOD + b" x"),
    "two objects": request(GOOD + GOOD),
    "a comma too many": request(b'{"service":"own",}'),
    "single quotes": request(b"{'service':'own'}"),
    "a comment": request(b'{"service":"own"/**/}'),
    "a byte order mark": request(b"\xef\xbb\xbf" + GOOD),
    "UTF-16": request(GOOD.decode().encode("utf-16")),
    "broken UTF-8": named(b"own\xff"),
    "a NUL": named(b"own\0"),
    "a NUL behind it": request(GOOD + b"\0"),
    "an open string": request(b'{"service":"own'),
    "deep nesting": request(b"[" * 2000 + b"]" * 2000),
    "deep nesting within": request(b'{"service":' + b'{"a":' * 500 + b"1" + b"}" * 501),
    # names
    "a service of another nameserver": named(b"canary"),
    "the same, escaped": named(b"\\u0063anary"),
    "no name": named(b""),
    "an option": named(b"--help"),
    "an option and the name": named(b"-f own"),
    "a path up": named(b"../own"),
    "a path here": named(b"./own"),
    "a path with the folder": named(b"/etc/init.d/own"),
    "two commands": named(b"own; touch ran"),
    "a pipe": named(b"own|sh"),
    "a substitution": named(b"$(touch ran)"),
    "back quotes": named(b"`touch ran`"),
    "a variable": named(b"${IFS}own"),
    "a pattern": named(b"*"),
    "a blank behind it": named(b"own "),
    "a line end behind it": named(b"own\\n"),
    "a NUL and an ending": named(b"own\\u0000.sh"),
    "capitals": named(b"OWN"),
    "look-alikes": named("\u043ewn".encode()),
    "a long name": named(b"own" * 1000),
    "a unit": named(b"own.service"),
    # never whole
    "half a line": b"POST /v1/res",
    "a header without its end": request()[:-len(GOOD) - 2],
    "a body without its end": request()[:-1],
}

PSK = ("-tls1_3", "-psk_identity", "ns1", "-psk", KEY)
# Each sends a good request.
HANDSHAKES = {
    "another key": ("-tls1_3", "-psk_identity", "ns1", "-psk", FOREIGN),
    "the key of another nameserver": ("-tls1_3", "-psk_identity", "ns1", "-psk", OTHER),
    "the key under another name": ("-tls1_3", "-psk_identity", "ns2", "-psk", KEY),
    "an unknown name": ("-tls1_3", "-psk_identity", "ns3", "-psk", KEY),
    "the older name": ("-tls1_3", "-psk_identity", "rollcall", "-psk", KEY),
    "capitals in the name": ("-tls1_3", "-psk_identity", "NS1", "-psk", KEY),
    "a longer name": ("-tls1_3", "-psk_identity", "ns1.2", "-psk", KEY),
    "a long name": ("-tls1_3", "-psk_identity", "n" * 200, "-psk", KEY),
    "a key of zeros": ("-tls1_3", "-psk_identity", "ns1", "-psk", "00" * 32),
    "a part of the key": ("-tls1_3", "-psk_identity", "ns1", "-psk", KEY[:32]),
    "no key": ("-tls1_3",),
    "a certificate": ("-tls1_3", "-cert", "cert.pem", "-key", "key.pem"),
    "TLS 1.2": ("-tls1_2", "-psk_identity", "ns1", "-psk", KEY),
    "TLS 1.2 with a PSK cipher": ("-tls1_2", "-cipher", "PSK-AES128-GCM-SHA256@SECLEVEL=0",
                                  "-psk_identity", "ns1", "-psk", KEY),
    "TLS 1.1": ("-tls1_1", "-cipher", "ALL@SECLEVEL=0", "-psk_identity", "ns1", "-psk", KEY),
    "TLS 1.0": ("-tls1", "-cipher", "ALL@SECLEVEL=0", "-psk_identity", "ns1", "-psk", KEY),
    "another hash": (*PSK, "-ciphersuites", "TLS_AES_256_GCM_SHA384"),
}


class Recorder:
    """Passes one connection on to the agent, and keeps what the client sends."""

    def __init__(self):
        self.sent = b""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self):
        with self._listener, self._listener.accept()[0] as client, \
                socket.create_connection((NODE, PORT)) as agent:
            back = threading.Thread(target=self._pass_on, args=(agent, client, False), daemon=True)
            back.start()
            self._pass_on(client, agent, True)
            back.join()

    def _pass_on(self, source, target, keep):
        try:
            while data := source.recv(65536):
                if keep:
                    self.sent += data
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass


class AgentHostileTest(unittest.TestCase):
    def setUp(self):
        self.folder = programs.Folder()
        self.addCleanup(self.folder.remove)
        for name, key in (("ns1", KEY), ("ns2", OTHER)):
            os.chmod(self.folder.write(f"{name}.key", f"{name} {key}\n"), 0o600)
        for name in ("own", "canary"):
            script = self.folder.write(name, f"#!/bin/sh\ntouch {self.folder.join('ran')}\n")
            os.chmod(script, 0o755)
        made = programs.run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                            "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=a", "-days", "2",
                            "-keyout", self.folder.join("key.pem"),
                            "-out", self.folder.join("cert.pem"))
        self.assertEqual(made.returncode, 0, made.stderr)
        self.folder.write("agent.yaml", CONFIG)
        self.log = []
        self.started = processes.Processes()
        self.addCleanup(self.started.end_all)
        self.started.start("agent", [programs.AGENT, "-c", "agent.yaml"],
                           lambda _, text: self.log.append(text), cwd=self.folder.path)
        self.assertTrue(eventually(lambda: programs.connects(NODE, PORT), PATIENCE), self.log)

    def talk(self, octets, options=PSK, port=None):
        """What the agent says to openssl, which sends the octets."""
        at = f"{NODE}:{PORT}" if port is None else f"127.0.0.1:{port}"
        client = subprocess.Popen(
            ["openssl", "s_client", "-quiet", *options, "-connect", at], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=self.folder.path)
        try:
            return client.communicate(octets, TIMEOUT)[0]
        except subprocess.TimeoutExpired:  # the agent waits for the rest of the request
            client.kill()
            return client.communicate()[0]

    def ran(self):
        return os.path.exists(self.folder.join("ran"))

    def assert_alive(self):
        reply = self.talk(b"GET /v1/status HTTP/1.1\r\nHost: a\r\n\r\n")
        self.assertIn(b'"services"', reply, self.log[-5:])

    def assert_runs_nothing(self, rows, talk):
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            replies = dict(zip(rows, pool.map(talk, rows.values())))
        for name, reply in replies.items():
            with self.subTest(name):
                self.assertNotIn(b'"ok":true', reply)
        self.assertFalse(self.ran(), [name for name, reply in replies.items() if b"true" in reply])
        self.assert_alive()
        self.assertFalse(self.ran())
        # The table has teeth: the request that is right runs.
        self.assertIn(b'"ok":true', self.talk(request()))
        self.assertTrue(self.ran())
        return replies

    def test_requests(self):
        self.assertGreater(len(REQUESTS), 60)
        self.assert_runs_nothing(REQUESTS, self.talk)

    def test_handshakes(self):
        replies = self.assert_runs_nothing(
            HANDSHAKES, lambda options: self.talk(request(), options))
        self.assertEqual(set(replies.values()), {b""})

    def test_unknown_names_and_wrong_keys_look_the_same(self):
        """The same alert for both: no one learns which names exist."""
        said = []
        for options in (HANDSHAKES["another key"], HANDSHAKES["an unknown name"]):
            done = subprocess.run(
                ["openssl", "s_client", *options, "-connect", f"{NODE}:{PORT}"], input="",
                capture_output=True, text=True, timeout=PATIENCE, check=False)
            said.append([part.split(":error:", 1)[-1].split(":s3_")[0]
                         for part in done.stderr.splitlines() if "alert" in part])
        self.assertTrue(said[0], said)
        self.assertEqual(said[0], said[1])

    def test_no_tls(self):
        rows = {"plain HTTP": request(), "half a hello": b"\x16\x03\x01\x02\x00\x01",
                "SSL 2": b"\x80\x2e\x01\x00\x02\x00\x15\x00\x00\x00\x10" + b"\x01" * 37,
                "an alert": b"\x15\x03\x03\x00\x02\x02\x28", "zeros": b"\0" * 2000}

        def send(octets):
            with socket.create_connection((NODE, PORT), TIMEOUT) as stream:
                stream.sendall(octets)
                stream.shutdown(socket.SHUT_WR)
                try:
                    return stream.recv(4096)
                except OSError:
                    return b""

        self.assert_runs_nothing(rows, send)

    def test_there_is_nothing_to_resume(self):
        """No ticket, so no session; and early data is not read."""
        kept = self.folder.join("session")
        self.talk(b"GET /v1/status HTTP/1.1\r\nHost: a\r\n\r\n", (*PSK, "-sess_out", kept))
        self.assertFalse(os.path.exists(kept))
        early = self.folder.join("early")
        with open(early, "wb") as file:
            file.write(request())
        self.talk(b"", (*PSK, "-early_data", early))
        self.assertFalse(self.ran())
        self.assert_alive()

    def test_a_recorded_restart_does_not_run_again(self):
        recorder = Recorder()
        self.assertIn(b'"ok":true', self.talk(request(), port=recorder.port))
        self.assertTrue(self.ran())
        os.unlink(self.folder.join("ran"))
        with socket.create_connection((NODE, PORT), TIMEOUT) as stream:
            stream.sendall(recorder.sent)
            stream.shutdown(socket.SHUT_WR)
            with self.subTest("the agent closes"):
                while stream.recv(4096):
                    pass
        self.assert_alive()
        self.assertFalse(self.ran())


if __name__ == "__main__":
    unittest.main(verbosity=2)
