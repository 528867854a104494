"""Sample people: accounts that sign in, add travellers, book, wait and pay.

Names and numbers are plainly samples: 旅客甲 and so on, with resident IDs of a region code that is
never given to a person and a right check digit.
"""

import random
import re
import secrets

from wire import Refusal
from world import wait_for

CODE_SECONDS = 10
SIGN_IN_ATTEMPTS = 3
STEMS = "甲乙丙丁戊己庚辛壬癸"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_random = random.Random(secrets.randbits(64))


def sample_id_number():
    """A resident ID that passes every check; region 110000 is a whole city, no person has it."""
    born = f"{_random.randint(1950, 1999)}{_random.randint(1, 12):02d}{_random.randint(1, 28):02d}"
    digits = f"110000{born}{_random.randint(1, 999):03d}"
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, digits))
    return digits + "10X98765432"[total % 11]


class Person:
    """An account with its passengers; signs in again by itself when its session has ended."""

    def __init__(self, world, nickname, travellers=1):
        self.world = world
        self.nickname = nickname
        self.wallet = world.wallet
        self.phone = f"+86199{_random.randint(0, 99999999):08d}"
        self.email = f"sample-{self.phone[-8:]}@example.com"
        self.sign_in()
        self.passengers = [self._add_passenger(STEMS[i % 10]) for i in range(travellers)]

    def sign_in(self):
        """By phone and one-time code; asks for another code when none arrives."""
        for attempt in range(SIGN_IN_ATTEMPTS):
            try:
                session = self._start_session()
                break
            except TimeoutError:
                if attempt + 1 == SIGN_IN_ATTEMPTS:
                    raise
        self.account = session.account
        self._caller = self.world.services.as_account(session.access_token)

    def _start_session(self):
        before = len(self._codes())
        challenge = self.world.services.as_anybody().call(
            "account.v1.SignInService/StartSignIn", identifier=self.phone
        )
        arrived = lambda: self._try_codes(challenge.name, self._codes()[before:])
        return wait_for("a session", arrived, CODE_SECONDS)

    def _codes(self):
        """The one-time codes this phone received."""
        path = "/_state?to=" + self.phone.replace("+", "%2B")
        texts = [message["text"] for message in self.world.sms.get(path)["messages"]]
        return [code for text in texts for code in re.findall(r"验证码为 (\d{6})", text)]

    def _try_codes(self, challenge, codes):
        """A session for the latest code; after an outage a code may have come for nothing."""
        if not codes:
            return None
        return self.world.services.as_anybody().call(
            "account.v1.SignInService/CompleteSignIn", challenge=challenge, code=codes[-1]
        )

    def call(self, method, **fields):
        try:
            return self._caller.call(method, **fields)
        except Refusal as refusal:
            if refusal.code != "UNAUTHENTICATED":
                raise
        self.sign_in()
        return self._caller.call(method, **fields)

    def _add_passenger(self, stem):
        passenger = self.call(
            "account.v1.PassengerService/CreatePassenger", parent=self.account,
            full_name="旅客" + stem, type="PASSENGER_TYPE_ADULT",
            document_type="DOCUMENT_TYPE_RESIDENT_ID", document_number=sample_id_number(),
        )  # fmt: skip
        return passenger.name

    def consent(self, purpose):
        """Consents to the text in force; gives the consent."""
        service = "account.v1.ConsentService/"
        texts = self.call(service + "ListConsents", parent=self.account).texts
        version = next(text.text_version for text in texts if _purpose_of(text) == purpose)
        return self.call(service + "GiveConsent", parent=self.account, purpose=purpose,
                         text_version=version, channel="APP")  # fmt: skip

    def verify(self, face_token="match"):
        """Consents to have a face compared, and has person and ID verified as one."""
        self.consent("CONSENT_PURPOSE_IDENTITY_VERIFICATION")
        return self.call(
            "account.v1.AccountService/VerifyIdentity", name=self.account,
            passenger=self.passengers[0], face_token=face_token,
        )  # fmt: skip

    def choose_channels(self, *channels):
        """Wants messages by these channels, besides the inbox."""
        return self.call(
            "notification.v1.NotificationService/UpdatePreferences", name=f"{self.account}/contact",
            channels=list(channels), language_code="zh-CN", email=self.email,
        )  # fmt: skip

    def statement(self, purpose, travellers):
        """What account vouches for, as a request field."""
        signed = self.call(
            "account.v1.StatementService/IssueTravelStatement", account=self.account,
            passengers=self.passengers[:travellers], purpose=purpose,
        )  # fmt: skip
        return _as_field(signed)

    def book(self, stretch, travellers, **more):
        """Holds places of a stretch for the first so many passengers."""
        return self.call(
            "slot.v1.BookingService/CreateBooking", **stretch.fields(),
            statement=self.statement("PURPOSE_BOOK", travellers), **more,
        )  # fmt: skip

    def booking(self, name):
        return self.call("slot.v1.BookingService/GetBooking", name=name)

    def cancel(self, name, reason):
        return self.call("slot.v1.BookingService/CancelBooking", name=name, reason=reason)

    def wait_in_line(self, choices, travellers, deadline=None):
        """Places a waitlist order."""
        more = {"deadline": deadline} if deadline else {}
        return self.call(
            "waitlist.v1.WaitlistService/CreateOrder",
            choices=[choice.fields() for choice in choices],
            statement=self.statement("PURPOSE_WAIT", travellers), **more,
        )  # fmt: skip

    def order(self, name):
        return self.call("waitlist.v1.WaitlistService/GetOrder", name=name)

    def why_not_yet(self, name):
        """Why an order is not served yet: for each choice what blocks it."""
        return self.call("waitlist.v1.WaitlistService/ExplainOrder", name=name).choices

    def orders(self, which):
        listed = self.call(
            "waitlist.v1.WaitlistService/ListOrders", parent=self.account, list=which
        )
        return [order.name for order in listed.orders]

    def payment(self, name):
        return self.call("payment.v1.PaymentService/GetPayment", name=name)

    def start_payment(self, name):
        """Asks the provider to take the money; gives the provider's order."""
        start = lambda: self.call(
            "payment.v1.PaymentService/StartPayment", name=name, channel=self.wallet.channel
        )
        payment = wait_for(f"{name} can be started", start)
        return self.wallet.order_of(payment.code_url)

    def pay(self, name):
        """Pays as a payer does: scans the code."""
        self.wallet.pay(self.start_payment(name))

    def book_and_pay(self, stretch, travellers, **more):
        """Books and pays; gives the booking once it stands."""
        held = self.book(stretch, travellers, **more)
        if held.payment:
            self.pay(held.payment)
        return wait_for(f"{held.name} is booked", lambda: self.in_state(held.name, "STATE_BOOKED"))

    def in_state(self, name, state):
        """The booking if it is in the state."""
        booking = self.booking(name)
        return booking if state_of(booking) == state else None

    def order_in_state(self, name, state):
        """The order if it is in the state."""
        order = self.order(name)
        return order if state_of(order) == state else None


def state_of(message):
    """The name of a message's state."""
    return type(message).State.Name(message.state)


def _purpose_of(text):
    purposes = text.DESCRIPTOR.fields_by_name["purpose"].enum_type.values_by_number
    return purposes[text.purpose].name


def _as_field(signed):
    from google.protobuf import json_format

    return json_format.MessageToDict(signed, preserving_proto_field_name=True)
