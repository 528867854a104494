"""Measures the referee of slot's record: what PostgreSQL pays to make overselling impossible.

Every variant keeps the same promise on the same random workload: no unit twice on a leg, or no
traveller in two places at once. Rounds are interleaved; a figure is the CPU time of the server's
process per booking (commit included), median and spread over the rounds, for each batch size.

    tools/bench/referee.py --conninfo "host=127.0.0.1 user=postgres dbname=postgres" [--json]

The server must run on this machine: its CPU time is read from /proc. Makes a database of its own
and drops it.
"""

import argparse
import json
import os
import random
import statistics
import sys
import time

import psycopg2

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import referee_bookings  # noqa: E402
import referee_variants  # noqa: E402

DATABASE = "houbu_bench_referee"
SIZES = (1, 64, 256, 512)
# Bookings of one slice; batches of one are slow and steady, fewer of them do.
SLICE = {1: 512, 64: 2048, 256: 2048, 512: 2048}
PRELOADED = 40_000
ROUNDS_MOST = 9
GROUPS = {**referee_variants.GROUPS, "bookings": referee_bookings.VARIANTS}


def cpu_seconds(pid):
    """CPU time the process has used so far."""
    with open(f"/proc/{pid}/schedstat", encoding="ascii") as file:
        return int(file.read().split()[0]) / 1e9


def array(values):
    """An array as PostgreSQL's text form has it: what a client sends as one parameter."""
    escaped = (str(value).replace("\\", "\\\\").replace('"', '\\"') for value in values)
    return "{" + ",".join(f'"{value}"' for value in escaped) + "}"


class Subject:
    """One variant: its tables, its prepared statements and the bookings not yet made."""

    def __init__(self, conninfo, variant, seed):
        self.name = variant.name
        self._variant = variant
        self._connection = psycopg2.connect(conninfo)
        self._cursor = self._connection.cursor()
        self._run("CREATE EXTENSION IF NOT EXISTS btree_gist")
        self._run(f"CREATE SCHEMA {variant.name}; SET search_path = {variant.name}, public")
        self._run(variant.schema)
        self._cursor.execute("SELECT pg_backend_pid()")
        self._pid = self._cursor.fetchone()[0]
        self._connection.commit()
        count = PRELOADED + sum(SLICE[size] for size in SIZES) * (ROUNDS_MOST + 1)
        self._bookings = iter(variant.bookings(random.Random(seed), count))
        self._prepared = set()
        for _ in range(PRELOADED // 512):
            self._batch(512)
        self._connection.commit()
        self._connection.autocommit = True
        self._cursor.execute("VACUUM ANALYZE")
        self._connection.autocommit = False

    def _run(self, sql):
        self._cursor.execute(sql)
        self._connection.commit()

    def _batch(self, size):
        """One transaction; every booking of it must pass."""
        taken = [next(self._bookings) for _ in range(size)]
        for number, (types, sql, columns) in enumerate(self._variant.statements):
            name = f"s{number}"
            if name not in self._prepared:
                self._cursor.execute(f"PREPARE {name} ({types}) AS {sql}")
                self._prepared.add(name)
            arguments = [array(column) for column in columns(taken)]
            marks = ", ".join(["%s"] * len(arguments))
            self._cursor.execute(f"EXECUTE {name} ({marks})", arguments)
            expected = self._variant.expected(number, taken)
            if expected is not None and self._cursor.rowcount != expected:
                raise AssertionError(f"{self.name}: {self._cursor.rowcount} of {expected} passed")
        self._connection.commit()

    def slice(self, size):
        """Microseconds of CPU and of the clock per booking."""
        cpu, clock = cpu_seconds(self._pid), time.perf_counter()
        for _ in range(SLICE[size] // size):
            self._batch(size)
        cpu, clock = cpu_seconds(self._pid) - cpu, time.perf_counter() - clock
        return cpu * 1e6 / SLICE[size], clock * 1e6 / SLICE[size]

    def close(self):
        """Lets the database go."""
        self._connection.close()


def measure(conninfo, variants, rounds, seed):
    """Rounds of all variants and sizes, interleaved: {(variant, size): [(cpu, clock), ...]}."""
    subjects = [Subject(conninfo, variant, seed) for variant in variants]
    found = {(s.name, size): [] for s in subjects for size in SIZES}
    for _ in range(rounds):
        for size in SIZES:
            for subject in subjects:
                found[subject.name, size].append(subject.slice(size))
    for subject in subjects:
        subject.close()
    return found


def lines(group, found, base):
    """One line a variant and size; the ratio is the base's cost over the variant's."""
    for (name, size), rounds in found.items():
        cpu = [r[0] for r in rounds]
        ratios = [b[0] / r[0] for b, r in zip(found[base, size], rounds) if r[0] > 0]
        yield {
            "group": group,
            "variant": name,
            "batch": size,
            "cpu_us": round(statistics.median(cpu), 1),
            "cpu_us_spread": [round(min(cpu), 1), round(max(cpu), 1)],
            "clock_us": round(statistics.median(r[1] for r in rounds), 1),
            "cheaper_than_base": round(statistics.median(ratios), 2),
        }


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--conninfo", default="host=127.0.0.1 user=postgres dbname=postgres")
    parser.add_argument("--rounds", type=int, default=5, choices=range(1, ROUNDS_MOST + 1))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--group", choices=list(GROUPS))
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    admin = psycopg2.connect(options.conninfo)
    admin.autocommit = True
    cursor = admin.cursor()
    for group, variants in GROUPS.items():
        if options.group and group != options.group:
            continue
        cursor.execute(f"DROP DATABASE IF EXISTS {DATABASE}")
        cursor.execute(f"CREATE DATABASE {DATABASE}")
        try:
            conninfo = psycopg2.extensions.make_dsn(options.conninfo, dbname=DATABASE)
            found = measure(conninfo, variants, options.rounds, options.seed)
        finally:
            cursor.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        for line in lines(group, found, variants[0].name):
            print(json.dumps(line) if options.json else _text(line), flush=True)


def _text(line):
    low, high = line["cpu_us_spread"]
    return (
        f"{line['group']:10} {line['variant']:16} {line['batch']:4}  "
        f"{line['cpu_us']:7.1f} us cpu ({low:.1f}-{high:.1f})  "
        f"{line['clock_us']:8.1f} us clock  x{line['cheaper_than_base']:.2f}"
    )


if __name__ == "__main__":
    main()
