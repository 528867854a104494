"""Bookings paid by WeChat Pay: its notices and answers as they should be, and otherwise."""

import json
import unittest

from floor import wait_for
from truths import Truths
from wechat_payer import POLLED_SECONDS, PROMPT_SECONDS, WechatPay

import wechat_sdk  # of the counterparties, whose folder the world has put on the path


class WechatPayTest(WechatPay):
    def test_a_booking_is_paid_by_its_code_and_its_money_goes_back(self):
        # rules: W-14 X-06 X-07
        self.assertRegex(self.start(), r"weixin://wxpay/bizpayurl\?pr=\w+")
        self.scan()
        self.wait_booked(PROMPT_SECONDS)
        self.check_one_effect()
        self.person.cancel(self.held.name, "the sample is over")
        self.wait_refunded()
        Truths(self.world).hold()
        kinds = [record["type"] for record in self.party.get("/_state")["callbacks"]
                 if record["acknowledged"]]  # fmt: skip
        self.assertLessEqual({"TRANSACTION.SUCCESS", "REFUND.SUCCESS"}, set(kinds))

    def test_what_we_sign_is_what_foreign_software_signs(self):
        # rules: X-07
        if wechat_sdk.missing():
            self.skipTest(wechat_sdk.missing())
        self.start()
        self.pay_unheard()
        self.world.advance(POLLED_SECONDS)
        self.wait_booked()
        self.person.cancel(self.held.name, "the sample is over")
        self.wait_refunded()
        asked = self.party.get("/_requests")["requests"]
        port = self.floor.layout.port("wechat_pay")
        keys = self.floor.services.stack["wechat_pay_keys"]
        results = wechat_sdk.run("requests", f"http://127.0.0.1:{port}", keys, given=asked)
        methods = {(result["method"], result["target"].split("?")[0].split("/")[2])
                   for result in results}  # fmt: skip
        self.assertLessEqual({("POST", "pay"), ("GET", "pay"), ("POST", "refund")}, methods)
        for result in results:
            self.assertTrue(result["same_signature"] and result["same_authorization"], result)

    def test_a_notice_a_hundred_times_at_once_has_one_effect(self):
        # rules: X-07 X-06
        self.start()
        self.switch(duplicate_callback={"times": 1, "copies": 100})
        self.scan()
        self.wait_booked()
        self.check_one_effect()

    def test_a_notice_before_the_answer_has_its_effect_once(self):
        # rules: X-07
        self.switch(pay_at_once={"times": 1})
        self.start()
        self.wait_booked()
        self.check_one_effect()

    def test_a_lost_notice_is_found_by_asking(self):
        # rules: X-07
        self.start()
        self.pay_unheard()
        self.world.advance(POLLED_SECONDS)
        self.wait_booked()
        self.check_one_effect()

    def test_notices_out_of_order_change_nothing_twice(self):
        # rules: X-07 W-14
        self.start()
        self.switch(hold_callback={"times": 1})
        self.scan()
        self.world.advance(POLLED_SECONDS)
        self.wait_booked()
        taken = self.counted("ACCEPTED")
        self.person.cancel(self.held.name, "the refund is told first")
        self.wait_refunded()
        wait_for("both notices are taken", lambda: self.counted("ACCEPTED") >= taken + 2)
        self.assertEqual(self.posted("CAPTURED"), 1)
        self.assertEqual(self.refunds(), ["STATE_SUCCEEDED"])

    def test_notices_nobody_can_believe_change_nothing_and_are_counted(self):
        # rules: X-07
        self.start()
        self.pay_unheard()
        headers, body = self.signed()
        unsigned = {name: value for name, value in headers.items() if "Signature" not in name}
        stray = dict(headers, **{"Wechatpay-Serial": "5" * 40})
        probe = dict(headers)
        probe["Wechatpay-Signature"] = "WECHATPAY/SIGNTEST/" + headers["Wechatpay-Signature"]
        again = json.dumps(json.loads(body)).encode()
        stale = self.signed(age_seconds=300)
        other = self.signed(content={"mchid": "1900000110"})
        foreign = self.signed(content={"amount": {"total": 1, "currency": "USD"}})
        nobody = self.signed(content={"out_trade_no": "nobody-0000"})
        cases = {
            "unsigned": (unsigned, body, 401, "UNSIGNED"),
            "another key's name": (stray, body, 401, "KEY_UNKNOWN"),
            "a probe": (probe, body, 401, "FORGED"),
            "truncated": (headers, body[:-1], 401, "FORGED"),
            "written anew": (headers, again + b" ", 401, "FORGED"),
            "stale": (*stale, 401, "STALE"),
            "another merchant's": (*other, 400, "MALFORMED"),
            "another currency": (*foreign, 400, "MALFORMED"),
            "unknown": (*nobody, 404, "UNKNOWN"),
            "oversized": (headers, b" " * 20000, 413, "OVERSIZED"),
        }
        for name, (sent, content, status, outcome) in cases.items():
            with self.subTest(name):
                before = self.counted(outcome)
                self.assertEqual(self.post(sent, content),
                                 (status, {"code": "FAIL", "message": outcome}))  # fmt: skip
                self.assertEqual(self.counted(outcome), before + 1)
        self.assertEqual(self.posted("CAPTURED"), 0)
        self.assertEqual(self.post(headers, body)[0], 200)
        self.assertEqual(self.post(headers, body), (409, {"code": "FAIL", "message": "REPLAYED"}))
        self.wait_booked()
        self.check_one_effect()

    def test_a_wrong_amount_is_asked_about_before_it_is_believed(self):
        # rules: X-06 X-07
        self.start()
        self.switch(wrong_amount={"times": 1})
        self.scan()
        self.wait_booked()
        self.check_one_effect()

    def test_keys_change_while_orders_are_open(self):
        # rules: X-07
        self.start()
        with open(self.floor.services.stack["wechat_pay_keys"], encoding="utf-8") as file:
            certificate, public_key = json.load(file)["platform_serials"]
        self.switch(sign_with={"serial": certificate})
        headers = self.signed_after_payment()
        self.assertEqual(headers["Wechatpay-Serial"], certificate)
        self.wait_booked(PROMPT_SECONDS)
        self.switch(sign_with={"serial": public_key})
        self.person.cancel(self.held.name, "the key has changed")
        self.wait_refunded()

    def signed_after_payment(self):
        self.scan()
        return self.signed()[0]

    def test_answers_that_are_lost_late_forged_or_errors_lose_no_money(self):
        # rules: X-07 W-14
        self.switch(drop_answer={"times": 1}, wrong_answer_signature={"times": 2},
                    error={"times": 1, "status": 429, "code": "FREQUENCY_LIMITED"})  # fmt: skip
        self.start()
        self.scan()
        self.wait_booked()
        self.switch(drop_answer={"times": 1}, stray_key={"times": 1},
                    error={"times": 1, "status": 500, "code": "SYSTEM_ERROR"})  # fmt: skip
        self.person.cancel(self.held.name, "WeChat Pay stumbles")
        self.wait_refunded()
        returned = [refund for refund in self.party.get("/_state")["refunds"]
                    if refund["out_trade_no"] == self.number]  # fmt: skip
        self.assertEqual([refund["status"] for refund in returned], ["SUCCESS"])

    def test_a_refund_that_sticks_ends_and_fails_afterwards_is_returned_once(self):
        # rules: W-14 X-06
        self.start()
        self.scan()
        self.wait_booked()
        self.switch(refund_stuck={"times": 1})
        self.person.cancel(self.held.name, "the refund sticks")
        asked = lambda: next((refund["out_refund_no"]
                              for refund in self.party.get("/_state")["refunds"]
                              if refund["out_trade_no"] == self.number), None)  # fmt: skip
        name = wait_for("the refund is asked for", asked)
        self.assertEqual(self.refunds(), ["STATE_PENDING"])
        self.party.post(f"/_control/refund/{name}", {"status": "SUCCESS"})
        self.wait_refunded()
        taken = self.counted("ACCEPTED")
        self.party.post(f"/_control/refund/{name}", {"status": "ABNORMAL"})
        wait_for("the notice is taken", lambda: self.counted("ACCEPTED") > taken)
        self.assertEqual(self.refunds(), ["STATE_SUCCEEDED"])
        self.assertEqual(self.posted("REFUNDED"), 1)

    def test_a_refund_that_closes_is_asked_for_anew(self):
        # rules: W-14
        self.start()
        self.scan()
        self.wait_booked()
        self.switch(refund_fails={"times": 1, "status": "CLOSED"})
        self.person.cancel(self.held.name, "the first refund is closed")
        states = lambda: [refund["status"] for refund in self.party.get("/_state")["refunds"]
                          if refund["out_trade_no"] == self.number]  # fmt: skip
        wait_for("the first refund is closed", lambda: "CLOSED" in states())
        self.world.advance(POLLED_SECONDS)
        self.wait_refunded()
        Truths(self.world).hold()
        self.assertEqual(sorted(states()), ["CLOSED", "SUCCESS"])


if __name__ == "__main__":
    unittest.main()
