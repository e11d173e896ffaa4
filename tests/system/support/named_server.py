"""BIND as a server that is probed: authoritative for example.org, in the foreground or not."""

NAMED = "/usr/sbin/named"
CONFIG = """\
options {{
  directory "{folder}"; pid-file {pid_file}; session-keyfile none;
  managed-keys-directory "{folder}";
  listen-on port {port} {{ {address}; }}; listen-on-v6 {{ none; }};
  recursion no; dnssec-validation no;
}};
controls {{ }};
zone "example.org" {{ type primary; file "db.example.org"; }};
"""


def configure(folder, zone, address, port, pid_file=None):
    """Writes zone and configuration. Returns the path of the latter."""
    folder.write("db.example.org", zone)
    return folder.write(f"named-{address}.conf", CONFIG.format(
        folder=folder.path, port=port, address=address,
        pid_file=f'"{pid_file}"' if pid_file else "none"))
