"""Loads the sample and runs the demo on a running stack."""

import json
import os
import subprocess
import sys

from commands import last_line_of_interest
from console import Failure, console
from layout import ROOT

PROGRAM = os.path.join(ROOT, "tools/demo")


def load_sample(stack):
    """Imports the sample network; what is there already stays as it is (X-02)."""
    console.step("importing the sample network")
    sample = os.path.join(ROOT, "services/slot/sample")
    stack.run_verb("slot", "import", sample)


def run(layout, as_json=False, results_in=None):
    """Runs the main job step by step; keeps the steps for `tools/dev rules`."""
    console.step("the main job: sell out, wait, cancel, serve, refund")
    steps = _tell(layout, as_json)
    (results_in or layout).write_json(steps, "results", "demo.json")
    _judge(layout, steps)


def _tell(layout, as_json):
    steps, log = [], layout.log("demo")
    stack = os.path.join(layout.state, "stack.json")
    command = [sys.executable, PROGRAM, "--stack", stack]
    with open(log, "w", encoding="utf-8") as errors:
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=errors, text=True, cwd=ROOT
        )
        for line in process.stdout:
            steps.append(json.loads(line))
            _show(steps[-1], line.rstrip("\n"), as_json)
        process.wait()
    return steps


def _judge(layout, steps):
    if steps and steps[-1].get("demo") == "passed":
        return
    log = layout.log("demo")
    failed = next((s for s in steps if s.get("ok") is False), None)
    why = f"{failed['step']}: {failed['detail']}" if failed else last_line_of_interest(log)
    raise Failure(f"the demo failed: {why}", log)


def _show(step, line, as_json):
    if as_json:
        print(line, flush=True)
    elif "step" in step:
        mark = "ok  " if step["ok"] else "FAIL"
        console.say(f"   {mark} {step['rule']:<12} {step['step']}: {step['detail']}")
    else:
        console.say(f"   demo {step['demo']}: {step['steps']} steps in {step['seconds']} s")
