"""The index on a Redis Cluster: slots on their way, masters that die, and nobody notices."""

import time
import unittest

from crowd import Load
from floor import FaultCase, seed
from line_watch import LineWatch
from redis_servers import Cluster, SecondSlot, settle_slot
from truths import Truths

SEED = seed(34)
CLIENTS = 3  # of each process of slot


class Clustered(FaultCase):
    """What is true while a cluster is changed and broken under two processes of slot."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.floor.parties_forget()
        cls.cluster = Cluster(cls.floor)
        cls.addClassCleanup(cls.cluster.servers.remove)
        cls.addClassCleanup(settle_slot, cls.floor, None)
        settle_slot(cls.floor, cls.cluster.settings())

    def test_moved_slots_and_killed_masters_sell_nothing_twice_and_pass_nobody_over(self):
        # rules: X-01 X-13 W-05
        days = self.floor.train_days(2)
        second = SecondSlot(self.floor)
        self.addCleanup(second.stop)
        with LineWatch(self.floor) as line:
            with (
                Load(self.world, days, CLIENTS, SEED) as one,
                Load(second.world(), days, CLIENTS, SEED + 100) as two,
            ):
                time.sleep(1)
                slots = [self.cluster.slot_of(day.whole.run.split("/")[-1]) for day in days]
                self._move(slots)
                self._kill_master_of(slots[0])
                time.sleep(1)
            for load in (one, two):
                self.assertEqual(load.still_running(), [])
                self.assertEqual(load.surprises(), [], f"seed {SEED}")
                self.assertTrue(load.acknowledged("CreateBooking"), "a load that proves nothing")
            second.stop()
            Truths(self.world).hold()
            self.assertEqual(line.passed_over(), [], f"seed {SEED}")

    def _move(self, slots):
        """Moves the slots that are sold from around the cluster, with their keys."""
        for slot in slots:
            here = self.cluster.master_of(slot)
            there = next(name for name in self.cluster.masters() if name != here)
            self.cluster.move(slot, there, pause=0.05)
            self.assertEqual(self.cluster.master_of(slot), there)
            time.sleep(0.5)

    def _kill_master_of(self, slot):
        """Kills a master; its replica takes over, and it comes back as the replica of that."""
        killed = self.cluster.master_of(slot)
        masters = set(self.cluster.masters())
        self.cluster.servers.kill(killed)
        follows = lambda: set(self.cluster.masters()) - masters
        limit = time.monotonic() + 20
        while not follows():
            self.assertLess(time.monotonic(), limit, "no replica took over")
            time.sleep(0.1)
        time.sleep(1)
        self.cluster.servers.start(killed, [])
        self.cluster.wait_synced(killed)


if __name__ == "__main__":
    unittest.main()
