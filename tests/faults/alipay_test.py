"""Money through Alipay: it counts once, whatever callbacks do, and its own SDK knows our words."""

import re
import unittest
import urllib.error
import urllib.parse
import urllib.request

from floor import FaultCase, Person, state_of, told_of, wait_for
from truths import Truths

import alipay_sdk
from alipay_signing import Keys

COPIES = 100
POLLED_SECONDS = 30  # by then a payment that nobody spoke of is asked about
PROMPT_SECONDS = 5
OUTCOMES = re.compile(
    r'^houbu_payment_callbacks_total\{channel="alipay",outcome="(\w+)"\} (\d+)', re.MULTILINE
)


class AlipayPayments(FaultCase):
    """What is true of money that comes and goes through Alipay."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.day = cls.floor.roomy_day()

    def setUp(self):
        self.alipay = self.world.alipay
        self.addCleanup(self.alipay.post, "/_control/reset")
        self.keys = Keys(self.floor.services.stack["alipay_keys"])
        self.person = Person(self.world, "payer")
        self.held = self.person.book(self.day.whole, 1)

    def start(self):
        """Asks to pay; Alipay's order."""
        ask = lambda: self.person.call(
            "payment.v1.PaymentService/StartPayment", name=self.held.payment,
            channel="CHANNEL_ALIPAY",
        )  # fmt: skip
        started = wait_for("the payment can be started", ask)
        found = [order for order in self.orders() if order["code_url"] == started.code_url]
        self.assertEqual(len(found), 1, started.code_url)
        return found[0]

    def orders(self):
        return self.alipay.get("/_state")["orders"]

    def order(self):
        name = self.held.payment.removeprefix("payments/").replace("-", "_")
        return next(order for order in self.orders() if order["out_trade_no"] == name)

    def pay(self, order):
        answer = self.alipay.post("/_control/pay/" + order["out_trade_no"])
        self.assertEqual(answer.status, 200, answer.content)

    def wait_booked(self, seconds=POLLED_SECONDS):
        stands = lambda: self.person.in_state(self.held.name, "STATE_BOOKED")
        return wait_for("the booking stands", stands, seconds)

    def wait_acknowledged(self, order):
        heard = lambda: any(
            record["acknowledged"]
            for record in self.alipay.get("/_state")["callbacks"]
            if record["out_trade_no"] == order["out_trade_no"]
        )
        wait_for("Alipay hears success", heard)

    def check_one_effect(self):
        payment = self.held.payment.removeprefix("payments/")
        posted = self.floor.rows("payment", "SELECT event FROM ledger_transactions "
                                 f"WHERE payment = '{payment}'")  # fmt: skip
        self.assertEqual(len(posted), 1, posted)
        told = lambda: told_of(self.person, self.held.name)
        wait_for("its owner is told", lambda: told() == ["EVENT_BOOKED", "EVENT_PAID"])

    def check_no_effect(self):
        self.assertNotEqual(state_of(self.person.payment(self.held.payment)), "STATE_SUCCEEDED")
        self.assertNotEqual(state_of(self.person.booking(self.held.name)), "STATE_BOOKED")

    def post(self, body):
        """(status, word) for a callback."""
        port = self.floor.layout.port("payment_callbacks")
        url = f"http://127.0.0.1:{port}/callbacks/alipay"
        try:
            with urllib.request.urlopen(url, body, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def counted(self):
        """How often each outcome of Alipay's callbacks was counted."""
        admin = self.floor.services.stack["services"]["payment"]["admin"]
        with urllib.request.urlopen(f"http://{admin}/metrics", timeout=5) as answer:
            return {name: int(n) for name, n in OUTCOMES.findall(answer.read().decode())}

    def test_a_booking_is_paid_and_given_back_and_the_sdk_knows_every_request(self):
        # rules: W-14 X-06 X-07
        order = self.start()
        self.assertEqual(order["total_minor"], self.held.total.minor_units)
        self.pay(order)
        self.wait_booked(PROMPT_SECONDS)
        self.wait_acknowledged(order)
        self.check_one_effect()
        self.alipay.post("/_control", {"refund_stuck": {"times": 1}})
        self.person.cancel(self.held.name, "paid through Alipay (sample)")
        refunds = lambda: self.person.call("payment.v1.PaymentService/ListRefunds",
                                           parent=self.held.payment).refunds  # fmt: skip
        done = lambda: [state_of(refund) for refund in refunds()] == ["STATE_SUCCEEDED"]
        wait_for("the money is back", lambda: self.advance_until(done))
        back = sum(refund.amount.minor_units for refund in refunds())
        self.assertGreater(back, 0)
        self.assertEqual(self.order()["refunded_minor"], back)
        Truths(self.world).hold()
        if not alipay_sdk.is_there():
            self.skipTest("npm's alipay-sdk is not installed")
        seen = self.alipay.get("/_control/requests")["seen"]
        self.assertLessEqual(
            {"alipay.trade.precreate", "alipay.trade.refund"}, {fields["method"] for fields in seen}
        )
        public = self.keys.names["app_public_key_file"]
        verdicts = alipay_sdk.ask("verify", public=public, fields=seen)
        self.assertEqual(verdicts, [True] * len(seen))

    def advance_until(self, done):
        """Looks, and lets a moment pass."""
        if done():
            return True
        self.world.advance(2)
        return False

    def test_money_paid_before_the_code_was_answered_counts_once_a_hundred_times_told(self):
        # rules: X-07
        self.alipay.post("/_control", {"early_callback": {"times": 1}})
        order = self.start()
        self.wait_booked(PROMPT_SECONDS)
        notice = self.alipay.post("/_control/notice/" + order["out_trade_no"]).content
        before = self.counted()
        self.alipay.post("/_control", {"duplicate_callback": {"copies": COPIES, "times": 1}})
        self.alipay.post("/_control/call_back/" + order["out_trade_no"])
        arrived = lambda: sum(self.counted().values()) >= sum(before.values()) + COPIES
        wait_for("all copies were judged", arrived)
        grown = {k: n - before.get(k, 0) for k, n in self.counted().items()}
        self.assertEqual(grown.get("ACCEPTED"), 1, grown)
        self.assertEqual(self.post(urllib.parse.urlencode(notice).encode()), (200, "success"))
        self.check_one_effect()

    def test_lost_callbacks_and_stumbling_answers_are_made_up_for_by_asking(self):
        # rules: X-07
        self.alipay.post("/_control", {"drop_answer": {"times": 1}, "error": {"times": 1}})
        order = self.start()
        self.alipay.post("/_control", {"no_callback": {"times": 1}, "rotated_key": {}})
        self.pay(order)
        self.world.advance(POLLED_SECONDS)
        self.wait_booked()
        self.check_one_effect()

    def test_what_is_not_proven_not_ours_or_not_true_changes_nothing_and_is_counted(self):
        # rules: X-06 X-07
        order = self.start()
        self.alipay.post("/_control/scan/" + order["out_trade_no"])
        paid = {"trade_status": "TRADE_SUCCESS", "gmt_payment": "2026-11-21 17:00:00"}
        signed = lambda **changed: self.alipay.post(
            "/_control/notice/" + order["out_trade_no"], {"changed": {**paid, **changed}}
        ).content
        good = signed()
        body = lambda fields: urllib.parse.urlencode(fields).encode()
        without = lambda *names: {k: v for k, v in good.items() if k not in names}
        self.alipay.post("/_control", {"rotated_key": {}})
        cases = [
            ("unsigned", body(without("sign")), 401, "UNSIGNED"),
            ("without its kind", body(without("sign_type")), 401, "UNSIGNED"),
            ("of a weaker kind", body({**good, "sign_type": "RSA"}), 401, "UNSIGNED"),
            ("another amount", body({**good, "total_amount": "0.01"}), 401, "FORGED"),
            ("signed otherwise", body({**good, "sign": "AAAA" + good["sign"][4:]}), 401, "FORGED"),
            ("said twice", body(good) + b"&out_trade_no=py_other", 400, "MALFORMED"),
            ("made JSON of", str(good).encode(), 401, "UNSIGNED"),
            ("cut off", body(good).rsplit(b"&", 2)[0], 401, "UNSIGNED"),
            ("oversized", body({**good, "more": "x" * 20000}), 413, "OVERSIZED"),
            ("another merchant", body(signed(app_id="2021000000000000")), 401, "FOREIGN"),
            ("another seller", body(signed(seller_id="2088000000000000")), 401, "FOREIGN"),
            ("of nobody's order", body(signed(out_trade_no="py_nobody")), 404, "UNKNOWN"),
        ]
        for name, content, status, reason in cases:
            with self.subTest(name):
                before = self.counted().get(reason, 0)
                self.assertEqual(self.post(content), (status, "failure"))
                self.assertEqual(self.counted().get(reason, 0), before + 1)
        # Well signed, but for another amount: Alipay is asked, and has been paid nothing.
        self.post(body(signed(total_amount="0.01")))
        self.check_no_effect()
        true = self.alipay.post("/_control/pay/" + order["out_trade_no"])
        self.assertEqual(true.status, 200)
        self.wait_booked()
        replayed = body(self.alipay.post("/_control/notice/" + order["out_trade_no"]).content)
        self.assertEqual(self.post(replayed), (200, "success"))
        self.assertEqual(self.post(replayed), (409, "failure"))
        self.check_one_effect()


if __name__ == "__main__":
    unittest.main()
