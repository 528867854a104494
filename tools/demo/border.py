"""Part (b): an exit-card appointment cancelled, given to a waiter, and booked again elsewhere.

Everybody in it pays by Alipay.
"""

import datetime

from network import Network, Stretch, buy_out, day_of
from people import Person, state_of
from report import yuan
from wire import Refusal
from world import wait_for

STATION = "北京首都口岸"
CLASS = "exit-card"
COUNTRY = "US"
DAYS_AHEAD = range(7, 30)


class BorderStory:
    """The story, told step by step."""

    def __init__(self, world, report):
        self.world = world
        self.report = report
        self.network = Network(world)

    def tell(self):
        self.world.pay_by("CHANNEL_ALIPAY")
        self.choose_day()
        self.book()
        self.sell_out()
        self.cancel()
        self.rebook()

    def _windows(self):
        return self.network.windows(STATION, CLASS, self.day)

    def _stretch(self, window):
        return Stretch(window.run, CLASS, window.station, window.station)

    def choose_day(self):
        """The first day, far enough ahead, whose windows nobody has booked yet."""
        today = day_of(self.world.now())
        for ahead in DAYS_AHEAD:
            self.day = today + datetime.timedelta(days=ahead)
            windows = self._windows().windows
            if windows and all(self._is_untouched(window.run) for window in windows):
                return
        raise LookupError(f"no untouched day at {STATION}; tools/dev down --purge")

    def _is_untouched(self, run):
        report = self.world.operator.call("slot.v1.InventoryService/CheckInventory", run=run)
        return report.taken == 0 and report.waiting == 0

    def book(self):
        self.owner = Person(self.world, "appointment holder")
        window = self._windows().windows[0]
        self.window = window
        self.booking = self.owner.book_and_pay(
            self._stretch(window), 1, destination_country=COUNTRY
        )
        fee = self.booking.total.minor_units
        self.report.step(
            "an exit-card appointment is booked for its service fee", "R-11 R-24",
            fee == 2000 and self.booking.number.startswith("YJ"),
            f"{self.booking.number} on {self.day}, {yuan(fee)} yuan",
        )  # fmt: skip
        try:
            self.owner.book(self._stretch(window), 1, destination_country="Atlantis")
            outcome = "booked"
        except Refusal as refusal:
            outcome = refusal.code
        self.report.step(
            "a country that is none is refused", "R-16", outcome == "INVALID_ARGUMENT", outcome
        )

    def sell_out(self):
        for window in self._windows().windows:
            free = window.availability.free
            buy_out(self.world, self._stretch(window), free, destination_country=COUNTRY)
        self.waiter = Person(self.world, "appointment waiter")
        self.waiter.verify()
        order = self.waiter.wait_in_line([self._stretch(self.window)], 1)
        self.waiter.pay(order.payment)
        waiting = lambda: self.waiter.order_in_state(order.name, "STATE_WAITING")
        self.order = wait_for("the waiter waits", waiting)
        self.report.step(
            "an appointment is waited for as a seat is", "X-05 W-05", True, self.order.name
        )

    def cancel(self):
        cancelled = self.owner.cancel(self.booking.name, "改期 (sample)")
        served = lambda: self.waiter.order_in_state(self.order.name, "STATE_SERVED")
        order = wait_for("the waiter is served", served)
        stands = lambda: self.waiter.in_state(order.booking, "STATE_BOOKED")
        theirs = wait_for("the waiter's booking stands", stands)
        self.report.step(
            "the cancelled place goes to the waiter, not back", "R-05 R-03 X-05",
            state_of(cancelled) == "STATE_CANCELLED" and state_of(theirs) == "STATE_BOOKED",
            f"{self.booking.number} cancelled, {theirs.number} booked",
        )  # fmt: skip
        seen = self._windows()
        self.report.step(
            "who cancelled sees that nothing is left, with alternatives", "R-12",
            seen.sold_out and len(seen.alternatives) > 0,
            f"暂无空位; {len(seen.alternatives)} alternatives",
        )  # fmt: skip

    def rebook(self):
        preview = self.owner.call(
            "slot.v1.BookingService/PreviewRebooking", name=self.booking.name
        )  # fmt: skip
        self.report.step(
            "rebooking is pre-filled and priced", "R-13",
            list(preview.passengers) == self.owner.passengers[:1] and preview.class_code == CLASS
            and preview.destination_country == COUNTRY and preview.total.minor_units == 2000,
            f"{CLASS} to {COUNTRY}, {yuan(preview.total.minor_units)} yuan",
        )  # fmt: skip
        window = (list(preview.alternatives) or list(preview.windows))[0]
        held = self.owner.call(
            "slot.v1.BookingService/RebookBooking", name=self.booking.name, run=window.run,
            statement=self.owner.statement("PURPOSE_BOOK", 1),
        )  # fmt: skip
        self.owner.pay(held.payment)
        booked = lambda: self.owner.in_state(held.name, "STATE_BOOKED")
        rebooked = wait_for("the new appointment is booked", booked)
        old = self.owner.booking(self.booking.name)
        self.report.step(
            "booked again in one step, linked, under a new number", "R-13 R-15 R-02",
            rebooked.rebooked_from == old.name and old.rebooked_to == rebooked.name
            and rebooked.number.startswith("YJ") and rebooked.number != old.number,
            f"{old.number} -> {rebooked.number}",
        )  # fmt: skip
