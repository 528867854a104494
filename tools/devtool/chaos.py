"""Kills services while people use them, and checks that nothing of worth was lost."""

import os
import subprocess
import sys
import time

import demo
from console import Failure, console
from layout import ROOT, SERVICES

LOAD_SECONDS = 45
CALM_SECONDS = 3


def run(stack):
    """Kills every service in turn under load and starts it again; then checks the books."""
    layout = stack.layout
    log = layout.log("load")
    program, description = os.path.join(ROOT, "tools/demo/load.py"), layout.path("stack.json")
    command = [sys.executable, program, "--stack", description, "--seconds", str(LOAD_SECONDS)]
    console.step(f"people book, wait and cancel for {LOAD_SECONDS} s")
    with open(log, "w", encoding="utf-8") as file:
        load = subprocess.Popen(command, stdout=file, stderr=file, cwd=ROOT)
        try:
            _kill_in_turn(stack, load)
            code = load.wait(timeout=10 * LOAD_SECONDS)
        finally:
            load.kill()
    if code != 0:
        raise Failure("people met what they should not", log)
    demo.check_books(layout)


def _kill_in_turn(stack, load):
    for service in SERVICES:
        time.sleep(CALM_SECONDS)
        if load.poll() is not None:
            return
        console.step(f"kill -9 {service}")
        stack.processes.kill(service)
        stack.start_services([service])
