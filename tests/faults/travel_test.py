"""A new travel policy, compared over the trips that people have booked."""

import datetime
import json
import os
import unittest

from floor import ROOT, FaultCase, Person
from network import Stretch, day_of

FOUND, UNDERSTOOD, USAGE = 1, 0, 64
STATION, CLASS = "PEK", "exit-card"
DAYS_AHEAD = range(4, 30)
POLICY = os.path.join(ROOT, "services/account/policies/travel.json")
REPORT = {
    "code": "HEALTH_REPORT", "text": "Add a health report.", "any_of": [{"type": "HEALTH_REPORT"}],
}  # fmt: skip


def shipped():
    """The policy in force, its comments left out."""
    with open(POLICY, encoding="utf-8") as file:
        return json.loads("".join(line for line in file if not line.lstrip().startswith("//")))


class Travel(FaultCase):
    """What is true of trips when a destination asks for something new."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.floor.appoint("support-1", "ROLE_SUPPORT")
        cls.owner = Person(cls.world, "traveller", 2)
        cls.day, window = cls.free_window()
        stretch = Stretch(window.run, CLASS, window.station, window.station)
        cls.flying = cls.owner.book(stretch, 1, destination_country="US").name
        # The other one of the two: nobody has two appointments at one time.
        cls.owner.passengers.reverse()
        cls.visiting = cls.owner.book(stretch, 1, destination_country="FR").name

    @classmethod
    def free_window(cls):
        today = day_of(cls.world.now())
        for ahead in DAYS_AHEAD:
            day = today + datetime.timedelta(days=ahead)
            for window in cls.floor.network.windows(STATION, CLASS, day).windows:
                if window.availability.free >= 2 and window.availability.on_sale:
                    return day, window
        raise LookupError(f"{STATION} has no window with room")

    def policy(self, destination):
        """A file in which a destination asks for a health report, too."""
        policy = shipped()
        demands = policy["versions"][-1]["destinations"].setdefault(
            destination, {"passport": {"months_after_travel": 6, "blank_pages": 2}}
        )
        demands.setdefault("requirements", []).append(REPORT)
        path = self.floor.layout.path(f"travel-{destination}.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(policy, file)
        return path

    def compare(self, destination, *more, policy=None):
        """The exit code, and what is said of each trip by its name."""
        path = self.policy(policy or destination)
        code, said = self.floor.houbuctl(
            "travel", "compare", "--policy", path, "--destination", destination, *more,
            person="operators/support-1",
        )  # fmt: skip
        self.assertTrue(isinstance(said, list) or not said, said)
        return code, {each["reference"]: each for each in said or []}

    def test_the_trips_that_a_destinations_new_demand_hits_are_named(self):
        # rules: R-20
        code, said = self.compare("US")
        self.assertEqual(code, FOUND)
        hit = said[self.flying]
        self.assertEqual(hit["account"], self.owner.account)
        (traveller,) = hit["travellers"]
        self.assertEqual(traveller["passenger"], self.owner.passengers[1])
        self.assertEqual(
            [(each["reason"], each["requirement"]) for each in traveller["missing"]],
            [("DOCUMENT_MISSING", "HEALTH_REPORT")],
        )
        self.assertNotIn(self.visiting, said)
        code, said = self.compare("FR", policy="US")
        self.assertEqual((code, said.get(self.visiting)), (UNDERSTOOD, None))

    def test_only_the_days_asked_for_are_compared(self):
        # rules: R-20
        self.assertIn(self.flying, self.compare("US", "--from", str(self.day))[1])
        self.assertIn(self.flying, self.compare("US", "--to", str(self.day))[1])
        later = str(self.day + datetime.timedelta(days=1))
        self.assertNotIn(self.flying, self.compare("US", "--from", later)[1])

    def test_trips_that_cannot_be_judged_are_named(self):
        # rules: R-20
        lost = Person(self.world, "cleans up", 1)
        window = self.free_window()[1]
        stretch = Stretch(window.run, CLASS, window.station, window.station)
        name = lost.book(stretch, 1, destination_country="US").name
        lost.call("account.v1.PassengerService/DeletePassenger", name=lost.passengers[0])
        said = self.compare("US")[1]
        self.assertEqual(said[name]["cannot_be_judged"], "TRAVELLERS_UNKNOWN")
        # As if it had been served from the line, where nobody says a destination.
        booking = self.visiting.removeprefix("bookings/")
        change = "UPDATE bookings SET destination_country = '%s' WHERE id = '%s' RETURNING id"
        self.floor.rows("slot", change % ("", booking))
        said = self.compare("US")[1]
        self.floor.rows("slot", change % ("FR", booking))
        self.assertEqual(said[self.visiting]["cannot_be_judged"], "DESTINATION_UNKNOWN")

    def test_a_list_of_trips_takes_an_operator_and_a_country(self):
        # rules: R-20
        method = "slot.v1.TripService/ListTrips"
        self.refused("PERMISSION_DENIED", "CALLER_NOT_ALLOWED", self.owner.call, method)
        self.refused("INVALID_ARGUMENT", "INVALID_REQUEST", self.floor.operator.call, method,
                     destination_country="USA")  # fmt: skip
        first = self.floor.operator.call(method, destination_country="US", page_size=1)
        self.assertEqual(len(first.trips), 1)
        for trip in first.trips:
            self.assertNotIn("旅客", str(trip))
        done = self.floor.run_houbuctl("travel", "compare", "--policy", POLICY)
        self.assertEqual(done.returncode, USAGE, done.stderr)


if __name__ == "__main__":
    unittest.main()
