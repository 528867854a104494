"""Redis emptied: the inventory and the line are rebuilt from PostgreSQL, in the right order."""

import os
import signal
import shutil
import time
import unittest

import demo
from floor import FaultCase, Person, booked, seed, wait_for
from crowd import Load
from truths import Truths

SEED = seed(30)


class Flushing(FaultCase):
    """What is true after FLUSHALL."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.floor.parties_forget()

    def test_after_flushall_the_demo_passes_again(self):
        # rules: X-01 W-05 X-05
        demo.run(self.floor.layout)
        self.floor.flush_redis()
        demo.run(self.floor.layout)

    def test_who_waited_before_a_flush_is_served_after_it_in_order_of_payment(self):
        # rules: W-05 W-07 R-05
        day = self.floor.train_day()
        sold = [self._buy(day, 1), self._buy(day, 1)]
        for _ in range(2, day.free):
            self._buy(day, 1)
        waiting = [self._order(day, name) for name in ("first asked", "second asked", "third")]
        second, third, first = waiting  # by when they pay
        for person, order in (first, second, third):
            person.pay(order.payment)
            self._wait_state(person, order, "STATE_WAITING")
        for (buyer, booking), served, behind in (
            (sold[0], first, (second, third)), (sold[1], second, (third,)),
        ):  # fmt: skip
            self.floor.flush_redis()
            buyer.cancel(booking.name, "after a flush (sample)")
            self._wait_state(*served, "STATE_SERVED")
            for person, order in behind:
                self.assertTrue(person.order_in_state(order.name, "STATE_WAITING"))
        Truths(self.world).hold()

    def test_flushes_under_load_sell_nothing_twice_and_pass_nobody_over(self):
        # rules: X-01 W-05
        with Load(self.world, self.floor.train_days(2), 4, SEED) as load:
            for _ in range(8):
                time.sleep(0.5)
                self.floor.flush_redis()
            time.sleep(0.5)
        self.assertEqual(load.surprises(), [], f"seed {SEED}")
        self.assertTrue(load.acknowledged("CreateBooking"), "a load that proves nothing")
        Truths(self.world).hold()

    def test_a_redis_killed_and_started_empty_is_rebuilt(self):
        # rules: X-01
        day = self.floor.train_day()
        self._buy(day, 1)
        self.floor.kill("redis", signal.SIGKILL)
        folder = self.floor.layout.folder("redis", mode=0o700)
        for name in os.listdir(folder):
            path = os.path.join(folder, name)
            shutil.rmtree(path) if os.path.isdir(path) else os.remove(path)
        self.floor.start_database("redis")
        self._buy(day, 1)
        Truths(self.world).hold()

    def _buy(self, day, party):
        buyer = Person(self.world, "buyer", party)
        return buyer, booked(buyer, buyer.book(day.whole, party))

    def _order(self, day, nickname):
        person = Person(self.world, nickname)
        person.verify()
        return person, person.wait_in_line([day.whole], 1)

    def _wait_state(self, person, order, state):
        look = lambda: person.order_in_state(order.name, state)
        return wait_for(f"{person.nickname} comes to {state}", look)


if __name__ == "__main__":
    unittest.main()
