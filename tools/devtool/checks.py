"""What can be checked without running the product: style, protos, formatting, clang-tidy."""

import json
import os
import shlex
import sys

import npm
from commands import capture, run_logged
from console import Failure, console
from layout import ROOT

PYTHON_COLUMNS = "100"
_ONLY_GCC = ("-fpch-preprocess", "-Winvalid-pch", "-fcoroutines")
_PRECOMPILED = "cmake_pch.hxx"  # named after -include


class Skipped(Exception):
    """A check that cannot run here, and why."""


def tidy(layout, headers=False):
    """Runs tools/tidy.py; its findings are in the log and, the first ones, on the screen."""
    console.step("tidy")
    log = _fresh_log(layout, "tidy")
    command = [sys.executable, os.path.join(ROOT, "tools/tidy.py")] + ["--headers"] * headers
    _run_showing(command, log, "tidy has findings", lambda line: not line.startswith("tidy: "))


def buf_lint(layout):
    """Lints the protos with buf, installed from npm where it is missing."""
    console.step("buf lint")
    log = _fresh_log(layout, "buf")
    buf = os.path.join(ROOT, "node_modules/.bin/buf")
    if not npm.can_install():
        raise Skipped("npm is not installed")
    npm.install(log)
    _run_showing([buf, "lint"], log, "buf has findings", lambda line: ".proto:" in line)


def fmt(layout, check=False):
    """Formats C++ with clang-format and Python with black, or says what is not formatted."""
    console.step("checking the formatting" if check else "formatting")
    log = _fresh_log(layout, "fmt")
    code = ["clang-format-16", *(["--dry-run", "-Werror"] if check else ["-i"])]
    cpp, python = _files(".h", ".cc"), _files(".py")
    if cpp:
        _run_showing(
            code + cpp, log, "not formatted, run tools/dev fmt", lambda line: "error:" in line
        )
    black = ["black", "-q", "-l", PYTHON_COLUMNS, *(["--check"] if check else [])]
    if python:
        run_logged(black + python, log, "not formatted, run tools/dev fmt", cwd=ROOT)


def clang_tidy(layout, build_folder):
    """Runs clang-tidy 16 on every C++ source of ours, as many at a time as there are processors."""
    console.step("clang-tidy")
    log = _fresh_log(layout, "clang-tidy")
    sources = [path for path in _files(".cc") if path.startswith(("libs/", "services/", "tests/"))]
    database = _database_for_clang(layout, build_folder)
    jobs = str(os.cpu_count())
    command = ["run-clang-tidy-16", "-quiet", "-p", database, "-j", jobs, *sources]
    _run_showing(command, log, "clang-tidy has findings", lambda line: " error: " in line)


def _database_for_clang(layout, build_folder):
    """The build's compile commands without what only g++ understands: its precompiled header."""
    with open(os.path.join(build_folder, "compile_commands.json"), encoding="utf-8") as file:
        entries = json.load(file)
    for entry in entries:
        words = shlex.split(entry["command"])
        compiler = next(at for at, word in enumerate(words) if word.endswith(("c++", "g++")))
        words = [word for word in words[compiler:] if word not in _ONLY_GCC]
        while any(word.endswith(_PRECOMPILED) for word in words):
            at = next(n for n, word in enumerate(words) if word.endswith(_PRECOMPILED))
            words[at - 1 : at + 1] = []
        entry["command"] = shlex.join(words)
    path = layout.write_json(entries, "clang-tidy", "compile_commands.json")
    return os.path.dirname(path)


def _files(*endings):
    _, listed = capture(["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT)
    return [path for path in listed.split("\0")
            if path.endswith(endings) and os.path.isfile(os.path.join(ROOT, path))]  # fmt: skip


def _fresh_log(layout, name):
    log = layout.log(name)
    open(log, "w", encoding="utf-8").close()
    return log


def _run_showing(command, log, failure, is_finding):
    try:
        run_logged(command, log, failure, cwd=ROOT)
    except Failure:
        with open(log, encoding="utf-8") as file:
            findings = [line.rstrip() for line in file if is_finding(line)][1:]
        for line in findings[:40]:
            console.say("   " + line)
        raise Failure(f"{failure}: {len(findings)}", log) from None
