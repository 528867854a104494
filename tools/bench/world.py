"""What the figures are taken on: the benchmark's stack, its runs, and rounds of slices."""

import contextlib
import subprocess
import time
import urllib.error
import urllib.request

import feed
import presale
from load import Load

ACCOUNTS = 1000
READY_SECONDS = 120
PSQL = "/usr/lib/postgresql/15/bin/psql"
# How far runs are sold before others are taken: what follows would be refusals.
_FILLED = 0.65


class RunSet:
    """Runs that are sold from together, and how many bookings they can still take."""

    def __init__(self, runs, seats):
        self._runs = runs  # (run, line)
        legs = feed.STOPS - 1
        self.left = int(len(runs) * seats * legs / feed.TRIP_LEGS * _FILLED)

    def __len__(self):
        return len(self._runs)

    def names(self):
        """The runs' names."""
        return [run for run, _ in self._runs]

    def routes(self):
        """The runs by the stations they call at."""
        lines = sorted({line for _, line in self._runs})
        return [{"runs": [run for run, of in self._runs if of == line],
                 "stations": feed.stations(line)} for line in lines]  # fmt: skip


class World:
    """The stack as the setup describes it."""

    def __init__(self, setup, short=False):
        self.setup = setup
        self.short = short
        self.feed = feed.SHORT if short else feed.FULL
        self.rounds = 2 if short else 5
        self._loads = {}
        # Today's trains may have left.
        days = sorted(self._runs_by_day().items())[1:]
        self.search_day = days[0][0]
        # Slot and the baseline sell the same runs, each in tables of its own; a second server sells
        # others, so that the two do not meet.
        days = [runs for _, runs in days]
        half = max(1, len(days) - 2)
        self._unsold = {
            "server": [list(runs) for runs in days[:half]],
            "single": [list(runs) for runs in days[half:]],
            "baseline": [list(runs) for runs in days],
        }
        self._sets = {}

    def load(self, server="server"):
        """The load generator of a server; started when first asked for."""
        if server not in self._loads:
            self._loads[server] = Load(self.setup, server)
        return self._loads[server]

    @contextlib.contextmanager
    def spare(self, name):
        """Runs a further server meanwhile."""
        spare = self.setup["spares"][name]
        with open(self.setup["logs"][name], "ab") as log:
            process = subprocess.Popen(spare["command"], stdout=log, stderr=log)
        try:
            self.setup["pids"][name] = process.pid
            _wait_until_ready(spare["ready"], process)
            yield
        finally:
            if name in self._loads:
                self._loads.pop(name).close()
            process.terminate()
            process.wait()

    def close(self):
        """Ends the load generators."""
        for load in self._loads.values():
            load.close()

    def query(self, sql):
        """The rows of a statement, each a list of texts."""
        command = [PSQL, "-X", "-q", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1",
                   "-d", self.setup["conninfo"], "-c", sql]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"PostgreSQL refused {sql}: {done.stderr.strip()}")
        return [line.split("\t") for line in done.stdout.splitlines()]

    def _runs_by_day(self):
        days = {}
        sql = "SELECT service_date, id, display_name FROM runs ORDER BY service_date, display_name"
        for day, run, train in self.query(sql):
            days.setdefault(day, []).append((f"runs/{run}", feed.line_of(train)))
        return days

    def runs_for(self, seller, count, bookings):
        """A set of `count` runs that can take so many bookings more."""
        chosen = self._sets.get((seller, count))
        if chosen is None or chosen.left < bookings:
            seats = self.feed.seats - presale.seats_sold(self.feed)
            chosen = self._sets[seller, count] = RunSet(self._take(seller, count), seats)
        return chosen

    def _take(self, seller, count):
        count = min(count, self.feed.lines * self.feed.trains)
        for runs in self._unsold[seller]:
            if len(runs) >= count:
                taken = runs[:count]
                del runs[:count]
                return taken
        raise RuntimeError("the benchmark has sold all its runs; open more days")


def _wait_until_ready(url, process):
    limit = time.monotonic() + READY_SECONDS
    while process.poll() is None and time.monotonic() < limit:
        try:
            with urllib.request.urlopen(url, timeout=2) as response:
                if response.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            pass
        time.sleep(0.1)
    raise RuntimeError(f"a server is not ready: {url}")
