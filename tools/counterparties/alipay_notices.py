"""Callbacks of the fake Alipay: forms, signed, repeated, and misbehaving when told."""

import json
import secrets
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

from alipay_signing import beijing, joined, signature, yuan

CALLBACK_TIMEOUT_SECONDS = 5
CALLBACK_PAUSES_SECONDS = (1, 2, 4, 8, 15, 30, 60)  # really 4m, 10m, 10m, 1h, 2h, 6h, 15h
UNSIGNED = ("sign", "sign_type")


class Notices:
    """Calls the merchant back about trades."""

    def __init__(self, party):
        self.party = party
        self._held = []
        self._lock = threading.Lock()

    def fields_of(self, trade, refund=None):
        """What a callback says of a trade, not yet signed."""
        party, total = self.party, yuan(trade["total"])
        fields = {
            "notify_time": beijing(party.now_ms()),
            "notify_type": "trade_status_sync",
            "notify_id": secrets.token_hex(17),
            "app_id": party.keys.app_id,
            "charset": "utf-8",
            "version": "1.0",
            "trade_no": trade["trade_no"],
            "out_trade_no": trade["out_trade_no"],
            "buyer_id": "2088000000000000",
            "buyer_logon_id": "sam***@example.com",
            "seller_id": party.keys.seller_id,
            "trade_status": trade["status"],
            "total_amount": total,
            "receipt_amount": total,
            "buyer_pay_amount": total,
            "point_amount": "0.00",
            "subject": trade["subject"],
            "gmt_create": beijing(trade["created_at_ms"]),
            "fund_bill_list": json.dumps([{"amount": total, "fundChannel": "ALIPAYACCOUNT"}]),
        }
        if trade["paid_at_ms"]:
            fields["gmt_payment"] = beijing(trade["paid_at_ms"])
        if refund:
            fields["refund_fee"] = yuan(party.refunded(trade))
            fields["gmt_refund"] = beijing(refund["at_ms"]) + ".000"
            fields["out_biz_no"] = refund["out_request_no"]
        return fields

    def signed(self, fields, key=None):
        """The fields with their signature."""
        text = joined(fields, UNSIGNED)
        return {
            **fields,
            "sign_type": "RSA2",
            "sign": signature(key or self.party.signing_key(), text),
        }

    def call_back(self, url, trade, refund=None, in_turn=False):
        """Tells the merchant, now and until it answers `success`; `in_turn` waits for the first."""
        party, fields = self.party, self.fields_of(trade, refund)
        if party.is_on("wrong_amount"):
            fields["total_amount"] = yuan(trade["total"] + 1)
        record = {
            "notify_id": fields["notify_id"],
            "trade_status": fields["trade_status"],
            "out_trade_no": trade["out_trade_no"],
            "attempts": 0,
            "acknowledged": False,
        }
        with party.books.lock:
            party.books.content["callbacks"].append(record)
            party.books.changed()
        if not url or party.is_on("no_callback"):
            return
        key = party.stray_key() if party.is_on("wrong_signature") else None
        doubled = party.switches.use("duplicate_callback")
        copies = 1 if doubled is None else doubled.get("copies", 2)
        call = (copies, url, fields, record, key)
        if party.is_on("hold_callback"):
            with self._lock:
                self._held.append(call)
        elif in_turn:
            self._attempt(url, self.signed(fields, key), record)
        else:
            self._start(call)

    def _start(self, call):
        threading.Thread(target=self._keep_calling, args=call, daemon=True).start()

    def _keep_calling(self, copies, url, fields, record, key):
        for pause in (*CALLBACK_PAUSES_SECONDS, None):
            fields["notify_time"] = beijing(self.party.now_ms())
            if self._attempt(url, self.signed(fields, key), record, copies):
                return self._let_go()
            if key or pause is None:  # a forged one is not repeated
                return None
            time.sleep(pause)
        return None

    def _let_go(self):
        """Sends what was held until another callback had arrived."""
        with self._lock:
            held, self._held = self._held, []
        for call in held:
            self._start(call)

    def _attempt(self, url, fields, record, copies=1):
        """Whether one of so many copies, sent at once, was taken."""
        body = urllib.parse.urlencode(fields).encode()
        answers = []
        deliver = lambda: answers.append(post(url, body))
        callers = [threading.Thread(target=deliver) for _ in range(copies)]
        for caller in callers:
            caller.start()
        for caller in callers:
            caller.join()
        taken = any(answer == (200, b"success") for answer in answers)
        with self.party.books.lock:
            record["attempts"] += copies
            record["acknowledged"] = record["acknowledged"] or taken
            self.party.books.changed()
        return taken


def post(url, body):
    """(status, body) of the merchant's answer; (0, b"") when there is none."""
    headers = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
    request = urllib.request.Request(url, data=body, headers=headers, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=CALLBACK_TIMEOUT_SECONDS) as response:
            return response.status, response.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()
    except OSError:
        return 0, b""
