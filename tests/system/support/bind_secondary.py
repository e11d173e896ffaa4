"""A real BIND named as a secondary."""

import os
import shutil

# The beginning of named.conf, for str.format; {more} are further options.
HEAD = """\
options {{
  directory "{folder}";
  pid-file "{folder}/named.pid";
  session-keyfile "{folder}/session.key";
  managed-keys-directory "{folder}";
  listen-on port 53 {{ {address}; }};
  listen-on-v6 {{ none; }};
  recursion no;
  dnssec-validation no;
  notify no;
{more}}};
controls {{ }};
"""
OWN_ADDRESS = """\
  transfer-source {address};
  use-alt-transfer-source no;
  notify-source {address};
"""
CONFIG = HEAD.replace("{more}", OWN_ADDRESS) + """\
zone "{zone}" {{
  type secondary;
  file "{zone}.secondary";
  masterfile-format text;
  primaries {{ {primary}; }};
}};
"""


def write_config(folder, address, primary, zone):
    """named.conf in an empty folder. Returns its path."""
    path = os.path.join(folder, "named.conf")
    with open(path, "w", encoding="ascii") as file:
        file.write(CONFIG.format(folder=folder, address=address, primary=primary, zone=zone))
    return path


def command(folder, config):
    """The command that runs named in the foreground, its log on stderr.

    Where AppArmor confines /usr/sbin/named to BIND's own folders, a copy runs here unconfined.
    """
    program = shutil.which("named") or "/usr/sbin/named"
    try:
        with open("/sys/module/apparmor/parameters/enabled", encoding="ascii") as enabled:
            if enabled.read().startswith("Y"):
                program = shutil.copy(program, os.path.join(folder, "named"))
    except OSError:
        pass  # no AppArmor
    return [program, "-g", "-n", "1", "-c", config]
