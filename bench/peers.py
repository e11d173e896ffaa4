"""How each nameserver is configured to serve zones on one port of 127.0.0.1 with some UDP workers.

All of them without rate limits and cookies, with errors alone in their logs, with rotation of
addresses where they have it, and with everything that they write in one folder.
"""

import os
import shutil
import subprocess

NSD = """\
server:
  server-count: {workers}
  ip-address: 127.0.0.1@{port}
  username: ""
  chroot: ""
  zonesdir: "{folder}"
  zonelistfile: "{folder}/zone.list"
  xfrdfile: "{folder}/xfrd.state"
  xfrdir: "{folder}"
  pidfile: "{folder}/nsd.pid"
  round-robin: yes
  minimal-responses: yes
{version}
remote-control:
  control-enable: no
{zones}"""
# Later versions keep no database and have no rate limits by default.
NSD_OF_DEBIAN_12 = '  database: ""\n  rrl-ratelimit: 0\n  rrl-whitelist-ratelimit: 0'

KNOT = """\
server:
  rundir: "{folder}"
  listen: 127.0.0.1@{port}
  udp-workers: {workers}
  tcp-workers: 1
  background-workers: 1
  answer-rotation: on
log:
  - target: stderr
    any: error
database:
  storage: "{folder}"
template:
  - id: default
    zonefile-sync: -1
    journal-content: none
zone:
{zones}"""

BIND = """\
options {{
  directory "{folder}";
  pid-file "{folder}/named.pid";
  session-keyfile "{folder}/session.key";
  lock-file none;
  listen-on port {port} {{ 127.0.0.1; }};
  listen-on-v6 {{ none; }};
  recursion no;
  minimal-responses yes;
  notify no;
  dnssec-validation no;
  answer-cookie no;
  rrset-order {{ order cyclic; }};
}};
logging {{
  channel errors {{ stderr; severity error; }};
  category default {{ errors; }};
}};
controls {{ }};
{zones}"""

GDNSD = """\
options => {{
  listen => {{ 127.0.0.1:{port} => {{ udp_threads = {workers}, tcp_threads = 1 }} }}
  run_dir = {folder}/run
  state_dir = {folder}/state
  zones_strict_data = false
  disable_cookies = true
}}
"""

PDNS = """\
launch=bind
bind-config={folder}/named.conf
local-address=127.0.0.1
local-port={port}
socket-dir={folder}
receiver-threads={workers}
distributor-threads=1
loglevel=3
webserver=no
"""

YADIFA = """\
<main>
  daemon off
  datapath "{folder}/data"
  keyspath "{folder}/keys"
  logpath "{folder}/log"
  xfrpath "{folder}/xfr"
  pidfile "{folder}/yadifad.pid"
  port {port}
  listen 127.0.0.1
  uid {user}
  gid {group}
  thread-count-by-address {workers}
</main>
<channels>
  errors STDERR
</channels>
<loggers>
  system err errors
  database err errors
  server err errors
</loggers>
{zones}"""

ROLLCALL = """\
server: {{listen: ["127.0.0.1:{port}"], workers: {workers}, state_dir: "{folder}/state"}}
control: {{socket: "{folder}/control.sock"}}
zones:
{zones}"""


class Site:
    """Where a server stands: its folder, port, UDP workers and zones."""

    def __init__(self, folder, port, zones, workers=1):
        self.folder, self.port, self.zones, self.workers = folder, port, zones, workers

    def write(self, name, template, zone="", **more):
        """Fills the template in; `zone` is repeated for each zone. Returns the file's path."""
        zones = "".join(zone.format(origin=each.origin, file=each.file) for each in self.zones)
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="ascii") as file:
            file.write(template.format(folder=self.folder, port=self.port, workers=self.workers,
                                       zones=zones, **more))
        return path

    def make_folders(self, *names):
        for name in names:
            os.makedirs(os.path.join(self.folder, name), exist_ok=True)


def _echo(program, site):
    return [program, "--listen", f"127.0.0.1:{site.port}", "--seconds", "3600"]


def _rollcall(program, site):
    site.make_folders("state")
    config = site.write("rollcall.yaml", ROLLCALL, '  "{origin}": {{file: "{file}"}}\n')
    return [program, "-c", config]


def _nsd(program, site):
    told = subprocess.run([program, "-v"], capture_output=True, text=True, check=False)
    version = NSD_OF_DEBIAN_12 if "version 4.6" in told.stderr + told.stdout else ""
    config = site.write("nsd.conf", NSD, 'zone:\n  name: "{origin}"\n  zonefile: "{file}"\n',
                        version=version)
    return [program, "-d", "-c", config]


def _knot(program, site):
    config = site.write("knot.conf", KNOT, '  - domain: "{origin}"\n    file: "{file}"\n')
    return [program, "-c", config]


def _bind(program, site):
    config = site.write("named.conf", BIND,
                        'zone "{origin}" {{ type primary; file "{file}"; check-integrity no; }};\n')
    return [program, "-f", "-n", str(site.workers), "-c", config]


def _gdnsd(program, site):
    site.make_folders("etc/zones", "run", "state")
    site.write("etc/config", GDNSD)
    for zone in site.zones:
        link = os.path.join(site.folder, "etc", "zones", zone.origin)
        if not os.path.lexists(link):
            os.symlink(zone.file, link)
    return [program, "-c", os.path.join(site.folder, "etc"), "start"]


def _pdns(program, site):
    site.write("named.conf", "{zones}", 'zone "{origin}" {{ type master; file "{file}"; }};\n')
    site.write("pdns.conf", PDNS)
    return [program, f"--config-dir={site.folder}", "--daemon=no", "--guardian=no",
            "--disable-syslog"]


def _yadifa(program, site):
    site.make_folders("data", "keys", "log", "xfr")
    config = site.write(
        "yadifad.conf", YADIFA,
        '<zone>\n  type master\n  domain {origin}\n  file "{file}"\n</zone>\n',
        user=os.getuid(), group=os.getgid())
    return [program, "-c", config]


class Kind:
    """A nameserver that can be measured: its program, Debian package, and how it is configured."""

    def __init__(self, program, package, configure):
        self.package, self.configure = package, configure
        self._program = program

    def program(self, build):
        """The path, or None if it is not installed."""
        if self.package is None:
            path = os.path.join(build, self._program)
            return path if os.access(path, os.X_OK) else None
        return shutil.which(self._program, path="/usr/sbin:/usr/bin:/usr/local/sbin")

    def version(self, build):
        if self.package is None:
            return "this build"
        told = subprocess.run(["dpkg-query", "-W", "-f=${Version}", self.package],
                              capture_output=True, text=True, check=False)
        return told.stdout or f"{self.program(build)}, not a Debian package"


# The first ones are ours and stand in the build folder.
KINDS = {
    "echo": Kind("bench/echo", None, _echo),
    "rollcall": Kind("rollcalld", None, _rollcall),
    "gdnsd": Kind("gdnsd", "gdnsd", _gdnsd),
    "nsd": Kind("nsd", "nsd", _nsd),
    "knot": Kind("knotd", "knot", _knot),
    "bind": Kind("named", "bind9", _bind),
    "pdns": Kind("pdns_server", "pdns-server", _pdns),
    "yadifa": Kind("yadifad", "yadifa", _yadifa),
}
