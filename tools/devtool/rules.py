"""Lists each rule with the tests that prove it and their last results."""

import ast
import glob
import json
import os
import re
import sys

import results
from layout import ROOT

PAGE = os.path.join(ROOT, "docs/reference/rules.md")
_ROW = re.compile(r"^\| ([RWX]-\d\d[a-z]?) \| (.+?) \|$", re.MULTILINE)
_CASE = re.compile(r'(?:TEST_CASE|SCENARIO)\(\s*((?:"(?:[^"\\]|\\.)*"\s*)+),\s*((?:"[^"]*"\s*)+)\)')
_TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"')


def titles():
    """Every rule's ID and title, in the order of the page."""
    with open(PAGE, encoding="utf-8") as file:
        return dict(_ROW.findall(file.read()))


def in_sources():
    """Tests found in the sources, as results not yet run."""
    found = []
    for path in glob.glob(os.path.join(ROOT, "**/*_test.cc"), recursive=True):
        name = os.path.relpath(path, ROOT)
        if not name.startswith(("build/", "node_modules/")):
            found += _catch_cases(name, _program_of(name))
    for pattern in ("tools", "tests", "deploy"):
        for path in glob.glob(os.path.join(ROOT, pattern, "**/*_test.py"), recursive=True):
            found += _python_cases(os.path.relpath(path, ROOT))
    return found


def _program_of(name):
    parts = name.split("/")
    return "libs_test" if parts[0] == "libs" else f"{parts[1]}_test"


def _catch_cases(name, program):
    with open(os.path.join(ROOT, name), encoding="utf-8") as file:
        text = file.read()
    for match in _CASE.finditer(text):
        title = "".join(_TEXT.findall(match[1])).replace('\\"', '"')
        tags = "".join(_TEXT.findall(match[2]))
        line = text.count("\n", 0, match.start()) + 1
        rules = sorted(set(results.RULE.findall(tags)))
        yield results.Result(program, title, rules, "not run", where=f"{name}:{line}")


def _python_cases(name):
    with open(os.path.join(ROOT, name), encoding="utf-8") as file:
        text = file.read()
    lines = text.splitlines()
    for group in (node for node in ast.parse(text).body if isinstance(node, ast.ClassDef)):
        for method in (node for node in group.body if isinstance(node, ast.FunctionDef)):
            body = lines[method.lineno - 1 : method.end_lineno]
            rules = {r for line in body if "# rules:" in line for r in results.RULE.findall(line)}
            if method.name.startswith("test") and rules:
                title = f"{group.name}.{method.name}"
                where = f"{name}:{method.lineno}"
                yield results.Result(name, title, sorted(rules), "not run", where=where)


def collect(layout):
    """For each rule: title, verdict and tests."""
    tests = {(test.program, test.name): test for test in in_sources()}
    for result in results.load(layout):
        if (result.program, result.name) in tests:
            tests[(result.program, result.name)] = result
    everything = [*tests.values(), *results.demo_results(layout)]
    found = {}
    for rule, title in titles().items():
        mine = [test for test in everything if rule in test.rules]
        found[rule] = {"title": title, "verdict": _verdict(mine), "tests": mine}
    unknown = {rule for test in everything for rule in test.rules} - set(found)
    return found, sorted(unknown)


def _verdict(tests):
    statuses = {test.status for test in tests}
    if not tests:
        return "no test"
    if "failed" in statuses:
        return "failed"
    return "proven" if "passed" in statuses else "not run"


def show(layout, as_json):
    """Prints every rule; returns how many have a failed test or are not on the page."""
    found, unknown = collect(layout)
    if as_json:
        content = {rule: {**entry, "tests": [_shown(test) for test in entry["tests"]]}
                   for rule, entry in found.items()}  # fmt: skip
        json.dump(content, sys.stdout, ensure_ascii=False, indent=1)
        print()
    else:
        _print(found)
    for rule in unknown:
        print(f"{rule} is named by a test but not in docs/reference/rules.md", file=sys.stderr)
    return sum(entry["verdict"] == "failed" for entry in found.values()) + len(unknown)


def _shown(test):
    return {"program": test.program, "name": test.name, "status": test.status, "where": test.where}


def _print(found):
    for rule, entry in found.items():
        print(f"{rule:<6} {entry['verdict']:<8} {entry['title']}")
        for test in sorted(entry["tests"]):
            print(f"         {test.status:<8} {test.program}: {test.name}")
    verdicts = [entry["verdict"] for entry in found.values()]
    counts = ", ".join(
        f"{verdicts.count(v)} {v}" for v in ("proven", "failed", "not run", "no test")
    )
    print(f"{len(verdicts)} rules: {counts}")
