"""The figures of calls: search and booking against an empty method and against the baseline."""

import statistics

import feed
from figure import Figure
from world import ACCOUNTS

SECONDS = 3.0
WARM_UP = 0.4
CONNECTIONS = (4, 8, 16, 32, 64)
# How many calls are made ready for a slice, as a multiple of what the last slice came to.
_RESERVE = 1.6
# The share of calls that may fail: refusals are cheap and would flatter.
_FAILED_MOST = 0.05

# How the empty method is answered.
_WAY = {False: " answered at once", True: " answered in the event loop"}


class Calls:
    """Slices of each scenario on one world."""

    def __init__(self, world):
        self._world = world
        self._seconds = 0.4 if world.short else SECONDS
        self._warm_up = 0.1 if world.short else WARM_UP
        self._rates = {}

    def _slice(self, server="server", seconds=None, in_flight=512, **wish):
        return self._world.load(server).slice(
            seconds=seconds or self._seconds, warm_up=self._warm_up,
            in_flight=min(in_flight, 8) if self._world.short else in_flight, **wish,
        )  # fmt: skip

    def echo(self, size, in_flight=512, in_loop=False):
        """The empty method, answering `size` bytes: at once, or by way of the event loop."""
        return self._slice(scenario="echo", bytes=round(size), in_flight=in_flight, in_loop=in_loop)

    def search(self, in_flight=512):
        """Journeys between two cities of a line, all pairs five legs apart."""
        searches = [
            {"origin": feed.city(line, stop), "destination": feed.city(line, stop + 5),
             "date": self._world.search_day}
            for line in range(self._world.feed.lines) for stop in range(feed.STOPS - 5)
        ]  # fmt: skip
        return self._slice(scenario="search", searches=searches, in_flight=in_flight)

    def book(self, runs=100, in_flight=512, server="server", seconds=None):
        """Bookings of one place each, every one for another traveller."""
        key = ("book", in_flight, server)
        return self._sell(key, server, runs, seconds, lambda chosen: {
            "server": server, "scenario": "book", "routes": chosen.routes(), "in_flight": in_flight,
            "class": feed.CLASS,
        })  # fmt: skip

    def skip_locked(self, way, runs=100, in_flight=512, seconds=None):
        """The baseline's bookings; `way` is (connections, one statement)."""
        connections, one_statement = way
        return self._sell(("skip_locked", way), "baseline", runs, seconds, lambda chosen: {
            "scenario": "skip_locked", "runs": chosen.names(), "legs": feed.STOPS - 1,
            "in_flight": in_flight, "connections": connections, "one_statement": one_statement,
        })  # fmt: skip

    def _sell(self, key, seller, runs, seconds, wish):
        """A slice of sales on runs that are not sold out by it."""
        whole = (seconds or self._seconds) + self._warm_up
        rate = self._rates.get(key, 5000 if key[0] == "book" else 2500)
        expected = int(rate * whole)
        chosen = self._world.runs_for(seller, runs, expected)
        report = self._slice(seconds=seconds, calls=int(expected * _RESERVE) + 1024,
                             accounts=ACCOUNTS, trip=feed.TRIP_LEGS, **wish(chosen))  # fmt: skip
        chosen.left -= int(report["per_second"] * whole) + wish(chosen)["in_flight"]
        self._rates[key] = max(report["per_second"], 300)
        failed = sum(report["failures"].values())
        if failed > _FAILED_MOST * (report["succeeded"] + failed):
            raise RuntimeError(f"{key[0]}: too many calls failed: {report['failures']}")
        return report


def cpu_text(report):
    """Where the processors' time of a slice went, in microseconds a call."""
    calls = max(1, report["succeeded"])
    parts = ", ".join(f"{name} {1e6 * seconds / calls:.0f}"
                      for name, seconds in report["cpu_seconds"].items())  # fmt: skip
    return f"{report['per_second']:.0f}/s (CPU us a call: {parts})"


def _rounds(world, numerator, denominator):
    """Ratios of rates over interleaved slices, and the last report of each side."""
    ratios, last = [], (None, None)
    numerator(), denominator()  # connections, caches and the size of slices settle
    for number in range(world.rounds):
        if number % 2 == 0:
            above, below = numerator(), denominator()
        else:
            below, above = denominator(), numerator()
        ratios.append(above["per_second"] / below["per_second"])
        last = above, below
    return ratios, last


def _ratio(name, world, numerator, denominator, how):
    ratios, (above, below) = _rounds(world, numerator, denominator)
    seconds = f"{world.rounds} rounds of interleaved slices"
    text = f"{how}; {seconds}; last: {cpu_text(above)} against {cpu_text(below)}"
    return Figure.of(name, ratios, "ratio", text)


def search_vs_echo(world):
    """Search against an empty method that answers as many bytes."""
    yield _search_vs_echo(world, "search_vs_echo")


def search_vs_echo_in_loop(world):
    """Search against such an empty method on the way every other method goes."""
    yield _search_vs_echo(world, "search_vs_echo_in_loop", in_loop=True)


def _search_vs_echo(world, name, in_loop=False):
    calls = Calls(world)
    size = calls.search(in_flight=8)["answer_bytes"]
    how = f"SearchJourneys / Echo of {size:.0f} bytes{_WAY[in_loop]}, 512 in flight"
    return _ratio(name, world, calls.search, lambda: calls.echo(size, in_loop=in_loop), how)


def book_vs_echo(world):
    """Durable bookings against an empty method, 512 in flight."""
    yield _book_vs_echo(world, "book_vs_echo", 512)


def book_vs_echo_64(world):
    """Durable bookings against an empty method, 64 in flight."""
    yield _book_vs_echo(world, "book_vs_echo_64", 64)


def book_vs_echo_in_loop(world):
    """Durable bookings against an empty method on their own way, 512 in flight."""
    yield _book_vs_echo(world, "book_vs_echo_in_loop", 512, in_loop=True)


def book_vs_echo_64_in_loop(world):
    """Durable bookings against an empty method on their own way, 64 in flight."""
    yield _book_vs_echo(world, "book_vs_echo_64_in_loop", 64, in_loop=True)


def _book_vs_echo(world, name, in_flight, in_loop=False):
    calls = Calls(world)
    book = lambda: calls.book(in_flight=in_flight)
    empty = lambda: calls.echo(0, in_flight, in_loop)
    how = (f"CreateBooking / Echo of 0 bytes{_WAY[in_loop]}, {in_flight} in flight, 100 runs, "
           f"trips of 5 legs")  # fmt: skip
    return _ratio(name, world, book, empty, how)


def book_vs_skip_locked_100runs(world):
    """Bookings against the baseline over 100 runs."""
    yield _book_vs_skip_locked(world, "book_vs_skip_locked_100runs", 100)


def book_vs_skip_locked_8runs(world):
    """Bookings against the baseline over 8 runs."""
    yield _book_vs_skip_locked(world, "book_vs_skip_locked_8runs", 8)


def book_vs_skip_locked_1ms(world):
    """Bookings against the baseline with every commit made a millisecond slower."""
    _set_commit_delay(world, 1000)
    try:
        yield _book_vs_skip_locked(world, "book_vs_skip_locked_1ms", 100)
    finally:
        _set_commit_delay(world, 0)


def _set_commit_delay(world, microseconds):
    siblings = 0 if microseconds else 5
    world.query(f"ALTER SYSTEM SET commit_delay = {microseconds}")
    world.query(f"ALTER SYSTEM SET commit_siblings = {siblings}")
    world.query("SELECT pg_reload_conf()")


def _book_vs_skip_locked(world, name, count):
    calls = Calls(world)
    # 8 runs are sold out in seconds.
    seconds = 1.0 if count == 8 and not world.short else None
    way, rates = _best_way(world, calls, count)
    book = lambda: calls.book(runs=count, seconds=seconds)
    baseline = lambda: calls.skip_locked(way, count, seconds=seconds)
    how = (f"CreateBooking / SKIP LOCKED booking, 512 in flight, {count} runs, trips of 5 legs; "
           f"baseline at its best of {rates}")  # fmt: skip
    return _ratio(name, world, book, baseline, how)


def _best_way(world, calls, count):
    """The connections and the manner in which the baseline is fastest here."""
    rates = {}
    for one_statement in (False, True):
        for connections in CONNECTIONS[:1] if world.short else CONNECTIONS:
            way = (connections, one_statement)
            calls.skip_locked(way, count, seconds=0.3)  # connects
            reports = [calls.skip_locked(way, count, seconds=0.7) for _ in range(2)]
            rates[way] = statistics.mean(r["per_second"] for r in reports)
    best = max(rates, key=rates.get)
    text = ", ".join(f"{connections} {'one statement' if one else 'steps'} {rate:.0f}/s"
                     for (connections, one), rate in rates.items())  # fmt: skip
    return best, text


FIGURES = {
    function.__name__: function
    for function in (
        search_vs_echo,
        search_vs_echo_in_loop,
        book_vs_echo,
        book_vs_echo_in_loop,
        book_vs_echo_64,
        book_vs_echo_64_in_loop,
        book_vs_skip_locked_100runs,
        book_vs_skip_locked_8runs,
        book_vs_skip_locked_1ms,
    )
}
