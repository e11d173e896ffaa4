"""Which RFC sections the sources speak of, and where tests/rfc says that each is shown.

A citation is "RFC n", "RFC n section 1.2", "RFC n 1.2", "RFC n sections 1.2 and 1.3" or "RFC n
appendix A", in comments or code, also where it goes over the end of a comment's line.
"""

import os
import re

CITATION = re.compile(r"RFC (\d+)(?:(?: sections?)? (\d+(?:\.\d+)+)| sections? (\d+)"
                      r"| appendix ([A-Z]))?((?:(?:,| and) \d+(?:\.\d+)+)*)")
ROW = re.compile(r"^\| (RFC [^|]+?) \|.*\| ([^|]+?) \|$", re.MULTILINE)
FILE = re.compile(r"rfc(\d+)(?:_([A-Z]|\d+(?:_\d+)*))?_test\.cpp")


def section(number, part):
    """("1035", "4.1") -> "RFC 1035 section 4.1"; ("9018", "A") -> "RFC 9018 appendix A"."""
    if not part:
        return f"RFC {number}"
    return f"RFC {number} {'appendix' if part.isalpha() else 'section'} {part}"


def citations(text):
    """The sections that a text speaks of."""
    text = re.sub(r"\s*\n\s*(?:///?|#)?\s*", " ", text)
    found = set()
    for number, dotted, whole, appendix, more in CITATION.findall(text):
        found.add(section(number, dotted or whole or appendix))
        found.update(section(number, part) for part in re.findall(r"\d+(?:\.\d+)+", more))
    return found


def cited(paths):
    """Section -> one of the files that speak of it."""
    found = {}
    for path in paths:
        with open(path, encoding="utf-8") as file:
            for name in citations(file.read()):
                found.setdefault(name, path)
    return found


def tested(folder):
    """Section -> the file in tests/rfc whose name is made of it."""
    found = {}
    for name in sorted(os.listdir(folder)):
        if match := FILE.fullmatch(name):
            found[section(match[1], (match[2] or "").replace("_", "."))] = name
    return found


def listed(readme):
    """Section -> the files that its row names, from every table of the text."""
    return {row[1]: re.findall(r"`([^`]+)`", row[2]) for row in ROW.finditer(readme)}


def uncovered(paths, folder, readme):
    """Citations without a row. A citation of a whole RFC is content with a row of any section."""
    rows = listed(readme)
    rfcs = {row.split()[1] for row in rows}
    for name, path in sorted(cited(paths).items()):
        whole = len(name.split()) == 2
        if name not in rows and not (whole and name.split()[1] in rfcs):
            yield f"{path}: {name} has no row in {os.path.join(folder, 'README.md')}"


def stale(folder, root, readme):
    """Rows that name no file, or one that is not there; test files without their row."""
    rows = listed(readme)
    for name, files in rows.items():
        if not files:
            yield f"{name}: names no file"
        for file in files:
            if not any(os.path.exists(os.path.join(place, file)) for place in (folder, root)):
                yield f"{name}: there is no {file}"
    for name, file in tested(folder).items():
        if file not in rows.get(name, []):
            yield f"{file}: has no row of {name}"
