"""The measurements of Rollcall alone: its flips, and the steps of its query path."""

import contextlib
import json
import subprocess
import threading

from lab import LOAD_LIMIT
from running import PeerError, Running, free_port
from stages import FIXED_RATE, WARM_SECONDS, reload, rounds

FLIPS = "10000"  # a second
KINDS_OF_FLIPS = {
    "none": [],
    f"{FLIPS} wakes, no flips": ["--flips", FLIPS, "--wake-only"],
    f"{FLIPS} flips": ["--flips", FLIPS],
}
RELOADS_TIMES = 4  # as long as other floods: several reloads of a large zone fit in
PROGRAMS = ("query_bench", "flip_bench", "zone_bench", "roster_bench")


class _Pool:
    """The pool of flip_server under query."""

    origin = "mydomain.com"

    def __init__(self, lab):
        self.queries = f"{lab.folder}/pool.queries"
        with open(self.queries, "w", encoding="ascii") as file:
            file.write("www.mydomain.com A NOERROR\n")


def flips(lab, _zone):
    """A UDP worker whose pool flips, beside the same one at rest, and beside one whose other thread
    wakes as often and flips nothing: on few CPUs those wakes alone are felt."""
    pool = _Pool(lab)
    results = {}
    for _ in rounds(lab, "flips"):
        for kind, arguments in KINDS_OF_FLIPS.items():
            with _flip_server(lab, arguments) as server:
                server.wait(pool.origin, 10)
                lab.flood(server, pool, WARM_SECONDS)
                full = lab.flood(server, pool)
                row = {"full": full, "half": lab.flood(server, pool, rate=full["qps"] // 2)}
            results.setdefault(kind, {"rounds": []})["rounds"].append(row)
            lab.say(f"  {kind}: {full['qps']} answers a second")
    return results


def _flip_server(lab, arguments):
    port = free_port()
    command = [lab.program("flip_server"), "--listen", f"127.0.0.1:{port}", *arguments,
               "--flip-cpu", str(lab.generator_cpu), "--seconds", "600"]
    return Running("flip_server", command, port, lab.folder, {lab.server_cpu})


def reloads(lab, zone):
    """Latency at a fixed rate at rest, and while the zone is loaded again and again with one record
    more. All on one CPU, the loader beside the worker: the worst that a machine can do.
    """
    results, seconds = {}, RELOADS_TIMES * lab.options.seconds
    with lab.start("rollcall", [zone], {lab.server_cpu}) as server:
        server.wait(zone.origin, LOAD_LIMIT)
        lab.flood(server, zone, WARM_SECONDS)
        for number in rounds(lab, "reloads"):
            for kind in ("none", "one after the other"):
                count = 0
                if kind != "none":
                    with _reloading(lab, server, zone, number) as done:
                        row = lab.flood(server, zone, seconds, rate=FIXED_RATE)
                    count = len(done)
                else:
                    row = lab.flood(server, zone, seconds, rate=FIXED_RATE)
                results.setdefault(kind, {"rounds": []})["rounds"].append(
                    {"fixed": row, "reloads": count})
                lab.say(f"  {kind}: {count} reloads, lost {row['lost_percent']:.4f} %, "
                        f"p99.9 {row['latency_us']['p999']:.0f} us")
    return results


@contextlib.contextmanager
def _reloading(lab, server, zone, number):
    """Changes the zone and reloads it until the end; the seconds that each took."""
    done, over = [], threading.Event()

    def work():
        while not over.is_set():
            with open(zone.file, "a", encoding="ascii") as file:
                file.write(f"reload-{number}-{len(done)} TXT new\n")
            done.append(reload(lab, server))

    worker = threading.Thread(target=work)
    worker.start()
    try:
        yield done
    finally:
        over.set()
        worker.join()


def micro(lab, _zone):
    """Google Benchmark's programs: name to nanoseconds and counters."""
    results = {}
    for program in PROGRAMS:
        lab.say(f"micro: {program}")
        command = [lab.program(program), "--benchmark_format=json"]
        if lab.options.quick:
            command.append("--benchmark_min_time=0.05")
        told = subprocess.run(command, capture_output=True, text=True, check=False, timeout=900)
        if told.returncode != 0:
            raise PeerError(f"{program}: {told.stderr.strip()}")
        for each in json.loads(told.stdout)["benchmarks"]:
            results[each["name"]] = _figures(each)
    return results


def _figures(each):
    scale = {"ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9}[each["time_unit"]]
    known = {"name", "family_index", "per_family_instance_index", "run_name", "run_type",
             "repetitions", "repetition_index", "threads", "iterations", "real_time", "cpu_time",
             "time_unit"}
    counters = {key: value for key, value in each.items() if key not in known}
    return {"ns": each["real_time"] * scale, **counters}
