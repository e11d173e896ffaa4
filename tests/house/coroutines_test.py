"""What g++ 12 makes wrong of a coroutine.

No aggregate is made by braces among the arguments of a co_await or co_return: g++ 12 destroys such a temporary twice. A named variable is moved in instead; an aggregate that
needs no destruction may stay, if a static_assert at its type says so.

No loop has a co_await in its while (...): where such a coroutine has no variable before the loop,
g++ 12 gives its frame another layout than the one that it is resumed with.
"""

import glob
import os
import re
import unittest

SOURCE = os.environ.get("ROLLCALL_SOURCE") or os.path.abspath(
    os.path.join(os.path.dirname(__file__), "..", ".."))

AWAIT = re.compile(r"\bco_(?:await|return)\b")
COMMENT_OR_TEXT = re.compile(r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:[^"\\\n]|\\.)*"', re.DOTALL)
# What stands before a brace that makes an argument: another argument, or the name of its type.
ARGUMENT = re.compile(r"(?:[(,]|\b(?!const\b|mutable\b|noexcept\b|else\b|do\b|try\b)[A-Za-z_][\w:]*)\s*$")
LAMBDA = re.compile(r"->\s*[\w:<>]*\s*$")  # its result
WHILE = re.compile(r"\bwhile \(")
# The designated members of types that need no destruction: process::ChildLimits.
HARMLESS = re.compile(r"\{\s*\.time = ")


def bare(text):
    """The source without comments and texts; its lines stay where they are."""
    return COMMENT_OR_TEXT.sub(lambda found: '""' + "\n" * found[0].count("\n"), text)


def arguments_made_by_braces(text):
    """The lines of a C++ source that have one."""
    return sorted(set(_found_in(bare(text))))


def loops_that_await(text):
    """The lines of a C++ source with such a loop."""
    text = bare(text)
    return [text.count("\n", 0, found.start()) + 1 for found in WHILE.finditer(text)
            if "co_await" in text[found.end():_closing(text, found.end())]]


def _closing(text, at):
    """Where the parenthesis ends that was opened before `at`."""
    depth = 1
    while depth > 0 and at < len(text):
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        at += 1
    return at


def sources():
    """(name, text) of every C++ source."""
    for folder in ("src", "tests", "bench"):
        for file in sorted(glob.glob(f"{SOURCE}/{folder}/**/*.[ch]pp", recursive=True)):
            with open(file, encoding="utf-8") as source:
                yield os.path.relpath(file, SOURCE), source.read()


def _found_in(text):
    for await_ in AWAIT.finditer(text):
        depth = 0
        for at in range(await_.end(), len(text)):
            char = text[at]
            if char == "{" and depth > 0:
                before = text[max(0, at - 200):at]
                made = ARGUMENT.search(before) and not LAMBDA.search(before)
                if made and not HARMLESS.match(text, at):
                    yield text.count("\n", 0, at) + 1
                if not made:
                    break  # the body of a lambda: its own awaits are looked at by themselves
            if char in "([":
                depth += 1
            elif char in ")]":
                depth -= 1
            if depth < 0 or (depth == 0 and char in ";{"):
                break


class Coroutines(unittest.TestCase):
    def test_no_argument_of_an_await_is_made_by_braces(self):
        found = [f"{name}:{line}" for name, text in sources()
                 for line in arguments_made_by_braces(text)]
        self.assertEqual(found, [], "g++ 12 destroys such a temporary twice: give it a name")

    def test_no_loop_awaits_in_its_condition(self):
        found = [f"{name}:{line}" for name, text in sources() for line in loops_that_await(text)]
        self.assertEqual(found, [], "g++ 12 resumes it with a wrong frame: await in the body")

    def test_it_finds_such_loops(self):
        self.assertEqual(loops_that_await("f();\nwhile (co_await g()) h();"), [2])
        self.assertEqual(loops_that_await("while (!(co_await g())) {}"), [1])
        self.assertEqual(loops_that_await("while (true) co_await g();"), [])
        self.assertEqual(loops_that_await("while (a) { co_await g(); }\n// while (co_await g())"), [])

    def test_it_finds_what_it_should(self):
        for text in ("co_await f({1, 2});", "co_await f(a, {.b = c()});",
                     "auto x = co_await g(1,\n    Request{.path = p});",
                     "co_return co_await ask(agent, h(Question{path}));",
                     "co_await (f({}) && g());"):
            self.assertEqual(arguments_made_by_braces(text), [text.count("\n") + 1], text)

    def test_it_finds_nothing_else(self):
        for text in ("f({1});", "co_await f(a); g({1});", "// co_await f({1});\n",
                     'co_await f("({1})");', "if (co_await f(a)) { g({1}); }",
                     "co_await run(argv, {.time = limit});",
                     "co_await f([x](int y) { return g({y}); });",
                     "co_await f([&]() -> int { return 1; });", "co_return Report{.ok = true};"):
            self.assertEqual(arguments_made_by_braces(text), [], text)


if __name__ == "__main__":
    unittest.main(verbosity=2)
