"""Measures calls on the running stack as multiples of an empty call on the same server.

Every figure is a ratio taken in one run by one client, calls one after the other, interleaved, so
that whatever slows the machine slows both sides. `--json` prints one object.
"""

import argparse
import datetime
import json
import os
import statistics
import sys
import time

sys.path.insert(
    0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "demo")
)

from network import Network, Stretch, day_of  # noqa: E402
from people import Person  # noqa: E402
from trains import DAYS_AHEAD, DESTINATION, ORIGIN, SECOND, TRAIN  # noqa: E402
from wire import Services  # noqa: E402
from world import World  # noqa: E402

ROUNDS = 60
WARM_UP = 5


class Bench:
    """The calls that are measured, and what they need."""

    def __init__(self, world):
        self.world = world
        self.network = Network(world)
        self.person = Person(world, "bench")
        self.day = self._day()
        journey = self._search()
        self.stretch = Stretch(journey.run, SECOND, getattr(journey, "from"), journey.to)
        channel = world.services.channel("gateway", "slot")
        as_is = lambda data: data
        self._check = channel.unary_unary("/grpc.health.v1.Health/Check", as_is, as_is)

    def _day(self):
        """The last day on sale: nobody else books there."""
        today = day_of(self.world.now())
        for ahead in reversed(DAYS_AHEAD):
            day = today + datetime.timedelta(days=ahead)
            journey = self.network.journey(TRAIN, ORIGIN, DESTINATION, day)
            if journey and any(c.code == SECOND and c.free > 0 for c in journey.classes):
                return day
        raise LookupError(f"no day of {TRAIN} is on sale")

    def _search(self):
        return self.network.journey(TRAIN, ORIGIN, DESTINATION, self.day)

    def round(self):
        """Seconds of each call, once."""
        statement = self.person.statement("PURPOSE_BOOK", 1)
        seconds = {
            "empty call": _timed(lambda: self._check(b"", timeout=5)),
            "search trains": _timed(self._search),
            "get a run": _timed(lambda: self.network.run(self.stretch.run)),
        }
        held = []
        wish = {**self.stretch.fields(), "statement": statement}
        create = "slot.v1.BookingService/CreateBooking"
        book = lambda: held.append(self.person.call(create, **wish))
        seconds["hold a seat"] = _timed(book)
        seconds["get a booking"] = _timed(lambda: self.person.booking(held[0].name))
        cancel = lambda: self.person.cancel(held[0].name, "bench")
        seconds["cancel a hold"] = _timed(cancel)
        return seconds


def _timed(action):
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--stack", required=True)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    services = Services.of_stack(options.stack)
    bench = Bench(World(services))
    rounds = [bench.round() for _ in range(WARM_UP + ROUNDS)][WARM_UP:]
    medians = {name: statistics.median(r[name] for r in rounds) for name in rounds[0]}
    ratios = {name: round(seconds / medians["empty call"], 2) for name, seconds in medians.items()}
    services.close()
    if options.json:
        print(json.dumps({"unit": "empty calls on the same server", "rounds": ROUNDS,
                          "empty_call_microseconds": round(medians["empty call"] * 1e6),
                          "ratios": ratios}))  # fmt: skip
        return
    print(f"median of {ROUNDS} rounds; empty call {medians['empty call'] * 1e6:.0f} microseconds")
    for name, ratio in ratios.items():
        print(f"  {name:<16} {ratio:>7.2f} empty calls")


if __name__ == "__main__":
    main()
