"""Figures of places: what taking one costs, and how much of a run they let be sold."""

import random
import statistics

from figure import Figure
from functions_run import Run

LEGS = 20
TRIP = 5
UNITS = 1000
SLICE = 20  # calls; a slice is short enough to be done before the machine does something else


def _rounds(short):
    return 5 if short else 11


def _by_turns(*sides):
    """Takes slices of each side by turns; the median slice of each: what else the machine does
    falls on few of them."""
    slices = [[side() for side in sides] for _ in range(15)]
    return [statistics.median(column) for column in zip(*slices)]


def alloc_vs_noop(redis, short):
    """Taking a place over five legs of a sold-out run, against a function that does nothing."""
    run = Run(redis, "rn-noop", LEGS, UNITS)
    run.sell_out(TRIP)
    empty_calls = [("FCALL", "bench_noop", 1, run.key)] * SLICE
    ratios, costs = [], []
    for _ in range(_rounds(short)):
        bought, empty = _by_turns(
            lambda: run.churn(TRIP, SLICE)[0], lambda: redis.timed(empty_calls)[0]
        )
        ratios.append(bought / empty)
        costs.append(bought)
    how = (
        f"houbu_allocate, one passenger over {TRIP} of {LEGS} legs, {UNITS} units, sold out and "
        f"churned, against an empty function; {statistics.median(costs):.1f} us a call"
    )
    yield Figure.of("alloc_vs_noop", ratios, "x", how)


def alloc_growth(redis, short):
    """Taking a place of 10,000 units, against one of 100."""
    large, small = Run(redis, "rn-large", LEGS, 10_000), Run(redis, "rn-small", LEGS, 100)
    for run in (large, small):
        run.sell_out(TRIP)
    ratios = []
    for _ in range(_rounds(short)):
        in_large, in_small = _by_turns(
            lambda: large.churn(TRIP, SLICE)[0], lambda: small.churn(TRIP, SLICE)[0]
        )
        ratios.append(in_large / in_small)
    how = f"houbu_allocate over {TRIP} of {LEGS} legs, sold out: 10,000 units against 100"
    yield Figure.of("alloc_growth", ratios, "x", how)


class Naive:
    """The same life with a loop over a hash of seats."""

    def __init__(self, redis):
        self._redis, self._held, self._serial = redis, [], 0
        self._keys = ("h:{s00}:naive", "h:{s00}:naive:tokens")
        redis.command("HSET", self._keys[0], *[x for i in range(UNITS) for x in (i, 0)])

    def _buying(self):
        start = random.randint(0, LEGS - TRIP)
        self._serial += 1
        args = (UNITS, start, start + TRIP, f"bk-{self._serial:026d}")
        return ("FCALL", "bench_naive_allocate", 2, *self._keys, *args)

    def buy(self, count):
        """Buys; gives microseconds a call and how many got a seat."""
        calls = [self._buying() for _ in range(count)]
        cost, replies = self._redis.timed(calls)
        sold = [call[-1] for call, reply in zip(calls, replies) if reply >= 0]
        self._held += sold
        return cost, len(sold)

    def sell_out(self):
        """Sells until half of a hundred buyers find nothing."""
        while self.buy(100)[1] >= 50:
            pass

    def give_back(self, count):
        """Gives random seats back."""
        random.shuffle(self._held)
        gone, self._held = self._held[:count], self._held[count:]
        self._redis.pipeline([("FCALL", "bench_naive_release", 2, *self._keys, token)
                              for token in gone])  # fmt: skip

    def churn(self, count):
        """Gives back and sells on: microseconds of a sale."""
        self.give_back(count)
        return self.buy(count)[0]


def alloc_vs_naive(redis, short):
    """Taking a place, against a Lua loop over a hash of seats; how many times cheaper."""
    run, naive = Run(redis, "rn-naive", LEGS, UNITS), Naive(redis)
    run.sell_out(TRIP)
    naive.sell_out()
    ratios, costs = [], []
    for _ in range(_rounds(short)):
        bought, cost = _by_turns(lambda: run.churn(TRIP, SLICE)[0], lambda: naive.churn(SLICE))
        ratios.append(cost / bought)
        costs.append(cost)
    how = (
        f"a correct Lua loop over a hash of {UNITS} seats (one HGETALL, masks of legs, first fit, "
        f"no followers told, no orphans noted), sold out and churned, against houbu_allocate; "
        f"the loop {statistics.median(costs):.0f} us a call"
    )
    yield Figure.of("alloc_vs_naive", ratios, "x", how)


class GapIndex:
    """The same life with the free gaps indexed: exact best fit, for one passenger."""

    def __init__(self, redis, legs, trip):
        self._redis, self._legs, self._trip, self._held, self._serial = redis, legs, trip, [], 0
        self._key = "h:{s00}:gap"
        redis.command("FCALL", "bench_gap_load", 1, self._key, legs, UNITS)
        while self._buy(100)[1] >= 50:
            pass

    def _buy(self, count):
        calls = []
        for _ in range(count):
            start = random.randint(0, self._legs - self._trip)
            self._serial += 1
            args = (self._legs, start, start + self._trip, f"bk-{self._serial:026d}")
            calls.append(("FCALL", "bench_gap_allocate", 1, self._key, *args))
        cost, replies = self._redis.timed(calls)
        sold = [call[-1] for call, reply in zip(calls, replies) if reply >= 0]
        self._held += sold
        return cost, len(sold)

    def churn(self, count):
        """Gives back and sells on: microseconds of a sale and of giving back together."""
        random.shuffle(self._held)
        gone, self._held = self._held[:count], self._held[count:]
        released, _ = self._redis.timed(
            [("FCALL", "bench_gap_release", 1, self._key, self._legs, token) for token in gone]
        )
        return self._buy(count)[0] + released


def bitmaps_vs_gap_index(redis, short):
    """A sale and giving it back: bitmaps with first fit, against an index of gaps that tells nobody
    of changes and notes no orphans."""
    for legs, trip in ((10, 5), (20, 5), (40, 15)):
        redis.flush()
        run, gaps = Run(redis, "rn-gap", legs, UNITS), GapIndex(redis, legs, trip)
        run.sell_out(trip)
        ratios, costs = [], []
        for _ in range(_rounds(short)):
            bitmaps, index = _by_turns(
                lambda: sum(run.churn(trip, SLICE)),  # pylint: disable=cell-var-from-loop
                lambda: gaps.churn(SLICE),  # pylint: disable=cell-var-from-loop
            )
            ratios.append(bitmaps / index)
            costs.append((bitmaps, index))
        how = (
            f"{trip} of {legs} legs, {UNITS} units, sold out and churned, a sale and its giving "
            f"back: {statistics.median(c[0] for c in costs):.1f} us against "
            f"{statistics.median(c[1] for c in costs):.1f}, and the index does less"
        )
        yield Figure.of(f"bitmaps_vs_gap_index_{legs}_{trip}", ratios, "x", how)


class Counters:
    """A counter for each pair of stops: selling one counts down every pair it overlaps."""

    def __init__(self, legs, units):
        self._left = {(a, b): units for a in range(legs) for b in range(a + 1, legs + 1)}

    def _move(self, start, end, step):
        for a, b in self._left:
            if a < end and start < b:
                self._left[a, b] += step

    def buy(self, start, end):
        """Tells whether it was sold."""
        if self._left[start, end] <= 0:
            return False
        self._move(start, end, -1)
        return True

    def give_back(self, start, end):
        """Counts up again."""
        self._move(start, end, 1)


def _workload(rng, legs, size):
    """Buyers of random trips in a row; a fifth of them gives back some buyers later."""
    buyers = []
    for _ in range(size):
        trip = rng.randint(1, 10)
        start = rng.randint(0, legs - trip)
        later = rng.randint(1, size // 4) if rng.random() < 0.2 else None
        buyers.append((start, start + trip, later))
    return buyers


def _carried(buyers, buy, give_back):
    """Seat-legs of those who bought and did not give back."""
    carried, due = 0, {}
    for at, (start, end, later) in enumerate(buyers):
        for token, first, last in due.pop(at, []):
            give_back(token, first, last)
            carried -= last - first
        token = buy(start, end)
        if token:
            carried += end - start
            if later:
                due.setdefault(at + later, []).append((token, start, end))
    return carried


def seat_legs_vs_od_counters(redis, short):
    """How much more is carried than with a counter for each pair of stops."""
    units, ratios = 100, []
    for number in range(5):
        buyers = _workload(random.Random(number), LEGS, 1000 if short else 1500)
        run = Run(redis, f"rn-od-{number}", LEGS, units)

        def buy(start, end, run=run):
            call = run.buying(start, end)
            return call[9] if isinstance(run.redis.pipeline([call])[0], list) else None

        def give_back(token, _start, _end, run=run):
            run.redis.pipeline([run.call("release", token)])

        exact = _carried(buyers, buy, give_back)
        counters = Counters(LEGS, units)
        counted = _carried(
            buyers, counters.buy, lambda _token, start, end: counters.give_back(start, end)
        )
        ratios.append(exact / counted)
    how = (
        f"seat-legs carried of {len(buyers)} buyers of 1 to 10 of {LEGS} legs, {units} units, 20 % "
        "give back; houbu_allocate against a counter for each pair of stops, five fixed workloads"
    )
    yield Figure.of("seat_legs_vs_od_counters", ratios, "x", how)


FIGURES = {
    "alloc_vs_noop": alloc_vs_noop,
    "alloc_growth": alloc_growth,
    "alloc_vs_naive": alloc_vs_naive,
    "bitmaps_vs_gap_index": bitmaps_vs_gap_index,
    "seat_legs_vs_od_counters": seat_legs_vs_od_counters,
}
