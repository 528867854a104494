"""Redis emptied: the inventory and the line are rebuilt from PostgreSQL, in the right order."""

import os
import signal
import shutil
import time
import unittest

import demo
from floor import FaultCase, Person, booked, eventually, seed, wait_for
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

    def test_a_redis_started_from_an_old_dump_sells_nothing_twice_and_forgets_nobody(self):
        # rules: X-01 W-05
        day = self.floor.train_day()
        self._buy(day, 1)
        self.floor.redis("SAVE")
        dump = os.path.join(self.floor.layout.folder("redis", mode=0o700), "dump.rdb")
        shutil.copy(dump, dump + ".old")
        sold = self._buy(day, 1)
        for _ in range(2, day.free):
            self._buy(day, 1)
        person, order = self._order(day, "waits through it")
        person.pay(order.payment)
        self._wait_state(person, order, "STATE_WAITING")
        self.floor.kill("redis", signal.SIGKILL)
        self._only(dump)
        self.floor.start_database("redis")
        late = Person(self.world, "too late")
        self.refused("RESOURCE_EXHAUSTED", "SOLD_OUT",
                     lambda: eventually(lambda: late.book(day.whole, 1)))  # fmt: skip
        buyer, booking = sold
        buyer.cancel(booking.name, "after an old dump (sample)")
        self._wait_state(person, order, "STATE_SERVED")
        Truths(self.world).hold()

    def test_old_dumps_under_load_sell_nothing_twice_and_pass_nobody_over(self):
        # rules: X-01 W-05
        with Load(self.world, self.floor.train_days(2), 4, SEED) as load:
            dump = os.path.join(self.floor.layout.folder("redis", mode=0o700), "dump.rdb")
            for _ in range(3):
                self.floor.redis("SAVE")
                shutil.copy(dump, dump + ".old")
                time.sleep(1.5)
                self.floor.kill("redis", signal.SIGKILL)
                self._only(dump)
                self.floor.start_database("redis")
                time.sleep(1)
        self.assertEqual(load.surprises(), [], f"seed {SEED}")
        self.assertTrue(load.acknowledged("CreateBooking"), "a load that proves nothing")
        Truths(self.world).hold()

    @staticmethod
    def _only(dump):
        """Leaves the old dump, as the base of its log, as all that Redis finds when it starts."""
        log = os.path.join(os.path.dirname(dump), "appendonlydir")
        shutil.rmtree(log, ignore_errors=True)
        os.mkdir(log, 0o700)
        shutil.copy(dump + ".old", os.path.join(log, "appendonly.aof.1.base.rdb"))
        with open(os.path.join(log, "appendonly.aof.manifest"), "w", encoding="utf-8") as file:
            file.write("file appendonly.aof.1.base.rdb seq 1 type b\n")

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
