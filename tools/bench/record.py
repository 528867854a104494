"""The figures of the record: commits shared and not, and rebuilding the index from it."""

import json
import subprocess
import time

import calls
from figure import Figure
from world import PSQL

# Everything of a run that its index is rebuilt from.
_COPIED = (
    "SELECT booking_id, holder, run_id, class_code, from_stop, to_stop, units, travellers"
    " FROM allocations",
    "SELECT id, run_id, class_code, from_stop, to_stop, effective_at FROM demands"
    " WHERE state = 'WAITING'",
)


def commit_batch_vs_single(world):
    """What PostgreSQL pays for a booking in a commit of its own, against shared ones."""
    load = calls.Calls(world)
    with world.spare("single"):
        load.book(server="single"), load.book()  # what is new to both settles
        slices = [(load.book(server="single"), load.book()) for _ in range(world.rounds)]
    ratios = [_postgres_cpu(alone) / _postgres_cpu(shared) for alone, shared in slices]
    rates = [shared["per_second"] / alone["per_second"] for alone, shared in slices]
    alone, shared = slices[-1]
    how = (f"PostgreSQL's CPU for a durable booking, the committer capped at 1 change on 16 "
           f"connections / free on 2, 512 in flight, {world.rounds} rounds of interleaved slices; "
           f"bookings a second, free / capped, client and server included: "
           f"{min(rates):.2f} .. {max(rates):.2f}; last: {calls.cpu_text(alone)} against "
           f"{calls.cpu_text(shared)}")  # fmt: skip
    yield Figure.of("commit_batch_vs_single", ratios, "ratio", how)


def _postgres_cpu(report):
    return report["cpu_seconds"]["postgres"] / report["succeeded"]


def rebuild_vs_copy(world):
    """Rebuilding all runs in use, in rows a second, against COPY OUT of the same rows."""
    if int(world.query("SELECT count(*) FROM allocations")[0][0]) < 1000:
        calls.Calls(world).book()  # something to rebuild
    ratios, last = [], None
    for _ in range(world.rounds):
        copied, copy_seconds = _copy(world)
        rebuilt = _rebuild(world)
        last = (rebuilt, copied, copy_seconds)
        ratios.append(
            (rebuilt["rebuilt_rows"] / rebuilt["rebuild_seconds"]) / (copied / copy_seconds)
        )
    rebuilt, copied, copy_seconds = last
    how = (f"rows a second: houbuctl inventory rebuild of all runs in use / COPY OUT of their "
           f"allocations and waiting demands, {world.rounds} rounds by turns; last: "
           f"{rebuilt['rebuilt_rows']} rows of {rebuilt['rebuilt_runs']} runs in "
           f"{rebuilt['rebuild_seconds']:.2f} s against {copied} rows in "
           f"{copy_seconds:.2f} s")  # fmt: skip
    yield Figure.of("rebuild_vs_copy", ratios, "ratio", how)


def _copy(world):
    """(rows, seconds) of COPY OUT; what psql takes to start and connect is taken off."""
    idle = _timed(world, "SELECT 1")[1]
    rows = seconds = 0
    for select in _COPIED:
        output, took = _timed(world, f"COPY ({select}) TO STDOUT")
        rows += output.count(b"\n")
        seconds += max(took - idle, 1e-3)
    return rows, seconds


def _timed(world, sql):
    started = time.perf_counter()
    command = [PSQL, "-X", "-q", "-d", world.setup["conninfo"], "-c", sql]
    done = subprocess.run(command, capture_output=True, check=True)
    return done.stdout, time.perf_counter() - started


def _rebuild(world):
    certificate, key = world.setup["certificates"]["operators/duty-1"]
    command = [
        world.setup["ctl"], "--slot", world.setup["servers"]["server"], "--ca", world.setup["ca"],
        "--certificate", certificate, "--key", key, "--json", "--timeout", "60",
        "inventory", "rebuild", "--all",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    lines = done.stdout.splitlines()
    if not lines:
        raise RuntimeError(f"houbuctl ended with code {done.returncode}: {done.stderr.strip()}")
    report = json.loads(lines[-1])
    if report["differences"] or report["conservation_error"] or report["oversold"]:
        raise RuntimeError(f"the rebuilt index is not what the record says: {report}")
    return report


FIGURES = {
    function.__name__: function for function in (commit_batch_vs_single, rebuild_vs_copy)
}  # fmt: skip
