"""SIGTERM under load: every service ends by itself, in order, within its grace."""

import json
import signal
import time
import unittest

from floor import SERVICES, FaultCase, seed
from crowd import Load
from truths import Truths

SEED = seed(9)
GRACE_SECONDS = 21


class Shutdowns(FaultCase):
    """What is true after SIGTERM."""

    def test_each_service_told_to_stop_under_load_exits_0_within_its_grace(self):
        # rules: X-07
        processes = self.floor.stack.processes
        for service in SERVICES:  # started anew: only a parent learns the exit code
            processes.stop(service)
        self.floor.stack.start_services()
        took = {}
        with Load(self.world, self.floor.train_days(2), 3, SEED) as load:
            for service in SERVICES:
                time.sleep(0.7)
                started = time.monotonic()
                pid = self.floor.send(service, signal.SIGTERM)
                code = self.floor.exit_code(pid, GRACE_SECONDS)
                took[service] = round(time.monotonic() - started, 2)
                self.assertEqual(code, 0, f"{service} after {took[service]} s")
                self.assertEqual(self.last_events(service)[-1], "stopped", service)
                self.floor.start(service)
        self.addCleanup(self.floor.parties_forget)
        self.assertEqual(load.surprises(), [], f"seed {SEED}")
        self.assertTrue(load.acknowledged("CreateBooking"), "a load that proves nothing")
        Truths(self.world).hold()

    def last_events(self, service):
        """The last events of a service's log."""
        with open(self.floor.layout.log(service), encoding="utf-8") as file:
            lines = [line for line in file.read().splitlines()[-20:] if line.startswith("{")]
        return [json.loads(line).get("event") for line in lines]


if __name__ == "__main__":
    unittest.main()
