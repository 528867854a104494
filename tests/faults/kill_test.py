"""Killed services: whatever moment they die at, nothing is lost, doubled or sold twice."""

import random
import sys
import time
import unittest

from floor import SERVICES, FaultCase, Refusal, eventually, seed, state_of, told_of
from crowd import Load
from truths import Truths

SEED = seed(20261121)
CLIENTS = 6
LEGAL = {
    "CreateBooking": {"STATE_HELD", "STATE_PENDING_PAYMENT", "STATE_BOOKED", "STATE_CANCELLED",
                      "STATE_EXPIRED"},
    "RebookBooking": {"STATE_HELD", "STATE_PENDING_PAYMENT", "STATE_BOOKED", "STATE_CANCELLED",
                      "STATE_EXPIRED"},
    "CancelBooking": {"STATE_CANCELLED"},
    "CreateOrder": {"STATE_PENDING_PAYMENT", "STATE_WAITING", "STATE_SERVED", "STATE_WITHDRAWN",
                    "STATE_FAILED", "STATE_LAPSED"},
    "TerminateOrder": {"STATE_WITHDRAWN", "STATE_SERVED", "STATE_FAILED", "STATE_LAPSED"},
}  # fmt: skip
FINAL = ("CancelBooking", "TerminateOrder")  # what they answer stays so
LOOKS = {"CreateBooking": "booking", "RebookBooking": "booking", "CancelBooking": "booking",
         "CreateOrder": "order", "TerminateOrder": "order"}  # fmt: skip


# Where a booking may go from each state; HELD and PENDING_PAYMENT are one to whoever pays.
NEXT = {
    "STATE_HELD": {"STATE_PENDING_PAYMENT", "STATE_BOOKED", "STATE_CANCELLED", "STATE_EXPIRED"},
    "STATE_PENDING_PAYMENT": {"STATE_BOOKED", "STATE_CANCELLED", "STATE_EXPIRED"},
    "STATE_BOOKED": {"STATE_CANCELLED", "STATE_USED"},
    "STATE_EXPIRED": {"STATE_BOOKED"},  # paid in time, heard of late, the place still there
}


class Killing(FaultCase):
    """What is true after kill -9."""

    def setUp(self):
        self.addCleanup(self.floor.parties_forget)

    def test_each_service_killed_in_turn_under_load_leaves_every_truth_standing(self):
        # rules: X-01 X-07 W-05 W-07 X-06 R-02 R-13
        chance = random.Random(SEED)
        with Load(self.world, self.floor.train_days(2), CLIENTS, SEED) as load:
            for service in SERVICES:
                time.sleep(1.5 + chance.random())
                self.floor.kill(service)
                time.sleep(0.3)
                self.floor.start(service)
            for service in ("slot", "slot", "waitlist", "payment"):  # hardly up, gone again
                time.sleep(0.5)
                self.floor.kill(service)
                self.floor.start(service)
            time.sleep(1)
        self.check(load)

    def check(self, load):
        self.assertEqual(load.still_running(), [])
        self.assertEqual(load.surprises(), [], f"seed {SEED}")
        done = {method: len(load.acknowledged(method)) for method in LEGAL}
        rebooked = done.pop("RebookBooking")  # as chance will have it
        self.assertTrue(all(done.values()), f"a load that proves nothing: {done}")
        print(f"{done}, rebooked {rebooked}", file=sys.stderr)
        Truths(self.world).hold()
        self.check_kept(load)
        self.check_known(load)
        self.check_told_once(load)

    def check_kept(self, load):
        """What was acknowledged is there, in a state it may have come to."""
        for method, states in LEGAL.items():
            for told in load.acknowledged(method):
                look = getattr(told.person, LOOKS[method])
                kept = eventually(lambda look=look, told=told: look(told.answer.name))
                self.assertIn(state_of(kept), states, f"{method} of {kept.name}, seed {SEED}")
                if LOOKS[method] == "booking":
                    self.check_history(kept)
                if state_of(kept) == "STATE_SERVED":
                    self.assertIn(state_of(told.person.booking(kept.booking)),
                                  ("STATE_BOOKED", "STATE_CANCELLED"), kept.name)  # fmt: skip
                if method in FINAL:
                    self.assertEqual(state_of(kept), state_of(told.answer), kept.name)

    def check_history(self, booking):
        """A booking went only where it may."""
        states = [type(booking).State.Name(entry.state) for entry in booking.history]
        self.assertEqual(states[-1], state_of(booking), booking.name)
        for before, after in zip(states, states[1:]):
            self.assertIn(after, NEXT.get(before, ()), f"{booking.name}: {states}")

    def check_known(self, load):
        """Who asks again learns which of done and not done it was, and always the same."""
        for told in load.told():
            if told.outcome not in ("OK", "UNKNOWN"):
                continue
            try:
                again = eventually(lambda told=told: told.person.call(told.method, **told.fields))
            except Refusal as refusal:
                self.assertEqual(told.outcome, "UNKNOWN", f"{told.method}: {refusal}")
                continue
            if told.outcome == "OK":
                same = again.SerializeToString() == told.answer.SerializeToString()
                self.assertTrue(same, f"{told.method} answers otherwise: {told.answer} {again}")

    def check_told_once(self, load):
        """Of each cancellation its owner has one message."""
        for told in load.acknowledged("CancelBooking"):
            events = told_of(told.person, told.answer.name)
            self.assertEqual(events.count("EVENT_CANCELLED"), 1, f"{told.answer.name}: {events}")


if __name__ == "__main__":
    unittest.main()
