"""The books as an operator asks for them: they agree, and where somebody spoils them it is told."""

import unittest

from floor import FaultCase, Person, booked


class Ledgers(FaultCase):
    """What is true of the ledger."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        owner = Person(cls.world, "saver")
        owner.verify()
        cls.payment = booked(owner, owner.book(cls.floor.roomy_day().whole, 1)).payment

    def ctl(self, *arguments):
        """What houbuctl says of the ledger: its exit code and one object, or its complaint."""
        code, said = self.floor.houbuctl("ledger", *arguments)
        return code, said[0] if isinstance(said, list) else said

    def test_a_payment_shows_what_was_posted_for_it(self):
        # rules: X-06
        code, shown = self.ctl("show", self.payment)
        self.assertEqual((code, shown["faults"]), (0, []))
        captured = shown["transactions"][0]
        self.assertEqual(captured["event"], "CAPTURED")
        self.assertEqual(sum(entry["minor_units"] for entry in captured["entries"]), 0)
        code, told = self.ctl("show", "payments/none")
        self.assertEqual(code, 65)
        self.assertIn("PAYMENT_UNKNOWN", told)

    def test_books_that_were_spoiled_are_told(self):
        # rules: X-06
        code, found = self.ctl("check")
        self.assertEqual((code, found["sound"], found["faults"]), (0, True, []))
        self.assertGreaterEqual(found["payments"], 1)
        self.assertEqual([sum_of["minor_units"] for sum_of in found["imbalances"]], [0])
        spoiled = self.payment.removeprefix("payments/")
        change = "UPDATE payments SET captured = captured {} 1 WHERE id = '{}'"
        self.floor.rows("payment", change.format("+", spoiled))
        try:
            code, found = self.ctl("check")
        finally:
            self.floor.rows("payment", change.format("-", spoiled))
        self.assertEqual((code, found["sound"]), (1, False))
        self.assertEqual([fault["payment"] for fault in found["faults"]], [self.payment])
        self.assertRegex(found["faults"][0]["faults"][0], r"^captured: \d+ by the payment, \d+ by")

    def test_what_was_posted_stays(self):
        # rules: X-06
        before = self.floor.rows("payment", "SELECT count(*), sum(abs(amount)) FROM ledger_entries")
        for spoil in ("UPDATE ledger_entries SET amount = amount + 1", "DELETE FROM ledger_entries",
                      "TRUNCATE ledger_transactions CASCADE"):  # fmt: skip
            with self.subTest(spoil), self.assertRaisesRegex(Exception, "refused"):
                self.floor.rows("payment", spoil)
        after = self.floor.rows("payment", "SELECT count(*), sum(abs(amount)) FROM ledger_entries")
        self.assertEqual(before, after)


if __name__ == "__main__":
    unittest.main()
