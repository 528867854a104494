"""The fake WeChat Pay and software that is not ours understand each other."""

import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import wechat_sdk  # noqa: E402
from wechat_pay_test import WechatPayCase  # noqa: E402


class WechatSdkTest(WechatPayCase):
    @classmethod
    def setUpClass(cls):
        why = wechat_sdk.missing()
        if why:
            raise unittest.SkipTest(why)
        super().setUpClass()

    def run_sdk(self, verb, *more, given=None):
        base = f"http://127.0.0.1:{self.party.port}"
        return wechat_sdk.run(verb, base, self.keys.path("keys.json"), *more, given=given)

    def test_a_foreign_merchant_pays_refunds_closes_and_fetches_its_bill(self):
        # rules: X-07
        steps = {step["name"]: step for step in self.run_sdk("merchant", self.listener.url)}
        self.assertEqual(
            {name: step["status"] for name, step in steps.items()},
            {
                "native": 200, "waiting": 200, "paid": 200, "refund": 200, "refunded": 200,
                "other": 200, "close": 204, "refused": 400, "jsapi": 200, "page": 200,
                "bill": 200, "download": 200,
            },
        )  # fmt: skip
        unsigned = {name for name, step in steps.items() if step["proven"] is not True}
        self.assertEqual(unsigned, {"download", "page"})
        self.assertEqual(steps["page"]["data"]["trade_type"], "JSAPI")
        self.assertEqual(steps["paid"]["data"]["trade_state"], "SUCCESS")
        self.assertEqual(steps["refused"]["data"]["code"], "ORDER_CLOSED")
        self.assertIn("`20.00", steps["download"]["data"])

    def test_foreign_software_proves_and_opens_our_notices(self):
        # rules: X-07
        self.create()
        self.pay()
        taken = [self.listener.next_notice()]
        self.refund()
        taken.append(self.listener.next_notice())
        self.switch(sign_with={"serial": self.keys.public_key_id})
        self.refund("rf-2", refund=100)
        taken.append(self.listener.next_notice())
        given = [{"headers": headers, "body": body.decode()} for headers, body, _ in taken]
        results = self.run_sdk("notice", given=given)
        self.assertEqual([result["proven"] for result in results], [True] * 3)
        self.assertEqual(results[0]["content"]["out_trade_no"], "01890a5dac967774bcceb302099a8057")
        given[0]["body"] += " "
        self.assertFalse(self.run_sdk("notice", given=given[:1])[0]["proven"])


if __name__ == "__main__":
    unittest.main()
