"""What the demo travels on: stretches of the sample network's runs."""

import datetime
import time
import zoneinfo
from typing import NamedTuple

from people import Person

ZONE = zoneinfo.ZoneInfo("Asia/Shanghai")
FRESH_PATIENCE = 3  # seconds


class Stretch(NamedTuple):
    """A class of a run between two stations."""

    run: str
    class_code: str
    origin: str
    destination: str

    def fields(self):
        """As a request names it."""
        return {"run": self.run, "class_code": self.class_code, "from": self.origin,
                "to": self.destination}  # fmt: skip


def day_of(moment):
    """The day of a moment in the sample network."""
    return datetime.datetime.fromtimestamp(moment, ZONE).date()


def date_field(day):
    return {"year": day.year, "month": day.month, "day": day.day}


class Network:
    """Searches, as anybody may."""

    def __init__(self, world):
        self._world = world
        self._anybody = world.services.as_anybody()

    def journey(self, train, origin, destination, day):
        """The train's journey between two places on a day; None when it does not run."""
        found = self._fresh(
            "slot.v1.CatalogueService/SearchJourneys", origin=origin, destination=destination,
            date=date_field(day),
        )  # fmt: skip
        return next((j for j in found.journeys if j.train == train), None)

    def _fresh(self, method, **request):
        """An answer that knows of everything that happened before it was asked for.

        Searches answer from a copy and say how old it is. A copy whose age changed twice while one
        watched was read anew meanwhile. While the index is away it does not change: then what
        there is must do."""
        ages = []
        until = time.monotonic() + FRESH_PATIENCE
        while True:
            found = self._anybody.call(method, **request)
            age = (found.available_as_of.seconds, found.available_as_of.nanos)
            if age not in ages:
                ages.append(age)
            if len(ages) > 2 or time.monotonic() > until:
                return found
            time.sleep(0.02)

    def availability(self, train, origin, destination, day):
        """{class: its availability} over a stretch."""
        journey = self.journey(train, origin, destination, day)
        return {c.code: c for c in journey.classes}

    def run(self, name):
        return self._anybody.call("slot.v1.CatalogueService/GetRun", name=name)

    def windows(self, station, class_code, day):
        return self._fresh(
            "slot.v1.CatalogueService/SearchWindows", station=station, class_code=class_code,
            date=date_field(day),
        )  # fmt: skip


def buy_out(world, stretch, free, **more):
    """Buys everything that is left of a stretch, nine places at a time; gives (buyer, booking)s."""
    bought = []
    while free > 0:
        party = min(free, 9)
        buyer = Person(world, "buyer", party)
        bought.append((buyer, buyer.book_and_pay(stretch, party, **more)))
        free -= party
    return bought
