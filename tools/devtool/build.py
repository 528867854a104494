"""Configures and builds with CMake and ninja."""

import os
import re

from commands import run_logged
from console import console
from layout import ROOT, SERVICES

PRESETS = ("dev", "asan", "tsan", "release")
PROGRAMS = tuple(f"houbu-{service}" for service in SERVICES)
_STATUS = re.compile(r"\[(\d+)/(\d+)\] (?:Building \S+ object )?(\S+)")


def build(layout, targets=(), preset="dev"):
    """Builds the targets (all of them without any) of a preset; returns its folder."""
    folder = os.path.join(ROOT, "build", preset)
    log = layout.log(f"build-{preset}")
    console.step(f"building {' '.join(targets) or 'everything'} ({preset})")
    open(log, "w", encoding="utf-8").close()
    if not os.path.exists(os.path.join(folder, "build.ninja")):
        command = ["cmake", "--preset", preset]
        run_logged(command, log, "CMake cannot configure the build", cwd=ROOT)
    command = ["ninja", "-C", folder, *targets]
    run_logged(command, log, "the build failed", env={"NINJA_STATUS": "[%f/%t] "}, progress=_shown)
    return folder


def _shown(line):
    match = _STATUS.match(line)
    return f"[{match[1]}/{match[2]}] {os.path.basename(match[3])}" if match else None
