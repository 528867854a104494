"""Staff: their roles, what they do to accounts, and the log of it that nobody changes unseen."""

import json
import os
import time
import unittest

from floor import FaultCase, Person, booked, wait_for
from wire import Caller

FOUND = 1  # houbuctl's exit code
BELIEVED_SECONDS = 1.5  # how long a role that was taken may be believed, and some more
COUNTED = 100  # the cancellations that restrict on a stack of tests
STATEMENT = "account.v1.StatementService/IssueTravelStatement"
RESTRICTIONS = "account.v1.RestrictionService/"
TRIPS = "slot.v1.TripService/ListTrips"
START = "payment.v1.PaymentService/StartPayment"
MEMBERSHIP = "account.v1.AccountService/ActivateMembership"


class Staff(FaultCase):
    """What is true of a stack's staff."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.owner = Person(cls.world, "regular", 1)
        cls.support = cls.floor.appoint("support-1", "ROLE_SUPPORT")
        cls.reviewers = [
            cls.floor.appoint(person, "ROLE_REVIEWER") for person in ("reviewer-1", "reviewer-2")
        ]

    def refusal(self, code, expected, who, method, **fields):
        """Checks that a call is refused so; gives the refusal."""
        return self.refused(code, expected, lambda: who.call(method, **fields))

    def verify_log(self, *arguments):
        return self.floor.houbuctl("audit", "verify", *arguments, person="operators/admin-1")

    def acts_of(self, subject):
        """What the log says was done to a resource and what belongs to it."""
        code, said = self.floor.houbuctl(
            "audit", "list", "--subject", subject, person="operators/admin-1"
        )
        self.assertEqual(code, 0, said)
        return [(entry["actor"], entry["act"]) for entry in said] if isinstance(said, list) else []

    def ask_for_statement(self):
        return self.owner.call(STATEMENT, account=self.owner.account, purpose="PURPOSE_BOOK",
                               passengers=self.owner.passengers)  # fmt: skip

    def test_an_operators_method_takes_a_role_and_refusals_are_on_record(self):
        # rules: R-09
        services = self.world.services
        asked = {"name": self.owner.account, "reason": "ticket 42"}
        for person, reason in ((None, "ROLE_MISSING"), ("finance-1", "ROLE_MISSING")):
            who = services.as_staff(person) if person else services.as_operator()
            self.refusal("PERMISSION_DENIED", reason, who, MEMBERSHIP, **asked)
        self.refusal("PERMISSION_DENIED", "CALLER_NOT_ALLOWED", self.owner, MEMBERSHIP,
                     **asked)  # fmt: skip
        refusals = self.acts_of("houbu." + MEMBERSHIP)
        for actor in ("operator", "operators/finance-1", self.owner.account):
            self.assertIn((actor, "ACCESS_REFUSED"), refusals)
        self.assertTrue(self.support.call(MEMBERSHIP, **asked).member)
        self.assertIn(("operators/support-1", "MEMBERSHIP_ACTIVATED"),
                      self.acts_of(self.owner.account))  # fmt: skip

    def test_a_role_that_was_taken_serves_no_more_within_a_second(self):
        # rules: R-09
        change = {"name": "staff/finance-2", "role": "ROLE_SUPPORT", "reason": "for a day"}
        admin = self.world.services.as_staff("admin-2")
        helper = self.floor.appoint("finance-2", "ROLE_SUPPORT")
        asked = {"name": self.owner.account, "reason": "ticket 43"}
        helper.call(MEMBERSHIP, **asked)
        helper.call(TRIPS)
        admin.call("account.v1.StaffService/RevokeRole", **change)
        time.sleep(BELIEVED_SECONDS)
        self.refusal("PERMISSION_DENIED", "ROLE_MISSING", helper, MEMBERSHIP, **asked)
        self.refusal("PERMISSION_DENIED", "ROLE_MISSING", helper, TRIPS)
        own = {**change, "name": "staff/admin-2", "role": "ROLE_REVIEWER"}
        self.refusal("PERMISSION_DENIED", "OWN_ROLE", admin,
                     "account.v1.StaffService/GrantRole", **own)  # fmt: skip

    def test_repeated_cancellations_restrict_until_support_lifts_it(self):
        # rules: R-19
        slot = Caller(self.world.services, "slot", ())
        for number in range(COUNTED - 1):
            slot.call("slot.v1.CancellationListenerService/OnBookingCancelled", at="account",
                      account=self.owner.account, booking=f"bookings/bk-staff-{number}",
                      cancel_time=time.strftime("%Y-%m-%dT%H:%M:%SZ",
                                                time.gmtime(self.world.now())))  # fmt: skip
        self.ask_for_statement()
        held = self.owner.book(self.floor.roomy_day().whole, 1)
        booked(self.owner, held)
        self.owner.cancel(held.name, "once too often")

        def restricted():
            answer = self.owner.call(RESTRICTIONS + "ListRestrictions", parent=self.owner.account)
            return [each for each in answer.restrictions if each.active]

        found = wait_for("the restriction", restricted)
        self.assertEqual([each.reason_code for each in found], ["CANCELLATIONS"])
        self.assertEqual(found[0].imposed_by, "")  # not for its owner
        refusal = self.refused("FAILED_PRECONDITION", "ACCOUNT_RESTRICTED", self.ask_for_statement)
        self.assertEqual((refusal.metadata["level"], refusal.metadata["reason"]),
                         ("BOOKING", "CANCELLATIONS"))  # fmt: skip
        self.refusal("PERMISSION_DENIED", "CALLER_NOT_ALLOWED", self.owner,
                     RESTRICTIONS + "LiftRestriction", name=found[0].name,
                     reason="please")  # fmt: skip
        self.support.call(RESTRICTIONS + "LiftRestriction", name=found[0].name, reason="a storm")
        self.ask_for_statement()
        self.assertIn(("operators/support-1", "RESTRICTION_LIFTED"), self.acts_of(found[0].name))

    def test_who_may_not_pay_starts_no_payment_within_a_second(self):
        # rules: R-19
        debtor = Person(self.world, "debtor", 1)
        held = debtor.book(self.floor.roomy_day().whole, 1)
        start = {"name": held.payment, "channel": "CHANNEL_SANDBOX"}
        until = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.world.now() + 3600))
        restriction = self.support.call(
            RESTRICTIONS + "ImposeRestriction", parent=debtor.account, level="LEVEL_PAYMENT",
            reason="a sample", expire_time=until,
        )  # fmt: skip
        time.sleep(1)
        # By the token from before, and by one issued since.
        for _ in range(2):
            refusal = self.refusal("FAILED_PRECONDITION", "ACCOUNT_RESTRICTED", debtor, START,
                                   **start)  # fmt: skip
            self.assertEqual(refusal.metadata["level"], "PAYMENT")
            self.assertEqual(refusal.metadata["until"], until.replace("Z", "+00:00"))
            debtor.sign_in()
        refusal = self.refusal("FAILED_PRECONDITION", "ACCOUNT_RESTRICTED", debtor, STATEMENT,
                               account=debtor.account, purpose="PURPOSE_BOOK",
                               passengers=debtor.passengers)  # fmt: skip
        self.assertEqual(refusal.metadata["level"], "PAYMENT")
        self.assertEqual(debtor.call("payment.v1.PaymentService/GetPayment",
                                     name=held.payment).name, held.payment)  # fmt: skip
        self.support.call(RESTRICTIONS + "LiftRestriction", name=restriction.name, reason="paid up")
        time.sleep(1)
        debtor.call(START, **start)
        booked(debtor, held)

    def test_a_ban_takes_two_people(self):
        # rules: R-09
        first, second = self.reviewers
        forger = Person(self.world, "forger", 1)
        asked = {"parent": forger.account, "kind": "KIND_BAN", "reason": "a drawn passport"}
        proposal = first.call(RESTRICTIONS + "ProposeBan", **asked)
        decide = {"name": proposal.name, "decision": "DECISION_APPROVE", "reason": "seen too"}
        self.refusal("PERMISSION_DENIED", "OWN_BAN_PROPOSAL", first,
                     RESTRICTIONS + "DecideBan", **decide)  # fmt: skip
        second.call(RESTRICTIONS + "DecideBan", **decide)
        refusal = self.refusal("FAILED_PRECONDITION", "ACCOUNT_RESTRICTED", forger, STATEMENT,
                               account=forger.account, purpose="PURPOSE_BOOK",
                               passengers=forger.passengers)  # fmt: skip
        # Of the statement, or of signing in again: every session is over too.
        self.assertIn("SIGN_IN", refusal.metadata["level"])
        self.assertEqual(refusal.metadata["until"], "")

    def test_who_changes_the_log_is_found_at_the_place(self):
        # rules: R-09
        code, said = self.verify_log()
        self.assertEqual((code, said[-1]["holds"]), (0, True), said)
        self.assertGreaterEqual(said[-1]["heads"], 1)
        code, heads = self.floor.houbuctl("audit", "heads", person="operators/admin-1")
        exported = os.path.join(self.floor.layout.state, "heads.jsonl")
        with open(exported, "w", encoding="utf-8") as file:
            file.writelines(json.dumps(head) + "\n" for head in heads)
        self.assertEqual(self.verify_log("--heads", exported)[0], 0)
        position = 1
        was = self.floor.rows(
            "account", f"SELECT reason FROM audit_entries WHERE position = {position}"
        )[0]
        self.change_past_the_triggers(position, "somebody else")
        code, said = self.verify_log("--heads", exported)
        self.change_past_the_triggers(position, was)
        self.assertEqual(code, FOUND)
        self.assertEqual((said[0]["position"], said[0]["kind"]), (position, "ALTERED"))
        self.assertEqual(self.verify_log("--heads", exported)[0], 0)
        refused = self.floor.run_houbuctl("audit", "verify", person="operators/support-1")
        self.assertIn("ROLE_MISSING", refused.stderr)

    def change_past_the_triggers(self, position, reason):
        """What the owner of the table can do."""
        for sql in ("ALTER TABLE audit_entries DISABLE TRIGGER USER",
                    f"UPDATE audit_entries SET reason = '{reason}' WHERE position = {position}",
                    "ALTER TABLE audit_entries ENABLE TRIGGER USER"):  # fmt: skip
            self.floor.rows("account", sql)


if __name__ == "__main__":
    unittest.main()
