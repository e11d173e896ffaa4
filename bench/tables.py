"""Results as Markdown: medians over the rounds, and ratios within one run."""

import statistics

CPU = "CPU s per million, user + system"


def median(result, *path):
    """Of the rounds' values at `path`."""
    values = []
    for row in result["rounds"]:
        for key in path:
            row = row[key]
        values.append(row)
    return statistics.median(values)


def _markdown(title, head, rows):
    lines = [f"### {title}", "", "| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows]) + "\n"


def _of_echo(results, name):
    """The median of the rounds' ratios: both halves of each come from the same minute."""
    if "echo" not in results:
        return "—"
    pairs = zip(results[name]["rounds"], results["echo"]["rounds"])
    shares = [own["full"]["qps"] / echo["full"]["qps"] for own, echo in pairs]
    return f"{statistics.median(shares):.2f}"


def _cpu(result):
    return (f"{median(result, 'full', 'user_s_per_million'):.2f} + "
            f"{median(result, 'full', 'system_s_per_million'):.2f}")


def _latency(result, load):
    return " / ".join(f"{median(result, load, 'latency_us', share):.0f}"
                      for share in ("p50", "p99", "p999"))


def _of_rollcall(results, name, *path):
    if "rollcall" not in results or not median(results["rollcall"], *path):
        return "—"
    return f"{median(results[name], *path) / median(results['rollcall'], *path):.2f}"


def answers(title, results):
    rows = []
    for name, result in results.items():
        rows.append([
            name, f"{median(result, 'full', 'qps'):.0f}", _of_echo(results, name),
            _cpu(result),
            f"{median(result, 'full', 'lost_percent'):.2f}",
            f"{median(result, 'full', 'generator_idle_percent'):.0f}",
            _latency(result, "half"), _latency(result, "fixed"),
            f"{result['memory_mib']:.0f}"])
    return _markdown(title, [
        "server", "answers/s", "of echo", CPU, "lost %", "generator idle %",
        "half load: p50 / p99 / p99.9 µs", "50,000/s: p50 / p99 / p99.9 µs",
        "resident MiB"], rows)


def load(title, results):
    rows = [[name, f"{median(result, 'seconds'):.2f}", _of_rollcall(results, name, "seconds"),
             f"{median(result, 'cpu_seconds'):.2f}", f"{median(result, 'memory_mib'):.0f}",
             f"{median(result, 'peak_mib'):.0f}", _of_rollcall(results, name, "peak_mib")]
            for name, result in results.items()]
    return _markdown(title, ["server", "seconds to the first answer", "of Rollcall's", "CPU s",
                             "resident MiB", "peak MiB", "of Rollcall's"], rows)


def many_zones(title, results):
    rows = []
    for name, result in results.items():
        own = name == "rollcall"
        rows.append([name, f"{median(result, 'seconds'):.2f}",
                     f"{median(result, 'cpu_seconds'):.2f}", f"{median(result, 'memory_mib'):.0f}",
                     f"{median(result, 'peak_mib'):.0f}",
                     f"{median(result, 'reload_seconds'):.2f}" if own else "—",
                     f"{median(result, 'stop_seconds'):.2f}"])
    return _markdown(title, ["server", "start s", "CPU s", "resident MiB", "peak MiB",
                             "unchanged reload s", "stop s"], rows)


def instructions(title, results):
    return _markdown(title, ["server", "instructions"],
                     [[name, f"{result['instructions']:.0f}"] for name, result in results.items()])


def tcp(title, results):
    rows = []
    for name, result in results.items():
        row = [name]
        for key in ("queries_per_s", "connections_per_s"):
            row += [f"{median(result, key):.0f}", _of_rollcall(results, name, key)]
        rows.append(row)
    return _markdown(title, ["server", "queries/s", "of Rollcall's", "connections/s",
                             "of Rollcall's"], rows)


def workers(title, results):
    one = results["1"]
    rows = []
    for count, result in results.items():
        work = median(result, "server_s_per_million")
        capacity = int(count) * median(one, "server_s_per_million") / work
        rows.append([count, f"{median(result, 'qps'):.0f}",
                     f"{median(result, 'qps') / median(one, 'qps'):.2f}", f"{work:.2f}",
                     f"{median(result, 'generator_s_per_million'):.2f}", f"{capacity:.2f}"])
    own = one["rounds"][0]["generators_have_own_cpus"]
    where = "on CPUs of their own" if own else "on the server's CPUs too: read the last column"
    return _markdown(f"{title}; generators {where}", [
        "workers", "answers/s", "of one's", "server CPU s per million",
        "generator CPU s per million", "capacity by CPU time, of one's"], rows)


def flips(title, results):
    rest = results["none"]
    rows = [[kind, f"{median(result, 'full', 'qps'):.0f}",
             f"{median(result, 'full', 'qps') / median(rest, 'full', 'qps'):.3f}",
             _cpu(result), f"{median(result, 'full', 'generator_idle_percent'):.0f}",
             _latency(result, "half")] for kind, result in results.items()]
    return _markdown(title, ["each second", "answers/s", "of those at rest", CPU,
                             "generator idle %", "half load: p50 / p99 / p99.9 µs"], rows)


def reloads(title, results):
    rest = median(results["none"], "fixed", "latency_us", "p999")
    rows = [[kind, f"{median(result, 'reloads'):.0f}",
             f"{median(result, 'fixed', 'lost_percent'):.4f}", _latency(result, "fixed"),
             f"{median(result, 'fixed', 'latency_us', 'p999') / rest:.2f}"]
            for kind, result in results.items()]
    return _markdown(title, ["reloads", "in each round", "lost %",
                             "50,000/s: p50 / p99 / p99.9 µs", "p99.9 of that at rest"], rows)


def micro(title, results):
    rows = []
    for name, figures in results.items():
        counters = ", ".join(f"{key} {value:.4g}" for key, value in figures.items() if key != "ns")
        rows.append([name, f"{figures['ns']:.0f}", counters])
    return _markdown(title, ["step", "ns", "counters"], rows)
