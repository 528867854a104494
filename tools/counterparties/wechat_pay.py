#!/usr/bin/python3
"""The fake WeChat Pay: API v3 from its own side, with keys, books and bills of its own."""

import hashlib
import os
import re
import secrets
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import wechat_bill  # noqa: E402
from counterparty import (  # noqa: E402
    Refused,
    arguments,
    is_amount,
    is_flag,
    is_loopback_url,
    is_text,
    is_time,
    serve,
)
from wechat_keys import make_keys  # noqa: E402
from wechat_pages import Pages  # noqa: E402
from wechat_refunds import REFUND_PROCESSING_SECONDS  # noqa: E402
from wechat_values import (  # noqa: E402
    OUT_TRADE_NO,
    PAID,
    is_description,
    is_moment,
    is_object,
    is_out_trade_no,
    milliseconds_of,
    rfc3339,
)

SWITCHES = (
    "no_callback", "duplicate_callback", "hold_callback", "pay_at_once", "wrong_signature",
    "wrong_amount", "wrong_answer_signature", "sign_with", "stray_key", "refund_stuck",
    "refund_fails", "bill_late", "bill_truncated", "bill_extra_row",
)  # fmt: skip


class WechatPay(Pages):
    """Orders, bills and books."""

    def __init__(self, keys, port, state_path=None):
        super().__init__(keys, state_path, SWITCHES)
        self.port = port
        orders = r"/v3/pay/transactions/"
        self.route("POST", orders + "native", self.create_native)
        self.route("GET", orders + "out-trade-no/" + OUT_TRADE_NO, self.get_order)
        self.route("GET", orders + r"id/(\w+)", self.get_transaction)
        self.route("POST", orders + "out-trade-no/" + OUT_TRADE_NO + "/close", self.close_order)
        self.route("GET", r"/v3/bill/tradebill", self.trade_bill)
        self.route("GET", r"/v3/billdownload/file", self.download_bill)
        self.route("POST", r"/_control/pay/" + OUT_TRADE_NO, self.pay)

    def empty_books(self):
        return {"orders": {}, "refunds": {}, "callbacks": []}

    # Orders ---------------------------------------------------------------------------------------

    def wanted_order(self, request, more):
        try:
            wanted = request.fields(
                {
                    "appid": is_text,
                    "mchid": is_text,
                    "description": is_description,
                    "out_trade_no": is_out_trade_no,
                    "notify_url": is_loopback_url,
                    "amount": is_object,
                    **more,
                },
                {"time_expire": is_moment, "attach": is_text},
            )
        except Refused as refused:
            raise Refused(400, "PARAM_ERROR", str(refused)) from None
        self.check_merchant(wanted["mchid"], wanted["appid"])
        amount = wanted["amount"]
        if is_amount(amount.get("total")) or amount.get("currency", "CNY") != "CNY":
            raise Refused(400, "PARAM_ERROR", "amount is malformed")
        return wanted

    def create(self, request, trade_type, more):
        wanted = self.wanted_order(request, more)
        name = wanted["out_trade_no"]
        with self.books.lock:
            order = self.books.content["orders"].get(name)
            if order and order["request"] != wanted:
                raise Refused(403, "OUT_TRADE_NO_USED", "the number was used for another order")
            if order and order["state"] in PAID:
                raise Refused(400, "ORDERPAID", "the order is paid")
            if order and order["state"] == "CLOSED":
                raise Refused(400, "ORDER_CLOSED", "the order is closed")
            if not order:
                order = {"request": wanted, "state": "NOTPAY", "trade_type": trade_type,
                         "code": secrets.token_hex(6)}  # fmt: skip
                self.books.content["orders"][name] = order
                self.books.changed()
        if self.is_on("pay_at_once"):
            self.settle(name, self.now_ms(), in_turn=True)
        return order

    def create_native(self, request):
        return {"code_url": code_url(self.create(request, "NATIVE", {}))}

    def order(self, name):
        order = self.books.content["orders"].get(name)
        if not order:
            raise Refused(404, "ORDER_NOT_EXIST", "no such order")
        return order

    def get_order(self, request, name):
        self.check_merchant(request.query.get("mchid"))
        with self.books.lock:
            return self.shown_order(self.order(name))

    def get_transaction(self, request, transaction_id):
        self.check_merchant(request.query.get("mchid"))
        with self.books.lock:
            for order in self.books.content["orders"].values():
                if order.get("transaction_id") == transaction_id:
                    return self.shown_order(order)
        raise Refused(404, "ORDER_NOT_EXIST", "no such order")

    def shown_order(self, order):
        wanted = order["request"]
        shown = {
            "appid": wanted["appid"],
            "mchid": wanted["mchid"],
            "out_trade_no": wanted["out_trade_no"],
            "trade_state": order["state"],
            "trade_state_desc": {"SUCCESS": "支付成功", "REFUND": "转入退款"}.get(order["state"], "订单未支付"),
            "promotion_detail": [],
            "amount": {"total": wanted["amount"]["total"], "currency": "CNY"},
        }
        if order["state"] in PAID:
            shown["transaction_id"] = order["transaction_id"]
            shown["trade_type"] = order["trade_type"]
            shown["bank_type"] = "OTHERS"
            shown["success_time"] = rfc3339(order["paid_at_ms"])
            shown["payer"] = {"openid": payer_of(order)}
            shown["amount"]["payer_total"] = wanted["amount"]["total"]
            shown["amount"]["payer_currency"] = "CNY"
        return shown

    def close_order(self, request, name):
        self.check_merchant(request.fields_any().get("mchid"))
        with self.books.lock:
            order = self.order(name)
            if order["state"] in PAID:
                raise Refused(400, "ORDERPAID", "the order is paid")
            order["state"] = "CLOSED"
            self.books.changed()
        return {}

    def pay(self, request, name):
        """The payer scans and pays. Optional: at_ms, and force for money that was on its way."""
        wanted = request.fields({}, {"at_ms": is_time, "force": is_flag})
        return self.pay_order(name, wanted.get("at_ms", self.now_ms()), wanted.get("force", False))

    def pay_order(self, name, at_ms, force=False):
        with self.books.lock:
            order = self.order(name)
            expire = order["request"].get("time_expire")
            if order["state"] not in PAID and not force:
                if order["state"] == "CLOSED":
                    raise Refused(400, "ORDER_CLOSED", "the order is closed")
                if expire and at_ms >= milliseconds_of(expire):
                    raise Refused(400, "ORDER_CLOSED", "the order can no longer be paid")
        return self.settle(name, at_ms)

    def settle(self, name, at_ms, in_turn=False):
        with self.books.lock:
            order = self.order(name)
            if order["state"] in PAID:
                return self.shown_order(order)
            order["state"] = "SUCCESS"
            order["paid_at_ms"] = at_ms
            order["transaction_id"] = "42000" + f"{secrets.randbelow(10**23):023d}"
            self.books.changed()
            shown = self.shown_order(order)
            url = order["request"]["notify_url"]
        self.call_back(url, "TRANSACTION.SUCCESS", "transaction", shown, in_turn)
        return shown

    # Bills ----------------------------------------------------------------------------------------

    def trade_bill(self, request):
        day = request.query.get("bill_date", "")
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", day):
            raise Refused(400, "PARAM_ERROR", "bill_date is YYYY-MM-DD")
        if self.is_on("bill_late"):
            raise Refused(400, "STATEMENT_CREATING", "the bill is being made")
        text = self.bill(day)
        if not text:
            raise Refused(400, "NO_STATEMENT_EXIST", "there is no bill of that day")
        return {
            "hash_type": "SHA1",
            "hash_value": hashlib.sha1(text).hexdigest(),
            "download_url": f"http://127.0.0.1:{self.port}/v3/billdownload/file?token={day}",
        }

    def download_bill(self, request):
        text = self.bill(request.query.get("token", ""))
        if self.is_on("bill_truncated"):
            return text[: len(text) * 2 // 3]
        return text

    def bill(self, day):
        is_of_day = lambda entry, name: name in entry and rfc3339(entry[name])[:10] == day
        with self.books.lock:
            orders = self.books.content["orders"]
            refunds = self.books.content["refunds"].values()
            paid = [self.billed(o) for o in orders.values() if is_of_day(o, "paid_at_ms")]
            back = [self.billed_back(r) for r in refunds if is_of_day(r, "refunded_at_ms")]
        if self.switches.peek("bill_extra_row") is not None and paid:
            stranger = {"order": "nobody" + "0" * 20, "transaction": "42000" + "9" * 23}
            paid.append({**paid[0], **stranger})
        return wechat_bill.bill(paid, back) if paid or back else b""

    def billed_back(self, refund):
        wanted = refund["request"]
        return {
            **self.billed(self.books.content["orders"][wanted["out_trade_no"]]),
            "time": rfc3339(refund["refunded_at_ms"])[:19].replace("T", " "),
            "refund": refund["refund_id"],
            "out_refund": wanted["out_refund_no"],
            "refund_fen": wanted["amount"]["refund"],
        }

    def billed(self, order):
        wanted = order["request"]
        return {
            "time": rfc3339(order["paid_at_ms"])[:19].replace("T", " "),
            "app_id": wanted["appid"], "mch_id": wanted["mchid"],
            "transaction": order["transaction_id"], "order": wanted["out_trade_no"],
            "payer": payer_of(order), "type": order["trade_type"],
            "fen": wanted["amount"]["total"], "description": wanted["description"],
        }  # fmt: skip

    # Books ----------------------------------------------------------------------------------------

    def resume(self):
        """Takes up what a stop interrupted: refunds in process end."""
        with self.books.lock:
            waiting = [name for name, refund in self.books.content["refunds"].items()
                       if refund["status"] == "PROCESSING"]  # fmt: skip
        for name in waiting:
            self.after(REFUND_PROCESSING_SECONDS, self.end_refund, name)

    def state(self, request):
        with self.books.lock:
            orders = [self.shown_order(order) | place_to_pay(order)
                      for order in self.books.content["orders"].values()]  # fmt: skip
            refunds = [self.shown_refund(r) for r in self.books.content["refunds"].values()]
            callbacks = [dict(record) for record in self.books.content["callbacks"]]
        paid = sum(o["amount"]["total"] for o in orders if o["trade_state"] in PAID)
        returned = sum(r["amount"]["refund"] for r in refunds if r["status"] == "SUCCESS")
        return {
            "now_ms": self.now_ms(), "orders": orders, "refunds": refunds, "callbacks": callbacks,
            "totals": {"paid_minor": paid, "refunded_minor": returned},
        }  # fmt: skip


def code_url(order):
    """What a wallet scans."""
    return f"weixin://wxpay/bizpayurl?pr={order['code']}"


def place_to_pay(order):
    """Where an order is paid: a code, or by what a page hands to the app."""
    if order["trade_type"] == "NATIVE":
        return {"code_url": code_url(order)}
    return {"prepay_id": order["prepay_id"]}


def payer_of(order):
    """The openid of who pays an order: who it is for, or whoever scans its code."""
    return order["request"].get("payer", {}).get("openid", "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o")


def main():
    parser = arguments(__doc__)
    parser.add_argument("--keys", required=True, help="folder of the keys; made when not there")
    options = parser.parse_args()
    party = WechatPay(make_keys(options.keys), options.port, options.state)
    party.resume()
    serve(party, options.port)


if __name__ == "__main__":
    main()
