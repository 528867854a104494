"""The index on servers that Sentinels watch: failovers that lose what was acknowledged."""

import signal
import time
import unittest

from crowd import Load
from floor import FaultCase, seed
from line_watch import LineWatch
from redis_servers import Sentinels, settle_slot
from truths import Truths

SEED = seed(32)
CLIENTS = 5


class Watched(FaultCase):
    """What is true when a replica that lags behind becomes the master."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.floor.parties_forget()
        cls.group = Sentinels(cls.floor)
        cls.addClassCleanup(cls.group.servers.remove)
        cls.addClassCleanup(settle_slot, cls.floor, None)
        settle_slot(cls.floor, cls.group.settings())

    def test_lost_writes_and_a_split_brain_sell_nothing_twice_and_pass_nobody_over(self):
        # rules: X-01 X-05 W-05
        with LineWatch(self.floor) as line:
            with Load(self.world, self.floor.train_days(2), CLIENTS, SEED) as load:
                time.sleep(1)
                self._lose_writes()
                time.sleep(1)
                self._split()
                time.sleep(2)
            self.assertEqual(load.still_running(), [])
            self.assertEqual(load.surprises(), [], f"seed {SEED}")
            self.assertTrue(load.acknowledged("CreateBooking"), "a load that proves nothing")
            Truths(self.world).hold()
            self.assertEqual(line.passed_over(), [], f"seed {SEED}")

    def _lose_writes(self):
        """Cuts the replica off, lets the master take writes, kills it: they are gone."""
        servers = self.group.servers
        before = self._offset("two")
        servers.do("two", "REPLICAOF", "127.0.0.1", "1")
        time.sleep(1.5)
        self.assertGreater(self._offset("one"), before, "nothing was written that could be lost")
        servers.kill("one")
        self.group.wait_named("two")
        servers.start("one", [])
        # Sentinels would do so too, after a while.
        servers.do("one", "REPLICAOF", "127.0.0.1", servers.ports["two"])
        self.group.wait_synced("one")

    def _split(self):
        """Stops the master until it is replaced, then lets it go on as if it still were one."""
        servers = self.group.servers
        servers.send("two", signal.SIGSTOP)
        self.group.wait_named("one")
        servers.send("two", signal.SIGCONT)
        role = servers.ask("two", "ROLE")
        self.assertTrue(role.startswith("master"), f"one brain only: {role}")

    def _offset(self, name):
        """How much a server has written."""
        lines = self.group.servers.ask(name, "INFO", "REPLICATION").split()
        return next(int(l.partition(":")[2]) for l in lines if l.startswith("master_repl_offset:"))


if __name__ == "__main__":
    unittest.main()
