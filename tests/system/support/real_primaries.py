"""BIND, NSD and Knot as primaries of one rollcalld, each with a signed and an unsigned zone."""

import base64
import os

from support import bind_secondary
from support import nsd_server

SECONDARY = "192.0.2.1"
BIND, NSD, KNOT = "192.0.2.11", "192.0.2.12", "192.0.2.13"
ADDRESSES = {"bind": BIND, "nsd": NSD, "knot": KNOT}
SECRET = base64.b64encode(b"a secret of thirty-two octets...").decode("ascii")

NAMED_CONF = """\
options {{
  directory "{folder}"; pid-file none; session-keyfile none; managed-keys-directory "{folder}";
  listen-on {{ {address}; }}; listen-on-v6 {{ none; }}; recursion no; dnssec-validation no;
  notify explicit; also-notify {{ {secondary}; }}; notify-delay 0; notify-source {address}; ixfr-from-differences yes;
  transfers-out 100; max-ixfr-ratio unlimited;
}};
controls {{ }};
key "k.example" {{ algorithm hmac-sha256; secret "{secret}"; }};
"""
NAMED_ZONE = 'zone "{zone}" {{ type primary; file "db.{zone}"; allow-transfer {{ {grant}; }}; }};\n'

NSD_CONF = nsd_server.HEAD.replace("{more}", "") + """\
key:
  name: k.example
  algorithm: hmac-sha256
  secret: "{secret}"
"""
NSD_ZONE = """\
zone:
  name: {zone}
  zonefile: db.{zone}
  notify: {secondary} {key}
  provide-xfr: {secondary} {key}
  outgoing-interface: {address}
"""

KNOT_CONF = """\
server:
  rundir: {folder}
  listen: {address}@53
  udp-workers: 1
  tcp-workers: 1
  background-workers: 1
database:
  storage: {folder}
key:
  - id: k.example
    algorithm: hmac-sha256
    secret: {secret}
remote:
  - id: plain
    address: {secondary}
    via: {address}
  - id: signed
    address: {secondary}
    via: {address}
    key: k.example
acl:
  - id: plain
    address: {secondary}
    action: transfer
  - id: signed
    key: k.example
    action: transfer
template:
  - id: default
    storage: {folder}
    zonefile-load: difference
    zonefile-sync: -1
    journal-content: changes
zone:
"""
KNOT_ZONE = """\
  - domain: {zone}
    file: db.{zone}
    notify: {kind}
    acl: {kind}
"""


def zone_text(serial, lines="", timers="7200 3600 864000"):
    return (f"$TTL 300\n@ IN SOA ns1 hostmaster ({serial} {timers} 60)\n  IN NS ns1\n"
            f"ns1 IN A 192.0.2.11\nmarker IN TXT \"serial {serial}\"\n{lines}")


class Primary:
    """One of them in a folder of its own."""

    def __init__(self, folder, kind, processes):
        self.kind, self.address = kind, ADDRESSES[kind]
        self.zones = {f"signed.{kind}.example": True, f"plain.{kind}.example": False}
        self.home = folder.join(f"{kind}-home")
        self._processes, self._process = processes, None
        self.log = []
        os.mkdir(self.home)

    def write(self, zone, text):
        path = os.path.join(self.home, f"db.{zone}")
        with open(path + ".new", "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(path + ".new", path)

    def configure(self):
        base = {"folder": self.home, "address": self.address, "secret": SECRET,
                "secondary": SECONDARY}
        head, each = {"bind": (NAMED_CONF, NAMED_ZONE), "nsd": (NSD_CONF, NSD_ZONE),
                      "knot": (KNOT_CONF, KNOT_ZONE)}[self.kind]
        text = head.format(**base)
        for zone, signed in self.zones.items():
            text += each.format(zone=zone, grant="key k.example" if signed else SECONDARY,
                                key="k.example" if signed else "NOKEY",
                                kind="signed" if signed else "plain", secondary=SECONDARY, address=self.address)
        path = os.path.join(self.home, f"{self.kind}.conf")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def start(self):
        config = self.configure()
        command = {"bind": lambda: bind_secondary.command(self.home, config),
                   "nsd": lambda: ["/usr/sbin/nsd", "-d", "-c", config],
                   "knot": lambda: ["/usr/sbin/knotd", "-c", config]}[self.kind]()
        self._process = self._processes.start(
            self.kind, command, lambda name, line: self.log.append(f"{name}: {line}"))

    def reload(self, number):
        self._process.send_signal(number)

    def end(self):
        self._processes.end(self._process)
