"""Figures of the line: what serving it costs with few and with many waiting."""

import random
import statistics

from figure import Figure
from functions_redis import demand_id
from functions_run import BASE_MICROSECOND, SECOND, Run

LEGS = 20
TRIP = 5
UNITS = 1000
FEW = 1_000
MANY = 1_000_000
SCANS = 20  # a round; one takes up to a third of a second


class Line:
    """A sold-out run and a line that never runs dry: whoever is given places out of it is followed
    by another of the same kind."""

    def __init__(self, redis, name, waiting):
        self.run, self._redis = Run(redis, name, LEGS, UNITS), redis
        self._serial = 0
        self._sell()
        while self._serial < waiting:
            size = min(10_000, waiting - self._serial)
            redis.pipeline([self._enlisting(*self._kind()) for _ in range(size)])

    def _sell(self):
        """Everything is sold in trips of one length, end to end."""
        for start in range(0, LEGS, TRIP):
            calls = [self.run.buying(start, start + TRIP) for _ in range(UNITS)]
            self.run.note(calls, self._redis.pipeline(calls))

    def _kind(self):
        """Wants the end of such a trip: each that is given back serves one."""
        start = random.randrange(0, LEGS, TRIP)
        return start + random.choice((0, 0, 0, 1, 2)), start + TRIP

    def _enlisting(self, start, end):
        self._serial += 1
        score = BASE_MICROSECOND + self._serial
        demand = demand_id(self._serial)
        return self.run.call("enlist", SECOND, start, end, 1, demand, score)

    def enlist(self, count):
        """Puts more in line: microseconds a call."""
        return self._redis.timed([self._enlisting(*self._kind()) for _ in range(count)])[0]

    def serve(self, count):
        """Lets `count` buyers give back: microseconds a call, and how many were served."""
        cost, replies = self._redis.timed(self.run.giving_back(count))
        served = sum(reply[1] for reply in replies)
        self._redis.pipeline([self._enlisting(*self._kind()) for _ in range(served)])
        return cost, served


def random_wish():
    """A trip somebody waits for."""
    length = random.choice((TRIP, TRIP, TRIP - 2, TRIP + 3))
    start = random.randint(0, LEGS - length)
    return start, start + length


class RandomLine(Line):
    """The same with random trips, sold and waited for; what they leave is sold leg by leg."""

    def _sell(self):
        self.run.sell_out(TRIP)
        for start in range(LEGS):
            sold = 1
            while sold:
                calls = [self.run.buying(start, start + 1) for _ in range(100)]
                replies = self._redis.pipeline(calls)
                sold = sum(isinstance(reply, list) for reply in replies)

    def _kind(self):
        return random_wish()


def serve_growth(redis, short):
    """Giving back and serving with 1,000,000 waiting, against 1,000; and enlisting."""
    many_count = 100_000 if short else MANY
    many, few = Line(redis, "rn-many", many_count), Line(redis, "rn-few", FEW)
    ratios, enlisting, services = [], [], []
    for _ in range(5 if short else 15):
        large, small, served = [], [], [0, 0]
        for _ in range(4):
            cost, matches = many.serve(25)
            large.append(cost)
            served[0] += matches
            cost, matches = few.serve(25)
            small.append(cost)
            served[1] += matches
        # A like service costs alike: what is compared is the cost of one release and its matches.
        ratios.append(statistics.mean(large) / statistics.mean(small))
        services.append((served[0] / 100, served[1] / 100))
        enlisting.append(many.enlist(100) / few.enlist(100))
    how = (
        f"houbu_release with {many_count:,} waiting against {FEW:,}; served a release "
        f"{statistics.mean(s[0] for s in services):.2f} and "
        f"{statistics.mean(s[1] for s in services):.2f}; {statistics.mean(large):.0f} us a call"
    )
    yield Figure.of("serve_growth", ratios, "x", how)
    how = f"houbu_enlist with {many_count:,} waiting against {FEW:,}"
    yield Figure.of("enlist_growth", enlisting, "x", how)


class Scan:
    """The same seats sold to the same buyers, with those who wait in one sorted set that is scanned
    in order."""

    def __init__(self, redis, held, waiting):
        self._redis, self._held, self._serial = redis, list(held), 0
        random.shuffle(self._held)
        self._keys = ["h:{s00}:scan", *(f"h:{{s00}}:scan:{leg}" for leg in range(LEGS))]
        for key in self._keys[1:]:
            redis.command("SETBIT", key, UNITS - 1, 0)
        while self._serial < waiting:
            self._enlist(min(10_000, waiting - self._serial))

    def _enlist(self, count):
        pairs = []
        for _ in range(count):
            self._serial += 1
            start, end = random_wish()
            pairs += [BASE_MICROSECOND + self._serial, f"{start}:{end}:{demand_id(self._serial)}"]
        self._redis.command("ZADD", self._keys[0], *pairs)

    def serve(self, count):
        """Gives back what `count` buyers have: microseconds a call, and how many were served."""
        gone, self._held = self._held[:count], self._held[count:]
        head = ("FCALL", "bench_scan_release", len(self._keys), *self._keys)
        calls = [(*head, units[0], start, end) for _, start, end, units in gone]
        cost, replies = self._redis.timed(calls)
        self._enlist(max(1, sum(replies)))
        return cost, sum(replies)


def serve_vs_scan(redis, short):
    """Serving from a line of 1,000,000, against one sorted set scanned in order."""
    waiting = 100_000 if short else MANY
    line = RandomLine(redis, "rn-line", waiting)
    scan = Scan(redis, line.run.held, waiting)
    ratios, costs, served = [], [], [0, 0]
    for _ in range(5):
        fast, by_line = line.serve(100)
        slow, by_scan = scan.serve(SCANS)
        ratios.append(slow / fast)
        costs.append((fast, slow))
        served[0] += by_line / 100 / 5
        served[1] += by_scan / SCANS / 5
    how = (
        f"one sorted set of {waiting:,} waiting, scanned in order until the freed legs are sold, "
        f"against houbu_release; {statistics.median(c[1] for c in costs):,.0f} us against "
        f"{statistics.median(c[0] for c in costs):.0f}; served a release {served[1]:.2f} and "
        f"{served[0]:.2f}"
    )
    yield Figure.of("serve_vs_scan", ratios, "x", how)


FIGURES = {"serve_growth": serve_growth, "serve_vs_scan": serve_vs_scan}
