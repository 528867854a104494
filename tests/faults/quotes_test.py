"""What operators and travellers are told of fees before anything is done, and what then happens."""

import json
import time
import unittest

from floor import FaultCase, Person, booked, wait_for

DEPARTURE = "2026-12-01T08:00:00+08:00"
USAGE, REFUSED = 64, 65
CHANGED = ("--changed-into-spring-festival",)

# profile, fare in fen, time of refund, more, fee in fen, tier
EDGES = (
    ("seed", 10000, "2026-11-16T07:59:59+08:00", (), 0, "FREE"),
    ("seed", 10000, "2026-11-16T08:00:00+08:00", (), 500, "FIVE_PERCENT"),
    ("seed", 5500, "2026-11-29T08:00:00+08:00", (), 300, "FIVE_PERCENT"),
    ("seed", 4500, "2026-11-29T08:00:00+08:00", (), 250, "FIVE_PERCENT"),
    ("seed", 55300, "2026-11-29T08:00:00+08:00", (), 2750, "FIVE_PERCENT"),
    ("seed", 10000, "2026-11-29T08:00:01+08:00", (), 1000, "TEN_PERCENT"),
    ("seed", 10000, "2026-11-30T08:00:01+08:00", (), 2000, "TWENTY_PERCENT"),
    ("seed", 50, "2026-12-01T07:59:59+08:00", (), 50, "TWENTY_PERCENT"),
    ("seed", 10000, "2026-10-01T08:00:00+08:00", CHANGED, 2000, "SPRING_FESTIVAL"),
    ("cr-2024", 10000, "2026-11-23T08:00:00+08:00", (), 0, "FREE"),
    ("cr-2024", 10000, "2026-11-23T08:00:01+08:00", (), 500, "FIVE_PERCENT"),
    ("cr-2024", 10000, "2026-11-01T08:00:00+08:00", ("--left-when-changed-later", "191h59m59s"),
     500, "CHANGED_LATER"),
    ("cr-2024", 10000, "2026-12-01T04:00:00+08:00", ("--bought", "2026-12-01T03:30:00+08:00"),
     0, "GRACE"),
    ("cr-2024", 10000, "2026-12-01T04:00:01+08:00", ("--bought", "2026-12-01T03:55:00+08:00"),
     2000, "TWENTY_PERCENT"),
)  # fmt: skip


def moment_of(seconds):
    """A time as a field of a request."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


class Quotes(FaultCase):
    """What is true of quotes."""

    def ctl(self, *arguments):
        return self.floor.run_houbuctl("payment", *arguments)

    def quote(self, profile, fare, moment, *more):
        return self.ctl("quote-refund", "--profile", profile, "--fare-minor", str(fare),
                        "--departure", DEPARTURE, "--at", moment, *more)  # fmt: skip

    def test_operators_are_quoted_every_tier_to_the_second(self):
        # rules: W-13 X-12 X-14
        for profile, fare, moment, more, fee, tier in EDGES:
            with self.subTest(f"{profile} {fare} {moment}"):
                done = self.quote(profile, fare, moment, *more)
                self.assertEqual(done.returncode, 0, done.stderr)
                told = json.loads(done.stdout)
                self.assertEqual((told["fee_minor"], told["tier"]), (fee, tier))
                self.assertEqual(told["refund_minor"], fare - fee)
                self.assertEqual(told["profile"], profile)

    def test_operators_are_told_until_when_a_quote_holds(self):
        # rules: X-12
        told = json.loads(self.quote("seed", 10000, "2026-11-20T00:00:00+08:00").stdout)
        self.assertEqual(told["holds_until"], "2026-11-29T00:00:01Z")
        done = self.ctl(
            "quote-change", "--profile", "cr-2024", "--fare-minor", "14500", "--new-fare-minor",
            "10000", "--departure", DEPARTURE, "--new-departure", "2026-12-02T08:00:00+08:00",
            "--at", "2026-11-30T00:00:00+08:00",
        )  # fmt: skip
        told = json.loads(done.stdout)
        self.assertEqual((told["fee_minor"], told["difference_fee_minor"]), (500, 450))
        self.assertEqual((told["refund_minor"], told["due_minor"]), (3550, 0))
        self.assertEqual((told["tier"], told["later"]), ("FIVE_PERCENT", True))
        self.assertEqual(told["holds_until"], "2026-11-30T00:00:01Z")

    def test_what_is_wrong_with_a_question_is_named(self):
        # rules: X-12
        moment = "2026-11-20T00:00:00+08:00"
        for profile, fare, code, word in (
            ("seed", "0", REFUSED, "fare_facts.fare.minor_units"),
            ("seed", "-1", REFUSED, "fare_facts.fare.minor_units"),
            ("seed", str(10**15), REFUSED, "fare_facts.fare.minor_units"),
            ("seed", "12.345", USAGE, "--fare-minor"),
            ("seed", str(10**30), USAGE, "--fare-minor"),
            ("seed", "010", USAGE, "--fare-minor"),
            ("of-tomorrow", "100", REFUSED, "profile must be one of seed, cr-2024"),
        ):
            with self.subTest(fare):
                done = self.quote(profile, fare, moment)
                self.assertEqual(done.returncode, code, done.stderr)
                self.assertIn(word, done.stderr)
        done = self.quote("seed", 100, "tomorrow")
        self.assertEqual(done.returncode, USAGE)
        self.assertIn("--at", done.stderr)

    def facts(self, held, fen, **more):
        """The facts of a fee, as a field of a request."""
        return {"product": "PRODUCT_RAIL", "fare": {"currency_code": "CNY", "minor_units": fen},
                "tickets": len(held.places), "departure_time": moment_of(self.day.departure),
                "cancel_time": moment_of(self.world.now()), **more}  # fmt: skip

    def check_change(self, owner, stranger, held, payment):
        """A change is quoted to its owner and to nobody else; the seed's are free."""
        fen, ask = payment.amount.minor_units, "payment.v1.PaymentService/QuoteChange"
        facts = self.facts(held, fen)
        change = {"fare": facts["fare"], "new_fare": {**facts["fare"], "minor_units": fen + 1000},
                  "tickets": 1, "departure_time": facts["departure_time"],
                  "new_departure_time": facts["departure_time"],
                  "change_time": facts["cancel_time"]}  # fmt: skip
        quote = owner.call(ask, name=payment.name, change_facts=change)
        self.assertEqual((quote.tier, quote.due.minor_units), ("FREE", 1000))
        self.refused("NOT_FOUND", "PAYMENT_UNKNOWN", stranger.call, ask, name=payment.name,
                     change_facts=change)  # fmt: skip
        both = self.refused("INVALID_ARGUMENT", "INVALID_REQUEST", owner.call, ask,
                            name=payment.name, profile="seed", change_facts={})  # fmt: skip
        self.assertIn("profile", both.fields)

    def test_a_refund_gives_what_was_quoted_before_it(self):
        # rules: X-12 W-13
        self.day = self.floor.train_day()
        owner = Person(self.world, "quoted")
        held = booked(owner, owner.book(self.day.whole, 1))
        payment, ask = owner.payment(held.payment), "payment.v1.PaymentService/QuoteRefund"
        self.assertEqual(payment.fee_profile, "seed")
        fen = payment.amount.minor_units
        quote = owner.call(ask, name=payment.name, fare_facts=self.facts(held, fen))
        self.assertEqual(quote.profile, "seed")
        above = self.refused("FAILED_PRECONDITION", "AMOUNT_ABOVE_REST", owner.call, ask,
                             name=payment.name, fare_facts=self.facts(held, fen + 1))  # fmt: skip
        self.assertEqual(above.metadata["field"], "fare")
        stranger = Person(self.world, "stranger")
        self.refused("NOT_FOUND", "PAYMENT_UNKNOWN", stranger.call, ask, name=payment.name,
                     fare_facts=self.facts(held, fen))  # fmt: skip
        dollars = {"currency_code": "USD", "minor_units": fen}
        wrong = self.refused("INVALID_ARGUMENT", "INVALID_REQUEST", owner.call, ask,
                             fare_facts=self.facts(held, fen, fare=dollars))  # fmt: skip
        self.assertEqual(set(wrong.fields), {"fare_facts.fare.currency_code"})
        self.check_change(owner, stranger, held, payment)
        owner.cancel(held.name, "quoted")
        refunded = lambda: owner.payment(payment.name).refunded_amount.minor_units
        wait_for("the refund", refunded)
        later = owner.call(ask, profile="seed", fare_facts=self.facts(held, fen))
        # Another tier may have begun to speak between the quote and the cancellation.
        self.assertIn(refunded(), (quote.refund.minor_units, later.refund.minor_units))


if __name__ == "__main__":
    unittest.main()
