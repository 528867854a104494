"""Many people at once who book, pay, wait, cancel and end, whatever fails around them.

What they meet is either an answer or a refusal with a reason; an outage is waited out with the same
request_id, as a good client does. Used by `tools/dev chaos`.
"""

import argparse
import collections
import datetime
import json
import os
import random
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from network import Network, Stretch, day_of  # noqa: E402
from people import Person  # noqa: E402
from trains import DAYS_AHEAD, DESTINATION, FIRST, MIDDLE, ORIGIN, SECOND, TRAIN  # noqa: E402
from wire import Refusal, Services  # noqa: E402
from world import World, wait_for  # noqa: E402

PEOPLE = 6
DAYS = 2
OUTAGE_SECONDS = 60
# What a rule may answer to people who do things at random.
EXPECTED = {"SOLD_OUT", "PLACES_AVAILABLE", "ITINERARY_CONFLICT", "ONE_TICKET_PER_RUN",
            "LIVE_ORDER_EXISTS"}  # fmt: skip


class Crowd:
    """People acting at random on the same few stretches, so that they get in each other's way."""

    def __init__(self, world, stretches, seconds):
        self._world = world
        self._stretches = stretches
        self._until = time.monotonic() + seconds
        self.done = collections.Counter()
        self.surprises = []

    def act(self):
        """Everybody acts until the time is up."""
        threads = [threading.Thread(target=self._live, args=(n,)) for n in range(PEOPLE)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _live(self, number):
        dice = random.Random(number)
        while time.monotonic() < self._until:
            try:
                self._one_life(dice)
            except Refusal as refusal:
                self.done[refusal.reason or refusal.code] += 1
                if refusal.reason not in EXPECTED:
                    self.surprises.append(str(refusal))
            except (TimeoutError, OSError) as error:
                self.surprises.append(f"{type(error).__name__}: {error}")

    def _one_life(self, dice):
        """Someone comes, books or else waits, and perhaps goes back on it."""
        party = dice.randint(1, 3)
        person = Person(self._world, "one of the crowd", party)
        stretch = dice.choice(self._stretches)
        try:
            held = person.book(stretch, party)
        except Refusal as refusal:
            if refusal.reason != "SOLD_OUT":
                raise
            self.done["sold out"] += 1
            return self._wait(person, stretch, party, dice)
        self.done["held"] += 1
        if dice.random() < 0.8:
            person.pay(held.payment)
            wait_for("booked", lambda: person.in_state(held.name, "STATE_BOOKED"), OUTAGE_SECONDS)
            self.done["booked"] += 1
        if dice.random() < 0.6:
            person.cancel(held.name, "changed my mind")
            self.done["cancelled"] += 1

    def _wait(self, person, stretch, party, dice):
        person.verify()
        order = person.wait_in_line([stretch], party)
        person.pay(order.payment)
        self.done["waited"] += 1
        if dice.random() < 0.5:
            person.call("waitlist.v1.WaitlistService/TerminateOrder", name=order.name)
            self.done["terminated"] += 1


def sample_stretches(world):
    """The last days on sale of the sample train, by legs."""
    network = Network(world)
    today = day_of(world.now())
    found = []
    for ahead in reversed(DAYS_AHEAD):
        day = today + datetime.timedelta(days=ahead)
        for origin, destination in ((ORIGIN, MIDDLE), (MIDDLE, DESTINATION), (ORIGIN, DESTINATION)):
            journey = network.journey(TRAIN, origin, destination, day)
            if journey and journey.run:
                ends = getattr(journey, "from"), journey.to
                found += [Stretch(journey.run, code, *ends) for code in (SECOND, FIRST)]
        if len({stretch.run for stretch in found}) == DAYS:
            return found
    raise LookupError(f"{TRAIN} is not on sale")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--stack", required=True)
    parser.add_argument("--seconds", type=float, default=30)
    options = parser.parse_args()
    services = Services.of_stack(options.stack, OUTAGE_SECONDS)
    world = World(services)
    crowd = Crowd(world, sample_stretches(world), options.seconds)
    crowd.act()
    services.close()
    print(json.dumps({"done": crowd.done, "surprises": crowd.surprises[:20]}, ensure_ascii=False))
    return 1 if crowd.surprises else 0


if __name__ == "__main__":
    sys.exit(main())
