"""What must hold after any fault, once everything has settled: part (c) of the demo, and more."""

import collections
import time

from books import Books
from people import state_of
from report import CheckFailed
from wire import Refusal

# Places that a killed slot had taken from the index and not recorded come back after a minute.
SETTLE_SECONDS = 90
# The longest lease that the death of a service leaves behind: a delivery's.
LEASE_SECONDS = 125
PAGE = 1000


class Strict:
    """A report that keeps quiet about what holds and tells of what does not by failing."""

    def step(self, step, _rule, ok, detail):
        if not ok:
            raise CheckFailed(f"{step}: {detail}")


class Truths(Books):
    """The demo's final checks, where a crash may have left a mail twice under one Message-ID."""

    def __init__(self, world):
        super().__init__(world, Strict())

    def hold(self):
        """Waits out the leases of the dead, then checks; what is on its way gets its time."""
        self.world.advance(LEASE_SECONDS)
        for check in (self.outboxes, self.inventory, self.ledger, self.providers, self.messages):
            self._in_time(check)

    @staticmethod
    def _in_time(check):
        limit = time.monotonic() + SETTLE_SECONDS
        while True:
            try:
                return check()
            except (CheckFailed, TimeoutError) as failure:
                told = failure
            except Refusal as refusal:
                if refusal.code != "UNAVAILABLE":  # what has just come back is not used at once
                    raise
                told = refusal
            if time.monotonic() > limit:
                raise AssertionError(str(told)) from None
            time.sleep(0.3)

    def messages(self):
        deliveries = list(self._deliveries())
        pending = [d.name for d in deliveries if state_of(d) == "STATE_PENDING"]
        self.report.step("every message is sent", "W-09n", not pending, pending)
        ways = collections.Counter((d.message, d.channel) for d in deliveries if d.message)
        twice = [way for way, count in ways.items() if count > 1]
        self.report.step("a message goes once by each channel", "W-09n", not twice, twice)
        self._mails({d.message_id for d in deliveries})

    def _mails(self, known):
        by_id = collections.defaultdict(list)
        for mail in self.world.mail.get("/_state")["mails"]:
            by_id[mail["message_id"]].append((mail["to"], mail["subject"], mail["text"]))
        odd = {i: m for i, m in by_id.items() if len(m) > 2 or any(one != m[0] for one in m)}
        self.report.step("a mail comes once, twice at most and equal", "W-09n", not odd, odd)
        strange = [i for i in by_id if not any(i.strip("<>") in k or k in i for k in known if k)]
        self.report.step("every mail has a delivery", "W-09n", not strange, strange)

    def _deliveries(self):
        token = ""
        while True:
            page = self.world.operator.call(
                "notification.v1.NotificationService/ListDeliveries", page_size=PAGE,
                page_token=token,
            )  # fmt: skip
            yield from page.deliveries
            token = page.next_page_token
            if not token:
                return
