#!/usr/bin/env python3
"""Rollcall and its peers, measured side by side on this machine.

Everything is on 127.0.0.1: one server at a time is asked, on the first CPU, by a generator on the
second one. A table for each stage goes to standard output, all figures as JSON to a file, progress
to standard error. Figures of different runs do not compare; ratios within one do.
"""

import argparse
import datetime
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile

import own
import peers
import stages
import tables
import zones
from lab import Lab
from running import PeerError

BENCH = os.path.dirname(os.path.abspath(__file__))
MILLION = 1_000_000
QUICK_RECORDS = 100_000
QUICK_SECONDS = 0.5
ZONES = 20_000
QUICK_ZONES = 2_000
QUICK_LEAVES_OUT = ("pdns", "yadifa")  # slow to start, and under valgrind slower

# Stage -> (which zone, measurement, table, its title).
STAGES = {
    "small": ("small", stages.answers, tables.answers, "Small zone"),
    "big": ("big", stages.answers, tables.answers, "{records:,} records, names at random"),
    "load": ("big", stages.load, tables.load, "Loading {records:,} records"),
    "zones": ("hosted", stages.many_zones, tables.many_zones, "{zones:,} small zones"),
    "instructions": ("small", stages.instructions, tables.instructions,
                     "Instructions in user space for one query, small zone (callgrind)"),
    "tcp": ("small", stages.tcp, tables.tcp, "TCP, small zone (dnsperf)"),
    "workers": ("small", stages.workers, tables.workers, "Two workers beside one, small zone"),
    "flips": (None, own.flips, tables.flips, "A pool that flips while it is asked"),
    "reloads": ("big", own.reloads, tables.reloads,
                "{records:,} records, loaded again while they are asked for"),
    "micro": (None, own.micro, tables.micro, "Steps of the query path"),
}
NEEDED = {"instructions": "valgrind", "tcp": "dnsperf"}  # stage -> program


def parse(arguments):
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default=os.path.join(BENCH, "..", "build", "release"))
    parser.add_argument("--quick", action="store_true",
                        help="about two minutes: one round, short ones, fewer peers, a smaller "
                             "zone; to see that it works")
    parser.add_argument("--rounds", type=int, help="medians are over that many (default: 5)")
    parser.add_argument("--seconds", type=float, help="each flood lasts (default: 3)")
    parser.add_argument("--records", type=int, help="of the big zone (default: a million)")
    parser.add_argument("--zones", type=int, help="of the stage of many (default: 20,000)")
    parser.add_argument("--peers", help="of: " + ", ".join(peers.KINDS))
    parser.add_argument("--stages", help="of: " + ", ".join(STAGES))
    parser.add_argument("--gso", type=int, default=8,
                        help="queries handed to the kernel as one at full load (default: 8); 1 for "
                             "a server that takes them as one (UDP_GRO)")
    parser.add_argument("--json", help="where the figures go (default: build/bench/TIME.json)")
    options = parser.parse_args(arguments)
    options.build = os.path.abspath(options.build)
    options.rounds = options.rounds or (1 if options.quick else 5)
    options.seconds = options.seconds or (QUICK_SECONDS if options.quick else 3)
    options.records = options.records or (QUICK_RECORDS if options.quick else MILLION)
    options.stages = _chosen(parser, options.stages, STAGES)
    options.zones = options.zones or (QUICK_ZONES if options.quick else ZONES)
    asked = options.peers
    options.peers = _chosen(parser, asked, peers.KINDS)
    if options.quick and asked is None:
        options.peers = [name for name in options.peers if name not in QUICK_LEAVES_OUT]
    _look_for_programs(parser, options, asked is not None)
    return options


def _chosen(parser, text, known):
    if text is None:
        return list(known)
    names = text.split(",")
    for name in names:
        if name not in known:
            parser.error(f"'{name}' is none of {', '.join(known)}")
    return names


def _look_for_programs(parser, options, asked):
    """Leaves out missing peers, and stages without their program, with a message."""
    for name in options.peers[:]:
        kind = peers.KINDS[name]
        if kind.program(options.build):
            continue
        if kind.package is None:
            parser.error(f"{name} is not built in {options.build}; ./dev bench builds it")
        if asked:
            parser.error(f"{name} is not here: apt-get install {kind.package}")
        print(f"bench: {name} is not here and left out: apt-get install {kind.package}",
              file=sys.stderr)
        options.peers.remove(name)
    for stage, program in NEEDED.items():
        if stage in options.stages and not shutil.which(program):
            parser.error(f"stage {stage} needs {program}: apt-get install {program}")


def machine():
    """The properties of this machine that the figures depend on."""
    model = "unknown"
    told = subprocess.run(["lscpu", "--json"], capture_output=True, text=True, check=False)
    if told.returncode == 0:
        for entry in json.loads(told.stdout)["lscpu"]:
            if entry["field"] == "Model name:":
                model = entry["data"]
    return {"model": model, "cpus": len(os.sched_getaffinity(0)), "kernel": platform.release(),
            "load": os.getloadavg()[0]}


def measure(lab, made):
    """Stage -> results; a failed stage is reported and left out."""
    results = {}
    for stage in lab.options.stages:
        zone, run, _, _ = STAGES[stage]
        try:
            results[stage] = run(lab, made.get(zone))
        except PeerError as error:
            lab.fail(f"stage {stage}: {error}")
    return results


def make_zones(lab):
    wanted = {STAGES[stage][0] for stage in lab.options.stages}
    made = {}
    if "small" in wanted:
        made["small"] = zones.make_small(lab.folder)
    if "big" in wanted:
        lab.say(f"making a zone of {lab.options.records:,} records")
        made["big"] = zones.make_big(lab.folder, lab.options.records)
    if "hosted" in wanted:
        lab.say(f"making {lab.options.zones:,} small zones")
        made["hosted"] = zones.make_hosted(lab.folder, lab.options.zones)
    return made


def report(options, about, results, failures):
    """The Markdown of a whole run."""
    host = about["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in about["versions"].items())
    text = [f"{about['date']}, {host['model']}, {host['cpus']} CPUs, Linux {host['kernel']}, load "
            f"{host['load']:.1f} before it began; medians of {options.rounds}, floods of "
            f"{options.seconds:g} s; {versions}.\n"]
    for stage, result in results.items():
        _, _, table, title = STAGES[stage]
        if result:
            text.append(table(title.format(records=options.records, zones=options.zones), result))
    if failures:
        text.append("Not measured:\n\n" + "".join(f"- {failure}\n" for failure in failures))
    return "\n".join(text)


def main(arguments):
    options = parse(arguments)
    # Servers under measurement end with this program, however it ends.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("bench: ended by a signal"))
    now = datetime.datetime.now(datetime.timezone.utc)
    about = {"date": now.strftime("%Y-%m-%d %H:%M UTC"), "machine": machine(),
             "versions": {name: peers.KINDS[name].version(options.build)
                          for name in options.peers}}
    with tempfile.TemporaryDirectory(prefix="rollcall-bench-") as folder:
        os.chmod(folder, 0o755)  # some servers give up root before they read their zones
        lab = Lab(options, folder)
        results = measure(lab, make_zones(lab))
    path = options.json or os.path.join(options.build, "..", "bench",
                                        now.strftime("%Y%m%d-%H%M%S.json"))
    os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        json.dump({**about, "settings": vars(options), "stages": results,
                   "failures": lab.failures}, file, indent=1)
    print(report(options, about, results, lab.failures))
    lab.say(f"all figures are in {os.path.normpath(path)}")
    return 1 if lab.failures else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit("bench: interrupted")
