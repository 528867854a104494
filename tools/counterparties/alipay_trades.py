"""Trades and refunds of the fake Alipay: what the gateway does, and the books of it."""

import json
import re
import secrets

from alipay_notices import Notices
from alipay_signing import beijing, beijing_ms, yuan
from counterparty import Counterparty, Refused, is_flag, is_time

MINUTE_MS = 60 * 1000
OUT_TRADE_NO = r"([A-Za-z0-9_]{1,64})"
NAME = re.compile(OUT_TRADE_NO + r"\Z")
AMOUNT = re.compile(r"(0|[1-9]\d{0,8})\.\d{2}\Z")
SUBJECT = re.compile(r"[^/=&]{1,256}\Z")


class Failed(Exception):
    """A business failure: code, sub_code and what it says."""

    def __init__(self, code, sub_code, message):
        super().__init__(message)
        self.code = code
        self.sub_code = sub_code


class Trades(Counterparty):
    """Takes money and gives it back."""

    def __init__(self, keys, port, state_path, switches):
        super().__init__(state_path, switches)
        self.keys = keys
        self.port = port
        self.notices = Notices(self)
        self.route("POST", r"/_control/scan/" + OUT_TRADE_NO, self.scan)
        self.route("POST", r"/_control/pay/" + OUT_TRADE_NO, self.pay)
        self.route("POST", r"/_control/notice/" + OUT_TRADE_NO, self.notice)
        self.route("POST", r"/_control/call_back/" + OUT_TRADE_NO, self.call_back)

    def empty_books(self):
        return {"codes": {}, "trades": {}, "callbacks": []}

    def is_on(self, switch):
        return self.switches.use(switch) is not None

    def signing_key(self):
        return self.keys.next if self.switches.peek("rotated_key") is not None else self.keys.own

    def stray_key(self):
        return self.keys.own if self.signing_key() is self.keys.next else self.keys.next

    def content(self, fields, **checks):
        """The named members of biz_content, each checked."""
        try:
            content = json.loads(fields.get("biz_content", ""))
        except ValueError:
            content = None
        if not isinstance(content, dict):
            raise Failed("40002", "isv.invalid-parameter", "biz_content")
        for name, pattern in checks.items():
            value = content.get(name)
            if not isinstance(value, str) or not pattern.match(value):
                raise Failed("40004", "ACQ.INVALID_PARAMETER", name)
        return content

    # Trades ---------------------------------------------------------------------------------------

    def precreate(self, fields):
        wanted = self.content(fields, out_trade_no=NAME, total_amount=AMOUNT, subject=SUBJECT)
        name, fen = wanted["out_trade_no"], _fen(wanted["total_amount"])
        expire_ms = beijing_ms(wanted.get("time_expire", ""))
        with self.books.lock:
            status = self.status(name)
            if status in ("TRADE_SUCCESS", "TRADE_FINISHED"):
                raise Failed("40004", "ACQ.TRADE_HAS_SUCCESS", "交易已被支付")
            if status == "TRADE_CLOSED":
                raise Failed("40004", "ACQ.TRADE_HAS_CLOSE", "交易已经关闭")
            code = self.books.content["codes"].get(name)
            if code and (code["total"], code["subject"]) != (fen, wanted["subject"]):
                raise Failed("40004", "ACQ.CONTEXT_INCONSISTENT", "交易信息被篡改")
            if not code:
                if fen < 1 or expire_ms is None or expire_ms < self.now_ms() + MINUTE_MS:
                    raise Failed("40004", "ACQ.INVALID_PARAMETER", "total_amount, time_expire")
                code = {
                    "total": fen,
                    "subject": wanted["subject"],
                    "notify_url": fields.get("notify_url", ""),
                    "expire_ms": expire_ms,
                    "qr_code": f"http://127.0.0.1:{self.port}/qr/{secrets.token_hex(10)}",
                }
                self.books.content["codes"][name] = code
                self.books.changed()
        if self.is_on("early_callback"):
            self.take_money(name, self.now_ms(), in_turn=True)
        return {"out_trade_no": name, "qr_code": code["qr_code"]}

    def trade(self, name):
        """The trade behind a name; closed when nobody paid it in time."""
        trade = self.books.content["trades"].get(name)
        if not trade:
            raise Failed("40004", "ACQ.TRADE_NOT_EXIST", "交易不存在")
        expire_ms = self.books.content["codes"][name]["expire_ms"]
        if trade["status"] == "WAIT_BUYER_PAY" and self.now_ms() >= expire_ms:
            trade["status"] = "TRADE_CLOSED"
        return trade

    def status(self, name):
        trades = self.books.content["trades"]
        return self.trade(name)["status"] if name in trades else None

    def query(self, fields):
        name = self.content(fields, out_trade_no=NAME)["out_trade_no"]
        with self.books.lock:
            trade = self.trade(name)
            shown = {
                "trade_no": trade["trade_no"],
                "out_trade_no": name,
                "buyer_logon_id": "sam***@example.com",
                "trade_status": trade["status"],
                "total_amount": yuan(trade["total"]),
            }
            if trade["paid_at_ms"]:
                shown["send_pay_date"] = beijing(trade["paid_at_ms"])
            return shown

    def close(self, fields):
        name = self.content(fields, out_trade_no=NAME)["out_trade_no"]
        with self.books.lock:
            trade = self.trade(name)
            if trade["status"] != "WAIT_BUYER_PAY":
                raise Failed("40004", "ACQ.TRADE_STATUS_ERROR", "交易状态不合法")
            trade["status"] = "TRADE_CLOSED"
            self.books.changed()
            return {"trade_no": trade["trade_no"], "out_trade_no": name}

    def scan(self, request, name):
        """The payer scans the code: from now on there is a trade."""
        with self.books.lock:
            code = self.books.content["codes"].get(name)
            if not code:
                raise Refused(404, "CODE_UNKNOWN", f"no code for {name}")
            if name not in self.books.content["trades"]:
                if self.now_ms() >= code["expire_ms"]:
                    raise Refused(409, "CODE_EXPIRED", "the code is no longer good")
                self.books.content["trades"][name] = {
                    "out_trade_no": name,
                    "trade_no": beijing(self.now_ms())[:10].replace("-", "") + "22001"
                    + str(secrets.randbelow(10**15)).zfill(15),
                    "status": "WAIT_BUYER_PAY",
                    "total": code["total"],
                    "subject": code["subject"],
                    "created_at_ms": self.now_ms(),
                    "paid_at_ms": 0,
                    "refunds": {},
                }  # fmt: skip
                self.books.changed()
            return self.shown_order(name)

    def pay(self, request, name):
        """The payer pays; `force`: although the trade is closed, as money on its way does."""
        wanted = request.fields({}, {"at_ms": is_time, "force": is_flag})
        with self.books.lock:
            if name not in self.books.content["trades"]:
                self.scan(request, name)
            trade = self.trade(name)
            if trade["status"] == "TRADE_SUCCESS":
                return self.shown_order(name)
            if trade["status"] == "TRADE_CLOSED" and not wanted.get("force", False):
                raise Refused(409, "ORDER_CLOSED", "the trade is closed")
        self.take_money(name, wanted.get("at_ms", self.now_ms()))
        return self.shown_order(name)

    def take_money(self, name, at_ms, in_turn=False):
        with self.books.lock:
            if name not in self.books.content["trades"]:
                self.scan(None, name)
            trade = self.books.content["trades"][name]
            trade["status"] = "TRADE_SUCCESS"
            trade["paid_at_ms"] = at_ms
            self.books.changed()
            url = self.books.content["codes"][name]["notify_url"]
            told = json.loads(json.dumps(trade))
        self.notices.call_back(url, told, in_turn=in_turn)

    def call_back(self, request, name):
        """Tells the merchant of a trade once more."""
        with self.books.lock:
            trade = json.loads(json.dumps(self.trade(name)))
            url = self.books.content["codes"][name]["notify_url"]
        self.notices.call_back(url, trade)
        return {}

    def notice(self, request, name):
        """A signed callback of a trade, not sent: for those who play with it. `changed` fields are
        changed before it is signed."""
        changed = request.fields_any().get("changed", {})
        with self.books.lock:
            trade = json.loads(json.dumps(self.trade(name)))
        return self.notices.signed({**self.notices.fields_of(trade), **changed})

    # Refunds --------------------------------------------------------------------------------------

    def refund(self, fields):
        wanted = self.content(fields, out_trade_no=NAME, out_request_no=NAME, refund_amount=AMOUNT)
        fen, name = _fen(wanted["refund_amount"]), wanted["out_request_no"]
        with self.books.lock:
            trade = self.trade(wanted["out_trade_no"])
            refund = trade["refunds"].get(name)
            if refund and refund["fen"] != fen:
                raise Failed("40004", "ACQ.DISCORDANT_REPEAT_REQUEST", "不一致的请求")
            if not refund:
                refund = self.new_refund(trade, name, fen)
            moved = refund["state"] == "STUCK" and not self.is_on("refund_stuck")
            if moved:
                self.end_refund(trade, refund)
            self.books.changed()
            shown = {
                "trade_no": trade["trade_no"],
                "out_trade_no": trade["out_trade_no"],
                "buyer_logon_id": "sam***@example.com",
                "fund_change": "Y" if moved else "N",
                "refund_fee": yuan(self.refunded(trade)),
            }
            url = self.books.content["codes"][trade["out_trade_no"]]["notify_url"]
            told = json.loads(json.dumps(trade))
        if moved:
            self.notices.call_back(url, told, told["refunds"][name])
        return shown

    def new_refund(self, trade, name, fen):
        if not trade["paid_at_ms"]:
            raise Failed("40004", "ACQ.TRADE_STATUS_ERROR", "交易状态不合法")
        if trade["status"] == "TRADE_FINISHED":
            raise Failed("40004", "ACQ.TRADE_HAS_FINISHED", "交易已完结")
        asked = sum(refund["fen"] for refund in trade["refunds"].values())
        if fen < 1 or asked + fen > trade["total"]:
            raise Failed("40004", "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL", "退款金额超限")
        refund = {"out_request_no": name, "fen": fen, "state": "STUCK", "at_ms": 0}
        trade["refunds"][name] = refund
        return refund

    def end_refund(self, trade, refund):
        refund["state"] = "REVERSED" if self.is_on("refund_reversed") else "DONE"
        refund["at_ms"] = self.now_ms()
        if self.refunded(trade) == trade["total"]:
            trade["status"] = "TRADE_CLOSED"

    def refunded(self, trade):
        return sum(r["fen"] for r in trade["refunds"].values() if r["state"] != "STUCK")

    def query_refund(self, fields):
        wanted = self.content(fields, out_trade_no=NAME, out_request_no=NAME)
        with self.books.lock:
            trade = self.trade(wanted["out_trade_no"])
            refund = trade["refunds"].get(wanted["out_request_no"])
            if not refund or refund["state"] != "DONE":
                return {}
            shown = {
                "trade_no": trade["trade_no"],
                "out_trade_no": trade["out_trade_no"],
                "out_request_no": refund["out_request_no"],
                "total_amount": yuan(trade["total"]),
                "refund_amount": yuan(refund["fen"]),
                "refund_status": "REFUND_SUCCESS",
            }
            if "gmt_refund_pay" in wanted.get("query_options", ()):
                shown["gmt_refund_pay"] = beijing(refund["at_ms"])
            return shown

    # Books ----------------------------------------------------------------------------------------

    def shown_order(self, name):
        code, trades = self.books.content["codes"][name], self.books.content["trades"]
        trade = trades.get(name, {"refunds": {}, "trade_no": "", "status": "", "paid_at_ms": 0})
        return {
            "out_trade_no": name,
            "trade_no": trade["trade_no"],
            "trade_status": trade["status"],
            "total_minor": code["total"],
            "refunded_minor": self.refunded(trade),
            "paid_at_ms": trade["paid_at_ms"],
            "code_url": code["qr_code"],
            "refunds": list(trade["refunds"].values()),
        }

    def state(self, request):
        with self.books.lock:
            orders = [self.shown_order(name) for name in self.books.content["codes"]]
            callbacks = [dict(record) for record in self.books.content["callbacks"]]
        paid = sum(order["total_minor"] for order in orders if order["paid_at_ms"])
        returned = sum(order["refunded_minor"] for order in orders)
        totals = {"paid_minor": paid, "refunded_minor": returned}
        return {"now_ms": self.now_ms(), "orders": orders, "callbacks": callbacks, "totals": totals}


def _fen(text):
    whole, cents = text.split(".")
    return int(whole) * 100 + int(cents)
