"""The load generator as Python sees it, and what a slice of load costs each process."""

import json
import os
import subprocess

_TICKS = os.sysconf("SC_CLK_TCK")


class Load:
    """One load generator, connected to one server, with an eye on the processors."""

    def __init__(self, setup, server="server"):
        self._setup = setup
        self._log = setup["logs"][server]
        self._pids = {"server": setup["pids"][server], "redis": setup["pids"]["redis"],
                      "postgres": setup["pids"]["postgres"]}  # fmt: skip
        certificate, key = setup["certificates"]["gateway"]
        command = [
            setup["load"], "--target", setup["servers"][server], "--ca", setup["ca"],
            "--certificate", certificate, "--key", key, "--seed-file", setup["seed_file"],
        ]  # fmt: skip
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def slice(self, **wish):
        """Runs a slice of load; the generator's report with the CPU seconds of each process."""
        # The server's log goes on growing under load; what is in it is of no more use.
        if os.path.exists(self._log):
            os.truncate(self._log, 0)
        self._process.stdin.write(json.dumps(wish) + "\n")
        self._process.stdin.flush()
        self._read()  # its calls are made; the load begins
        before = {name: cpu_seconds(pid) for name, pid in self._pids.items()}
        report = self._read()
        cpu = {name: cpu_seconds(pid) - before[name] for name, pid in self._pids.items()}
        cpu["client"] = report.pop("client_cpu_seconds")
        report["cpu_seconds"] = cpu
        return report

    def _read(self):
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the load generator ended with code {self._process.wait()}")
        return json.loads(line)

    def close(self):
        """Ends the program."""
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


def cpu_seconds(pid):
    """CPU time a process and its children have used, those that ended included."""
    return sum(_ticks(process) for process in [pid, *_children(pid)]) / _TICKS + _ended(pid)


def _stat(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            return file.read().rsplit(")", 1)[1].split()
    except (FileNotFoundError, ProcessLookupError):
        return None


def _ticks(pid):
    fields = _stat(pid)
    return int(fields[11]) + int(fields[12]) if fields else 0


def _ended(pid):
    fields = _stat(pid)
    return (int(fields[13]) + int(fields[14])) / _TICKS if fields else 0


def _children(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
            return [int(child) for child in file.read().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []
