#!/usr/bin/python3
"""The fake payment provider: orders, refunds and signed callbacks, with books of its own."""

import hmac
import json
import os
import secrets
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from counterparty import (
    Counterparty,
    Refused,
    arguments,
    is_amount,
    is_currency,
    is_flag,
    is_identifier,  # noqa: E402
    is_loopback_url,
    is_text,
    is_time,
    serve,
)
from hmac_signing import (
    CALLBACK_PAUSES_SECONDS,
    FRESH_SECONDS,
    post_signed,
    read_secret,
    signature,
    signed_headers,  # noqa: F401
)

REFUND_PROCESSING_SECONDS = 0.05
ORDER_ID = r"([A-Za-z0-9_-]{1,64})"
SWITCHES = ("no_callback", "duplicate_callback", "wrong_signature", "wrong_amount",
            "refund_fails", "pay_at_once")  # fmt: skip


class NonceBook:
    """Nonces of the freshness window; a second use is refused."""

    def __init__(self):
        self._seen = {}
        self._lock = threading.Lock()

    def first_use(self, nonce, now_seconds):
        with self._lock:
            if len(self._seen) > 10000:
                limit = now_seconds - 2 * FRESH_SECONDS
                self._seen = {n: at for n, at in self._seen.items() if at > limit}
            if nonce in self._seen:
                return False
            self._seen[nonce] = now_seconds
            return True


class Provider(Counterparty):
    PACED = "/v1/refunds"

    def __init__(self, secret, port, state_path=None):
        super().__init__(state_path, SWITCHES)
        self.secret = secret
        self.port = port
        self.nonces = NonceBook()
        self.route("POST", r"/v1/orders", self.create_order)
        self.route("GET", r"/v1/orders/" + ORDER_ID, self.get_order)
        self.route("POST", r"/v1/orders/" + ORDER_ID + "/close", self.close_order)
        self.route("POST", r"/v1/refunds", self.create_refund)
        self.route("GET", r"/v1/refunds/" + ORDER_ID, self.get_refund)
        self.route("POST", r"/_control/pay/" + ORDER_ID, self.pay)

    def empty_books(self):
        return {"orders": {}, "refunds": {}, "callbacks": []}

    def authenticate(self, request):
        timestamp = request.headers.get("X-Houbu-Timestamp", "")
        nonce = request.headers.get("X-Houbu-Nonce", "")
        claimed = request.headers.get("X-Houbu-Signature", "")
        if not timestamp.isdigit() or is_identifier(nonce):
            raise Refused(
                401,
                "SIGNATURE_INVALID",
                "X-Houbu-Timestamp or X-Houbu-Nonce is missing or malformed",
            )
        expected = signature(self.secret, timestamp, nonce, request.body)
        if not hmac.compare_digest(expected.encode(), claimed.encode()):
            raise Refused(401, "SIGNATURE_INVALID", "the signature does not match")
        now = self.now_ms() / 1000
        if abs(now - int(timestamp)) > FRESH_SECONDS:
            raise Refused(
                401, "TIMESTAMP_STALE", f"more than {FRESH_SECONDS} seconds from our clock"
            )
        if not self.nonces.first_use(nonce, now):
            raise Refused(401, "NONCE_REUSED", "this nonce was used before")

    # Orders ---------------------------------------------------------------------------------------

    def create_order(self, request):
        wanted = request.fields(
            {
                "merchant_order": is_identifier,
                "amount_minor": is_amount,
                "currency": is_currency,
                "notify_url": is_loopback_url,
                "expire_at_ms": is_time,
            },
            {"subject": is_text},
        )
        with self.books.lock:
            order = self.books.content["orders"].get(wanted["merchant_order"])
            if order and order["request"] != wanted:
                raise Refused(409, "ORDER_EXISTS", "this merchant_order has other content")
            if not order:
                order = {
                    "request": wanted,
                    "provider_order": "po-" + secrets.token_hex(12),
                    "state": "OPEN",
                }
                self.books.content["orders"][wanted["merchant_order"]] = order
                self.books.changed()
                if self.switches.use("pay_at_once") is not None:
                    self.after(0, self.settle, wanted["merchant_order"], self.now_ms())
            return self.shown_order(order)

    def get_order(self, request, merchant_order):
        with self.books.lock:
            return self.shown_order(self.order(merchant_order))

    def close_order(self, request, merchant_order):
        request.fields({})
        with self.books.lock:
            order = self.order(merchant_order)
            if order["state"] == "PAID":
                raise Refused(409, "ORDER_PAID", "the order is paid; refund it")
            order["state"] = "CLOSED"
            self.books.changed()
            return self.shown_order(order)

    def pay(self, request, merchant_order):
        wanted = request.fields({}, {"at_ms": is_time, "force": is_flag})
        with self.books.lock:
            order = self.order(merchant_order)
            paid_at_ms = wanted.get("at_ms", self.now_ms())
            if order["state"] != "PAID" and not wanted.get("force", False):
                if order["state"] == "CLOSED":
                    raise Refused(409, "ORDER_CLOSED", "the order is closed")
                if paid_at_ms >= order["request"]["expire_at_ms"]:
                    raise Refused(409, "ORDER_EXPIRED", "the order can no longer be paid")
        return self.settle(merchant_order, paid_at_ms)

    def settle(self, merchant_order, paid_at_ms):
        """The money arrives, once; the merchant is told."""
        with self.books.lock:
            order = self.order(merchant_order)
            if order["state"] == "PAID":
                return self.shown_order(order)
            order["state"] = "PAID"
            order["paid_at_ms"] = paid_at_ms
            self.books.changed()
            shown = self.shown_order(order)
        event = {
            "type": "ORDER_PAID",
            "merchant_order": merchant_order,
            "provider_order": shown["provider_order"],
            "amount_minor": shown["amount_minor"],
            "currency": shown["currency"],
            "paid_at_ms": paid_at_ms,
        }
        self.call_back(order["request"]["notify_url"], event)
        return shown

    def order(self, merchant_order):
        order = self.books.content["orders"].get(merchant_order)
        if not order:
            raise Refused(404, "ORDER_NOT_FOUND", f"no order named {merchant_order}")
        return order

    def shown_order(self, order):
        wanted = order["request"]
        shown = {
            "merchant_order": wanted["merchant_order"],
            "provider_order": order["provider_order"],
            "state": order["state"],
            "amount_minor": wanted["amount_minor"],
            "currency": wanted["currency"],
            "expire_at_ms": wanted["expire_at_ms"],
            "refunded_minor": self.refunded(wanted["merchant_order"]),
            "code_url": f"http://127.0.0.1:{self.port}/pay/{order['provider_order']}",
        }
        if "paid_at_ms" in order:
            shown["paid_at_ms"] = order["paid_at_ms"]
        return shown

    def refunded(self, merchant_order):
        refunds = self.books.content["refunds"]
        order = self.books.content["orders"][merchant_order]
        return sum(
            refunds[name]["request"]["amount_minor"]
            for name in order.get("refunds", ())
            if refunds[name]["state"] != "FAILED"
        )

    # Refunds --------------------------------------------------------------------------------------

    def create_refund(self, request):
        wanted = request.fields(
            {
                "merchant_refund": is_identifier,
                "merchant_order": is_identifier,
                "amount_minor": is_amount,
                "currency": is_currency,
                "notify_url": is_loopback_url,
            },
            {"reason": is_text},
        )
        name = wanted["merchant_refund"]
        with self.books.lock:
            refund = self.books.content["refunds"].get(name)
            if refund:
                if refund["request"] != wanted:
                    raise Refused(409, "REFUND_EXISTS", "this merchant_refund has other content")
                return self.shown_refund(refund)
            order = self.order(wanted["merchant_order"])
            if order["state"] != "PAID":
                raise Refused(409, "ORDER_NOT_PAID", "nothing was paid")
            if wanted["currency"] != order["request"]["currency"]:
                raise Refused(400, "REQUEST_INVALID", "currency differs from the order's")
            if (
                self.refunded(wanted["merchant_order"]) + wanted["amount_minor"]
                > order["request"]["amount_minor"]
            ):
                raise Refused(409, "REFUND_EXCEEDS_PAYMENT", "refunds would exceed what was paid")
            refund = {
                "request": wanted,
                "provider_refund": "pr-" + secrets.token_hex(12),
                "state": "PROCESSING",
            }
            self.books.content["refunds"][name] = refund
            order.setdefault("refunds", []).append(name)
            self.books.changed()
            shown = self.shown_refund(refund)
        self.after(REFUND_PROCESSING_SECONDS, self.end_refund, name)
        return shown

    def end_refund(self, name):
        with self.books.lock:
            refund = self.books.content["refunds"].get(name)
            if not refund or refund["state"] != "PROCESSING":
                return
            failed = self.switches.use("refund_fails") is not None
            refund["state"] = "FAILED" if failed else "SUCCEEDED"
            if not failed:
                refund["refunded_at_ms"] = self.now_ms()
            self.books.changed()
            event = {"type": "REFUND_" + refund["state"], **self.shown_refund(refund)}
            del event["state"]
            notify_url = refund["request"]["notify_url"]
        self.call_back(notify_url, event)

    def get_refund(self, request, merchant_refund):
        with self.books.lock:
            refund = self.books.content["refunds"].get(merchant_refund)
            if not refund:
                raise Refused(404, "REFUND_NOT_FOUND", f"no refund named {merchant_refund}")
            return self.shown_refund(refund)

    def shown_refund(self, refund):
        wanted = refund["request"]
        shown = {
            "merchant_refund": wanted["merchant_refund"],
            "provider_refund": refund["provider_refund"],
            "merchant_order": wanted["merchant_order"],
            "amount_minor": wanted["amount_minor"],
            "currency": wanted["currency"],
            "state": refund["state"],
        }
        if "refunded_at_ms" in refund:
            shown["refunded_at_ms"] = refund["refunded_at_ms"]
        return shown

    # Callbacks ------------------------------------------------------------------------------------

    def call_back(self, notify_url, event):
        event = {"event_id": "ev-" + secrets.token_hex(12), **event}
        record = {
            "event_id": event["event_id"],
            "type": event["type"],
            "attempts": 0,
            "acknowledged": False,
            "subject": event.get("merchant_refund", event["merchant_order"]),
        }
        with self.books.lock:
            self.books.content["callbacks"].append(record)
            self.books.changed()
        if self.switches.use("no_callback"):
            return
        forged = False
        if self.switches.use("wrong_amount"):
            event["amount_minor"] += 1
            forged = True
        wrong_signature = self.switches.use("wrong_signature") is not None
        copies = 2 if self.switches.use("duplicate_callback") else 1
        attempts = 1 if forged or wrong_signature else len(CALLBACK_PAUSES_SECONDS) + 1
        secret = secrets.token_bytes(32) if wrong_signature else self.secret
        for _ in range(copies):
            self.after(0, self.keep_calling, notify_url, event, record, attempts, secret)

    def keep_calling(self, notify_url, event, record, attempts, secret):
        body = json.dumps(event).encode()
        for attempt in range(attempts):
            with self.books.lock:
                record["attempts"] += 1
            if self.deliver(notify_url, body, secret):
                with self.books.lock:
                    record["acknowledged"] = True
                    self.books.changed()
                return
            if attempt + 1 < attempts:
                time.sleep(CALLBACK_PAUSES_SECONDS[attempt])

    def deliver(self, notify_url, body, secret):
        return post_signed(notify_url, body, secret, self.now_ms() / 1000)

    def after(self, seconds, action, *parameters):
        timer = threading.Timer(seconds, action, parameters)
        timer.daemon = True
        timer.start()

    def resume(self):
        """Takes up what a stop interrupted: refunds in process end."""
        with self.books.lock:
            waiting = [
                name
                for name, refund in self.books.content["refunds"].items()
                if refund["state"] == "PROCESSING"
            ]
        for name in waiting:
            self.after(REFUND_PROCESSING_SECONDS, self.end_refund, name)

    def state(self, request):
        with self.books.lock:
            orders = [self.shown_order(order) for order in self.books.content["orders"].values()]
            refunds = [
                self.shown_refund(refund) for refund in self.books.content["refunds"].values()
            ]
            callbacks = [dict(record) for record in self.books.content["callbacks"]]
        paid = sum(order["amount_minor"] for order in orders if order["state"] == "PAID")
        returned = sum(
            refund["amount_minor"] for refund in refunds if refund["state"] == "SUCCEEDED"
        )
        return {
            "now_ms": self.now_ms(),
            "orders": orders,
            "refunds": refunds,
            "callbacks": callbacks,
            "totals": {"paid_minor": paid, "refunded_minor": returned},
        }


def main():
    parser = arguments(__doc__)
    parser.add_argument(
        "--secret-file", required=True, help="file with the hex of the 32 shared bytes"
    )
    options = parser.parse_args()
    provider = Provider(read_secret(options.secret_file), options.port, options.state)
    provider.resume()
    serve(provider, options.port)


if __name__ == "__main__":
    main()
