"""Part (a): a train sold out by legs, five orders that wait, one cancellation that serves one.

Everybody in it pays by WeChat Pay.
"""

import datetime

from network import Network, Stretch, buy_out, day_of
from people import Person, state_of
from report import yuan
from wire import Refusal
from world import wait_for

# The sample train of the story, and how far ahead its day is looked for.
TRAIN = "G901"
ORIGIN, MIDDLE, DESTINATION = "北京南", "济南西", "上海虹桥"
DAYS_AHEAD = range(5, 200)
HOUR = 3600
SECOND, FIRST = "second", "first"
SERVED = "候补成功"


class TrainStory:
    """The story, told step by step."""

    def __init__(self, world, report):
        self.world = world
        self.report = report
        self.network = Network(world)

    def tell(self):
        self.world.pay_by("CHANNEL_WECHAT_PAY")
        self.choose_day()
        self.sell_by_legs()
        self.place_orders()
        self.let_one_lapse()
        self.cancel_and_serve()
        self.end_the_others()

    # Selling --------------------------------------------------------------------------------------

    def choose_day(self):
        """The first day whose train, and the next day's, nobody has booked yet."""
        today = day_of(self.world.now())
        for ahead in DAYS_AHEAD:
            day = today + datetime.timedelta(days=ahead)
            if self._is_untouched(day) and self._is_untouched(day + datetime.timedelta(days=1)):
                break
        else:
            raise LookupError(f"no untouched pair of days for {TRAIN}; tools/dev down --purge")
        self.day, self.next_day = day, day + datetime.timedelta(days=1)
        self.journeys = [self._journey(ORIGIN, DESTINATION, d) for d in (self.day, self.next_day)]
        self.middle = self._journey(ORIGIN, MIDDLE, self.day).to
        classes = {c.code: c for c in self.journeys[0].classes}
        self.fares = {code: classes[code].fare.minor_units for code in (SECOND, FIRST)}
        self.departure = self.journeys[0].departure_time.seconds
        self.report.step(
            "search by city and day", "W-02", SECOND in classes and FIRST in classes,
            f"{TRAIN} {self.day} {ORIGIN} - {DESTINATION}: "
            + ", ".join(f"{c.code} {yuan(c.fare.minor_units)} yuan, {c.free} left"
                        for c in self.journeys[0].classes),
        )  # fmt: skip

    def _is_untouched(self, day):
        journey = self._journey(ORIGIN, DESTINATION, day)
        if not journey or not journey.run:
            return False
        report = self.world.operator.call(
            "slot.v1.InventoryService/CheckInventory", run=journey.run
        )
        return report.taken == 0 and report.waiting == 0

    def _journey(self, origin, destination, day):
        return self.network.journey(TRAIN, origin, destination, day)

    def _free(self, origin, destination, day, code):
        return self.network.availability(TRAIN, origin, destination, day)[code].free

    def _whole(self, code, which=0):
        journey = self.journeys[which]
        return Stretch(journey.run, code, getattr(journey, "from"), journey.to)

    def sell_by_legs(self):
        whole = self._whole(SECOND)
        first_leg = whole._replace(destination=self.middle)
        second_leg = whole._replace(origin=self.middle)
        self.buyer = Person(self.world, "buyer of two", 2)
        self.sold = self.buyer.book_and_pay(whole, 2)
        seats = ", ".join(f"{place.coach} {place.unit}" for place in self.sold.places)
        told = f"{self.sold.number}: {seats}, {yuan(self.sold.total.minor_units)} yuan"
        self.report.step("two seats A-C are bought", "W-12 X-07", len(self.sold.places) == 2, told)
        buy_out(self.world, second_leg, self._free(MIDDLE, DESTINATION, self.day, SECOND))
        over_all = self.network.availability(TRAIN, ORIGIN, DESTINATION, self.day)[SECOND]
        left = self._free(ORIGIN, MIDDLE, self.day, SECOND)
        self.report.step(
            "A-C is sold out while A-B still sells", "X-01 W-02",
            over_all.free == 0 and over_all.waitlist and left > 0,
            f"A-C {over_all.free} left (候补), A-B {left} left",
        )  # fmt: skip
        commuter = Person(self.world, "commuter")
        booking = commuter.book_and_pay(first_leg, 1)
        self.report.step("a seat A-B is bought all the same", "X-01", True, booking.number)
        self._refuse_a_buyer(commuter, whole)
        for code, which in ((FIRST, 0), (SECOND, 1), (FIRST, 1)):
            day = (self.day, self.next_day)[which]
            buy_out(
                self.world, self._whole(code, which), self._free(ORIGIN, DESTINATION, day, code)
            )

    def _refuse_a_buyer(self, _, whole):
        late = Person(self.world, "late buyer")
        try:
            late.book(whole, 1)
            outcome = "booked"
        except Refusal as refusal:
            outcome = refusal.reason
        self.report.step("a new buyer of A-C is refused", "X-01", outcome == "SOLD_OUT", outcome)

    # Waiting --------------------------------------------------------------------------------------

    def place_orders(self):
        second, first = self._whole(SECOND), self._whole(FIRST)
        unverified = Person(self.world, "unverified")
        try:
            unverified.wait_in_line([second], 1)
            outcome = "accepted"
        except Refusal as refusal:
            outcome = refusal.reason
        self.report.step(
            "waiting takes a verified person", "W-01", outcome == "NOT_VERIFIED", outcome
        )
        self.three, self.three_order = self._wait("party of three", 3, [second])
        self.two, self.two_order = self._wait("party of two", 2, [second, first])
        deadline = self._timestamp(self.departure - 24 * HOUR)
        self.one, self.one_order = self._wait("single traveller", 1, [second], deadline)
        choices = [self._whole(code, which) for which in (0, 1) for code in (SECOND, FIRST)]
        self.flexible, self.flexible_order = self._wait("two dates, two choices each", 1, choices)
        self._check_prepayments()
        self._check_refusals()
        self._check_reasons()

    def _wait(self, nickname, travellers, choices, deadline=None, pay=True):
        person = Person(self.world, nickname, travellers)
        person.verify()
        person.choose_channels("CHANNEL_SMS", "CHANNEL_EMAIL")
        order = person.wait_in_line(choices, travellers, deadline)
        if pay:
            person.pay(order.payment)
            waiting = lambda: person.order_in_state(order.name, "STATE_WAITING")
            order = wait_for(f"{nickname} waits", waiting)
            self.report.step(
                f"{nickname}: prepaid, effective at the moment of payment", "W-04 W-06",
                order.effective_time.seconds > 0, f"{yuan(order.prepayment.minor_units)} yuan",
            )  # fmt: skip
        return person, order

    @staticmethod
    def _timestamp(seconds):
        return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).isoformat()

    def _check_prepayments(self):
        second, first = self.fares[SECOND], self.fares[FIRST]
        dearest = max(second, first)
        orders = (self.three_order, self.two_order, self.one_order, self.flexible_order)
        found = [order.prepayment.minor_units for order in orders]
        self.report.step(
            "each prepayment is the dearest choice times the travellers", "W-06",
            found == [3 * second, 2 * dearest, second, dearest],
            " ".join(yuan(fen) for fen in found),
        )  # fmt: skip

    def _check_refusals(self):
        try:
            self.one.wait_in_line([self._whole(SECOND)], 1)
            outcome = "accepted"
        except Refusal as refusal:
            outcome = refusal.reason
        self.report.step(
            "a second live order is refused", "W-03", outcome == "LIVE_ORDER_EXISTS", outcome
        )

    def _check_reasons(self):
        look = lambda: self.one.why_not_yet(self.one_order.name)[0]
        why = wait_for("the order stands in line", lambda: look().in_line and look())
        legs = [f"{leg.from_display_name} - {leg.to_display_name}: {leg.free} of {leg.needed}"
                for leg in why.blocking_legs]  # fmt: skip
        self.report.step(
            "each owner learns which leg blocks, and the rank", "X-17",
            why.rank == 3 and bool(legs),
            f"number {why.rank} in line; {', '.join(legs)}",
        )  # fmt: skip

    def let_one_lapse(self):
        """A fourth order is never paid in time; its money, arriving later, goes back by itself."""
        person, order = self._wait("never paid", 1, [self._whole(SECOND)], pay=False)
        listed = person.orders("ORDER_LIST_TO_PAY")
        at_provider = person.start_payment(order.payment)
        self.report.step(
            "an unpaid order is listed to pay", "W-11", listed == [order.name], order.name
        )
        self.world.advance(31 * 60)
        lapsed = wait_for(
            "the order lapses", lambda: person.order_in_state(order.name, "STATE_LAPSED")
        )
        self.report.step("unpaid for 30 minutes, it lapses", "W-04", True, state_of(lapsed))
        person.wallet.pay(at_provider, force=True)
        amount = order.prepayment.minor_units
        self._wait_refunded(person, order.payment, amount)
        self.report.step("money that arrives late goes back whole", "W-04 X-07", True, yuan(amount))

    def _wait_refunded(self, person, payment, amount):
        """Waits until the provider gave back exactly so much of a payment."""

        def look():
            refunds = person.call("payment.v1.PaymentService/ListRefunds", parent=payment).refunds
            done = [r.amount.minor_units for r in refunds if state_of(r) == "STATE_SUCCEEDED"]
            return refunds and len(done) == len(refunds) and sum(done) == amount

        wait_for(f"{yuan(amount)} yuan of {payment} come back", look)

    # Cancelling and serving -----------------------------------------------------------------------

    def cancel_and_serve(self):
        self.world.advance_to(self.departure - 25 * HOUR)
        fare = self.fares[SECOND]
        fee = 2 * fee_per_ticket(fare, 10)
        cancelled = self.buyer.cancel(self.sold.name, "行程有变 (sample)")
        self.report.step(
            "a cancellation takes effect at once", "R-03 R-23",
            state_of(cancelled) == "STATE_CANCELLED", cancelled.cancel_reason,
        )  # fmt: skip
        self._wait_refunded(self.buyer, self.sold.payment, 2 * fare - fee)
        self.report.step(
            "25 hours before departure the fee is 10 %, rounded to half a yuan", "W-13", True,
            f"2 x {yuan(fare)}: 10 % is {yuan(fare // 10)}, fee {yuan(fee // 2)} each; "
            f"{yuan(2 * fare - fee)} came back",
        )  # fmt: skip
        self._check_served()
        self._check_told()

    def _check_served(self):
        look = lambda: self.two.order_in_state(self.two_order.name, "STATE_SERVED")
        served = wait_for("the party of two is served", look)
        stands = lambda: self.two.in_state(served.booking, "STATE_BOOKED")
        booking = wait_for("its booking stands", stands)
        others = [self.three.order(self.three_order.name), self.one.order(self.one_order.name),
                  self.flexible.order(self.flexible_order.name)]  # fmt: skip
        self.report.step(
            "the earliest that fits is served whole, nobody behind it", "W-05 W-07 R-05",
            state_of(booking) == "STATE_BOOKED" and len(booking.places) == 2
            and all(state_of(order) == "STATE_WAITING" for order in others),
            f"{booking.number} for two; three, one and the flexible one still wait",
        )  # fmt: skip
        difference = served.prepayment.minor_units - booking.total.minor_units
        self._wait_refunded(self.two, served.payment, difference)
        told = f"{yuan(difference)} of {yuan(served.prepayment.minor_units)}"
        self.report.step("its difference comes back, once", "W-07 X-07", difference > 0, told)

    def _check_told(self):
        path = "/_state?to=" + self.two.phone.replace("+", "%2B")
        texts = lambda: [m for m in self.world.sms.get(path)["messages"] if SERVED in m["text"]]
        inbox = lambda: self.world.mail.get(f"/_state?to={self.two.email}")["mails"]
        mails = lambda: [m for m in inbox() if SERVED in m["text"]]
        wait_for("the party of two is told", lambda: mails() and texts())
        told = mails()[0]["text"].splitlines()
        self.report.step(
            "it is told by e-mail and SMS, once each", "W-09 W-09n R-13n",
            len(mails()) == 1 and len(texts()) == 1, " ".join(told),
        )  # fmt: skip

    # Ending ---------------------------------------------------------------------------------------

    def end_the_others(self):
        for person, order in ((self.three, self.three_order), (self.flexible, self.flexible_order)):
            ended = person.call("waitlist.v1.WaitlistService/TerminateOrder", name=order.name)
            self._wait_refunded(person, order.payment, order.prepayment.minor_units)
            self.report.step(
                f"{person.nickname}: ended by its owner, refunded whole", "W-08 W-11",
                state_of(ended) == "STATE_WITHDRAWN"
                and person.orders("ORDER_LIST_DONE") == [order.name],
                yuan(order.prepayment.minor_units),
            )  # fmt: skip
        self.world.advance_to(self.departure - 24 * HOUR + 60)
        look = lambda: self.one.order_in_state(self.one_order.name, "STATE_FAILED")
        failed = wait_for("the single traveller's deadline", look)
        reason = type(failed).EndReason.Name(failed.end_reason)
        self._wait_refunded(self.one, self.one_order.payment, self.one_order.prepayment.minor_units)
        self.report.step("at its deadline an order ends, refunded whole", "W-08 W-11",
                         reason == "END_REASON_NOT_ENOUGH_PLACES", reason)  # fmt: skip


def fee_per_ticket(fare, percent):
    """W-13, computed here anew: rounded to half a yuan, at least 2 yuan, never above the fare."""
    exact = fare * percent / 100
    return min(fare, max(200, int((exact + 25) // 50) * 50))
