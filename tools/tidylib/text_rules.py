"""Rules for any text: width, length, machine paths, SQL, links, protos."""

import os
import re

from tidylib.finding import Finding

COLUMNS_MAX = 100
LINES_MAX = 400
CODE = (".h", ".cc", ".proto", ".sql", ".lua", ".py", ".sh", ".cmake", "CMakeLists.txt")
LENGTH_CHECKED = (".h", ".cc", ".py", ".lua")
# Joined here so that this file does not hold what it looks for.
_MACHINE_PATH = re.compile(
    r"(?<![\w.~-])/(?:%s)/\w" % "|".join(("ho" "me", "ro" "ot", "Us" "ers", "wo" "rk"))
)
_FENCE = re.compile(r"^\s*(```|~~~)")
_LINK = re.compile(r"!?\[[^\]]*\]\(([^()\s]+)\)")
_RPC = re.compile(r"^\s*rpc\s+(\w+)\s*\(", re.MULTILINE)
_SQL_NOW = re.compile(r"(?<![\w.>:])(?:now\(\)|NOW\(\)|(?i:current_timestamp|clock_timestamp\(\)))")


def check(path, text, exists):
    """All findings for one text file; `exists` says whether a path of the repository is there."""
    lines = text.split("\n")
    if path.endswith(CODE):
        yield from _width(path, lines)
    if path.endswith(LENGTH_CHECKED) and len(lines) - 1 > LINES_MAX:
        yield Finding(
            path, LINES_MAX + 1, f"{len(lines) - 1} lines, at most {LINES_MAX}: split the file"
        )
    for number, line in enumerate(lines, 1):
        if _MACHINE_PATH.search(line):
            yield Finding(
                path, number, "a path of one machine: write it relative to the repository"
            )
        if path.endswith((".cc", ".h", ".sql")):
            yield from _sql(path, number, line)
    if path.endswith(".md"):
        yield from _links(path, lines, exists)
    if path.endswith(".proto") and "/houbu/" in path:
        yield from _access(path, text)


def _width(path, lines):
    for number, line in enumerate(lines, 1):
        if len(line) > COLUMNS_MAX and "://" not in line and not line.startswith("#include"):
            yield Finding(
                path, number, f"{len(line)} columns, at most {COLUMNS_MAX}: break the line"
            )


def _sql(path, number, line):
    code = line.split("//", 1)[0] if not path.endswith(".sql") else line.split("--", 1)[0]
    if re.search(r"\bselect\s+(?:\w+\.)?\*", code, re.IGNORECASE):
        yield Finding(path, number, "SELECT *: list the columns")
    if "/storage/" in path and _SQL_NOW.search(code):
        yield Finding(path, number, "the database's clock: pass the time of the service's Clock")


def _links(path, lines, exists):
    fenced = False
    for number, line in enumerate(lines, 1):
        if _FENCE.match(line):
            fenced = not fenced
        if fenced or line.startswith("    "):
            continue
        for target in _LINK.findall(re.sub(r"`[^`]*`", "", line)):
            if re.match(r"[a-z][a-z0-9+.-]*:|#", target):
                continue
            goal = os.path.normpath(os.path.join(os.path.dirname(path), target.split("#", 1)[0]))
            if not exists(goal):
                yield Finding(path, number, f"dead link {target}: nothing at {goal}")


def _access(path, text):
    for match in _RPC.finditer(text):
        end = _end_of_rpc(text, match.end())
        if "(houbu.type.v1.access)" not in text[match.start() : end]:
            line = text.count("\n", 0, match.start(1)) + 1
            yield Finding(
                path, line,
                f"{match.group(1)} does not say who may call it: "
                "add `option (houbu.type.v1.access) = {...}`",
            )  # fmt: skip


def _end_of_rpc(text, start):
    depth = 0
    for at in range(start, len(text)):
        if text[at] == "{":
            depth += 1
        elif text[at] == "}":
            depth -= 1
            if depth == 0:
                return at
        elif text[at] == ";" and depth == 0:
            return at
    return len(text)
