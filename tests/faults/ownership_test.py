"""Other people's things are not there, other callers' methods closed, bad requests named."""

import unittest

from floor import FaultCase, Person, booked
from network import buy_out
from wire import Caller

INVALID = "INVALID_REQUEST"
HEARD = "payment.v1.PaymentListenerService/OnPaymentSucceeded"


class Ownership(FaultCase):
    """What is true of whoever asks."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        day = cls.floor.train_day()
        cls.owner = Person(cls.world, "owner", 2)
        cls.owner.verify()
        cls.stranger = Person(cls.world, "stranger")
        cls.booking = booked(cls.owner, cls.owner.book(day.whole, 1))
        buy_out(cls.world, day.whole, day.free - 1)
        cls.day = day
        waiter = Person(cls.world, "waiter")
        waiter.verify()
        cls.waiter, cls.order = waiter, waiter.wait_in_line([day.whole], 1)
        waiter.start_payment(cls.order.payment)

    def test_another_users_resources_are_not_found(self):
        # rules: R-02 R-17
        account, booking = self.owner.account, self.booking
        passenger = self.owner.passengers[1]
        statement = self.stranger.statement("PURPOSE_BOOK", 1)
        slot, waitlist = "slot.v1.BookingService/", "waitlist.v1.WaitlistService/"
        asks = {
            slot + "GetBooking": {"name": booking.name},
            slot + "ListBookings": {"parent": account},
            slot + "CancelBooking": {"name": booking.name, "reason": "not mine"},
            slot + "PreviewRebooking": {"name": booking.name},
            slot + "RebookBooking": {"name": booking.name, "run": self.day.whole.run,
                                     "statement": statement},
            waitlist + "GetOrder": {"name": self.order.name},
            waitlist + "ExplainOrder": {"name": self.order.name},
            waitlist + "ListOrders": {"parent": account, "list": "ORDER_LIST_DONE"},
            waitlist + "TerminateOrder": {"name": self.order.name},
            "payment.v1.PaymentService/GetPayment": {"name": booking.payment},
            "payment.v1.PaymentService/ListPayments": {"parent": account},
            "payment.v1.PaymentService/ListRefunds": {"parent": booking.payment},
            "payment.v1.PaymentService/StartPayment": {"name": self.order.payment,
                                                       "channel": "CHANNEL_SANDBOX"},
            "account.v1.AccountService/GetAccount": {"name": account},
            "account.v1.AccountService/VerifyIdentity": {"name": account, "passenger": passenger,
                                                         "face_token": "match"},
            "account.v1.PassengerService/GetPassenger": {"name": passenger},
            "account.v1.PassengerService/ListPassengers": {"parent": account},
            "account.v1.PassengerService/DeletePassenger": {"name": passenger},
            "notification.v1.NotificationService/GetContact": {"name": account + "/contact"},
            "notification.v1.NotificationService/UpdatePreferences": {"name": account + "/contact"},
            "notification.v1.NotificationService/ListMessages": {"parent": account},
        }  # fmt: skip
        for method, fields in asks.items():
            with self.subTest(method):
                self.assertEqual(self.code_of(self.stranger, method, fields), "NOT_FOUND")
        self.assertTrue(self.owner.in_state(booking.name, "STATE_BOOKED"))
        self.assertTrue(self.waiter.order_in_state(self.order.name, "STATE_PENDING_PAYMENT"))

    def test_what_is_not_there_looks_as_what_is_anothers(self):
        # rules: R-17
        theirs = self.refusal_of(self.stranger, "slot.v1.BookingService/GetBooking",
                                 {"name": self.booking.name})  # fmt: skip
        nobodys = self.refusal_of(self.stranger, "slot.v1.BookingService/GetBooking",
                                  {"name": "bookings/bk-nobody"})  # fmt: skip
        self.assertEqual((theirs.code, theirs.reason, theirs.metadata),
                         (nobodys.code, nobodys.reason, nobodys.metadata))  # fmt: skip

    def test_a_statement_serves_only_its_account_and_its_purpose(self):
        # rules: W-01 W-15
        fields = self.day.first_leg().fields()
        book = "slot.v1.BookingService/CreateBooking"
        theirs = {**fields, "statement": self.owner.statement("PURPOSE_BOOK", 1)}
        self.assertEqual(self.code_of(self.stranger, book, theirs), "PERMISSION_DENIED")
        to_wait = {**fields, "statement": self.owner.statement("PURPOSE_WAIT", 1)}
        self.assertEqual(self.refusal_of(self.owner, book, to_wait).reason,
                         "STATEMENT_WRONG_PURPOSE")  # fmt: skip
        forged = dict(self.owner.statement("PURPOSE_BOOK", 1))
        forged["signature"] = "A" * len(forged["signature"])
        refusal = self.refusal_of(self.owner, book, {**fields, "statement": forged})
        self.assertEqual((refusal.code, refusal.reason), ("INVALID_ARGUMENT", "STATEMENT_FORGED"))

    def test_each_method_serves_its_kinds_of_caller_only(self):
        # rules: R-17
        services = self.world.services
        anybody, operator = services.as_anybody(), self.world.operator
        garbled = Caller(services, "gateway", (("authorization", "Bearer not.a.token"),))
        booking = {"name": self.booking.name}
        refund = {"name": self.booking.payment, "reason": "REFUND_REASON_CANCELLED"}
        match = {"demand": "demands/x", "order": self.order.name, "booking": "bookings/x"}
        cases = (
            (anybody, "slot.v1.BookingService/GetBooking", booking, "UNAUTHENTICATED"),
            (garbled, "slot.v1.BookingService/GetBooking", booking, "UNAUTHENTICATED"),
            (operator, "slot.v1.BookingService/GetBooking", booking, "PERMISSION_DENIED"),
            (self.owner, "slot.v1.InventoryService/CheckInventory", {}, "PERMISSION_DENIED"),
            (self.owner, "slot.v1.InventoryService/CloseSale", {"run": "runs/x"},
             "PERMISSION_DENIED"),
            (self.owner, "payment.v1.LedgerService/GetTrialBalance", {}, "PERMISSION_DENIED"),
            (self.owner, "payment.v1.LedgerService/CheckBooks", {}, "PERMISSION_DENIED"),
            (operator, "payment.v1.LedgerService/CheckBooks", {"page_token": "x"},
             "INVALID_ARGUMENT"),
            (self.owner, "payment.v1.LedgerService/GetBooks", {"name": self.booking.payment},
             "PERMISSION_DENIED"),
            (operator, "payment.v1.LedgerService/GetBooks", {"name": "payments/none"},
             "NOT_FOUND"),
            (self.owner, "payment.v1.PaymentService/RefundPayment", refund, "PERMISSION_DENIED"),
            (operator, "payment.v1.PaymentService/RefundPayment", refund, "PERMISSION_DENIED"),
            (self.owner, "payment.v1.PaymentService/CancelPayment", {"name": self.booking.payment},
             "PERMISSION_DENIED"),
            (self.owner, "slot.v1.DemandService/WithdrawDemand", {"name": "demands/x"},
             "PERMISSION_DENIED"),
            (self.owner, "slot.v1.DemandService/ExplainDemand", {"name": "demands/x"},
             "PERMISSION_DENIED"),
            (operator, "slot.v1.DemandService/ExplainDemand", {"name": "demands/x"}, "NOT_FOUND"),
            (self.owner, "account.v1.AccountService/ActivateMembership",
             {"name": self.owner.account, "reason": "mine"}, "PERMISSION_DENIED"),
            (self.owner, "notification.v1.NotificationService/ListDeliveries", {},
             "PERMISSION_DENIED"),
            (anybody, "waitlist.v1.WaitlistService/CreateOrder", {}, "UNAUTHENTICATED"),
        )  # fmt: skip
        for who, method, fields, code in cases:
            with self.subTest(method):
                self.assertEqual(self.code_of(who, method, fields), code)
        self.check_services()
        listener = "slot.v1.MatchListenerService/OnMatch"
        denied = self.refusal_of(operator, listener, {"at": "waitlist", **match})
        self.assertEqual(denied.code, "PERMISSION_DENIED")

    def check_services(self):
        """A service may do what it was made for, and speaks for no account."""
        services = self.world.services
        settle = {"name": self.order.payment, "order": "bookings/x"}
        heard = {"payment": self.booking.payment, "order": self.booking.name}
        cases = (
            ("slot", "payment.v1.PaymentService/SettlePayment", settle),
            ("notification", "payment.v1.PaymentService/RefundPayment",
             {"name": self.booking.payment}),
            ("waitlist", "notification.v1.NotificationService/SendCode", {"code": "000000"}),
            ("payment", "slot.v1.DemandService/WithdrawDemand", {"name": "demands/x"}),
            ("payment", "slot.v1.DemandService/ExplainDemand", {"name": "demands/x"}),
            ("account", "slot.v1.BookingService/GetBooking", {"name": self.booking.name}),
            ("slot", "slot.v1.InventoryService/CheckInventory", {}),
        )  # fmt: skip
        for service, method, fields in cases:
            with self.subTest(f"{method} by {service}"):
                self.assertEqual(self.code_of(Caller(services, service, ()), method, fields),
                                 "PERMISSION_DENIED")  # fmt: skip
        forged, listener = Caller(services, "slot", ()), HEARD
        code = self.code_of(forged, listener, {"at": "slot", **heard})
        self.assertEqual(code, "PERMISSION_DENIED")
        borrowed = Caller(services, "waitlist", self.owner._caller._metadata)
        booking = {"name": self.booking.name}
        code = self.code_of(borrowed, "slot.v1.BookingService/GetBooking", booking)
        self.assertEqual(code, "PERMISSION_DENIED")

    def test_a_malformed_request_is_told_every_wrong_field_at_once(self):
        # rules: R-04
        owner = self.owner
        cases = {
            "slot.v1.BookingService/CreateBooking": (
                {"run": "trains/G1", "destination_country": "Atlantis"},
                {"run", "class_code", "from", "to", "statement", "destination_country"}),
            "slot.v1.BookingService/ListBookings": (
                {"parent": "nobody", "page_size": -1, "from_date": {"year": 2026, "month": 13}},
                {"parent", "page_size", "from_date"}),
            "slot.v1.BookingService/CancelBooking": ({"name": "booking"}, {"name", "reason"}),
            "slot.v1.BookingService/RebookBooking": ({}, {"name", "run", "statement"}),
            "waitlist.v1.WaitlistService/CreateOrder": (
                {"choices": [{"run": "runs/"}, {"run": "runs/a", "class_code": "second",
                                                "from": "A"}]},
                {"choices[0].run", "choices[0].class_code", "choices[0].from", "choices[0].to",
                 "choices[1].to", "statement"}),
            "payment.v1.PaymentService/StartPayment": ({"name": "x"}, {"name", "channel"}),
            "account.v1.PassengerService/CreatePassenger": (
                {"parent": owner.account, "expire_date": {"year": 2026, "month": 2, "day": 30}},
                {"full_name", "type", "document_type", "document_number", "expire_date"}),
            "account.v1.SignInService/StartSignIn": (
                {"identifier": "12", "language_code": "tlh"}, {"identifier", "language_code"}),
            "notification.v1.NotificationService/UpdatePreferences": (
                {"name": owner.account + "/contact", "language_code": "tlh", "email": "nowhere",
                 "channels": ["CHANNEL_UNSPECIFIED"]},
                {"language_code", "email", "channels[0]"}),
        }  # fmt: skip
        for method, (fields, wrong) in cases.items():
            with self.subTest(method):
                refusal = self.refusal_of(owner, method, fields)
                self.assertEqual((refusal.code, refusal.reason), ("INVALID_ARGUMENT", INVALID))
                self.assertEqual(set(refusal.fields), wrong, str(refusal))

    def test_a_mutation_without_a_usable_request_id_is_refused(self):
        # rules: X-07
        for bad in ("", "with space", "x" * 65, "emoji🙂"):
            fields = {"request_id": bad, "name": self.booking.name, "reason": "no id"}
            refusal = self.refusal_of(self.owner, "slot.v1.BookingService/CancelBooking", fields)
            self.assertEqual((refusal.code, set(refusal.fields)),
                             ("INVALID_ARGUMENT", {"request_id"}), repr(bad))  # fmt: skip
        self.assertTrue(self.owner.in_state(self.booking.name, "STATE_BOOKED"))

    def test_a_document_with_a_wrong_check_digit_is_named(self):
        # rules: R-04
        fields = {"parent": self.owner.account, "full_name": "旅客癸",
                  "type": "PASSENGER_TYPE_ADULT", "document_type": "DOCUMENT_TYPE_RESIDENT_ID",
                  "document_number": "110000199001010011"}  # fmt: skip
        codes = set()
        for digit in "0123456789X":
            fields["document_number"] = "11000019900101999" + digit
            try:
                self.owner.call("account.v1.PassengerService/CreatePassenger", **fields)
                codes.add("OK")
            except Exception as refusal:
                codes.add(tuple(refusal.fields))
        self.assertEqual(codes, {"OK", ("document_number",)}, "one digit of eleven is right")

    def refusal_of(self, who, method, fields):
        with self.assertRaises(Exception, msg=method) as caught:
            who.call(method, **fields)
        return caught.exception

    def code_of(self, who, method, fields):
        return self.refusal_of(who, method, fields).code


if __name__ == "__main__":
    unittest.main()
