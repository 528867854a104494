"""Refunds of the fake WeChat Pay."""

import secrets

from counterparty import Refused, is_amount, is_loopback_url, is_text
from wechat_notices import Notices
from wechat_values import (
    OUT_REFUND_NO,
    PAID,
    is_object,
    is_out_refund_no,
    is_out_trade_no,
    rfc3339,
)

REFUND_PROCESSING_SECONDS = 0.05


class Refunds(Notices):
    """A party that gives back what it took; whoever extends it keeps the orders."""

    PACED = "/v3/refund/"
    TOO_FAST = "FREQUENCY_LIMITED"

    def __init__(self, keys, state_path, switches):
        super().__init__(keys, state_path, switches)
        self.route("POST", r"/v3/refund/domestic/refunds", self.create_refund)
        self.route("GET", r"/v3/refund/domestic/refunds/" + OUT_REFUND_NO, self.get_refund)
        self.route("POST", r"/_control/refund/" + OUT_REFUND_NO, self.turn_refund)

    def create_refund(self, request):
        required = {"out_refund_no": is_out_refund_no, "out_trade_no": is_out_trade_no,
                    "amount": is_object}  # fmt: skip
        try:
            wanted = request.fields(required, {"notify_url": is_loopback_url, "reason": is_text})
        except Refused as refused:
            raise Refused(400, "PARAM_ERROR", str(refused)) from None
        amount = wanted["amount"]
        if is_amount(amount.get("refund")) or is_amount(amount.get("total")):
            raise Refused(400, "PARAM_ERROR", "amount is malformed")
        if amount.get("currency") != "CNY":
            raise Refused(400, "PARAM_ERROR", "amount.currency must be CNY")
        name = wanted["out_refund_no"]
        with self.books.lock:
            refund = self.books.content["refunds"].get(name)
            if refund:
                if refund["request"] != wanted:
                    raise Refused(400, "INVALID_REQUEST", "differs from what was asked before")
                return self.shown_refund(refund)
            order = self.books.content["orders"].get(wanted["out_trade_no"])
            self.check_refundable(order, amount)
            refund = {"request": wanted, "refund_id": "50300" + secrets.token_hex(12),
                      "status": "PROCESSING", "asked_at_ms": self.now_ms()}  # fmt: skip
            self.books.content["refunds"][name] = refund
            order["state"] = "REFUND"
            order.setdefault("refunds", []).append(name)
            self.books.changed()
            shown = self.shown_refund(refund)
        if not self.is_on("refund_stuck"):
            self.after(REFUND_PROCESSING_SECONDS, self.end_refund, name)
        return shown

    def check_refundable(self, order, amount):
        if not order:
            raise Refused(404, "RESOURCE_NOT_EXISTS", "no such order")
        if order["state"] not in PAID:
            raise Refused(400, "INVALID_REQUEST", "nothing was paid")
        if amount["total"] != order["request"]["amount"]["total"]:
            raise Refused(400, "INVALID_REQUEST", "the total differs from the order's")
        if self.refunded(order) + amount["refund"] > amount["total"]:
            raise Refused(400, "INVALID_REQUEST", "refunds would exceed what was paid")

    def refunded(self, order):
        refunds = self.books.content["refunds"]
        return sum(
            refunds[name]["request"]["amount"]["refund"]
            for name in order.get("refunds", ())
            if refunds[name]["status"] != "CLOSED"
        )

    def end_refund(self, name):
        failed = self.switches.use("refund_fails")
        status = "SUCCESS" if failed is None else failed.get("status", "CLOSED")
        self.turn(name, status, ("PROCESSING",))

    def turn_refund(self, request, name):
        """A stuck refund ends, or one that had succeeded fails after all: {"status": ...}."""
        wanted = request.fields({"status": is_text})
        if wanted["status"] not in ("SUCCESS", "CLOSED", "ABNORMAL"):
            raise Refused(400, "REQUEST_INVALID", "status is SUCCESS, CLOSED or ABNORMAL")
        self.turn(name, wanted["status"], ("PROCESSING", "SUCCESS", "ABNORMAL"))
        with self.books.lock:
            return self.shown_refund(self.refund(name))

    def turn(self, name, status, before):
        with self.books.lock:
            refund = self.books.content["refunds"].get(name)
            if not refund or refund["status"] not in before:
                return
            refund["status"] = status
            refund.pop("refunded_at_ms", None)
            if status == "SUCCESS":
                refund["refunded_at_ms"] = self.now_ms()
            self.books.changed()
            shown = self.shown_refund(refund)
            url = refund["request"].get("notify_url")
        notice = {"mchid": self.keys.mch_id, "refund_status": shown.pop("status")}
        amount = {key: shown["amount"][key]
                  for key in ("total", "refund", "payer_total", "payer_refund")}  # fmt: skip
        for key in ("channel", "create_time", "funds_account"):
            del shown[key]
        if url:
            self.call_back(url, "REFUND." + status, "refund", {**shown, **notice, "amount": amount})

    def refund(self, name):
        refund = self.books.content["refunds"].get(name)
        if not refund:
            raise Refused(404, "RESOURCE_NOT_EXISTS", "no such refund")
        return refund

    def get_refund(self, request, name):
        with self.books.lock:
            return self.shown_refund(self.refund(name))

    def shown_refund(self, refund):
        wanted = refund["request"]
        order = self.books.content["orders"][wanted["out_trade_no"]]
        total, back = wanted["amount"]["total"], wanted["amount"]["refund"]
        shown = {
            "refund_id": refund["refund_id"],
            "out_refund_no": wanted["out_refund_no"],
            "transaction_id": order["transaction_id"],
            "out_trade_no": wanted["out_trade_no"],
            "channel": "ORIGINAL",
            "user_received_account": "支付用户零钱",
            "create_time": rfc3339(refund["asked_at_ms"]),
            "status": refund["status"],
            "funds_account": "UNSETTLED",
            "amount": {
                "total": total, "refund": back, "payer_total": total, "payer_refund": back,
                "settlement_total": total, "settlement_refund": back, "discount_refund": 0,
                "currency": "CNY", "from": [],
            },
        }  # fmt: skip
        if "refunded_at_ms" in refund:
            shown["success_time"] = rfc3339(refund["refunded_at_ms"])
        return shown
