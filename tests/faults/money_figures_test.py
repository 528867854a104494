"""What operators see of the money: figures that are there, right, and name nobody."""

import re
import unittest
import urllib.request

from floor import FaultCase, Person, booked, state_of, wait_for

FIGURES_SECONDS = 60  # from one look at the record to the next
QUIET_SECONDS = 60
LINE = re.compile(r"(\w+)(?:\{(.*)\})? (\S+)")
LABEL = re.compile(r'(\w+)="([^"]*)"')


class Figures:
    """What the payment service shows at one moment."""

    def __init__(self, floor):
        admin = floor.services.stack["services"]["payment"]["admin"]
        with urllib.request.urlopen(f"http://{admin}/metrics", timeout=5) as answer:
            lines = answer.read().decode().splitlines()
        found = (LINE.fullmatch(line) for line in lines if not line.startswith("#"))
        self.all = [(m[1], dict(LABEL.findall(m[2] or "")), float(m[3])) for m in found]

    def sum(self, name, **labels):
        """The sum of a figure over all series that have these labels; None where there is none."""
        wanted = "houbu_payment_" + name
        values = [value for seen, given, value in self.all
                  if seen == wanted and labels.items() <= given.items()]  # fmt: skip
        return sum(values) if values else None


class MoneyFiguresTest(FaultCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.day = cls.floor.roomy_day()

    def setUp(self):
        wait_for("no test before this one left money on its way", self.is_quiet, QUIET_SECONDS)

    def is_quiet(self):
        """Whether nothing is in flight; lets what others left unpaid run out where there is."""
        figures = self.look()
        if figures.sum("in_flight") == 0 and figures.sum("refunds_in_flight") == 0:
            return True
        self.world.advance(600)
        return False

    def look(self):
        """The figures of a look at the record that began after now."""
        for _ in range(2):  # one may be under way
            before = self.rounds()
            self.world.advance(FIGURES_SECONDS)
            wait_for("the record is looked at", lambda: self.rounds() > before)
        return Figures(self.floor)

    def rounds(self):
        return sum(value for name, given, value in Figures(self.floor).all
                   if name == "houbu_loop_rounds_total"
                   and given.get("loop") == "money_figures")  # fmt: skip

    def refunded(self, person, held):
        refunds = person.call("payment.v1.PaymentService/ListRefunds", parent=held.payment).refunds
        if refunds and all(state_of(refund) == "STATE_SUCCEEDED" for refund in refunds):
            return sum(refund.amount.minor_units for refund in refunds)
        return None

    def test_what_came_and_went_back_is_shown_by_channel_and_the_ledger_is_at_zero(self):
        # rules: X-06 W-14
        for channel, name in (("CHANNEL_WECHAT_PAY", "wechat_pay"), ("CHANNEL_ALIPAY", "alipay")):
            with self.subTest(channel):
                before = self.look()
                of = lambda figures, figure: figures.sum(figure, channel=name) or 0
                self.world.pay_by(channel)
                person = Person(self.world, "payer")
                held = person.book(self.day.whole, 1)
                order = person.start_payment(held.payment)
                waiting = self.look()
                self.assertEqual(of(waiting, "in_flight"), of(before, "in_flight") + 1)
                person.wallet.pay(order)
                stands = lambda: person.in_state(held.name, "STATE_BOOKED")
                wait_for("the booking stands", stands)
                paid = self.look()
                fare = held.total.minor_units
                self.assertEqual(of(paid, "in_flight"), of(before, "in_flight"))
                self.assertEqual(of(paid, "captured_minor_units"),
                                 of(before, "captured_minor_units") + fare)  # fmt: skip
                person.cancel(held.name, "the sample is over")
                back = wait_for("the money is back", lambda: self.refunded(person, held))
                done = self.look()
                self.assertEqual(of(done, "refunded_minor_units"),
                                 of(before, "refunded_minor_units") + back)  # fmt: skip
                self.assertEqual(of(done, "refunds_in_flight"), of(before, "refunds_in_flight"))
                self.assertEqual(done.sum("ledger_imbalance_minor_units", currency="CNY"), 0)
                for method in ("create", "refund"):
                    asked = done.sum("provider_call_seconds_count", channel=name, method=method,
                                     outcome="OK")  # fmt: skip
                    self.assertGreaterEqual(asked, 1, method)

    def test_a_refund_that_sticks_is_shown_with_its_sum_and_age(self):
        # rules: W-14
        party = self.world.wechat_pay
        self.addCleanup(party.post, "/_control/reset")
        self.world.pay_by("CHANNEL_WECHAT_PAY")
        person = Person(self.world, "payer")
        held = booked(person, person.book(self.day.whole, 1))
        before = self.look()
        of = lambda figures, figure: figures.sum(figure, channel="wechat_pay")
        party.post("/_control", {"refund_stuck": {"times": 1}})
        person.cancel(held.name, "the refund sticks")
        asked = lambda: [refund["out_refund_no"] for refund in party.get("/_state")["refunds"]
                         if refund["status"] == "PROCESSING"]  # fmt: skip
        name = wait_for("the refund is asked for", asked)[0]
        stuck = self.look()
        self.assertEqual(of(stuck, "refunds_in_flight"), of(before, "refunds_in_flight") + 1)
        self.assertGreater(of(stuck, "refunds_in_flight_minor_units"),
                           of(before, "refunds_in_flight_minor_units"))  # fmt: skip
        self.assertGreaterEqual(of(stuck, "refunds_oldest_age_seconds"), FIGURES_SECONDS)
        party.post(f"/_control/refund/{name}", {"status": "SUCCESS"})
        wait_for("the money is back", lambda: self.refunded(person, held))
        done = self.look()
        self.assertEqual(of(done, "refunds_in_flight"), of(before, "refunds_in_flight"))

    def test_a_proven_callback_of_an_unknown_payment_is_counted_as_unmatched(self):
        # rules: X-06
        party = self.world.wechat_pay
        self.world.pay_by("CHANNEL_WECHAT_PAY")
        person = Person(self.world, "payer")
        held = person.book(self.day.whole, 1)
        order = person.start_payment(held.payment)
        before = Figures(self.floor).sum("unmatched_facts_total", channel="wechat_pay")
        party.post("/_control", {"no_callback": {"times": 1}})
        person.wallet.pay(order)
        number = order["out_trade_no"]
        content = {"out_trade_no": "nobody-0000"}
        made = party.post(f"/_control/callback/{number}", {"content": content})
        port = self.floor.layout.port("payment_callbacks")
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/callbacks/wechat_pay", data=made["body"].encode(),
            method="POST", headers={"Content-Type": "application/json", **made["headers"]},
        )  # fmt: skip
        with self.assertRaises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(request, timeout=10)
        with caught.exception:
            self.assertEqual(caught.exception.code, 404)
        after = Figures(self.floor).sum("unmatched_facts_total", channel="wechat_pay")
        self.assertEqual(after, before + 1)
        self.assertEqual(Figures(self.floor).sum("unmatched_facts_total", channel="alipay"), 0)

    def test_the_log_names_nobody(self):
        # rules: R-17
        self.world.pay_by("CHANNEL_ALIPAY")
        person = Person(self.world, "payer")
        held = booked(person, person.book(self.day.whole, 1))
        person.cancel(held.name, "the sample is over")
        wait_for("the money is back", lambda: self.refunded(person, held))
        with open(self.floor.layout.log("payment"), encoding="utf-8") as file:
            log = file.read()
        self.assertIn('"svc":"payment"', log)
        said = [text for text in (person.phone, person.phone[3:], person.email, "旅客",
                                  "buyer_logon_id", "sam***", "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o")
                if text in log]  # fmt: skip
        self.assertEqual(said, [])


if __name__ == "__main__":
    unittest.main()
