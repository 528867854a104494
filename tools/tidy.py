#!/usr/bin/python3
"""Checks the rules of style a program can check. Each finding says what to write instead.

Usage: tools/tidy.py [--headers] [file or folder ...]   (default: the whole repository)
"""

import argparse
import functools
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from tidylib import arrows, cpp_rules, headers, text_rules  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TEXT = (".h", ".cc", ".proto", ".sql", ".lua", ".py", ".sh", ".cmake", ".md", ".txt", ".json",
        ".yaml", ".yml", ".toml", ".html", ".csv")  # fmt: skip
# Other people's protos, kept as they are.
FOREIGN = ("protos/google/",)


def repository_files():
    """Paths of what git tracks or would track, relative to the root."""
    command = ["git", "ls-files", "-co", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode()
    return sorted(p for p in listed.split("\0") if p and os.path.isfile(os.path.join(ROOT, p)))


def chosen(files, wanted):
    """Those of the files that lie at or under one of the wanted paths."""
    if not wanted:
        return files
    roots = [os.path.relpath(os.path.abspath(path), ROOT) for path in wanted]
    return [
        file for file in files
        if any(root == "." or file == root or file.startswith(root + "/") for root in roots)
    ]  # fmt: skip


def in_repository(path):
    """Whether a path of the repository is there."""
    return os.path.exists(os.path.join(ROOT, path))


@functools.cache
def ports_of(service):
    """What the ports of a service include of its app/: part of the border to storage and peers."""
    path = os.path.join(ROOT, "services", service, "app/ports.h")
    if not os.path.exists(path):
        return frozenset()
    with open(path, encoding="utf-8") as file:
        found = arrows.includes(file.read())
    return frozenset(name for name in found if name.startswith(f"services/{service}/app/"))


def check_text(path, text, exists=in_repository, ports=ports_of):
    """All findings for a file of this path and content."""
    found = list(cpp_rules.file_name(path))
    found += text_rules.check(path, text, exists)
    if path.endswith((".h", ".cc")):
        found += cpp_rules.check(path, text)
        found += arrows.check(path, text, ports)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("paths", nargs="*")
    parser.add_argument("--headers", action="store_true", help="compile every header alone (slow)")
    parser.add_argument("--generated", default=os.path.join(ROOT, "build/dev/gen"))
    options = parser.parse_args()
    files = chosen(repository_files(), options.paths)
    findings = []
    for path in files:
        name = os.path.basename(path)
        if path.startswith(FOREIGN) or not (name.endswith(TEXT) or "." not in name):
            continue
        with open(os.path.join(ROOT, path), encoding="utf-8", errors="replace") as file:
            findings += check_text(path, file.read())
    if options.headers:
        ours = [p for p in files if p.endswith(".h") and p.startswith(("libs/", "services/"))]
        memory = os.path.join(ROOT, ".state/headers.json")
        findings += headers.check(ROOT, ours, options.generated, memory)
    for finding in sorted(findings):
        print(finding)
    print(f"tidy: {len(findings)} findings in {len(files)} files", file=sys.stderr)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
