"""Orders that are paid on a page inside the fake WeChat (JSAPI), and the app that pays them."""

import re
import secrets

from counterparty import Refused, is_text
from wechat_keys import is_signed
from wechat_refunds import Refunds
from wechat_values import is_object

PREPAY_MS = 2 * 3600 * 1000  # how long what a page pays by is good for
BRIDGE = ("appId", "timeStamp", "nonceStr", "package", "signType", "paySign")
OPENID = re.compile(r"[A-Za-z0-9_-]{1,128}")


def is_payer(value):
    fits = isinstance(value, dict) and set(value) == {"openid"}
    fits = fits and isinstance(value["openid"], str) and OPENID.fullmatch(value["openid"])
    return None if fits else "must have an openid and nothing else"


class Pages(Refunds):
    """A party whose app opens pages; whoever extends it keeps the orders."""

    def __init__(self, keys, state_path, switches):
        super().__init__(keys, state_path, switches)
        self.route("POST", r"/v3/pay/transactions/jsapi", self.create_jsapi)
        self.route("POST", r"/_control/bridge", self.pay_on_page)

    def create_jsapi(self, request):
        self.check_openid(request)
        order = self.create(request, "JSAPI", {"payer": is_payer})
        with self.books.lock:
            if self.now_ms() >= order.get("prepaid_at_ms", 0) + PREPAY_MS:
                order["prepay_id"] = "wx" + secrets.token_hex(17)
                order["prepaid_at_ms"] = self.now_ms()
                self.books.changed()
            return {"prepay_id": order["prepay_id"]}

    def check_openid(self, request):
        """Openids of our appid begin with an o; another one is of another appid."""
        payer = request.fields_any().get("payer")
        if is_payer(payer) is None and not payer["openid"].startswith("o"):
            raise Refused(500, "OPENID_MISMATCH", "openid and appid do not match")

    def pay_on_page(self, request):
        """The page hands these parameters to the app, whose user has that openid, and pays."""
        wanted = request.fields({"bridge": is_object, "openid": is_text})
        bridge = wanted["bridge"]
        if set(bridge) != set(BRIDGE) or not all(isinstance(v, str) for v in bridge.values()):
            raise Refused(400, "PARAM_ERROR", "getBrandWCPayRequest takes " + ", ".join(BRIDGE))
        signed = "".join(bridge[name] + "\n" for name in BRIDGE[:4]).encode()
        if (
            bridge["appId"] != self.keys.app_id
            or bridge["signType"] != "RSA"
            or not bridge["timeStamp"].isdigit()
            or not is_signed(self.keys.merchant_public, signed, bridge["paySign"])
        ):
            raise Refused(400, "SIGN_ERROR", "the page's signature does not match")
        name, order = self.prepaid(bridge["package"])
        if self.now_ms() >= order["prepaid_at_ms"] + PREPAY_MS:
            raise Refused(400, "PREPAY_EXPIRED", "prepay_id is good for two hours")
        if order["request"]["payer"]["openid"] != wanted["openid"]:
            raise Refused(400, "PAYER_DIFFERS", "the order is another user's")
        return self.pay_order(name, self.now_ms())

    def prepaid(self, package):
        """(number, order) that a page's package names."""
        with self.books.lock:
            for name, order in self.books.content["orders"].items():
                if "prepay_id" in order and package == "prepay_id=" + order["prepay_id"]:
                    return name, order
        raise Refused(400, "PREPAY_UNKNOWN", "no such prepay_id")
