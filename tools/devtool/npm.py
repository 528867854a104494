"""Installs what comes from npm: the linter of the protos, other people's payment software."""

import json
import os
import shutil

from commands import run_logged
from layout import ROOT

FOLDER = os.path.join(ROOT, "node_modules")


def missing():
    """Names of the packages of package.json that are not installed."""
    with open(os.path.join(ROOT, "package.json"), encoding="utf-8") as file:
        names = json.load(file)["devDependencies"]
    return [name for name in names if not os.path.isdir(os.path.join(FOLDER, name))]


def can_install():
    return shutil.which("npm") is not None


def install(log):
    """Installs what is missing; a Failure when that cannot be."""
    names = missing()
    if not names:
        return
    # Not `npm ci`: it insists on packages of other platforms, which not every registry has.
    command = ["npm", "install", "--no-save"]
    run_logged(command, log, f"npm cannot install {' '.join(names)}", cwd=ROOT)
