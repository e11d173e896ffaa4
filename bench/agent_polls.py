#!/usr/bin/env python3
"""What it costs to ask the agents of many nodes: bench/agent_polls.py [NODES [SECONDS [INTERVAL]]].

One agent listens on all addresses of 127.0.0.0/8, so that each address is a node; the nameserver asks
each for its status in turn. Alone in a network namespace. Prints the polls a second, the CPU time and
memory of rollcalld, and how late its control thread answers meanwhile. Needs a release build.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
os.environ.setdefault("ROLLCALL_BUILD", os.path.join(ROOT, "build", "release"))
os.environ.setdefault("ROLLCALL_SOURCE", ROOT)
sys.path.insert(0, os.path.join(ROOT, "tests", "system"))

# pylint: disable=wrong-import-position
from support import namespace  # noqa: E402

namespace.enter()

BUILD = os.environ["ROLLCALL_BUILD"]
KEY = "0123456789abcdef" * 4
MEMBERS = 50  # of a pool


def configuration(nodes, interval):
    """Pools of members that a file says are up: no probe takes part in the figures."""
    zone = "$TTL 60\n@ SOA ns1 root (1 3600 600 86400 60)\n@ NS ns1\nns1 A 127.0.0.1\n"
    pools = ""
    for i in range(nodes):
        if i % MEMBERS == 0:
            pools += f"  p{i // MEMBERS}.example.com: {{check: quiet, restart: web}}\n"
        zone += f"p{i // MEMBERS} A 127.{1 + i // 50000}.{i // 250 % 200}.{i % 250 + 1}\n"
    rollcall = f"""\
server: {{listen: ["127.0.0.1:5300"], state_dir: state}}
control: {{socket: control.sock}}
zones: {{example.com: {{file: db.example.com}}}}
checks: {{quiet: {{type: file, file: states, interval: 1h}}}}
agents: {{key_file: key, port: 2224, status_interval: {interval}}}
pools:
{pools}"""
    return {"rollcall.yaml": rollcall, "db.example.com": zone, "key": KEY + "\n", "states": "",
            "agent.yaml": "listen: 0.0.0.0:2224\nkey_file: key\nservices: {}\n"}


def usage(process):
    """CPU seconds, resident MiB, and open descriptors."""
    with open(f"/proc/{process.pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    with open(f"/proc/{process.pid}/statm", encoding="ascii") as file:
        pages = int(file.read().split()[1])
    ticks = int(fields[11]) + int(fields[12])
    return (ticks / os.sysconf("SC_CLK_TCK"), pages * os.sysconf("SC_PAGE_SIZE") / 2 ** 20,
            len(os.listdir(f"/proc/{process.pid}/fd")))


def command(folder, text):
    with socket.socket(socket.AF_UNIX) as control:
        control.connect(os.path.join(folder, "control.sock"))
        control.sendall(json.dumps(text).encode() + b"\n")
        reply = b""
        while not reply.endswith(b"\n"):
            reply += control.recv(1 << 20)
    return json.loads(reply)


def delay(folder):
    """Seconds until the control thread has refused a command that it does not know."""
    began = time.monotonic()
    command(folder, {"command": "none"})
    return time.monotonic() - began


def measure(folder, server, nodes, seconds):
    began, used = time.monotonic(), usage(server)
    delays, links = [], 0
    while time.monotonic() < began + seconds:
        delays.append(delay(folder))
        links = max(links, usage(server)[2] - used[2])
        time.sleep(0.02)
    taken = time.monotonic() - began
    now = usage(server)
    agents = command(folder, {"command": "agents"})["agents"]
    seen = [agent["seen_ms"] for agent in agents if agent["seen_ms"] is not None]
    recent = sum(1 for age in seen if age < taken * 1000)
    problems = {agent["problem"] for agent in agents if agent["problem"]}
    delays.sort()
    print(f"{nodes} nodes, {taken:.0f} s: {len(seen)} have replied, {recent} of them in this time")
    if problems:
        print(f"  problems: {sorted(problems)[:3]}")
    print(f"  CPU {100 * (now[0] - used[0]) / taken:.1f} % of one core, "
          f"memory {used[1]:.0f} to {now[1]:.0f} MiB, at most {links} more descriptors")
    print(f"  control thread: median {delays[len(delays) // 2] * 1e3:.1f} ms, "
          f"99 % {delays[len(delays) * 99 // 100] * 1e3:.1f} ms, longest {delays[-1] * 1e3:.1f} ms "
          f"of {len(delays)}")


def main():
    nodes = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    seconds = int(sys.argv[2]) if len(sys.argv) > 2 else 120
    interval = sys.argv[3] if len(sys.argv) > 3 else "30s"  # 0s: the same without polls
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(os.path.join(folder, "state"))
        for name, text in configuration(nodes, interval).items():
            with open(os.path.join(folder, name), "w", encoding="ascii") as file:
                file.write(text)
            os.chmod(file.name, 0o600)
        programs = [
            subprocess.Popen([os.path.join(BUILD, name), "-c", config], cwd=folder,
                             stdout=subprocess.DEVNULL, stderr=open(f"{folder}/{name}.log", "wb"))
            for name, config in (("rollcall-agent", "agent.yaml"), ("rollcalld", "rollcall.yaml"))]
        try:
            while not os.path.exists(os.path.join(folder, "control.sock")):
                for program, name in zip(programs, ("rollcall-agent", "rollcalld")):
                    if program.poll() is not None:
                        with open(f"{folder}/{name}.log", encoding="utf-8") as file:
                            sys.exit(file.read())
                time.sleep(0.05)
            measure(folder, programs[1], nodes, seconds)
        finally:
            for program in programs:
                program.terminate()
                program.wait()


if __name__ == "__main__":
    main()
