"""Starts programs that outlive tools/dev, and stops exactly those again.

A pid alone does not name a process: it may belong to another by now. So each record keeps the
start time the kernel gave, and a process counts as ours only while both agree.
"""

import os
import signal
import subprocess
import time

from commands import last_line_of_interest
from console import Failure, console

STOP_SECONDS = 30


def start_time(pid):
    """When a living process started, in the kernel's ticks; None when it is gone or a zombie."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            fields = file.read().rsplit(")", 1)[1].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] in "ZX" else int(fields[19])


def _stamp(path):
    """Changes when a file does: what a process was started from."""
    try:
        facts = os.stat(path)
    except FileNotFoundError:
        return None
    return [path, facts.st_mtime_ns, facts.st_size]


class Processes:
    """The processes of one stack, by name."""

    def __init__(self, layout):
        self._layout = layout
        self._children = {}

    def record(self, name):
        """What is known of a living process of ours; None when it is gone or was never there."""
        record = self._layout.read_json("pids", name + ".json")
        if not record or record["start_time"] is None:
            return None
        return record if start_time(record["pid"]) == record["start_time"] else None

    def names(self):
        """Names of what is recorded, the latest started first."""
        folder = self._layout.folder("pids")
        records = [(self._layout.read_json("pids", file), file[:-5]) for file in os.listdir(folder)
                   if file.endswith(".json")]  # fmt: skip
        return [name for record, name in sorted(records, key=lambda r: -r[0]["order"])]

    def is_current(self, name, command, watched):
        """Whether it runs, from this command and these files as they are now."""
        record = self.record(name)
        stamps = [_stamp(path) for path in watched]
        return bool(record) and record["command"] == command and record["stamps"] == stamps

    def start(self, name, command, watched=(), user=None, env=None, cwd=None, stop="SIGTERM"):
        """Starts a program with its output in logs/<name>.log, or leaves it if it is current."""
        if self.is_current(name, command, watched):
            return False
        self.stop(name)
        options = {"user": user, "group": user, "extra_groups": []} if user else {}
        with open(self._layout.log(name), "ab") as log:
            log.write(f"--- {time.strftime('%Y-%m-%dT%H:%M:%S')} {' '.join(command)}\n".encode())
            log.flush()
            child = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                cwd=cwd or self._layout.state, env={**os.environ, **(env or {})}, **options,
            )  # fmt: skip
        self._children[name] = child
        record = {
            "pid": child.pid, "start_time": start_time(child.pid), "order": time.time(),
            "command": command, "stop": stop, "stamps": [_stamp(path) for path in watched],
        }  # fmt: skip
        self._layout.write_json(record, "pids", name + ".json")
        return True

    def wait_until(self, name, ready, seconds, what):
        """Waits until ready() is true; fails with the log when the process ends or time is up."""
        limit = time.monotonic() + seconds
        while True:
            if ready():
                return
            if not self.record(name):
                raise Failure(f"{name} ended: {self._last_words(name)}", self._layout.log(name))
            if time.monotonic() > limit:
                words = self._last_words(name)
                raise Failure(
                    f"{name} is not {what} after {seconds} s: {words}", self._layout.log(name)
                )
            console.progress(f"waiting for {name}")
            time.sleep(0.1)

    def _last_words(self, name):
        return last_line_of_interest(self._layout.log(name))

    def kill(self, name):
        """Kills a process of ours and waits until it is gone."""
        record = self.record(name)
        if record:
            self._end(name, {**record, "stop": "SIGKILL"}, STOP_SECONDS)

    def stop(self, name, seconds=STOP_SECONDS):
        """Stops a process of ours and waits for its end."""
        record = self.record(name)
        if record:
            self._end(name, record, seconds)
        path = self._layout.path("pids", name + ".json")
        if os.path.exists(path):
            os.remove(path)

    def _end(self, name, record, seconds):
        for number, patience in ((getattr(signal, record["stop"]), seconds), (signal.SIGKILL, 10)):
            if number == signal.SIGKILL and record["stop"] != "SIGKILL":
                console.say(f"   {name} did not stop in {seconds} s; killing it")
            os.kill(record["pid"], number)
            limit = time.monotonic() + patience
            while time.monotonic() < limit:
                self._reap(name)
                if start_time(record["pid"]) != record["start_time"]:
                    return
                time.sleep(0.05)
        raise Failure(f"{name} (pid {record['pid']}) cannot be stopped")

    def _reap(self, name):
        child = self._children.get(name)
        if child:
            child.poll()
