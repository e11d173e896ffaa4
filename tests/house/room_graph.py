"""Which room includes which, as a mermaid graph: python3 tests/house/room_graph.py prints it.

docs/architecture.md has it, and tests/house holds it against the sources. An arrow that others
already imply is left out, else nobody could read it: with a -> b and b -> c there is no a -> c.
"""

import os
import re
import sys

import house_rules

BLOCK = re.compile(r"```mermaid\n(.*?)```", re.DOTALL)


def imports(root):
    """Room -> the other rooms that its files include."""
    found = {}
    for path in house_rules.sources(root):
        room = path.split(os.sep)[0]
        others = found.setdefault(room, set())
        for _, line in house_rules.lines_of(root, path):
            if match := house_rules.QUOTED.match(line):
                others.add(match[1].split("/")[0])
        others.discard(room)
    return found


def reached(graph, start):
    """All that can be reached from `start`."""
    seen, left = set(), [start]
    while left:
        for other in graph.get(left.pop(), set()) - seen:
            seen.add(other)
            left.append(other)
    return seen


def reduced(graph):
    """The same without the arrows that longer ways imply. The graph has no circle."""
    return {room: {other for other in others
                   if not any(other in reached(graph, step) for step in others - {other})}
            for room, others in graph.items()}


def mermaid(root):
    """The text of the graph, the impure rooms with rounded corners."""
    graph = reduced(imports(root))
    lines = ["graph TD"]
    lines += [f"  {room}({room})" for room in sorted(graph) if room in house_rules.IMPURE_FLOORS]
    lines += [f"  {room} --> {other}" for room in sorted(graph) for other in sorted(graph[room])]
    return "\n".join(lines) + "\n"


def documented(text):
    """The graph that a document has; empty where it has none."""
    match = BLOCK.search(text)
    return match[1] if match else ""


if __name__ == "__main__":
    SOURCE = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
    sys.stdout.write(mermaid(os.path.join(SOURCE, "src")))
