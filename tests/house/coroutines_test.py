"""No aggregate is made by braces among the arguments of a co_await or co_return.

g++ 12 destroys such a temporary twice. A named variable is moved in instead; an aggregate that
needs no destruction may stay, if a static_assert at its type says so.
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
# The designated members of types that need no destruction: process::ChildLimits.
HARMLESS = re.compile(r"\{\s*\.time = ")


def bare(text):
    """The source without comments and texts; its lines stay where they are."""
    return COMMENT_OR_TEXT.sub(lambda found: '""' + "\n" * found[0].count("\n"), text)


def arguments_made_by_braces(text):
    """The lines of a C++ source that have one."""
    return sorted(set(_found_in(bare(text))))


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
        found = []
        for folder in ("src", "tests", "bench"):
            for file in sorted(glob.glob(f"{SOURCE}/{folder}/**/*.[ch]pp", recursive=True)):
                with open(file, encoding="utf-8") as source:
                    found += [f"{os.path.relpath(file, SOURCE)}:{line}"
                              for line in arguments_made_by_braces(source.read())]
        self.assertEqual(found, [], "g++ 12 destroys such a temporary twice: give it a name")

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
