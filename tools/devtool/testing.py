"""Runs every test: C++ programs on private databases, Python tests, checks, the demo."""

import glob
import json
import os
import re
import subprocess
import sys
import time

import bench
import checks
import configs
import demo
import npm
import results
from build import build
from console import Failure, console
from databases import Postgres, Redis
from layout import ROOT, Layout
from processes import Processes
from stack import Stack

PROGRAM_SECONDS = 1200
TEST_PORTS = 500  # from the base: databases of tests
DEMO_PORTS = 200  # from the base: the stack the demo runs on
FAULTS = "faults"  # the filter that runs the tests which break a stack
_PYTHON = ("tools/**/*_test.py", "tests/**/*_test.py", "deploy/**/*_test.py")


def run(layout, wanted="", preset="dev", rebuild=True):
    """Runs the tests chosen by the filter; returns how many failed."""
    folder = build(layout, preset=preset) if rebuild else os.path.join(ROOT, "build", preset)
    if wanted == FAULTS or wanted in _fault_tests():
        found = _run_faults(layout, wanted, preset)
        results.merge(layout, found, whole=False)
        return _report(found, wanted)
    found = []
    _install_npm(layout)
    with TestDatabases(layout) as environment:
        programs = sorted(glob.glob(os.path.join(folder, "*_test")))
        named = [path for path in programs if wanted in _names(os.path.basename(path))]
        for path in named or programs:
            found += _run_program(layout, path, wanted, environment)
        for path in [] if named else _python_files():
            found += _run_python(layout, path, wanted, environment)
    if not wanted:
        found += _run_checks(layout)
        found += _run_demo(layout, preset)
        found += _run_bench(layout, preset)
        found += _run_faults(layout, FAULTS, preset)
    results.merge(layout, found, whole=not wanted and preset == "dev")
    return _report(found, wanted)


def _install_npm(layout):
    """Tests that need what comes from npm say so and are skipped where it cannot be had."""
    if npm.missing() and npm.can_install():
        console.step("installing packages from npm")
        try:
            npm.install(layout.log("npm"))
        except Failure as failure:
            console.say(f"   {failure}")


def _fault_tests():
    """The tests that break a stack, by name."""
    paths = glob.glob(os.path.join(ROOT, "tests/faults/*_test.py"))
    return {os.path.splitext(os.path.basename(path))[0]: path for path in sorted(paths)}


def _run_faults(layout, wanted, preset):
    """Brings a stack up, lets tests break it, and removes it when it held."""
    other = Layout(os.path.join(layout.state, "faults"), layout.base + DEMO_PORTS)
    stack = Stack(other, preset)
    environment = {"HOUBU_FAULTS_STATE": other.state, "HOUBU_FAULTS_PORTS": str(other.base),
                   "HOUBU_FAULTS_PRESET": preset}  # fmt: skip
    tests, found = _fault_tests(), []
    _install_npm(layout)
    stack.purge()
    # The few people of the tests cancel as many would.
    other.write_json(
        {"restrictions": {"cancellations_max": 100}, "erasure": {"thinking": "10m"}},
        *configs.ACCOUNT_OTHERWISE,
    )
    try:
        stack.up()
        demo.load_sample(stack)
        for path in tests.values() if wanted == FAULTS else [tests[wanted]]:
            stack.up()  # what the test before broke and left so
            found += _run_python(layout, path, "", environment)
    except Failure as failure:
        why = str(failure)
        found.append(results.Result(FAULTS, "the stack comes up", [], "failed", 0.0, why))
    finally:
        stack.down()
    if not any(result.status == "failed" for result in found):
        stack.purge()
    return found


class TestDatabases:
    """PostgreSQL and Redis for tests; gives the environment that names them."""

    def __init__(self, layout):
        self._layout = Layout(os.path.join(layout.state, "test"), layout.base + TEST_PORTS, True)
        self._processes = Processes(self._layout)

    def __enter__(self):
        console.step("starting PostgreSQL and Redis for tests")
        try:
            Postgres(self._layout, self._processes).start()
            Redis(self._layout, self._processes).start()
        except BaseException:
            self.__exit__()
            raise
        environment = {
            "HOUBU_TEST_PG": self._layout.conninfo("postgres"),
            "HOUBU_TEST_REDIS": f"127.0.0.1:{self._layout.port('redis')}",
        }
        data = os.path.join(ROOT, "../shared/data")
        if "HOUBU_TEST_DATA" not in os.environ and os.path.isdir(data):
            environment["HOUBU_TEST_DATA"] = os.path.realpath(data)
        return environment

    def __exit__(self, *_):
        for name in self._processes.names():
            self._processes.stop(name)


def _python_files():
    """Python's tests, but for those that need a stack to break."""
    paths = {path for pattern in _PYTHON
             for path in glob.glob(os.path.join(ROOT, pattern), recursive=True)}  # fmt: skip
    return sorted(paths - set(_fault_tests().values()))


def _names(program):
    return program, program.removesuffix("_test")


def _catch_filter(program, wanted):
    """Catch2's test specification for a filter; None runs nothing of this program."""
    if not wanted or wanted in _names(program):
        return []
    if results.RULE.fullmatch(wanted):
        return [f"[{wanted}]"]
    if wanted.startswith("["):
        return [wanted]
    return ["*" + re.sub(r"([,\\\[])", r"\\\1", wanted) + "*"]


def _run_program(layout, path, wanted, environment):
    program = os.path.basename(path)
    report, log = layout.path("results", program + ".xml"), layout.log(program)
    if os.path.exists(report):
        os.remove(report)
    command = [path, *_catch_filter(program, wanted), "-r", "xml", "-d", "yes", "-o", report]
    # Where it was built: the paths the compiler left in it are relative to there.
    code = _execute(program, command, log, environment, os.path.dirname(path))
    found = results.read_catch(program, report)
    if found is None:
        return [_broken(program, code, log)]
    if code != 0 and not any(result.status == "failed" for result in found):
        if not found and wanted:
            return []  # nothing of this program is called so
        found.append(_broken(program, code, log))
    return _said(program, found)


def _broken(program, code, log):
    detail = f"ended with code {code} before its report was whole (log: {log})"
    return results.Result(program, "the program runs to its end", [], "failed", 0.0, detail)


def _execute(program, command, log, environment, cwd=ROOT):
    console.progress(f"running {program}")
    with open(log, "w", encoding="utf-8") as file:
        try:
            done = subprocess.run(
                command, cwd=cwd, env={**os.environ, **environment}, stdin=subprocess.DEVNULL,
                stdout=file, stderr=file, timeout=PROGRAM_SECONDS, check=False,
            )  # fmt: skip
            return done.returncode
        except subprocess.TimeoutExpired:
            file.write(f"killed after {PROGRAM_SECONDS} s\n")
            return 124


def _run_python(layout, path, wanted, environment):
    name = os.path.relpath(path, ROOT)
    report = layout.path("results", name.replace("/", "-") + ".json")
    if os.path.exists(report):
        os.remove(report)
    pattern = "" if wanted and wanted in name else wanted
    runner = os.path.join(ROOT, "tools/devtool/pyrunner.py")
    log = layout.log(name.replace("/", "-"))
    code = _execute(
        name, [sys.executable, runner, path, report, pattern.strip("[]")], log, environment
    )
    if not os.path.exists(report):
        return [_broken(name, code, log)]
    with open(report, encoding="utf-8") as file:
        found = [results.Result(name, where=name, **entry) for entry in json.load(file)]
    return _said(name, found)


def _said(program, found):
    if found:
        failed = sum(result.status == "failed" for result in found)
        seconds = sum(result.seconds for result in found)
        verdict = f"{failed} FAILED" if failed else "ok"
        console.say(f"   {program}: {len(found)} tests, {seconds:.1f} s, {verdict}")
    return found


def _run_checks(layout):
    return [_attempt("checks", name, action, layout)
            for name, action in (("tidy", checks.tidy), ("buf lint", checks.buf_lint))]  # fmt: skip


def _run_demo(layout, preset):
    """The end-to-end test: the demo on a stack of its own, made and removed for it."""
    other = Layout(os.path.join(layout.state, "e2e"), layout.base + DEMO_PORTS)
    stack = Stack(other, preset)

    def attempt(_):
        stack.purge()
        try:
            stack.up()
            demo.load_sample(stack)
            demo.run(other, results_in=layout)
        finally:
            stack.down()
        stack.purge()

    return [_attempt("e2e", "the demo passes on a fresh stack", attempt, layout)]


def _run_bench(layout, preset):
    """The benchmark on a stack of its own: that it works, not what it finds."""
    try_out = lambda where: bench.try_out(where, preset)
    return [_attempt("bench", "the benchmark takes a figure", try_out, layout)]


def _attempt(program, name, action, layout):
    started = time.monotonic()
    status, detail = "passed", ""
    try:
        action(layout)
    except Failure as failure:
        status, detail = "failed", str(failure)
    except checks.Skipped as skipped:
        status, detail = "skipped", str(skipped)
    seconds = round(time.monotonic() - started, 3)
    result = results.Result(program, name, [], status, seconds, detail)
    console.say(f"   {program}: {name}: {status}")
    return result


def _report(found, wanted):
    counts = {status: [r for r in found if r.status == status] for status in
              ("passed", "failed", "skipped")}  # fmt: skip
    for result in counts["skipped"]:
        console.say(f"SKIPPED {result.program}: {result.name}: {result.detail}")
    for result in counts["failed"]:
        console.say(f"FAILED {result.program}: {result.name} ({result.where}): {result.detail}")
    if wanted and not found:
        raise Failure(f"no test is called {wanted}")
    print(f"{len(counts['passed'])} passed, {len(counts['failed'])} failed, "
          f"{len(counts['skipped'])} skipped", flush=True)  # fmt: skip
    return len(counts["failed"])
