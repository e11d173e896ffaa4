"""The measurements that have peers. Each goes round: every server once, then every server again, so
that what is compared comes from the same minutes. Results are plain values for JSON.

Not measured here: IPv6, TLS, transfers, zones that are signed.
"""

import glob
import json
import os
import re
import subprocess
import time

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

MANY_ZONES_PEERS = ("rollcall", "nsd", "knot")


def rounds(lab, what):
    """Counts the rounds, and prints each."""
    for number in range(1, lab.options.rounds + 1):
        lab.say(f"{what}: round {number} of {lab.options.rounds}")
        yield number


def go_round(lab, what, servers, measure):
    """Name to the rows that `measure` returns; a server that fails is left out from then on."""
    results = {name: {"rounds": []} for name in servers}
    for _ in rounds(lab, what):
        for name in list(results):
            try:
                results[name]["rounds"].append(measure(servers[name]))
            except PeerError as error:
                lab.fail(str(error))
                del results[name]
    return results


def answers(lab, zone):
    """Answers a second, CPU time, latency at half load and at a fixed rate, memory."""
    def measure(server):
        full = lab.flood(server, zone)
        lab.say(f"  {server.name}: {full['qps']} a second, "
                f"generator idle {full['generator_idle_percent']} %")
        return {"full": full, "half": lab.flood(server, zone, rate=max(1, full["qps"] // 2)),
                "fixed": lab.flood(server, zone, rate=FIXED_RATE)}

    with lab.serving(zone, lab.options.peers) as servers:
        for server in servers.values():
            lab.flood(server, zone, WARM_SECONDS)
        results = go_round(lab, f"answers from {zone.origin}", servers, measure)
        for name, result in results.items():
            result["memory_mib"], result["peak_mib"] = servers[name].memory()
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


def many_zones(lab, hosted):
    """Seconds from exec until the last of many small zones answers, CPU time, memory; then a reload
    of all with nothing changed, and the end. One server at a time, on all CPUs.
    """
    results = {}
    for _ in rounds(lab, f"{len(hosted):,} zones"):
        for name in (name for name in MANY_ZONES_PEERS if name in lab.options.peers):
            with lab.start(name, hosted) as server:
                try:
                    row = {"seconds": server.wait(hosted[-1].origin, LOAD_LIMIT, poll=0.01)}
                except PeerError as error:
                    lab.fail(str(error))
                    continue
                row["cpu_seconds"] = sum(server.cpu())
                row["memory_mib"], row["peak_mib"] = server.memory()
                row["reload_seconds"] = reload(lab, server) if name == "rollcall" else None
                began = time.monotonic()
                server.end(LOAD_LIMIT)
                row["stop_seconds"] = time.monotonic() - began
            results.setdefault(name, {"rounds": []})["rounds"].append(row)
            lab.say(f"  {name}: start {row['seconds']:.2f} s, stop {row['stop_seconds']:.2f} s, "
                    f"{row['memory_mib'] * 1024 / len(hosted):.1f} KiB a zone")
    return results


def reload(lab, server):
    """Seconds that `rollcallctl reload` takes."""
    began = time.monotonic()
    told = subprocess.run([os.path.join(lab.options.build, "rollcallctl"), "-s",
                           os.path.join(server.folder, "control.sock"), "reload"],
                          capture_output=True, text=True, check=False, timeout=LOAD_LIMIT)
    if told.returncode != 0:
        raise PeerError(f"{server.name}: reload: {told.stderr.strip()}")
    return time.monotonic() - began


def instructions(lab, zone):
    """Instructions in user space for one query, without start and end. Free of noise."""
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
    """Over TCP: queries a second on connections that stay, and connections a second.

    The first by dnsperf, the second not: it waits 100 ms before it opens a connection again.
    """
    def measure(server):
        connections = lab.told([lab.program("tcp_flood"), "--server", f"127.0.0.1:{server.port}",
                                "--queries", zone.queries, "--connections", str(TCP_CLIENTS),
                                "--seconds", str(lab.options.seconds)])
        row = {"queries_per_s": _dnsperf(lab, server, zone), **json.loads(connections)}
        lab.say(f"  {server.name}: {row['queries_per_s']:.0f} queries, "
                f"{row['connections_per_s']} connections a second")
        return row

    names = [name for name in TCP_PEERS if name in lab.options.peers]
    with lab.serving(zone, names) as servers:
        return go_round(lab, "TCP", servers, measure)


def _dnsperf(lab, server, zone):
    told = lab.told(["dnsperf", "-m", "tcp", "-s", "127.0.0.1", "-p", str(server.port),
                     "-d", zone.dnsperf, "-c", str(TCP_CLIENTS), "-T", "1",
                     "-l", str(max(1, round(lab.options.seconds)))])
    if not (found := re.search(r"Queries per second:\s+([\d.]+)", told)):
        raise PeerError(f"{server.name}: dnsperf has no figure: {told[-200:]}")
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
                told = lab.flood_from(generators, server, zone, sockets=16)
            row = {"qps": sum(each["qps"] for each in told),
                   "server_s_per_million": told[0]["user_s_per_million"]
                   + told[0]["system_s_per_million"],
                   "generator_s_per_million": told[0]["generator_s_per_million"],
                   "generators_have_own_cpus": len(own) == 2}
            results.setdefault(str(count), {"rounds": []})["rounds"].append(row)
            lab.say(f"  {count}: {row['qps']} a second")
    return results
