"""The fake WeChat Pay's orders that are paid on a page inside WeChat, over real HTTP."""

import os
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from wechat_keys import sign  # noqa: E402
from wechat_pay_test import ORDER, WechatPayCase  # noqa: E402


class WechatPagesTest(WechatPayCase):
    JSAPI = "/v3/pay/transactions/jsapi"
    OPENID = "oUpF8uMuAJO_M2pxb1Q9zNjWeS6p"

    def prepay(self, name=ORDER):
        """What a page of the payer hands to the app, as a merchant signs it."""
        wanted = self.order(name, payer={"openid": self.OPENID})
        package = "prepay_id=" + self.ask("POST", self.JSAPI, wanted)["prepay_id"]
        bridge = {"appId": self.keys.app_id, "timeStamp": str(int(time.time())),
                  "nonceStr": "n1", "package": package}  # fmt: skip
        signature = sign(self.merchant_key, "".join(part + "\n" for part in bridge.values()))
        return {**bridge, "signType": "RSA", "paySign": signature}

    def pay_on_page(self, bridge, openid=OPENID):
        return self.control.post("/_control/bridge", {"bridge": bridge, "openid": openid})

    def test_an_order_is_paid_on_the_page_of_its_payer_and_nobody_elses(self):
        # rules: X-07
        bridge = self.prepay()
        self.assertEqual(self.pay_on_page({**bridge, "nonceStr": "n2"})["code"], "SIGN_ERROR")
        self.assertEqual(self.pay_on_page(bridge, "oSomebodyElse")["code"], "PAYER_DIFFERS")
        self.assertEqual(self.pay_on_page(bridge).status, 200)
        kind, content = self.next_content()
        self.assertEqual(kind, "TRANSACTION.SUCCESS")
        self.assertEqual(content["trade_type"], "JSAPI")
        self.assertEqual(content["payer"], {"openid": self.OPENID})

    def test_a_page_pays_by_what_is_not_two_hours_old(self):
        old = self.prepay()
        self.assertEqual(self.prepay()["package"], old["package"])
        self.control.post("/_control", {"clock_offset_ms": 2 * 3600 * 1000})
        self.assertEqual(self.pay_on_page(old)["code"], "PREPAY_EXPIRED")

    def test_an_order_for_a_page_needs_an_openid_of_the_appid(self):
        self.refused(400, "PARAM_ERROR", "POST", self.JSAPI, self.order())
        odd = self.order(payer={"openid": "o p"})
        self.refused(400, "PARAM_ERROR", "POST", self.JSAPI, odd)
        foreign = self.order(payer={"openid": "xOfAnotherAppid"})
        self.refused(500, "OPENID_MISMATCH", "POST", self.JSAPI, foreign)
        self.prepay()
        other = self.order(payer={"openid": "oSomebodyElse"})
        self.refused(403, "OUT_TRADE_NO_USED", "POST", self.JSAPI, other)
        self.refused(403, "OUT_TRADE_NO_USED", "POST", "/v3/pay/transactions/native", self.order())


if __name__ == "__main__":
    unittest.main()
