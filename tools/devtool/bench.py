"""Runs the benchmark: a stack of its own with databases, the benchmark's server, and load."""

import json
import os
import subprocess
import sys

import build
import configs
import credentials
from commands import run_logged
from console import Failure, console
from databases import require_free_port
from layout import ROOT, Layout
from stack import READY_SECONDS, Stack, answers

BENCH_PORTS = 700  # from the base: the stack the benchmark runs on
TRIED_OUT = "book_vs_echo"
TARGETS = ("houbu-bench", "houbu-bench-server", "houbuctl")
_PROGRAM = os.path.join(ROOT, "tools/bench")
sys.path.append(_PROGRAM)

import feed  # noqa: E402
import presale  # noqa: E402

# The benchmark's servers: how far their ports are from the stack's slot, and what they are told
# beyond what the stack's slot is. The second one is started by the figure that needs it.
_SERVERS = {
    "server": (0, {}),
    "single": (10, {"commits": {"batch_max": 1, "lanes": 16}, "postgres": {"pool_size": 32}}),
}


def run(layout, figures=(), as_json=False, preset="release", rebuild=True):
    """Takes the figures (all of them without any) and prints them."""
    if rebuild:
        build.build(layout, TARGETS, preset)
    with BenchStack(layout, preset, feed.FULL) as stack:
        _measure(stack, [*figures, *(["--json"] if as_json else [])])


def try_out(layout, preset):
    """Takes one figure in a few short slices, to see that the benchmark works; not how fast."""
    with BenchStack(layout, preset, feed.SHORT) as stack:
        answer = _measure(stack, [TRIED_OUT, "--json", "--short"], stdout=subprocess.PIPE)
    lines = [json.loads(line) for line in answer.splitlines()]
    if [line["figure"] for line in lines] != [TRIED_OUT]:
        raise Failure(f"the benchmark answered {answer!r}")
    least, greatest = lines[0]["spread"]
    if (
        not 0 < least <= lines[0]["value"] <= greatest
        or not lines[0]["unit"]
        or not lines[0]["how"]
    ):
        raise Failure(f"this is no figure: {answer!r}")


def _measure(stack, arguments, **options):
    command = [sys.executable, _PROGRAM, "--setup", stack.describe(), *arguments]
    done = subprocess.run(command, check=False, cwd=ROOT, text=True, **options)
    if done.returncode != 0:
        raise Failure("the benchmark failed; what it printed says why")
    return done.stdout


class BenchStack:
    """PostgreSQL, Redis and the benchmark's servers, made new for one run."""

    def __init__(self, layout, preset, network):
        self._feed = network
        self.layout = Layout(os.path.join(layout.state, "bench"), layout.base + BENCH_PORTS)
        self._stack = Stack(self.layout, preset)
        self._folder = os.path.join(ROOT, "build", preset)

    def __enter__(self):
        try:
            self.up()
        except BaseException:
            self._stack.down()
            raise
        return self

    def __exit__(self, failure, *_):
        if failure:
            self._stack.down()  # the logs stay
        else:
            self._stack.purge()

    def up(self):
        """Starts everything; the timetable is imported and its runs are open."""
        self._stack.purge()
        credentials.make_secrets(self.layout)
        credentials.make_certificates(self.layout)
        self._stack.start_databases()
        self._stack.postgres.create_databases()
        service_config = configs.write_service_config(self.layout)
        for name, (_, settings) in _SERVERS.items():
            self._write_config(name, service_config, settings)
        self._import()
        self._query(presale.in_record(self._feed), "VACUUM ANALYZE")
        self._start("server")
        # Its tables are there now.
        self._query(presale.in_baseline(self._feed), "VACUUM FULL ANALYZE skip_locked_seats")

    def _query(self, *statements):
        for statement in statements:
            self._stack.postgres.query("houbu_slot", statement)

    def _command(self, name, *verb):
        config = self.layout.path("config", name + ".json")
        return [os.path.join(self._folder, "houbu-bench-server"), "--config", config, *verb]

    def _ready_url(self, name):
        return f"http://127.0.0.1:{self._port(name) + 100}/readyz"

    def _port(self, name):
        return self.layout.grpc_port("slot") + _SERVERS[name][0]

    def _write_config(self, name, service_config, settings):
        configs.write(self.layout, "slot", service_config)
        content = self.layout.read_json("config", "slot.json")
        content["server"]["address"] = f"127.0.0.1:{self._port(name)}"
        content["admin"]["address"] = f"127.0.0.1:{self._port(name) + 100}"
        content["development"] = {"echo": True, "roles": ["duty-1 support"]}
        content["catalogue"] = {"open_days": self._feed.days, "presale_days": 30}
        # No booking expires under load.
        content["policy"] = {"hold": "4h"}
        for section, values in settings.items():
            content.setdefault(section, {}).update(values)
        self.layout.write_json(content, "config", name + ".json")

    def _import(self):
        console.step("importing the benchmark's timetable")
        gtfs, classes = self._feed.write(self.layout.folder("feed"))
        command = self._command(
            "server", "import", "--gtfs", gtfs, "--classes", classes, "--feed", "bench"
        )
        log = self.layout.log("import")
        run_logged(command, log, "the timetable cannot be imported")

    def _start(self, name):
        console.step(f"starting the benchmark's {name}")
        processes, port = self._stack.processes, self._port(name)
        for taken in (port, port + 100):
            require_free_port(processes, name, taken)
        processes.start(name, self._command(name))
        url = self._ready_url(name)
        processes.wait_until(name, lambda: answers(url), READY_SECONDS * 2, "ready")

    def describe(self):
        """Writes all that who measures needs to know; returns the file's path."""
        layout, processes = self.layout, self._stack.processes
        certificates = {
            name: credentials.certificate_paths(layout, name)
            for name in ("gateway", "operators/duty-1")
        }
        content = {
            "load": os.path.join(self._folder, "houbu-bench"),
            "ctl": os.path.join(self._folder, "houbuctl"),
            "servers": {name: f"localhost:{self._port(name)}" for name in _SERVERS},
            "pids": {name: processes.record(name)["pid"]
                     for name in ("server", "postgres", "redis")},
            "spares": {"single": {"command": self._command("single"),
                                  "ready": self._ready_url("single")}},
            "logs": {name: layout.log(name) for name in _SERVERS},
            "ca": credentials.authority_path(layout),
            "certificates": certificates,
            "seed_file": credentials.key_path(layout, "account_signing_seed"),
            "conninfo": layout.conninfo("houbu_slot"),
            "functions_port": layout.base + 93,
        }  # fmt: skip
        return layout.write_json(content, "bench.json")
