"""A run with many sold places is cancelled, and services are killed while its money goes back.

HOUBU_REFUNDS says how many places are sold: 300 unless told otherwise, 100000 for the record.
"""

import os
import sys
import time
import unittest

from floor import READY_SECONDS, FaultCase, Person, Stretch, told_of, wait_for
from masses import CLASS, COUNTRY, Masses
from truths import Truths

PLACES = int(os.environ.get("HOUBU_REFUNDS", "300"))
PLACES_MAX = 100000  # of a class
UNPAID = min(1, PLACES_MAX - PLACES)  # somebody who holds a place besides, where there is room
REASON = "暴雨停运"
# What the stack's payment service keeps to (provider.refund_rate_max), what may come at once after
# a rest, and what was under way at once and may arrive late together.
RATE, BURST, UNDER_WAY = 100, 26, 16
STRICT = 20  # what the provider takes a second at first
SECONDS = 120 + PLACES // 20
UNAVAILABLE = 69  # houbuctl's exit code
TRUTHS_MAX = 5000  # all messages and books are gone through for no more than that


def say(text):
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr)


class CancelledRunTest(FaultCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.addClassCleanup(cls.floor.parties_forget)
        cls.addClassCleanup(cls.world.provider.post, "/_control/reset")
        cls.masses = Masses(cls.floor, PLACES + UNPAID)
        started = time.monotonic()
        cls.masses.fill(PLACES, say)
        say(f"{PLACES} booked and paid in {time.monotonic() - started:.0f} s")
        stretch = Stretch(cls.masses.run, CLASS, cls.masses.station, cls.masses.station)
        cls.unpaid = Person(cls.world, "unpaid holder")
        cls.held = None
        if UNPAID:
            cls.held = cls.unpaid.book(stretch, 1, destination_country=COUNTRY)
        cls.waiter = Person(cls.world, "waits in vain")
        cls.waiter.verify()
        cls.order = cls.waiter.wait_in_line([stretch], 1)
        cls.waiter.pay(cls.order.payment)
        waits = lambda: cls.waiter.order_in_state(cls.order.name, "STATE_WAITING")
        wait_for("the waiter waits", waits)

    def ctl(self, *arguments):
        """The last line houbuctl says to an operator, in JSON; an outage is waited out."""

        def answered():
            code, said = self.floor.houbuctl(*arguments)
            return None if code == UNAVAILABLE else (code, said)

        code, said = wait_for("houbuctl is answered", answered, READY_SECONDS)
        self.assertEqual(code, 0, said)
        return said[-1]

    def die(self, service):
        say(f"kill -9 {service}")
        self.floor.kill(service)

    def limit(self, per_second):
        """The provider refuses what comes faster; gives how often it did so far."""
        self.world.provider.post("/_control", {"rate_max": {"per_second": per_second}})
        return self.world.provider.get("/_pace")["refused"]

    def follow(self):
        """Watches until the last money is back; kills slot and payment on the way."""
        left_before, back_before, decided_before = PLACES + UNPAID, 0, 0
        slot_dies_at = [PLACES * 2 // 3, PLACES // 3]
        payment_dies_at = [min(PLACES // 6, 400), PLACES // 2, PLACES * 5 // 6]
        refused, told_at = None, 0
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            cancellation = self.ctl("inventory", "cancellation", self.masses.run)
            refunds = self.ctl("payment", "refunds", self.masses.run)
            left, back = cancellation["bookings_left"], refunds["succeeded"]
            decided = sum(refunds[stage] for stage in ("decided", "asked", "succeeded", "failed"))
            self.assertLessEqual(left, left_before, "bookings came back")
            self.assertGreaterEqual(back, back_before, "refunds were taken back")
            self.assertGreaterEqual(decided, decided_before, "refunds were lost")
            self.assertEqual(refunds["failed"], 0)
            left_before, back_before, decided_before = left, back, decided
            if time.monotonic() - told_at > 5:
                told_at = time.monotonic()
                say(f"{left} bookings left, {back} of {decided} refunds back")
            if slot_dies_at and left and left <= slot_dies_at[0]:
                slot_dies_at.pop(0)
                self.die("slot")
                self.floor.start("slot")
            if payment_dies_at and back >= payment_dies_at[0]:
                payment_dies_at.pop(0)
                self.die("payment")
                if refused is None:
                    refused = self.limit(RATE + BURST + 2 * UNDER_WAY)
                self.floor.start("payment")
            if left == 0 and back == decided == PLACES:
                return refused
            time.sleep(0.2)
        self.fail(f"{left_before} bookings left, {back_before} of {decided_before} refunds back")

    def test_everybody_has_all_their_money_back_once_whoever_is_killed(self):
        # rules: W-14 X-07 X-16 X-06
        self.limit(STRICT)
        cancelled = self.ctl("inventory", "cancel-run", self.masses.run, "--reason", REASON)
        self.assertEqual((cancelled["bookings"], cancelled["demands"]), (PLACES + UNPAID, 1))
        self.assertEqual(cancelled["refund_batch"], self.masses.run)
        self.die("slot")
        self.floor.start("slot")
        started = time.monotonic()
        refused = self.follow()
        seconds = time.monotonic() - started
        pace = self.world.provider.get("/_pace").content
        say(f"{PLACES} refunds in {seconds:.0f} s, {PLACES / seconds:.1f} a second; {pace}")
        self.assertGreater(refused, 0, "the provider was never asked too fast: it proves nothing")
        self.assertEqual(pace["refused"], refused, "asked faster than the rate")
        self.check_bookings()
        self.check_provider()
        self.check_told()
        self.assertEqual(self.ctl("ledger", "check")["faults"], [])
        if PLACES <= TRUTHS_MAX:
            Truths(self.world).hold()

    def check_bookings(self):
        """Every booking is cancelled, by the run's cancellation."""
        self.assertEqual(self.masses.states(), {("CANCELLED", "RUN_CANCELLED"): PLACES + UNPAID})
        self.refused("FAILED_PRECONDITION", "RUN_CANCELLED", self.world.operator.call,
                     "slot.v1.InventoryService/ReopenSale", run=self.masses.run)  # fmt: skip

    def check_provider(self):
        """In the provider's own books every order was given back once, and whole."""
        state = self.world.provider.get("/_state")
        paid = self.masses.paid()
        self.assertEqual(len(paid), PLACES)
        orders = {o["merchant_order"]: o for o in state["orders"] if o["merchant_order"] in paid}
        back = [r for r in state["refunds"] if r["merchant_order"] in paid]
        self.assertEqual(len(orders), PLACES)
        self.assertEqual(len(back), PLACES)
        self.assertEqual({r["merchant_order"] for r in back}, set(paid))
        self.assertEqual({r["state"] for r in back}, {"SUCCEEDED"})
        self.assertTrue(all(r["amount_minor"] == paid[r["merchant_order"]] for r in back))
        self.assertTrue(all(o["refunded_minor"] == o["amount_minor"] for o in orders.values()))

    def check_told(self):
        """Who held without having paid is told too; who waited has the prepayment back."""
        if self.held:
            told = lambda: "EVENT_CANCELLED" in told_of(self.unpaid, self.held.name)
            wait_for("the holder is told", told)
            self.assertEqual(told_of(self.unpaid, self.held.name), ["EVENT_CANCELLED"])
            self.assertEqual(self.unpaid.booking(self.held.name).cancel_reason, REASON)
        failed = lambda: self.waiter.order_in_state(self.order.name, "STATE_FAILED")
        wait_for("the order has failed", failed)
        refunds = lambda: self.waiter.call(
            "payment.v1.PaymentService/ListRefunds", parent=self.order.payment
        ).refunds
        wait_for("the prepayment is on its way back", refunds)


if __name__ == "__main__":
    unittest.main()
