"""BIND, NSD and Knot as secondaries of one rollcalld, configured as docs/secondaries.md says.

The page's blocks are taken word for word; only SECRET is replaced, and each nameserver's main file
around them is the test's: where it listens, and that all its files lie in one folder.
"""

import os
import re

from support import bind_secondary
from support import nsd_server
from support import programs

PRIMARY = "192.0.2.1"
BIND, NSD, KNOT = "192.0.2.11", "192.0.2.12", "192.0.2.13"
ADDRESSES = {"BIND": BIND, "NSD": NSD, "Knot": KNOT}
KEYS = {"BIND": "bind", "NSD": "nsd", "Knot": "knot"}  # NAME.mydomain.com in NAME.key

NAMED_CONF = bind_secondary.HEAD.replace("{more}", "") + 'include "{snippet}";\n'

NSD_CONF = nsd_server.HEAD.replace("{more}", "  verbosity: 1\n") + """\
include: "{snippet}"
"""

KNOT_CONF = """\
server:
  rundir: {folder}
  listen: {address}@53
  udp-workers: 1
  tcp-workers: 1
  background-workers: 1
log:
  - target: stderr
    any: info
database:
  storage: {folder}
template:
  - id: default
    storage: {folder}
include: {snippet}
"""


def page_block(language):
    """The one block of that language in docs/secondaries.md."""
    with open(os.path.join(programs.SOURCE, "docs", "secondaries.md"), encoding="utf-8") as page:
        blocks = re.findall(rf"^```{language}\n(.*?)^```$", page.read(), re.M | re.S)
    if len(blocks) != 1:
        raise AssertionError(f"docs/secondaries.md has {len(blocks)} blocks of {language}")
    return blocks[0]


def make_key(folder, name):
    """`rollcallctl keygen tsig > NAME.key`, as the page says. Returns the secret."""
    made = programs.rollcallctl("keygen", "tsig")
    if made.returncode != 0:
        raise AssertionError(f"rollcallctl keygen tsig: {made.stderr}")
    os.chmod(folder.write(f"{name}.key", made.stdout), 0o600)
    return made.stdout.strip()


def command(folder, kind, secret):
    """Writes the files of one secondary. Returns the command that runs it in the foreground."""
    home = folder.join(KEYS[kind] + "-home")
    os.mkdir(home)
    block = {"BIND": "named", "NSD": "nsd", "Knot": "knot"}[kind]
    snippet = folder.write(f"{block}-zone.conf", page_block(block).replace("SECRET", secret))
    text = {"BIND": NAMED_CONF, "NSD": NSD_CONF, "Knot": KNOT_CONF}[kind].format(
        folder=home, address=ADDRESSES[kind], snippet=snippet)
    config = folder.write(f"{block}.conf", text)
    return {"BIND": lambda: bind_secondary.command(home, config),
            "NSD": lambda: ["/usr/sbin/nsd", "-d", "-c", config],
            "Knot": lambda: ["/usr/sbin/knotd", "-c", config]}[kind]()
