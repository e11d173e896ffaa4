"""A network namespace of the test's own: no probe leaves it, no port of the machine is taken."""

import os
import subprocess
import sys

MARK = "ROLLCALL_TEST_NAMESPACE"

# The process namespace ends every process of the test when the test ends, however it ends.
ISOLATE = ["--net", "--pid", "--fork", "--kill-child", "--mount-proc"]


def enter():
    """Runs this script again inside the namespace and exits as it did; returns inside of it."""
    if MARK in os.environ:
        run("ip", "link", "set", "lo", "up")
        return
    for way in (["unshare", *ISOLATE], ["unshare", "--map-root-user", *ISOLATE]):
        tried = subprocess.run([*way, "true"], capture_output=True, text=True, check=False)
        if tried.returncode == 0:
            break
    else:
        sys.exit(f"a network namespace cannot be made here: {tried.stderr.strip()}")
    os.environ[MARK] = "1"
    # The shell is the namespace's first process: it collects orphans.
    inside = [*way, "sh", "-c", '"$@"; exit $?', "sh", sys.executable, *sys.argv]
    os.execvp(inside[0], inside)


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}: {done.stderr.strip()}")


def add_interface(name, addresses):
    """An interface with these addresses, as 192.0.2.1/24. Returns the kind of device it is."""
    kind = "dummy"
    made = subprocess.run(["ip", "link", "add", name, "type", "dummy"],
                          capture_output=True, text=True, check=False)
    if made.returncode != 0:  # a kernel without that driver: one end of a veth pair serves as well
        kind = "veth"
        run("ip", "link", "add", name, "type", "veth", "peer", "name", f"{name}-peer")
        run("ip", "link", "set", f"{name}-peer", "up")
    for address in addresses:
        run("ip", "address", "add", address, "dev", name)
    run("ip", "link", "set", name, "up")
    return kind
