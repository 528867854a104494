"""A booking that is paid by WeChat Pay: what every test of that channel does and sees."""

import contextlib
import json
import urllib.error
import urllib.request

from floor import FaultCase, Person, Refusal, state_of, told_of, wait_for

POLLED_SECONDS = 30  # by then a payment that nobody spoke of is asked about
PROMPT_SECONDS = 5


class WechatPay(FaultCase):
    """What is true however WeChat Pay behaves."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.day = cls.floor.roomy_day()

    def setUp(self):
        self.party = self.world.wechat_pay
        self.person = Person(self.world, "payer")
        self.held = self.person.book(self.day.whole, 1)
        self.addCleanup(self.give_back)
        self.addCleanup(self.party.post, "/_control/reset")  # the first of all
        self.number = ""  # of its order at WeChat Pay, once it is asked for

    def give_back(self):
        """The next test has the place again, and its switches meet no refund of this one."""
        with contextlib.suppress(Refusal):
            self.person.cancel(self.held.name, "the test is over")
        wait_for("no refund is on its way", self.is_at_rest, POLLED_SECONDS)

    def is_at_rest(self):
        """Whether the money is back where it came from; lets a moment pass where it is not."""
        payment = state_of(self.person.payment(self.held.payment))
        refunds = self.refunds()
        if payment != "STATE_SUCCEEDED" and not refunds or set(refunds) == {"STATE_SUCCEEDED"}:
            return True
        self.world.advance(PROMPT_SECONDS)
        return False

    def switch(self, **switches):
        self.assertEqual(self.party.post("/_control", switches).status, 200)

    def start(self):
        """Asks for the code to scan; gives it."""
        start = lambda: self.person.call("payment.v1.PaymentService/StartPayment",
                                         name=self.held.payment,
                                         channel="CHANNEL_WECHAT_PAY")  # fmt: skip
        code_url = wait_for("it can be started", start).code_url
        orders = self.party.get("/_state")["orders"]
        found = next(order for order in orders if order.get("code_url") == code_url)
        self.number = found["out_trade_no"]
        return code_url

    def scan(self):
        """The payer scans the code and pays."""
        paid = self.party.post(f"/_control/pay/{self.number}", {})
        self.assertEqual(paid.status, 200, paid.content)

    def pay_unheard(self):
        """The payer pays, and WeChat Pay tells nobody."""
        self.switch(no_callback={"times": 1})
        self.scan()

    def signed(self, **wanted):
        """(headers, body) of the notice of what was paid, not sent."""
        got = self.party.post(f"/_control/callback/{self.number}", wanted)
        return got["headers"], got["body"].encode()

    def post(self, headers, body):
        """Posts as WeChat Pay does; gives the status and the answer."""
        port = self.floor.layout.port("payment_callbacks")
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/callbacks/wechat_pay", data=body, method="POST",
            headers={"Content-Type": "application/json", **headers},
        )  # fmt: skip
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    def wait_booked(self, seconds=POLLED_SECONDS):
        stands = lambda: self.person.in_state(self.held.name, "STATE_BOOKED")
        return wait_for("the booking stands", stands, seconds)

    def refunds(self):
        listed = self.person.call("payment.v1.PaymentService/ListRefunds", parent=self.held.payment)
        return [state_of(refund) for refund in listed.refunds]

    def wait_refunded(self):
        gone = lambda: self.refunds() == ["STATE_SUCCEEDED"]
        wait_for("the money is back", gone, POLLED_SECONDS)

    def posted(self, event):
        payment = self.held.payment.removeprefix("payments/")
        return len(self.floor.rows("payment", "SELECT event FROM ledger_transactions WHERE "
                                   f"payment = '{payment}' AND event = '{event}'"))  # fmt: skip

    def check_one_effect(self):
        """Paid once in the ledger, told once to its owner."""
        self.assertEqual(self.posted("CAPTURED"), 1)
        told = lambda: told_of(self.person, self.held.name)
        wait_for("its owner is told", lambda: "EVENT_BOOKED" in told() and "EVENT_PAID" in told())
        self.assertEqual(told(), ["EVENT_BOOKED", "EVENT_PAID"])

    def counted(self, outcome):
        """How many notices had an outcome so far."""
        wanted = f'channel="wechat_pay",outcome="{outcome}"'
        admin = self.floor.services.stack["services"]["payment"]["admin"]
        with urllib.request.urlopen(f"http://{admin}/metrics", timeout=5) as answer:
            lines = answer.read().decode().splitlines()
        found = [line for line in lines
                 if line.startswith("houbu_payment_callbacks_total{" + wanted)]  # fmt: skip
        return sum(float(line.split()[-1]) for line in found)
