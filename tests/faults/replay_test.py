"""A request_id used again: the same answer byte for byte, or a refusal when the content differs."""

import datetime
import re
import unittest
import uuid

from attachments_test import png
from floor import booked, wait_for
from network import buy_out
from people import sample_id_number
from repeating import Asker, OpenPerson, RepeatCase


class Replays(RepeatCase):
    """What is true of every mutation of the main job."""

    def test_mutations_of_the_account_answer_a_repetition_byte_for_byte(self):
        # rules: X-07
        person, account = self.person, self.person.account
        anybody = Asker(self.world, "gateway")
        other = {"identifier": "+8619900000001"}
        self.sign_in_twice()
        self.twice(
            "account.v1.SignInService/StartSignIn", {"identifier": person.phone}, other, anybody
        )
        passenger = {
            "parent": account, "full_name": "旅客癸", "type": "PASSENGER_TYPE_ADULT",
            "document_type": "DOCUMENT_TYPE_RESIDENT_ID", "document_number": sample_id_number(),
        }  # fmt: skip
        added = self.twice(
            "account.v1.PassengerService/CreatePassenger", passenger, {"full_name": "旅客壬"}
        )
        person.consent("CONSENT_PURPOSE_IDENTITY_VERIFICATION")
        face = {"name": account, "passenger": person.passengers[0], "face_token": "match"}
        self.twice("account.v1.AccountService/VerifyIdentity", face,
                   {"passenger": person.passengers[1]})  # fmt: skip
        self.twice("account.v1.PassengerService/DeletePassenger", {"name": added.name},
                   {"name": person.passengers[1]})  # fmt: skip
        member = {"name": account, "reason": "sample"}
        self.floor.appoint("support-1", "ROLE_SUPPORT")
        self.twice("account.v1.AccountService/ActivateMembership", member, {"reason": "other"},
                   Asker(self.world, "operators/support-1"))  # fmt: skip
        wishes = {"name": f"{account}/contact", "channels": ["CHANNEL_SMS"], "language_code": "en"}
        self.twice("notification.v1.NotificationService/UpdatePreferences", wishes,
                   {"language_code": "zh-CN"})  # fmt: skip

    def test_what_staff_do_to_accounts_answers_a_repetition_byte_for_byte(self):
        # rules: X-07 R-09 R-19
        account, service = self.person.account, "account.v1.RestrictionService/"
        self.floor.appoint("support-1", "ROLE_SUPPORT")
        support, first, second = self.staff("support-1"), self.reviewer(1), self.reviewer(2)
        later = datetime.datetime.fromtimestamp(self.world.now() + 3600, datetime.timezone.utc)
        wanted = {"parent": account, "level": "LEVEL_PAYMENT", "reason": "sample",
                  "expire_time": later.strftime("%Y-%m-%dT%H:%M:%SZ")}  # fmt: skip
        imposed = self.twice(service + "ImposeRestriction", wanted, {"reason": "other"}, support)
        lifted = {"name": imposed.name, "reason": "sample"}
        self.twice(service + "LiftRestriction", lifted, {"reason": "other"}, support)
        ban = {"parent": account, "kind": "KIND_BAN", "reason": "sample"}
        proposal = self.twice(service + "ProposeBan", ban, {"reason": "other"}, first)
        decided = {"name": proposal.name, "decision": "DECISION_REJECT", "reason": "sample"}
        self.twice(service + "DecideBan", decided, {"reason": "other"}, second)

    def test_roles_answer_a_repetition_byte_for_byte(self):
        # rules: X-07 R-09
        admin = self.staff("admin-1")
        role = {"name": f"staff/p-{uuid.uuid4().hex}", "role": "ROLE_FINANCE", "reason": "sample"}
        for method in ("account.v1.StaffService/GrantRole", "account.v1.StaffService/RevokeRole"):
            self.twice(method, role, {"reason": "other"}, admin)

    def test_guardianships_answer_a_repetition_byte_for_byte(self):
        # rules: X-07 R-21
        person, service = self.person, "account.v1.GuardianService/"
        old = next(number for number in iter(sample_id_number, "") if number[6:10] < "1960")
        elder = person.call(
            "account.v1.PassengerService/CreatePassenger", parent=person.account,
            full_name="旅客辛", type="PASSENGER_TYPE_ELDER",
            document_type="DOCUMENT_TYPE_RESIDENT_ID", document_number=old,
        )  # fmt: skip
        proof = png(9, 9)
        attached = person._caller.send(
            "account.v1.AttachmentService/UploadAttachment", proof, len(proof),
            parent=person.account, kind="ATTACHMENT_KIND_GUARDIANSHIP_PROOF", size_bytes=len(proof),
        )  # fmt: skip
        wanted = {"parent": person.account, "passenger": elder.name, "proof": attached.name}
        proposed = self.twice(service + "ProposeGuardianship", wanted,
                              {"passenger": person.passengers[0]})  # fmt: skip
        accepted = {"name": proposed.name, "decision": "DECISION_ACCEPT", "reason": "sample"}
        self.twice(service + "DecideGuardianship", accepted, {"reason": "other"}, self.reviewer(1))
        self.twice(service + "EndGuardianship", {"name": proposed.name, "reason": "sample"},
                   {"reason": "other"})  # fmt: skip

    def staff(self, person):
        return Asker(self.world, f"operators/{person}")

    def reviewer(self, number):
        self.floor.appoint(f"reviewer-{number}", "ROLE_REVIEWER")
        return self.staff(f"reviewer-{number}")

    def sign_in_twice(self):
        """The one-time code serves once, and its session is the answer as often as one asks."""
        sms = self.world.sms
        path = "/_state?to=" + self.person.phone.replace("+", "%2B")
        before = len(sms.get(path)["messages"])
        challenge = self.world.services.as_anybody().call(
            "account.v1.SignInService/StartSignIn", identifier=self.person.phone
        )
        texts = wait_for("the code", lambda: sms.get(path)["messages"][before:])
        code = re.search(r"验证码为 (\d{6})", texts[-1]["text"])[1]
        wrong = f"{(int(code) + 1) % 1000000:06d}"
        session = self.twice(
            "account.v1.SignInService/CompleteSignIn", {"challenge": challenge.name, "code": code},
            {"code": wrong}, Asker(self.world, "gateway"),
        )  # fmt: skip
        self.assertEqual(session.account, self.person.account)

    def test_mutations_of_a_booking_answer_a_repetition_byte_for_byte(self):
        # rules: X-07 R-03
        person, day = self.person, self.floor.train_day()
        wish = {**day.whole.fields(), "statement": person.statement("PURPOSE_BOOK", 1)}
        held = self.twice("slot.v1.BookingService/CreateBooking", wish, {"class_code": "first"})
        booked(person, held)
        name = {"name": held.name, "reason": "repeated (sample)"}
        self.twice("slot.v1.BookingService/CancelBooking", name, {"reason": "other"})
        again = {"name": held.name, "run": day.whole.run,
                 "statement": person.statement("PURPOSE_BOOK", 1)}  # fmt: skip
        self.twice("slot.v1.BookingService/RebookBooking", again, {"run": "runs/other"})
        bookings = person.call("slot.v1.BookingService/ListBookings", parent=person.account)
        self.assertEqual(len(bookings.bookings), 2, "one booked, one rebooked")

    def test_payments_and_orders_answer_a_repetition_byte_for_byte(self):
        # rules: X-07 W-03 W-04
        person, day = self.person, self.floor.train_day()
        buy_out(self.world, day.whole, day.free)
        person.verify()
        wish = {"choices": [day.whole.fields()],
                "statement": person.statement("PURPOSE_WAIT", 1)}  # fmt: skip
        other = {"choices": [day.first_leg().fields()]}
        order = self.twice("waitlist.v1.WaitlistService/CreateOrder", wish, other)
        person.start_payment(order.payment)  # waits until it is there
        start = {"name": order.payment, "channel": "CHANNEL_SANDBOX"}
        started = self.twice("payment.v1.PaymentService/StartPayment", start,
                             {"name": "payments/other"})  # fmt: skip
        self.assertTrue(started.code_url)
        self.twice("waitlist.v1.WaitlistService/TerminateOrder", {"name": order.name},
                   {"name": "waitlistOrders/other"})  # fmt: skip

    def test_the_same_request_id_of_two_people_or_two_methods_is_not_the_same_request(self):
        # rules: X-07
        other = OpenPerson(self.world, "other")
        key = uuid.uuid4().hex
        wishes = lambda who: {"request_id": key, "name": f"{who.account}/contact",
                              "channels": ["CHANNEL_SMS"]}  # fmt: skip
        method = "notification.v1.NotificationService/UpdatePreferences"
        _, mine = self.person.asker().ask(method, wishes(self.person))
        _, theirs = other.asker().ask(method, wishes(other))
        self.assertNotEqual(mine.name, theirs.name)
        other.consent("CONSENT_PURPOSE_IDENTITY_VERIFICATION")
        face = {"request_id": key, "name": other.account, "passenger": other.passengers[0],
                "face_token": "match"}  # fmt: skip
        _, account = other.asker().ask("account.v1.AccountService/VerifyIdentity", face)
        self.assertEqual(account.name, other.account)


if __name__ == "__main__":
    unittest.main()
