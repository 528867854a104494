"""Reconciliation as finance people see it: bills and books, cases, what two people decide."""

import datetime
import unittest

from floor import wait_for
from truths import Truths
from wechat_payer import WechatPay


BEIJING = datetime.timezone(datetime.timedelta(hours=8))
MORNING = 11  # by then bills are there
FIRST, SECOND = "operators/finance-1", "operators/finance-2"


class Reconciliation(WechatPay):
    """What is true of a day on which WeChat Pay moved our money."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for person in (FIRST, SECOND):
            cls.floor.appoint(person.removeprefix("operators/"), "ROLE_FINANCE")

    def setUp(self):
        super().setUp()
        self.addCleanup(self.settle_everything)

    def ctl(self, *arguments, person=FIRST):
        return self.floor.houbuctl(*arguments, person=person)

    def today(self):
        return datetime.datetime.fromtimestamp(self.world.now(), BEIJING).date()

    def to_next_morning(self):
        """Lets the night pass; gives the day that is over."""
        over = self.today()
        morning = datetime.datetime.combine(
            over + datetime.timedelta(days=1), datetime.time(MORNING), BEIJING
        )
        self.world.advance_to(morning.timestamp())
        return over

    def compare(self, day):
        """Has a day's bill compared; the reconciliation."""
        code, said = self.ctl(
            "reconcile", "run", "--channel", "wechat_pay", "--day", day.isoformat()
        )
        self.assertIn(code, (0, 1, 69), said)
        return said[0]

    def cases(self, *arguments):
        code, said = self.ctl("reconcile", "cases", "--channel", "wechat_pay", *arguments)
        self.assertIn(code, (0, 1), said)
        return said if isinstance(said, list) else []

    def close(self, case, *how):
        """Two people close a case."""
        code, made = self.ctl("reconcile", "close", case["case"], *how, "--reason", "looked into")
        self.assertEqual(code, 0, made)
        code, done = self.ctl("proposal", "approve", made[0]["proposal"], person=SECOND)
        self.assertEqual((code, done[0]["state"]), (0, "APPROVED"))

    def settle_everything(self):
        """The next test meets no case of this one."""
        self.party.post("/_control/reset")
        for case in self.cases():
            self.close(case, "--waive")

    def pay(self):
        """Paid by its code and heard of."""
        self.start()
        self.scan()
        self.wait_booked()


class ReconciliationTest(Reconciliation):
    def test_a_bill_that_agrees_leaves_nothing_to_do(self):
        # rules: X-06
        self.pay()
        done = self.compare(self.to_next_morning())
        self.assertTrue(done["done"])
        self.assertGreaterEqual(done["compared"], 1)
        self.assertEqual(done["cases"], 0)

    def test_bills_come_and_are_compared_by_themselves(self):
        # rules: X-06
        self.pay()
        day = self.to_next_morning().isoformat()
        begins = f"{day}T00:00:00+08:00"
        sql = f"""SELECT 1 FROM reconciliations WHERE channel = 'wechat_pay' AND kind = 'BILL'
                  AND from_time = '{begins}' AND finish_time IS NOT NULL AND compared > 0"""
        wait_for("the bill is compared", lambda: self.floor.rows("payment", sql))
        hour = "SELECT 1 FROM reconciliations WHERE kind = 'INQUIRY' AND compared > 0"
        wait_for("its hour was compared by asking", lambda: self.floor.rows("payment", hour))

    def test_a_late_or_cut_off_bill_is_no_bill_and_tried_again(self):
        # rules: X-06
        self.pay()
        self.switch(bill_late={})
        day = self.to_next_morning()
        self.assertEqual(self.compare(day)["failure"], "UNAVAILABLE")
        self.party.post("/_control/reset")
        self.switch(bill_truncated={})
        late = self.compare(day)
        self.assertFalse(late["done"])
        self.party.post("/_control/reset")
        self.assertTrue(self.compare(day)["done"])
        self.assertEqual(self.cases(), [])

    def test_a_stranger_in_the_bill_is_a_case_that_two_people_close_with_a_posting(self):
        # rules: X-06
        self.pay()
        self.switch(bill_extra_row={})
        self.assertEqual(self.compare(self.to_next_morning())["cases"], 1)
        (case,) = self.cases()
        self.assertEqual((case["class"], case["movement"]), ("UNKNOWN_ORDER", "PAYMENT"))
        before = self.balance("suspense:wechat_pay")
        posting = ("--debit", "differences", "--credit", "suspense:wechat_pay",
                   "--fen", str(case["theirs_fen"]))  # fmt: skip
        code, made = self.ctl("reconcile", "close", case["case"], *posting, "--reason", "counter")
        self.assertEqual(code, 0, made)
        proposal = made[0]["proposal"]
        code, said = self.ctl("proposal", "approve", proposal)
        self.assertEqual(code, 77)
        self.assertIn("OWN_PROPOSAL", said)
        code, said = self.ctl("proposal", "approve", proposal, person="operator")
        self.assertEqual(code, 77)
        self.assertIn("ROLE_MISSING", said)
        self.assertEqual(self.balance("suspense:wechat_pay"), before)
        code, done = self.ctl("proposal", "approve", proposal, person=SECOND)
        self.assertEqual((code, done[0]["checker"]), (0, SECOND))
        self.assertEqual(self.balance("suspense:wechat_pay"), before - case["theirs_fen"])
        self.assertEqual(self.cases(), [])
        closed = next(c for c in self.cases("--all") if c["case"] == case["case"])
        self.assertEqual(closed["closed_by"], "POSTING")
        code, sound = self.ctl("ledger", "check")
        self.assertEqual((code, sound[0]["sound"]), (0, True))

    def test_money_goes_back_by_hand_with_two_people(self):
        # rules: X-06 W-14
        self.pay()
        above = str(10**9)
        code, said = self.ctl("proposal", "refund", self.held.payment, "--fen", above,
                              "--reason", "no heating")  # fmt: skip
        self.assertEqual(code, 65)
        self.assertIn("REFUND_ABOVE_REST", said)
        code, made = self.ctl("proposal", "refund", self.held.payment, "--fen", "100",
                              "--reason", "no heating")  # fmt: skip
        self.assertEqual((code, made[0]["state"]), (0, "OPEN"))
        self.assertEqual(self.refunds(), [])
        code, done = self.ctl("proposal", "approve", made[0]["proposal"], person=SECOND)
        self.assertEqual(code, 0, done)
        self.wait_refunded()
        self.assertEqual(self.refunds(), ["STATE_SUCCEEDED"])
        code, said = self.ctl("proposal", "reject", made[0]["proposal"], "--comment", "late")
        self.assertEqual(code, 65)
        self.assertIn("PROPOSAL_DECIDED", said)
        # What is left goes back by policy, though it is less than the fare.
        self.person.cancel(self.held.name, "no heating at all")
        wait_for("the rest is back", lambda: self.refunds() == ["STATE_SUCCEEDED"] * 2)
        Truths(self.world).hold()

    def balance(self, account):
        code, said = self.ctl("ledger", "check")
        self.assertEqual(code, 0, said)
        sums = {line["account"]: line["minor_units"] for line in said[0]["accounts"]}
        return sums.get(account, 0)


if __name__ == "__main__":
    unittest.main()
