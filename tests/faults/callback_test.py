"""The provider's callbacks doubled, lost, forged, stale or wrong: one effect of a fact, or none."""

import json
import secrets
import threading
import time
import unittest
import urllib.error
import urllib.request

from floor import FaultCase, Person, state_of, told_of, wait_for
from provider import FRESH_SECONDS, signature, signed_headers
from truths import Truths

COPIES = 20
POLLED_SECONDS = 30  # by then a payment that nobody spoke of is asked about
PROMPT_SECONDS = 5


class Callbacks(FaultCase):
    """What is true however a callback comes."""

    def setUp(self):
        self.addCleanup(self.world.provider.post, "/_control/reset")
        path = self.floor.services.stack["payment_provider_secret"]
        with open(path, encoding="ascii") as file:
            self.secret = bytes.fromhex(file.read().strip())
        self.person = Person(self.world, "payer")
        self.day = self.floor.train_day()
        self.held = self.person.book(self.day.whole, 1)
        self.order = self.person.start_payment(self.held.payment)

    def pay_unheard(self):
        """The payer pays, and the provider tells nobody."""
        self.world.provider.post("/_control", {"no_callback": {"times": 1}})
        paid = self.world.provider.post(f"/_control/pay/{self.order['merchant_order']}")
        return paid.content

    def event(self, order, **changed):
        names = ("merchant_order", "provider_order", "amount_minor", "currency", "paid_at_ms")
        event = {name: order[name] for name in names if name in order}
        event = {"event_id": "ev-" + secrets.token_hex(12), "type": "ORDER_PAID", **event}
        return json.dumps({**event, **changed}).encode()

    def post(self, body, headers):
        """Posts as the provider does; gives the status."""
        port = self.floor.layout.port("payment_callbacks")
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/callbacks/sandbox", data=body, method="POST",
            headers={"Content-Type": "application/json", **headers},
        )  # fmt: skip
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            with error:
                return error.code

    def signed(self, body, secret=None, moment=None):
        now = self.world.now() if moment is None else moment
        return signed_headers(secret or self.secret, body, now)

    def wait_booked(self, seconds=POLLED_SECONDS):
        stands = lambda: self.person.in_state(self.held.name, "STATE_BOOKED")
        return wait_for("the booking stands", stands, seconds)

    def check_one_effect(self):
        """Paid once in the ledger, told once to its owner."""
        payment = self.held.payment.removeprefix("payments/")
        posted = self.floor.rows("payment", "SELECT event FROM ledger_transactions "
                                 f"WHERE payment = '{payment}'")  # fmt: skip
        self.assertEqual(len(posted), 1, posted)
        told = lambda: told_of(self.person, self.held.name)
        wait_for("its owner is told", lambda: "EVENT_BOOKED" in told() and "EVENT_PAID" in told())
        Truths(self.world).hold()
        self.assertEqual(told(), ["EVENT_BOOKED", "EVENT_PAID"])

    def check_no_effect(self):
        self.assertNotEqual(state_of(self.person.payment(self.held.payment)), "STATE_SUCCEEDED")
        self.assertNotEqual(state_of(self.person.booking(self.held.name)), "STATE_BOOKED")

    def test_a_callback_twenty_times_at_once_has_one_effect(self):
        # rules: X-07 X-06
        paid = self.pay_unheard()
        body = self.event(paid)
        statuses, together = [], threading.Barrier(COPIES)

        def call():
            headers = self.signed(body)
            together.wait()
            statuses.append(self.post(body, headers))

        callers = [threading.Thread(target=call) for _ in range(COPIES)]
        for caller in callers:
            caller.start()
        for caller in callers:
            caller.join()
        self.assertEqual(len(statuses), COPIES)
        self.assertLessEqual(set(statuses), {200, 503}, statuses)
        self.assertIn(200, statuses)
        self.wait_booked()
        self.check_one_effect()

    def test_the_same_bytes_with_the_same_nonce_are_taken_once(self):
        # rules: X-07
        body = self.event(self.pay_unheard())
        headers = self.signed(body)
        self.assertEqual(self.post(body, headers), 200)
        self.assertEqual(self.post(body, headers), 409)
        self.wait_booked()
        self.check_one_effect()

    def test_a_lost_callback_is_found_by_asking(self):
        # rules: X-07
        self.pay_unheard()
        self.world.advance(POLLED_SECONDS)
        self.wait_booked(PROMPT_SECONDS)
        self.check_one_effect()

    def test_a_forged_unsigned_stale_or_broken_callback_has_no_effect(self):
        # rules: X-07
        paid_at = int(self.world.now() * 1000)
        body = self.event(self.order, paid_at_ms=paid_at)
        now = self.world.now()
        nonce = secrets.token_hex(16)
        moved = {
            "X-Houbu-Timestamp": str(int(now)),
            "X-Houbu-Nonce": nonce,
            "X-Houbu-Signature": signature(self.secret, str(int(now)), nonce, body),
        }
        moved["X-Houbu-Nonce"] = secrets.token_hex(16)
        cases = {
            "unsigned": (body, {}, 401),
            "another secret": (body, self.signed(body, secrets.token_bytes(32)), 401),
            "another body": (body + b" ", self.signed(body), 401),
            "another nonce": (body, moved, 401),
            "stale": (body, self.signed(body, moment=now - 2 * FRESH_SECONDS), 401),
            "of the future": (body, self.signed(body, moment=now + 2 * FRESH_SECONDS), 401),
            "no JSON": (b"paid!", self.signed(b"paid!"), 400),
            "no order": (b"{}", self.signed(b"{}"), 400),
        }  # fmt: skip
        for name, (content, headers, status) in cases.items():
            with self.subTest(name):
                self.assertEqual(self.post(content, headers), status)
        self.check_no_effect()
        self.assertEqual(self.floor.rows("payment", "SELECT id FROM provider_facts WHERE subject = "
                                         f"'{self.order['merchant_order']}'"), [])  # fmt: skip

    def test_a_wrong_amount_or_an_unknown_order_has_no_effect_however_well_signed(self):
        # rules: X-06 X-07
        paid_at = int(self.world.now() * 1000)
        wrong = self.event(self.order, paid_at_ms=paid_at,
                           amount_minor=self.order["amount_minor"] + 1)  # fmt: skip
        self.post(wrong, self.signed(wrong))
        unknown = self.event(self.order, paid_at_ms=paid_at, merchant_order="py-nobody")
        self.assertEqual(self.post(unknown, self.signed(unknown)), 404)
        time.sleep(0.5)
        self.check_no_effect()

    def test_the_provider_out_of_order_delays_and_loses_nothing(self):
        # rules: X-07 W-14
        self.world.provider.post("/_control", {"error": {"status": 503, "times": 3},
                                               "duplicate_callback": {"times": 2}})  # fmt: skip
        self.world.provider.post(f"/_control/pay/{self.order['merchant_order']}")
        self.wait_booked()
        self.world.provider.post("/_control", {"drop_answer": {"times": 2}})
        self.person.cancel(self.held.name, "the provider stumbles (sample)")
        wait_for("the refund is made", lambda: self.refunds() == ["STATE_SUCCEEDED"],
                 POLLED_SECONDS)  # fmt: skip
        Truths(self.world).hold()
        self.assertEqual(self.refunds(), ["STATE_SUCCEEDED"])

    def refunds(self):
        """The states of the payment's refunds."""
        listed = self.person.call("payment.v1.PaymentService/ListRefunds", parent=self.held.payment)
        return [state_of(refund) for refund in listed.refunds]


if __name__ == "__main__":
    unittest.main()
