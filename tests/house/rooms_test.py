"""The picture of the rooms is as they are, and the agent's program links what it may."""

import os
import re
import tempfile
import unittest

import room_graph

SOURCE = os.environ.get("ROLLCALL_SOURCE") or os.path.abspath(
    os.path.join(os.path.dirname(__file__), "..", ".."))
BUILD = os.environ.get("ROLLCALL_BUILD", os.path.join(SOURCE, "build", "release"))

# What may run as root on a node.
AGENT_ROOMS = {"core", "yaml", "io", "log", "files", "process", "takeover", "agent_link", "service",
               "agent"}
AGENT_SOURCES = {"app/rollcall_agent.cpp", "app/usage.cpp"}


def link_line(ninja, program):
    """(objects, variables) of the edge that links `program` in the text of a build.ninja."""
    edge = re.search(rf"^build {re.escape(program)}: CXX_EXECUTABLE_LINKER\S* (.*)\n((?:  .*\n)*)",
                     ninja, re.MULTILINE)
    variables = dict(re.findall(r"  (\w+) = (.*)", edge[2]))
    return edge[1].split("|")[0].split(), variables


class GraphTest(unittest.TestCase):
    def test_the_document_has_the_graph_of_the_sources(self):
        with open(f"{SOURCE}/docs/architecture.md", encoding="utf-8") as file:
            documented = room_graph.documented(file.read())
        self.assertEqual(documented, room_graph.mermaid(f"{SOURCE}/src"),
                         "python3 tests/house/room_graph.py prints what docs/architecture.md shall have")

    def test_what_others_imply_is_left_out(self):
        graph = {"a": {"b", "c"}, "b": {"c"}, "c": set(), "d": {"a", "c"}}
        self.assertEqual(room_graph.reduced(graph),
                         {"a": {"b"}, "b": {"c"}, "c": set(), "d": {"a"}})

    def test_a_graph_is_read_from_includes(self):
        with tempfile.TemporaryDirectory(prefix="rollcall-rooms-") as src:
            for path, text in {"core/x.hpp": "", "io/y.hpp": '#include "core/x.hpp"\n',
                               "agent/z.cpp": '#include "core/x.hpp"\n#include "io/y.hpp"\n'}.items():
                os.makedirs(os.path.dirname(f"{src}/{path}"), exist_ok=True)
                with open(f"{src}/{path}", "w", encoding="utf-8") as file:
                    file.write(text)
            self.assertEqual(room_graph.mermaid(src),
                             "graph TD\n  agent(agent)\n  io(io)\n  agent --> io\n  io --> core\n")


class AgentTest(unittest.TestCase):
    """By the link line of build.ninja, and so also for a build that has not been made yet."""

    def setUp(self):
        path = f"{BUILD}/build.ninja"
        if not os.path.exists(path):
            self.skipTest("not configured for Ninja")
        with open(path, encoding="utf-8") as file:
            self.objects, self.variables = link_line(file.read(), "rollcall-agent")

    def test_it_links_its_own_rooms(self):
        rooms = set(re.findall(r"\blibrollcall_(\w+)[.]a\b", self.variables["LINK_LIBRARIES"]))
        self.assertEqual(rooms, AGENT_ROOMS)

    def test_nothing_else_is_compiled_into_it(self):
        sources = {re.search(r"\b(\w+/\w+[.]cpp)[.]o$", name)[1] for name in self.objects}
        self.assertEqual(sources, AGENT_SOURCES)


if __name__ == "__main__":
    unittest.main()
