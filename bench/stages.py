"""The measurements that have peers. Each goes round: every server once, then every server again, so
that what is compared comes from the same minutes. Results are plain values for JSON.

Not measured here: IPv6, TLS, transfers, zones that are signed.
"""

import glob
import os
import re
import subprocess

from lab import LOAD_LIMIT
from running import PeerError

FIXED_RATE = 50_000  # queries a second that every server is asked for alike
WARM_SECONDS = 0.3

# Of callgrind: two runs, so that start and end cancel out.
FEW_ANSWERS, MANY_ANSWERS = 2_000, 22_000
VALGRIND = ["valgrind", "--tool=callgrind", "--trace-children=yes",
            "--callgrind-out-file={folder}/callgrind.%p"]

TCP_PEERS = ("rollcall", "nsd", "knot")
TCP_CLIENTS = 20


def rounds(lab, what):
    """Counts the rounds aloud."""
    for number in range(1, lab.options.rounds + 1):
        lab.say(f"{what}: round {number} of {lab.options.rounds}")
        yield number


def answers(lab, zone):
    """Answers a second, CPU time, latency at half load and at a fixed rate, memory."""
    results = {}
    with lab.serving(zone, lab.options.peers) as servers:
        for server in servers.values():
            lab.flood(server, zone, WARM_SECONDS)
        for _ in rounds(lab, f"answers from {zone.origin}"):
            for name, server in servers.items():
                full = lab.flood(server, zone)
                row = {"full": full,
                       "half": lab.flood(server, zone, rate=max(1, full["qps"] // 2)),
                       "fixed": lab.flood(server, zone, rate=FIXED_RATE)}
                results.setdefault(name, {"rounds": []})["rounds"].append(row)
                lab.say(f"  {name}: {full['qps']} a second, "
                        f"generator idle {full['generator_idle_percent']} %")
        for name, server in servers.items():
            results[name]["memory_mib"], results[name]["peak_mib"] = server.memory()
    return results


def load(lab, zone):
    """Seconds from exec to the first answer, and memory. One server at a time, on all CPUs."""
    results = {}
    for _ in rounds(lab, f"loading {zone.origin}"):
        for name in lab.options.peers:
            if name == "echo":
                continue
            with lab.start(name, [zone]) as server:
                try:
                    row = {"seconds": server.wait(zone.origin, LOAD_LIMIT)}
                except PeerError as error:
                    lab.fail(str(error))
                    continue
                row["cpu_seconds"] = sum(server.cpu())
                row["memory_mib"], row["peak_mib"] = server.memory()
            results.setdefault(name, {"rounds": []})["rounds"].append(row)
            lab.say(f"  {name}: {row['seconds']:.2f} s, at most {row['peak_mib']:.0f} MiB")
    return results


def instructions(lab, zone):
    """Instructions in user space for one query, start and end left out. Free of noise."""
    results = {}
    lab.say("instructions a query, by callgrind")
    for name in lab.options.peers:
        try:
            few, many = (_counted(lab, name, zone, count) for count in (FEW_ANSWERS, MANY_ANSWERS))
        except PeerError as error:
            lab.fail(str(error))
            continue
        per_query = (many[0] - few[0]) / (many[1] - few[1])
        results[name] = {"instructions": per_query, "answers": many[1] - few[1]}
        lab.say(f"  {name}: {per_query:.0f}")
    return results


def _counted(lab, name, zone, count):
    """(instructions of a whole run, answers in it)."""
    with lab.start(name, [zone], wrap=VALGRIND) as server:
        server.wait(zone.origin, LOAD_LIMIT, poll=0.1)
        told = lab.flood(server, zone, 60, gso=1, count=count, window=64, sockets=1, timeout=3)
        server.end(60)  # valgrind writes its counts then
    total = 0
    for path in glob.glob(os.path.join(server.folder, "callgrind.*")):
        with open(path, encoding="utf-8", errors="replace") as file:
            total += sum(int(count) for count in re.findall(r"^totals: (\d+)", file.read(), re.M))
    if total == 0:
        raise PeerError(f"{name}: valgrind has counted nothing")
    return total, told["answered"]


def tcp(lab, zone):
    """dnsperf over TCP: queries a second on connections that stay, and connections a second."""
    names = [name for name in TCP_PEERS if name in lab.options.peers]
    results = {}
    with lab.serving(zone, names) as servers:
        for _ in rounds(lab, "TCP"):
            for name, server in servers.items():
                row = {"queries_per_s": _dnsperf(lab, server, zone),
                       "connections_per_s": _dnsperf(lab, server, zone,
                                                     "-O", "num-queries-per-conn=1")}
                results.setdefault(name, {"rounds": []})["rounds"].append(row)
                lab.say(f"  {name}: {row['queries_per_s']:.0f} queries, "
                        f"{row['connections_per_s']:.0f} connections a second")
    return results


def _dnsperf(lab, server, zone, *more):
    command = ["taskset", "-c", str(lab.generator_cpu), "dnsperf", "-m", "tcp", "-s", "127.0.0.1",
               "-p", str(server.port), "-d", zone.dnsperf, "-c", str(TCP_CLIENTS), "-T", "1",
               "-l", str(max(1, round(lab.options.seconds))), *more]
    told = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    if not (found := re.search(r"Queries per second:\s+([\d.]+)", told.stdout)):
        raise PeerError(f"{server.name}: dnsperf: {told.stderr.strip() or told.stdout[-200:]}")
    return float(found[1])


def workers(lab, zone):
    """One worker on one CPU, two workers on two.

    With four CPUs the generators have two of their own. With fewer they take their share of the
    server's: then the server's CPU time for an answer tells more than the answers a second.
    """
    server_cpus = lab.cpus[:2]
    own = lab.cpus[2:4]
    generators = own if len(own) == 2 else [None, None]
    results = {}
    for _ in rounds(lab, "workers"):
        for count in (1, 2):
            with lab.start("rollcall", [zone], set(server_cpus[:count]), count) as server:
                server.wait(zone.origin, LOAD_LIMIT)
                told = lab.flood_from(generators, server, zone, gso=8, sockets=16)
            row = {"qps": sum(each["qps"] for each in told),
                   "server_s_per_million": told[0]["user_s_per_million"]
                   + told[0]["system_s_per_million"],
                   "generator_s_per_million": told[0]["generator_s_per_million"],
                   "generators_have_own_cpus": len(own) == 2}
            results.setdefault(str(count), {"rounds": []})["rounds"].append(row)
            lab.say(f"  {count}: {row['qps']} a second")
    return results
