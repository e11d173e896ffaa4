"""HTTP and HTTPS checks against nginx, with a private CA."""

import os
import signal
import unittest

from support import namespace

namespace.enter()

# pylint: disable=wrong-import-position
from support.certificates import Authority  # noqa: E402
from support.check_fixture import SECONDS, CheckFixture  # noqa: E402
from support.programs import eventually  # noqa: E402

ADDRESS = "127.0.0.12"
HTTP, HTTPS = 8080, 8443
STRICT = {"1_2": 8451, "1_3": 8452}  # servers that want a certificate of the client's, by TLS version
FALL = 2  # of every check here

NGINX = """\
daemon off;
worker_processes 1;
pid nginx.pid;
error_log stderr warn;
events {{ worker_connections 256; }}
http {{
  access_log off;
  client_body_temp_path temp; proxy_temp_path temp; fastcgi_temp_path temp;
  uwsgi_temp_path temp; scgi_temp_path temp;
  server {{
    listen {address}:{http};
    root pages;
    location = /works {{ return 200 "the httpd is working\\n"; }}
    location = /broken {{ return 503; }}
    location = /teapot {{ return 418; }}
    location = /moved {{ return 302 /works; }}
    location = /who {{ return 200 "$http_user_agent for $http_host"; }}
    location = /token {{
      if ($http_x_token != "let me in") {{ return 403; }}
      if ($request_method != POST) {{ return 405; }}
      return 204;
    }}
  }}
{hosts}
}}
"""
HOST = """\
  server {{
    listen {address}:{https} ssl{default};
    server_name {name}.mydomain.com;
    ssl_certificate certificates/{name}.pem;
    ssl_certificate_key certificates/{name}.key;
    location / {{ return 200 "this is $ssl_server_name, $host\\n"; }}
  }}
"""
# name -> days from now between which its certificate is good
HOSTS = {"other": (-1, 100), "good": (-1, 100), "soon": (-1, 2.5), "expired": (-30, -1),
         "early": (10, 100)}
TLS = "type: https, port: @https@, ca: certificates/ca.pem"


class HttpChecksTest(CheckFixture):
    """One nginx, asked in many ways."""

    CASES = {
        "works": ('type: http, port: @http@, path: /works, expect: "httpd is working"', [ADDRESS]),
        "other-text": ('type: http, port: @http@, path: /works, expect: "is asleep"', [ADDRESS]),
        "broken": ("type: http, port: @http@, path: /broken", [ADDRESS]),
        "teapot": ('type: http, port: @http@, path: /teapot, expect_status: "200-299, 418"',
                   [ADDRESS]),
        "moved": ("type: http, port: @http@, path: /moved", [ADDRESS]),
        "not-moved": ("type: http, port: @http@, path: /moved, expect_status: 200-299", [ADDRESS]),
        "who": ('type: http, port: @http@, path: /who, '
                'expect: "rollcall/0.1.0 for who.mydomain.com:@http@"', [ADDRESS]),
        "token": ("type: http, port: @http@, path: /token, method: POST, expect_status: 204, "
                  "headers: {X-Token: let me in}", [ADDRESS]),
        "no-token": ("type: http, port: @http@, path: /token, method: POST", [ADDRESS]),
        "head": ("type: http, port: @http@, path: /begin, method: HEAD", [ADDRESS]),
        "begin": ("type: http, port: @http@, path: /begin, expect: needle", [ADDRESS]),
        "end": ("type: http, port: @http@, path: /end, expect: needle", [ADDRESS]),
        "good": (TLS + ', expect: "this is good.mydomain.com, good.mydomain.com"', [ADDRESS]),
        "named": (TLS + ', host: good.mydomain.com, expect: "this is good.mydomain.com, good."',
                  [ADDRESS]),
        "soon": (TLS, [ADDRESS]),
        "soon-enough": (TLS + ", host: soon.mydomain.com, expires_within: 1d", [ADDRESS]),
        "expired": (TLS, [ADDRESS]),
        "early": (TLS, [ADDRESS]),
        "unknown": (TLS, [ADDRESS]),  # the server has no such name: its certificate is another's
        "untrusted": ("type: https, port: @https@, host: good.mydomain.com", [ADDRESS]),
        "unverified": ("type: https, port: @https@, host: expired.mydomain.com, verify: false, "
                       "expires_within: 0s", [ADDRESS]),
        # Its own certificate would be refused, too; but without verification the TLS alert is the
        # reason.
        "alert-12": (f"type: https, port: {STRICT['1_2']}, verify: false", [ADDRESS]),
        "alert-13": (f"type: https, port: {STRICT['1_3']}, verify: false", [ADDRESS]),
        "verified-12": (f"type: https, port: {STRICT['1_2']}", [ADDRESS]),
        "common-name-only": ("type: tls, port: 8453, ca: certificates/ca.pem, "
                             "host: no-san.mydomain.com", [ADDRESS]),
        "common-name-unverified": ("type: tls, port: 8453, verify: false", [ADDRESS]),
        "expression": ('type: http, port: @http@, path: /works, expect_regex: "httpd is \\\\w+ing$"',
                       [ADDRESS]),
        "rejected": ('type: http, port: @http@, path: /works, reject: "^the httpd"', [ADDRESS]),
        "no-ca": ("type: https, port: @https@, ca: certificates/none.pem", [ADDRESS]),
        "no-tls": ("type: https, port: @http@, ca: certificates/ca.pem", [ADDRESS]),
        "tls": ("type: tls, port: @https@, ca: certificates/ca.pem, host: good.mydomain.com",
                [ADDRESS]),
        "connect": ("type: tcp, port: @http@", [ADDRESS]),
    }

    def setUp(self):
        self.set_up_folder()
        self.authority = Authority(self.folder.join("certificates"))
        for name, (begin, end) in HOSTS.items():
            self.authority.sign(name, f"{name}.mydomain.com", begin, end)
        stranger = Authority(self.folder.join("stranger"))
        os.rename(stranger.path("ca.pem"), self.folder.join("certificates/none.pem"))
        self.authority.sign("no-san", "no-san.mydomain.com", -1, 100, alternative=False)
        for version, port in STRICT.items():
            self.serve_tls(port, "good", f"-tls{version}", "-Verify", "1", "-verify_return_error")
        self.serve_tls(8453, "no-san")
        os.mkdir(self.folder.join("pages"))
        hay = "x" * 100_000
        self.folder.write("pages/begin", "needle" + hay)
        self.folder.write("pages/end", hay + "needle")
        os.mkdir(self.folder.join("temp"))
        hosts = "".join(HOST.format(address=ADDRESS, https=HTTPS, name=name,
                                    default=" default_server" if name == "other" else "")
                        for name in HOSTS)
        self.folder.write("nginx.conf", NGINX.format(address=ADDRESS, http=HTTP, hosts=hosts))
        self.nginx = self.processes.start(
            "nginx", ["/usr/sbin/nginx", "-p", self.folder.path, "-c", "nginx.conf"])
        self.assertTrue(self.accepts(ADDRESS, HTTPS) and self.accepts(ADDRESS, HTTP))
        os.chmod(self.folder.path, 0o755)  # nginx's worker is another user
        self.start_rollcall(http=HTTP, https=HTTPS)

    def serve_tls(self, port, name, *options):
        """By openssl: it serves any number of clients, one after the other."""
        certificate = self.authority.path(name)
        self.processes.start(f"openssl {port}", [
            "openssl", "s_server", "-quiet", "-accept", f"{ADDRESS}:{port}", "-www",
            "-cert", f"{certificate}.pem", "-key", f"{certificate}.key", *options])
        self.assertTrue(self.accepts(ADDRESS, port), port)

    def test_what_the_server_says_of_tls(self):
        self.becomes("alert-12", "down", "^TLS: .*alert handshake failure")
        self.becomes("alert-13", "down", "alert certificate required")
        self.becomes("verified-12", "down", "^certificate is not trusted: ")

    def test_a_common_name_is_no_name_of_a_host(self):
        self.becomes("common-name-only", "down",
                     "^certificate has no subjectAltName; its common name does not count$")
        self.becomes("common-name-unverified", "up", "^$")

    def test_expressions_and_what_is_rejected(self):
        self.becomes("expression", "up", "^$")
        self.becomes("rejected", "down", '^must not say "\\^the httpd", got "the httpd is working"$')

    def test_what_each_check_says(self):
        for pool in ("works", "teapot", "moved", "who", "token", "head", "begin", "good", "named",
                     "soon-enough", "unverified", "tls"):
            self.becomes(pool, "up", "^$")
        for pool, reason in {
                "other-text": '^expected "is asleep", got "the httpd is working"$',
                "broken": "^status 503$",
                "not-moved": "^status 302$",
                "no-token": "^status 403$",
                "end": '^expected "needle", got "x',
                "expired": r"^certificate expired on \d\d\d\d-\d\d-\d\d$",
                "early": r"^certificate is not valid before \d\d\d\d-\d\d-\d\d$",
                "unknown": "^certificate is not for unknown.mydomain.com$",
                "untrusted": "^certificate is not trusted: ",
                "no-ca": "^certificate is not trusted: ",
                "no-tls": "^TLS: "}.items():
            self.becomes(pool, "down", reason)

    def test_a_certificate_that_expires_soon_makes_its_member_degraded(self):
        reason = r"^certificate expires on \d\d\d\d-\d\d-\d\d, in 2 days$"
        self.assertTrue(self.becomes("soon", "degraded", reason)["live"])
        self.assertEqual(self.client.addresses("soon.mydomain.com"), [ADDRESS])
        self.logged(f"soon.mydomain.com: {ADDRESS} is degraded: certificate expires on ")
        self.assertIn(f"{ADDRESS}  degraded  yes", self.server.ctl("status").stdout)
        self.authority.sign("soon", "soon.mydomain.com", -1, 100)
        os.kill(self.nginx.pid, signal.SIGHUP)
        self.becomes("soon", "up", "^$")
        self.logged(f"soon.mydomain.com: {ADDRESS} is no longer degraded")

    def test_a_stopped_nginx_is_dropped_by_what_it_does_not_say(self):
        for pool in ("works", "good", "connect"):
            self.becomes(pool, "up", "^$")
        os.killpg(self.nginx.pid, signal.SIGSTOP)  # its workers too
        try:
            self.becomes("works", "down", "^reply: timed out after 900ms$")
            self.becomes("good", "down", "^TLS: timed out after 900ms$")
            # The kernel still completes the handshake: a connection proves nothing about the
            # process.
            since = self.becomes("connect", "up", "^$")["probes"]
            self.assertTrue(eventually(
                lambda: self.becomes("connect", "up", "^$")["probes"] > since + FALL, SECONDS))
            self.assertFalse(any("connect.mydomain.com" in line for line in self.server.log))
        finally:
            os.killpg(self.nginx.pid, signal.SIGCONT)
        for pool in ("works", "good"):
            self.becomes(pool, "up", "^$")

    def test_another_ca_file_is_read_at_a_reload(self):
        self.becomes("no-ca", "down")
        self.authority.sign("no-ca", "no-ca.mydomain.com", -1, 100)
        os.replace(self.authority.path("no-ca.pem"), self.authority.path("other.pem"))
        os.replace(self.authority.path("no-ca.key"), self.authority.path("other.key"))
        os.kill(self.nginx.pid, signal.SIGHUP)
        with open(self.authority.path("ca.pem"), encoding="ascii") as file:
            self.folder.write("certificates/none.pem", file.read())
        self.assertEqual(self.server.ctl("reload").returncode, 0)
        self.becomes("no-ca", "up", "^$")


if __name__ == "__main__":
    unittest.main(verbosity=2)
