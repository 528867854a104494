"""Installs the Debian packages that are missing, without leaving a daemon or cluster running."""

import contextlib
import glob
import os
import shutil
import subprocess

from commands import capture, run_logged
from console import Failure, console
from layout import ROOT

LIST = os.path.join(ROOT, "tools/packages.txt")
_POLICY = "/usr/sbin/policy-rc.d"
_CREATE_CLUSTER = "/etc/postgresql-common/createcluster.conf"
_UNITS = {"redis-server": "redis-server.service", "postgresql-15": "postgresql.service"}
_SAVED = ".before-houbu"


def wanted(groups=()):
    """Names of the packages for these groups, per tools/packages.txt."""
    names = []
    with open(LIST, encoding="utf-8") as file:
        for line in file:
            name, *marks = line.split("#", 1)[0].split() or [""]
            unless = [mark[7:] for mark in marks if mark.startswith("unless=")]
            group = [mark for mark in marks if not mark.startswith("unless=")]
            if not name or any(shutil.which(command) for command in unless):
                continue
            if not group or set(group) & set(groups):
                names.append(name)
    return names


def missing(names):
    """Those of the packages that are not installed."""
    command = ["dpkg-query", "-W", "-f", "${Package}\t${db:Status-Status}\n", *names]
    _, output = capture(command)
    installed = {
        line.split("\t")[0] for line in output.splitlines() if line.endswith("\tinstalled")
    }
    return [name for name in names if name not in installed]


def install(layout, groups=()):
    """Installs what is missing."""
    if not shutil.which("dpkg-query"):
        raise Failure("this is not Debian: install what tools/packages.txt lists by other means")
    names = missing(wanted(groups))
    if not names:
        return
    console.step(f"installing {len(names)} packages: {' '.join(names)}")
    root = _as_root(names)
    log = layout.log("packages")
    if not glob.glob("/var/lib/apt/lists/*Packages*"):
        _apt(root, log, ["update"])
    with _no_daemons(root):
        if "postgresql-15" in names:
            _install(root, log, ["postgresql-common"])
        with _no_main_cluster(root, "postgresql-15" in names):
            _install(root, log, names)
    _disable_units(root, names)


def _as_root(names):
    if os.geteuid() == 0:
        return []
    if not shutil.which("sudo"):
        raise Failure(
            f"packages are missing and there is no sudo; as root: apt-get install {' '.join(names)}"
        )
    return ["sudo"]


def _install(root, log, names):
    options = ["install", "-y", "--no-install-recommends", "-o", "Dpkg::Options::=--force-confold"]
    try:
        _apt(root, log, options + names)
    except Failure:  # the lists may be old
        _apt(root, log, ["update"])
        _apt(root, log, options + names)


def _apt(root, log, arguments):
    command = [*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", *arguments]
    run_logged(command, log, f"apt-get {arguments[0]} failed", progress=_shown)


def _shown(line):
    return line if line.startswith(("Get:", "Unpacking", "Setting up")) else None


def _write(root, path, text, mode):
    subprocess.run(
        [*root, "tee", path], input=text, text=True, stdout=subprocess.DEVNULL, check=True
    )
    subprocess.run([*root, "chmod", mode, path], check=True)


@contextlib.contextmanager
def _replaced(root, path, text, mode):
    """Puts another content at a path for a while; afterwards everything is as it was before."""
    saved = path + _SAVED
    if os.path.exists(saved):  # a run before this one was killed
        subprocess.run([*root, "mv", "-f", saved, path], check=True)
    was_there = os.path.lexists(path)
    if was_there:
        subprocess.run([*root, "cp", "-a", path, saved], check=True)
    _write(root, path, text, mode)
    try:
        yield
    finally:
        command = ["mv", "-f", saved, path] if was_there else ["rm", "-f", path]
        subprocess.run([*root, *command], check=True)


def _no_daemons(root):
    """No package starts a daemon when it is installed."""
    return _replaced(root, _POLICY, "#!/bin/sh\nexit 101\n", "755")


def _no_main_cluster(root, needed):
    """PostgreSQL's package makes no cluster of its own."""
    if not needed:
        return contextlib.nullcontext()
    text = "create_main_cluster = false\nstart_conf = 'manual'\n"
    return _replaced(root, _CREATE_CLUSTER, text, "644")


def _disable_units(root, names):
    """What was installed now does not start with the machine either."""
    units = [unit for name, unit in _UNITS.items() if name in names]
    if units and shutil.which("systemctl"):
        command = [*root, "systemctl", "disable", *units]
        subprocess.run(command, capture_output=True, check=False)
