"""The rules of the house, as functions from a source tree to the places that break them.

What is read: the files' text, line by line, without their comments. What is not: macros and
generated code; the house has neither.
"""

import os
import re

# Room -> the rooms below it that it may include (docs/architecture.md). Its own is always right.
MAY_INCLUDE = {
    "core": set(),
    "dns": {"core"},
    "health": {"dns", "core"},
    "zone": {"dns", "core"},
    "edit": {"zone", "dns", "core"},
    "transfer": {"edit", "zone", "dns", "core"},
    "follow": {"zone", "dns", "core"},
    "content": {"transfer", "edit", "zone", "dns", "core"},
    "answer": {"edit", "zone", "dns", "core"},
    "pool": {"zone", "health", "dns", "core"},
    "roll": {"edit", "pool", "zone", "health", "dns", "core"},
    "standin": {"roll", "edit", "pool", "zone", "health", "dns", "core"},
    "roster": {"standin", "roll", "edit", "pool", "zone", "health", "dns", "core"},
    "state": {"pool", "zone", "health", "dns", "core"},
    "alert": {"pool", "zone", "health", "dns", "core"},
    "yaml": {"core"},
    "config": {"yaml", "pool", "zone", "health", "dns", "core"},
    "convert": {"zone", "dns", "core"},
    "api": {"pool", "zone", "health", "dns", "core"},
    "io": {"core"},
    "log": {"io", "core"},
    "files": {"io", "core"},
    "process": {"io", "core"},
    "transport": {"answer", "transfer", "edit", "zone", "dns", "log", "io", "core"},
    "agent_link": {"files", "io", "core"},
    "probe": {"health", "agent_link", "dns", "process", "files", "io", "core"},
    "takeover": {"process", "files", "io", "core"},
    "service": {"agent_link", "process", "files", "io", "core"},
    "agent": {"service", "takeover", "agent_link", "yaml", "process", "files", "log", "io", "core"},
    "channel": {"alert", "pool", "zone", "health", "dns", "process", "io", "core"},
    "store": {"state", "pool", "zone", "health", "dns", "files", "io", "core"},
    "update": {"store", "state", "pool", "health", "content", "transfer", "answer", "edit", "zone", "dns",
               "log", "files", "io", "core"},
    "http": {"api", "pool", "zone", "health", "dns", "files", "io", "core"},
}
# All but the way from a file to settings, which is the programs', and the agent.
MAY_INCLUDE["daemon"] = set(MAY_INCLUDE) - {"config", "convert", "yaml", "agent", "service", "takeover"}
MAY_INCLUDE["setup"] = set(MAY_INCLUDE) - {"convert", "agent", "service", "takeover"}
MAY_INCLUDE["app"] = set(MAY_INCLUDE)

IMPURE_FLOORS = {"io", "log", "files", "process", "transport", "agent_link", "probe", "service", "agent", "takeover",
                 "channel", "store", "update", "http", "daemon", "setup", "app"}

# Outside library (the first part of an angled include) -> the rooms that may use it.
LIBRARIES = {
    "boost/asio": IMPURE_FLOORS - {"channel"},
    "boost/beast": {"io", "agent_link", "agent", "http"},
    "boost/json": {"core", "alert", "convert", "api", "agent_link", "agent", "daemon", "app"},
    "openssl": {"dns", "state", "alert", "agent_link", "probe", "channel", "store", "transport"},
    "yaml-cpp": {"yaml"},
    "curl": {"channel"},
    "spdlog": IMPURE_FLOORS,
    "CLI": {"app"},
}

# What only the impure rooms may do: pattern -> what it is. <arpa/inet.h> is free: inet_pton and
# inet_ntop only turn text into octets and back.
IMPURE = {
    r"#include <(thread|jthread|condition_variable|mutex|shared_mutex|future|semaphore)>":
        "threads",
    r"#include <(fstream|filesystem|iostream|cstdio|stdio\.h)>": "files",
    r"#include <(unistd|fcntl|sys/\w+|netinet/\w+|netdb|poll|signal|csignal)(\.h)?>":
        "the system",
    r"#include <random>|\b(getrandom|getentropy|arc4random|RAND_bytes|s?rand)\s*\(|random_device":
        "a random source",
    r"::now\s*\(|\b(clock_gettime|gettimeofday|std::time|time)\s*\(\s*(NULL|nullptr|0|CLOCK)":
        "a clock",
    r"(?<![\w.>])(socket|connect|recv|recvfrom|send|sendto|open|fopen|getenv|system|popen)"
    r"\s*\(\s*[\"A-Z]": "the system",
}

# (file, what it is) -> why it may all the same.
IMPURE_EXCEPTIONS = {
    ("core/published.hpp", "threads"): "a mutex hands a version from one writer to its readers",
    ("yaml/*", "files"): "std::filesystem::path as text: joining paths, never touching a disk",
}
LEXICAL_ONLY = re.compile(r"#include <filesystem>")

MAX_LINES = 400
LONGER = {}  # file -> the reason why it is longer

MAX_FILES = 40  # .cpp and .hpp of a room: so many names can still be looked over
MAX_SMALL_FILES = 24  # of an impure room: what is hard to test is kept in smaller ones
SMALL = {"roster"}  # pure, and small all the same: its owners have to be seen at once
LARGER = {}  # room -> the reason why it is larger

BAD_NAMES = {"util", "utils", "utility", "helper", "helpers", "manager", "managers", "common",
             "misc"}

# Text from outside is made printable on every way out (core/printable.hpp): each has one place.
# What it is -> (the pattern, the files that may).
WAYS_OUT = {
    "prints": (
        r"\b(f?printf|f?puts|putchar|fputc|putc|fwrite|perror|psignal)\s*\(|std::print(ln)?\s*\("
        r"|fmt::print(ln)?\s*\(|std::(cout|cerr|clog)\b|\bd?write\s*\(\s*([12]\b|STD(OUT|ERR)_FILENO)",
        {"log/print.cpp"}),
    "writes JSON": (r"\bserialize\s*\(|json::serializer\b", {"core/printable_json.cpp"}),
    "sets what the log looks like": (r"set_pattern\s*\(|pattern_formatter\b|set_formatter\s*\(",
                                     {"log/log_format.cpp"}),
    "writes to the system's log": (r"\b(v?syslog|sd_journal_\w+)\s*\(", set()),
}
# The programs give the log its one look.
SETS_THE_FORMATTER = re.compile(r"set_formatter\((rollcall::)?(log::)?log_formatter\(\)\)")

QUOTED = re.compile(r'\s*#\s*include\s+"([^"]*)"')
ANGLED = re.compile(r"\s*#\s*include\s+<([^>]*)>")
PLACE = re.compile(r"[a-z0-9_]+/[a-z0-9_]+\.hpp")


def sources(root):
    """The paths of all C++ files, relative to `root` (src/)."""
    found = []
    for folder, _, names in os.walk(root):
        found += [os.path.relpath(os.path.join(folder, name), root)
                  for name in names if name.endswith((".cpp", ".hpp"))]
    return sorted(found)


def lines_of(root, path):
    """(number, line without its comments)."""
    with open(os.path.join(root, path), encoding="utf-8") as file:
        text = file.read()
    text = re.sub(r"/\*.*?\*/", lambda match: "\n" * match[0].count("\n"), text, flags=re.DOTALL)
    return [(number, re.sub(r"(?<![:\"])//.*", "", line))
            for number, line in enumerate(text.split("\n"), 1)]


def wrong_arrows(root):
    """Includes of a floor that is not below, and of files that are not named floor/file.hpp."""
    for path in sources(root):
        floor = path.split(os.sep)[0]
        for number, line in lines_of(root, path):
            if not (match := QUOTED.match(line)):
                continue
            target = match[1]
            place = f"{path}:{number}"
            if not PLACE.fullmatch(target):
                yield f'{place}: "{target}" is not written as "floor/file.hpp"'
                continue
            other = target.split("/")[0]
            if other not in MAY_INCLUDE:
                yield f"{place}: {other} is no floor of the house"
            elif other != floor and other not in MAY_INCLUDE.get(floor, set()):
                yield f"{place}: {floor} may not include {target}"


def unknown_floors(root):
    """Folders that the table does not have, and files on no floor."""
    for path in sources(root):
        parts = path.split(os.sep)
        if len(parts) != 2 or parts[0] not in MAY_INCLUDE:
            yield f"{path}: not a file of a floor"


def wrong_libraries(root):
    """Outside libraries on floors that do without them."""
    for path in sources(root):
        floor = path.split(os.sep)[0]
        for number, line in lines_of(root, path):
            if not (match := ANGLED.match(line)):
                continue
            for library, floors in LIBRARIES.items():
                if re.match(rf"{re.escape(library)}[/.]", match[1]) and floor not in floors:
                    yield f"{path}:{number}: {floor} may not use <{match[1]}>"


def impurities(root):
    """Clocks, sockets, files, threads and random sources in pure rooms."""
    for path in sources(root):
        if path.split(os.sep)[0] in IMPURE_FLOORS:
            continue
        for number, line in lines_of(root, path):
            for pattern, what in IMPURE.items():
                if re.search(pattern, line) and not _excepted(path, what, line):
                    yield f"{path}:{number}: {what}, in a pure room: {line.strip()}"


def _excepted(path, what, line):
    floor = path.split(os.sep)[0]
    if (f"{floor}/*", what) in IMPURE_EXCEPTIONS:
        return bool(LEXICAL_ONLY.search(line))
    return (path, what) in IMPURE_EXCEPTIONS


def long_files(root):
    """Files over the measure that have no reason in LONGER; reasons that nothing needs."""
    too_long = set()
    for path in sources(root):
        with open(os.path.join(root, path), encoding="utf-8") as file:
            count = sum(1 for _ in file)
        if count > MAX_LINES:
            too_long.add(path)
            if path not in LONGER:
                yield f"{path}: {count} lines; at most {MAX_LINES}, or a reason in LONGER"
    for path in sorted(set(LONGER) - too_long):
        yield f"{path}: has a reason in LONGER but is short"


def full_rooms(root):
    """Rooms with more files than the measure."""
    counts = {}
    for path in sources(root):
        room = path.split(os.sep)[0]
        counts[room] = counts.get(room, 0) + 1
    for room, count in sorted(counts.items()):
        is_small = room in SMALL or (room in IMPURE_FLOORS and room not in LARGER)
        most = MAX_SMALL_FILES if is_small else MAX_FILES
        if count > most:
            yield f"{room}: {count} files; at most {most}"


def bad_names(root):
    """Names that say nothing."""
    for folder, _, files in os.walk(root):
        names = [os.path.basename(folder)] if folder != root else []
        for name in names + files:
            parts = re.split(r"[_.\-]", name.lower())
            if bad := BAD_NAMES.intersection(parts):
                place = os.path.relpath(os.path.join(folder, name if name in files else ""), root)
                yield f"{place}: \"{sorted(bad)[0]}\" says nothing about what is in it"


def ways_round_printable(root):
    """Text that leaves the program by another way than those that make it printable."""
    for path in sources(root):
        for number, line in lines_of(root, path):
            for what, (pattern, files) in WAYS_OUT.items():
                if path in files or not re.search(pattern, line):
                    continue
                if not SETS_THE_FORMATTER.search(line):
                    yield f"{path}:{number}: {what} around core/printable.hpp: {line.strip()}"


RULES = [wrong_arrows, unknown_floors, wrong_libraries, impurities, long_files, full_rooms, bad_names,
         ways_round_printable]
