"""Clients that book, pay, cancel, wait and end on few places, and remember what they were told."""

import random
import threading
import time
import uuid
from typing import NamedTuple

from floor import OUTAGES, Person, Refusal, state_of
from world import wait_for

KNOWS_SECONDS = 40  # an answer within it, or the outcome stays unknown
PATIENCE_SECONDS = 6  # for what others have to do first
BUSINESS = {
    "SOLD_OUT", "ITINERARY_CONFLICT", "ONE_TICKET_PER_RUN", "PLACES_AVAILABLE",
    "LIVE_ORDER_EXISTS", "PAYMENT_UNKNOWN", "PAYMENT_CLOSED", "BOOKING_OVER", "STATEMENT_EXPIRED",
}  # fmt: skip


class Told(NamedTuple):
    """One mutation and what came of it."""

    person: Person
    method: str
    fields: dict
    outcome: str  # OK, a refusal's reason, UNKNOWN
    answer: object  # the message, when OK
    seconds: float  # from the first try to the outcome


class Unknown(Exception):
    """No answer within the time; done or not done, nobody here knows."""


class Client(threading.Thread):
    """One account doing this and that until told to stop."""

    def __init__(self, world, stretches, seed):
        super().__init__(daemon=True)
        self.person = Person(world, f"client {seed}", 2)
        self.person.verify()
        self.person.choose_channels("CHANNEL_SMS", "CHANNEL_EMAIL")
        self.told, self.surprises = [], []
        self._random = random.Random(seed)
        self._stretches = stretches
        self._enough = threading.Event()
        self._bookings = []  # names that may be cancelled

    def stop(self):
        self._enough.set()

    def run(self):
        while not self._enough.is_set():
            try:
                self._random.choice((self._buy, self._give_back))()
            except (Unknown, TimeoutError):
                pass
            except Refusal as refusal:
                if refusal.reason not in BUSINESS and refusal.code not in OUTAGES:
                    self.surprises.append(str(refusal))
            except Exception as error:  # a thread's end must not be silent
                self.surprises.append(f"{type(error).__name__}: {error}")
            time.sleep(0.01)

    # What it does ---------------------------------------------------------------------------------

    def _buy(self):
        stretch, party = self._random.choice(self._stretches), self._random.randint(1, 2)
        try:
            held = self._do(
                "slot.v1.BookingService/CreateBooking", **stretch.fields(),
                statement=self._statement("PURPOSE_BOOK", party),
            )  # fmt: skip
        except Refusal as refusal:
            if refusal.reason != "SOLD_OUT":
                raise
            return self._wait(stretch, party)
        if self._random.random() < 0.2:
            return None  # never paid
        self._pay(held.payment)
        self._bookings.append((held.name, stretch, party))
        if self._random.random() < 0.5:
            stands = lambda: self.person.in_state(held.name, "STATE_BOOKED")
            wait_for("it stands", stands, PATIENCE_SECONDS)
        return None

    def _give_back(self):
        if self._bookings:
            lot = self._random.randrange(len(self._bookings))
            name, stretch, party = self._bookings.pop(lot)
            self._do("slot.v1.BookingService/CancelBooking", name=name, reason="load (sample)")
            if self._random.random() < 0.5:
                self._take_again(name, stretch, party)

    def _take_again(self, name, stretch, party):
        """Whoever gave places back comes back for them at once."""
        held = self._do(
            "slot.v1.BookingService/RebookBooking", name=name, run=stretch.run,
            statement=self._statement("PURPOSE_BOOK", party),
        )  # fmt: skip
        self._pay(held.payment)
        self._bookings.append((held.name, stretch, party))

    def _wait(self, stretch, party):
        order = self._do(
            "waitlist.v1.WaitlistService/CreateOrder", choices=[stretch.fields()],
            statement=self._statement("PURPOSE_WAIT", party),
        )  # fmt: skip
        if self._random.random() < 0.9:
            self._pay(order.payment)
            over = lambda: state_of(self.person.order(order.name)) == "STATE_SERVED"
            try:
                wait_for("it is served", over, self._random.random() * PATIENCE_SECONDS)
            except TimeoutError:
                pass
        ended = self._do("waitlist.v1.WaitlistService/TerminateOrder", name=order.name)
        if ended.booking:  # slot makes it once it has heard that the order takes it
            stands = lambda: self.person.in_state(ended.booking, "STATE_BOOKED")
            wait_for("what was found stands", stands, KNOWS_SECONDS)
            self._bookings.append((ended.booking, stretch, party))

    def _pay(self, payment):
        limit = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                started = self._do(
                    "payment.v1.PaymentService/StartPayment", name=payment,
                    channel=self.person.wallet.channel,
                )  # fmt: skip
                break
            except Refusal as refusal:  # the order's payment may be on its way still
                if refusal.reason != "PAYMENT_UNKNOWN" or time.monotonic() > limit:
                    raise
            time.sleep(0.05)
        self.person.wallet.pay(self.person.wallet.order_of(started.code_url))

    # How it asks ----------------------------------------------------------------------------------

    def _statement(self, purpose, party):
        return self._insist(lambda: self.person.statement(purpose, party))

    def _do(self, method, **fields):
        """A mutation: asked under one request_id until its outcome is known."""
        fields["request_id"] = uuid.uuid4().hex
        outcome, answer, began = "UNKNOWN", None, time.monotonic()
        try:
            answer = self._insist(lambda: self.person.call(method, **fields))
            outcome = "OK"
            return answer
        except Refusal as refusal:
            outcome = refusal.reason or refusal.code
            raise
        finally:
            seconds = time.monotonic() - began
            self.told.append(Told(self.person, method, fields, outcome, answer, seconds))

    def _insist(self, ask):
        limit = time.monotonic() + KNOWS_SECONDS
        while time.monotonic() < limit:
            try:
                return ask()
            except Refusal as refusal:
                if refusal.code not in OUTAGES:
                    raise
            except TimeoutError:  # the code of a new sign-in
                pass
            time.sleep(0.1)
        raise Unknown


class Load:
    """Several clients at once on the places of few train days, and what they were told."""

    def __init__(self, world, days, clients, seed):
        stretches = [s for day in days for s in (day.whole, day.first_leg(), day.second_leg())]
        self._clients = [Client(world, stretches, seed + i) for i in range(clients)]

    def __enter__(self):
        for client in self._clients:
            client.start()
        return self

    def __exit__(self, *_):
        for client in self._clients:
            client.stop()
        for client in self._clients:
            client.join(KNOWS_SECONDS + 10)

    def still_running(self):
        return [client.person.nickname for client in self._clients if client.is_alive()]

    def surprises(self):
        return [text for client in self._clients for text in client.surprises]

    def told(self, method=""):
        """Everything the clients were told, of one method or of all."""
        return [told for client in self._clients for told in client.told
                if told.method.endswith(method)]  # fmt: skip

    def acknowledged(self, method):
        return [told for told in self.told("/" + method) if told.outcome == "OK"]
