"""PostgreSQL away: calls answer UNAVAILABLE and heal. Redis away: places are sold all the same."""

import signal
import time
import unittest

from floor import SECOND, SERVICES, FaultCase, Person, Refusal, booked, eventually, seed
from crowd import Load
from truths import Truths

SEED = seed(16)


class Outages(FaultCase):
    """What is true while a database is away, and when it is back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.day = cls.floor.train_day()
        cls.person = Person(cls.world, "unlucky", 2)
        cls.booking = booked(cls.person, cls.person.book(cls.day.whole, 1))
        cls.addClassCleanup(cls.floor.parties_forget)

    def code_of(self, ask):
        try:
            ask()
            return "OK"
        except Refusal as refusal:
            return refusal.code

    def test_without_postgresql_every_service_answers_unavailable_and_heals_by_itself(self):
        # rules: X-07
        person, account = self.person, self.person.account
        anybody = self.world.services.as_anybody()
        asks = {
            "account": lambda: anybody.call("account.v1.SignInService/StartSignIn",
                                            identifier=person.phone),
            "slot": lambda: person.booking(self.booking.name),
            "waitlist": lambda: person.orders("ORDER_LIST_DONE"),
            "payment": lambda: person.payment(self.booking.payment),
            "notification": lambda: person.call(
                "notification.v1.NotificationService/ListMessages", parent=account),
        }  # fmt: skip
        for service, ask in asks.items():
            self.assertEqual(self.code_of(ask), "OK", service)
        with self.floor.without("postgres"):
            for service in SERVICES:
                self.floor.wait_unready(service)
            for service, ask in asks.items():
                started = time.monotonic()
                self.assertEqual(self.code_of(ask), "UNAVAILABLE", service)
                self.assertLess(time.monotonic() - started, 10, service)
        for service, ask in asks.items():
            eventually(ask)

    def test_without_redis_places_are_sold_from_the_record(self):
        # rules: X-01
        day = self.floor.train_day()
        with self.floor.without("redis"):
            for service in SERVICES:
                self.assertTrue(self.floor.is_ready(service), service)
            early = Person(self.world, "undaunted")
            booked(early, eventually(lambda: early.book(day.whole, 1)))
            self.assertEqual(self.person.booking(self.booking.name).class_code, SECOND)
            self.assertTrue(self.floor.is_ready("slot"))
        late = Person(self.world, "patient")
        booked(late, eventually(lambda: late.book(day.whole, 1)))
        Truths(self.world).hold()

    def test_slot_starts_without_redis_and_sells(self):
        # rules: X-01
        day = self.floor.train_day()
        with self.floor.without("redis"):
            self.floor.kill("slot", signal.SIGTERM)
            self.floor.start("slot")
            buyer = Person(self.world, "early bird")
            booked(buyer, eventually(lambda: buyer.book(day.whole, 1)))
        Truths(self.world).hold()

    def test_a_cancellation_without_redis_stands_and_its_place_sells_again(self):
        # rules: R-03 R-05
        owner = Person(self.world, "owner")
        booking = booked(owner, owner.book(self.day.whole, 1))
        with self.floor.without("redis"):
            code = self.code_of(lambda: owner.cancel(booking.name, "no index (sample)"))
            self.assertIn(code, ("OK", "UNAVAILABLE"))
        if code != "OK":
            owner.cancel(booking.name, "no index (sample)")
        self.assertTrue(owner.in_state(booking.name, "STATE_CANCELLED"))
        Truths(self.world).hold()

    def test_postgresql_crashing_under_load_loses_nothing_acknowledged(self):
        # rules: X-01 X-07 X-06
        with Load(self.world, self.floor.train_days(2), 4, SEED) as load:
            for number in (signal.SIGQUIT, signal.SIGINT):  # at once; fast
                time.sleep(1.5)
                self.floor.kill("postgres", number)
                self.floor.start_database("postgres")
            time.sleep(1)
        self.assertEqual(load.surprises(), [], f"seed {SEED}")
        self.assertTrue(load.acknowledged("CreateBooking"), "a load that proves nothing")
        Truths(self.world).hold()
        for told in load.acknowledged("CreateBooking"):
            self.assertEqual(told.person.booking(told.answer.name).number, told.answer.number)


if __name__ == "__main__":
    unittest.main()
