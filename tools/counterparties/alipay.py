#!/usr/bin/python3
"""The fake Alipay: trades, refunds, signed callbacks and bills by its own wire format.

docs/reference/alipay.md says what it speaks, and its switches.
"""

import collections
import json
import os
import re
import secrets
import sys
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import alipay_bill  # noqa: E402
from alipay_signing import (  # noqa: E402
    beijing,
    beijing_ms,
    form,
    joined,
    make_keys,
    signature,
    verifies,
)
from alipay_trades import Failed, Trades  # noqa: E402
from counterparty import Refused, arguments, serve  # noqa: E402

TIMESTAMP_MS = 15 * 60 * 1000
BILL_MS = 30 * 1000
SWITCHES = (
    "no_callback", "duplicate_callback", "hold_callback", "early_callback", "wrong_signature",
    "wrong_amount", "rotated_key", "business_error", "unsigned_answer", "refund_stuck",
    "refund_reversed", "bill_late", "bill_truncated", "bill_extra_row",
)  # fmt: skip


class Alipay(Trades):
    """The gateway, its books and its switches."""

    API = "/gateway.do"

    def __init__(self, keys, port, state_path=None):
        super().__init__(keys, port, state_path, SWITCHES)
        self._bills = {}
        self._requests = collections.deque(maxlen=100)
        self._methods = {
            "alipay.trade.precreate": self.precreate,
            "alipay.trade.query": self.query,
            "alipay.trade.close": self.close,
            "alipay.trade.refund": self.refund,
            "alipay.trade.fastpay.refund.query": self.query_refund,
            "alipay.data.dataservice.bill.downloadurl.query": self.bill_url,
        }
        self.route("POST", r"/gateway\.do", self.gateway)
        self.route("GET", r"/_control/requests", lambda request: {"seen": list(self._requests)})
        self.route("GET", r"/bills/([0-9a-f]{32})\.zip", self.bill)

    def rendered(self, request, status, content):
        if isinstance(content, bytes):
            kind = "application/zip" if request.path.startswith("/bills/") else "text/html"
            return status, {"Content-Type": kind + ";charset=utf-8"}, content
        return super().rendered(request, status, content)

    # The gateway ----------------------------------------------------------------------------------

    def gateway(self, request):
        """The answer to one signed request, signed: a JSON object as bytes."""
        fields = form(urllib.parse.urlsplit(request.target).query)
        fields.update(form(request.body.decode("utf-8", "replace")))
        self._requests.append(fields)
        method = self._methods.get(fields.get("method"))
        try:
            self.check(fields)
            if not method:
                raise Failed("40002", "isv.invalid-method", "不存在的方法名")
            told = self.switches.use("business_error")
            if told:
                raise Failed(
                    told.get("code", "40004"), told.get("sub_code", ""), "switched to fail"
                )
            content = {"code": "10000", "msg": "Success", **method(fields)}
        except Failed as failed:
            content = {"code": failed.code, "msg": "Business Failed", "sub_code": failed.sub_code,
                       "sub_msg": str(failed)}  # fmt: skip
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":")).replace("/", "\\/")
        if not method:
            return f'{{"error_response":{text}}}'.encode()
        name = fields["method"].replace(".", "_") + "_response"
        if self.is_on("unsigned_answer"):
            return f'{{"{name}":{text}}}'.encode()
        return f'{{"{name}":{text},"sign":"{signature(self.signing_key(), text)}"}}'.encode()

    def check(self, fields):
        """Refuses what is not signed by the merchant, now, in the way asked for."""
        if fields.get("app_id") != self.keys.app_id:
            raise Failed("40002", "isv.invalid-app-id", "无效的AppID参数")
        if not fields.get("sign"):
            raise Failed("40001", "isv.missing-signature", "缺少签名参数")
        if fields.get("sign_type") != "RSA2":
            raise Failed("40002", "isv.invalid-signature-type", "无效签名类型")
        at_ms = beijing_ms(fields.get("timestamp", ""))
        if at_ms is None or abs(at_ms - self.now_ms()) > TIMESTAMP_MS:
            raise Failed("40002", "isv.invalid-timestamp", "非法的时间戳参数")
        if fields.get("charset", "").lower() != "utf-8" or fields.get("version") != "1.0":
            raise Failed("40002", "isv.invalid-charset", "字符集错误")
        if not verifies(self.keys.app_public, joined(fields, ("sign",)), fields["sign"]):
            raise Failed("40002", "isv.invalid-signature", "无效签名")

    # Bills ----------------------------------------------------------------------------------------

    def bill_url(self, fields):
        wanted = self.content(
            fields, bill_type=re.compile("trade"), bill_date=re.compile("....-..-..")
        )
        day = wanted["bill_date"]
        if day >= beijing(self.now_ms())[:10]:
            raise Failed("40004", "isv.invalid_arguments", "bill_date")
        if self.is_on("bill_late"):
            raise Failed("40004", "isp.bill_not_exist", "账单不存在")
        token = secrets.token_hex(16)
        self._bills[token] = (day, self.now_ms() + BILL_MS)
        return {"bill_download_url": f"http://127.0.0.1:{self.port}/bills/{token}.zip"}

    def bill(self, request, token):
        day, until_ms = self._bills.get(token, ("", 0))
        if self.now_ms() > until_ms:
            raise Refused(403, "URL_EXPIRED", "ask for another")
        with self.books.lock:
            trades = json.loads(json.dumps(list(self.books.content["trades"].values())))
        rows = list(alipay_bill.rows_of(trades, day))
        if self.is_on("bill_extra_row"):
            stranger = {"trade_no": "2026010122001" + "9" * 15, "out_trade_no": "stranger",
                        "subject": "?", "created_at_ms": self.now_ms()}  # fmt: skip
            rows.append((stranger, "交易", 12345, self.now_ms(), ""))
        text = alipay_bill.details(self.keys.seller_id, day, rows, self.now_ms())
        if self.is_on("bill_truncated"):
            text = text[: text.rindex(alipay_bill.LINE)]
        return alipay_bill.packed(self.keys.seller_id, day, text)


def main():
    parser = arguments(__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--keys", required=True, help="folder of keys; made where it is missing")
    options = parser.parse_args()
    serve(Alipay(make_keys(options.keys), options.port, options.state), options.port)


if __name__ == "__main__":
    main()
