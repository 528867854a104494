"""Bookings paid on a page inside WeChat: by whom, by what, and what is kept of them."""

import secrets
import unittest

from floor import wait_for
from truths import Truths
from wechat_payer import PROMPT_SECONDS, WechatPay

import wechat_sdk  # of the counterparties, whose folder the world has put on the path

BRIDGE = ("appId", "timeStamp", "nonceStr", "package", "signType", "paySign")


class WechatPageTest(WechatPay):
    def setUp(self):
        super().setUp()
        self.openid = "o" + secrets.token_urlsafe(20)

    def start_on_page(self, openid=None, channel="CHANNEL_WECHAT_PAY", **more):
        return self.person.call("payment.v1.PaymentService/StartPayment", name=self.held.payment,
                                channel=channel, payer_openid=openid or self.openid,
                                **more)  # fmt: skip

    def bridge(self, payment):
        """What the page hands to WeChat, by the names JavaScript knows."""
        given = payment.wechat_pay_bridge
        fields = given.DESCRIPTOR.fields
        return {field.json_name: getattr(given, field.name) for field in fields}

    def prepare(self):
        """Starts the payment; gives what its page pays by."""
        wait_for("it can be started", self.start_on_page)
        bridge = self.bridge(self.person.payment(self.held.payment))
        orders = self.party.get("/_state")["orders"]
        found = next(order for order in orders
                     if bridge["package"] == f"prepay_id={order.get('prepay_id')}")  # fmt: skip
        self.number = found["out_trade_no"]
        return bridge

    def pay_on_page(self, bridge):
        paid = self.party.post("/_control/bridge", {"bridge": bridge, "openid": self.openid})
        self.assertEqual(paid.status, 200, paid.content)

    def test_a_booking_is_paid_on_the_payers_page_and_its_money_goes_back(self):
        # rules: W-14 X-06 X-07
        bridge = self.prepare()
        self.assertEqual(set(bridge), set(BRIDGE))
        self.pay_on_page(bridge)
        self.wait_booked(PROMPT_SECONDS)
        self.check_one_effect()
        self.assertFalse(self.person.payment(self.held.payment).HasField("wechat_pay_bridge"))
        self.person.cancel(self.held.name, "the sample is over")
        self.wait_refunded()
        Truths(self.world).hold()

    def test_foreign_software_signs_what_the_page_pays_by_as_we_do(self):
        # rules: X-07
        if wechat_sdk.missing():
            self.skipTest(wechat_sdk.missing())
        bridge = self.prepare()
        base = f"http://127.0.0.1:{self.floor.layout.port('wechat_pay')}"
        keys = self.floor.services.stack["wechat_pay_keys"]
        changed = {**bridge, "nonceStr": "another"}
        results = wechat_sdk.run("bridges", base, keys, given=[bridge, changed])
        self.assertEqual(results, [True, False])

    def test_a_repeated_start_is_one_order_signed_anew(self):
        # rules: X-07
        wait_for("it can be started", self.start_on_page)
        first = self.start_on_page(request_id="again-1")
        second = self.start_on_page(request_id="again-1")
        self.assertEqual(first.wechat_pay_bridge.package, second.wechat_pay_bridge.package)
        self.assertNotEqual(first.wechat_pay_bridge.nonce_str, second.wechat_pay_bridge.nonce_str)
        first.ClearField("wechat_pay_bridge")
        second.ClearField("wechat_pay_bridge")
        self.assertEqual(first, second)
        self.pay_on_page(self.prepare())
        self.wait_booked(PROMPT_SECONDS)

    def test_a_payment_is_for_one_payer_and_only_its_owner_is_given_what_to_pay_by(self):
        # rules: X-07
        self.prepare()
        self.refused("FAILED_PRECONDITION", "PAYER_CHOSEN", self.start_on_page, "oSomebodyElse")
        self.refused("FAILED_PRECONDITION", "PAYER_CHOSEN", self.person.call,
                     "payment.v1.PaymentService/StartPayment", name=self.held.payment,
                     channel="CHANNEL_WECHAT_PAY")  # fmt: skip
        seen = self.world.operator.call(
            "payment.v1.PaymentService/GetPayment", name=self.held.payment
        )
        self.assertFalse(seen.HasField("wechat_pay_bridge"))
        listed = self.person.call(
            "payment.v1.PaymentService/ListPayments", parent=self.person.account
        ).payments
        self.assertFalse(any(payment.HasField("wechat_pay_bridge") for payment in listed))

    def test_an_openid_that_names_nobody_of_ours_is_refused_and_another_one_is_taken(self):
        start = lambda: self.refused("FAILED_PRECONDITION", "PAYER_REFUSED", self.start_on_page,
                                     "xOfAnotherAppid")  # fmt: skip
        payable = lambda: self.person.payment(self.held.payment)
        wait_for("it can be started", payable)
        start()
        for channel, openid in (("CHANNEL_WECHAT_PAY", "o p"), ("CHANNEL_ALIPAY", self.openid)):
            with self.subTest(channel):
                wrong = self.refused("INVALID_ARGUMENT", "INVALID_REQUEST", self.start_on_page,
                                     openid, channel)  # fmt: skip
                self.assertEqual(list(wrong.fields), ["payer_openid"])
        self.pay_on_page(self.prepare())
        self.wait_booked(PROMPT_SECONDS)

    def test_the_payers_openid_is_nowhere_kept_or_logged(self):
        # rules: R-17
        self.pay_on_page(self.prepare())
        self.wait_booked(PROMPT_SECONDS)
        payment = self.held.payment.removeprefix("payments/")
        kept = self.floor.rows("payment", f"SELECT payer FROM payments WHERE id = '{payment}'")
        self.assertRegex(kept[0], r"^[0-9a-f]{64}$")
        for table, column in (("payments", "payments::text"),
                              ("request_answers", "encode(answer, 'escape')"),
                              ("provider_facts", "encode(body, 'escape')")):  # fmt: skip
            with self.subTest(table):
                found = self.floor.rows("payment", f"SELECT 1 FROM {table} WHERE "
                                        f"strpos({column}, '{self.openid}') > 0")  # fmt: skip
                self.assertEqual(found, [])
        with open(self.floor.layout.log("payment"), encoding="utf-8") as log:
            self.assertNotIn(self.openid, log.read())


if __name__ == "__main__":
    unittest.main()
