"""The payment provider keeps its promises, over real HTTP."""

import http.client
import json
import os
import queue
import sys
import tempfile
import threading
import unittest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import provider as provider_module  # noqa: E402
from client import Client  # noqa: E402
from counterparty import listen  # noqa: E402
from pacing import Pace  # noqa: E402
from provider import Provider, signature, signed_headers  # noqa: E402

SECRET = b"\x0b" * 32
FAR_MS = 4102444800000


class Listener:
    """Receives callbacks; answers the statuses it was given, then 200."""

    def __init__(self):
        self.received = queue.Queue()
        self.statuses = []
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                listener.received.put((dict(self.headers), body))
                self.send_response(listener.statuses.pop(0) if listener.statuses else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/callbacks/sandbox"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def next_event(self):
        headers, body = self.received.get(timeout=5)
        return headers, body, json.loads(body)

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class ProviderTest(unittest.TestCase):
    def setUp(self):
        self.provider = Provider(SECRET, 0)
        self.server = listen(self.provider, 0)
        self.server.RequestHandlerClass.log_message = lambda *_: None
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        self.client = Client(self.server.server_port, SECRET)
        self.listener = Listener()
        self.addCleanup(self.close)

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.listener.close()

    def create(self, name="py-1", amount=2000, expire_at_ms=FAR_MS):
        return self.client.post(
            "/v1/orders",
            {
                "merchant_order": name,
                "amount_minor": amount,
                "currency": "CNY",
                "notify_url": self.listener.url,
                "expire_at_ms": expire_at_ms,
            },
        )

    def refund(self, name="rf-1", amount=1800, order="py-1"):
        return self.client.post(
            "/v1/refunds",
            {
                "merchant_refund": name,
                "merchant_order": order,
                "amount_minor": amount,
                "currency": "CNY",
                "notify_url": self.listener.url,
            },
        )

    def assert_refused(self, answer, status, code):
        self.assertEqual((answer.status, answer["code"]), (status, code))

    def test_the_signature_is_the_documented_one(self):
        page = os.path.join(os.path.dirname(__file__), "../../docs/reference/counterparties.md")
        with open(page, encoding="utf-8") as file:
            self.assertIn(signature(SECRET, "1764547200", "n-1", b'{"a":1}'), file.read())

    def test_a_paid_order_is_called_back_signed(self):
        self.assertEqual(self.create()["state"], "OPEN")
        paid = self.client.post("/_control/pay/py-1", {"at_ms": 1764547260000})
        self.assertEqual((paid["state"], paid["paid_at_ms"]), ("PAID", 1764547260000))
        headers, body, event = self.listener.next_event()
        self.assertEqual(
            (event["type"], event["merchant_order"], event["amount_minor"], event["paid_at_ms"]),
            ("ORDER_PAID", "py-1", 2000, 1764547260000),
        )
        self.assertEqual(
            headers["X-Houbu-Signature"],
            signature(SECRET, headers["X-Houbu-Timestamp"], headers["X-Houbu-Nonce"], body),
        )

    def test_an_order_is_created_once_per_name(self):
        # rules: X-07
        first = self.create()
        self.assertEqual(self.create()["provider_order"], first["provider_order"])
        self.assert_refused(self.create(amount=2001), 409, "ORDER_EXISTS")

    def test_requests_without_proof_are_refused(self):
        body = {"merchant_order": "py-1"}
        self.assert_refused(
            self.client.post("/v1/orders", body, headers={}), 401, "SIGNATURE_INVALID"
        )
        raw = json.dumps(body).encode()
        wrong = signed_headers(b"\x0c" * 32, raw, self.provider.now_ms() / 1000)
        self.assert_refused(self.client.post("/v1/orders", body, wrong), 401, "SIGNATURE_INVALID")
        stale = signed_headers(SECRET, raw, self.provider.now_ms() / 1000 - 301)
        self.assert_refused(self.client.post("/v1/orders", body, stale), 401, "TIMESTAMP_STALE")
        good = signed_headers(SECRET, raw, self.provider.now_ms() / 1000)
        self.assert_refused(self.client.post("/v1/orders", body, good), 400, "REQUEST_INVALID")
        self.assert_refused(self.client.post("/v1/orders", body, good), 401, "NONCE_REUSED")

    def test_expired_and_closed_orders_are_not_payable_but_money_on_its_way_arrives(self):
        # rules: W-04
        self.create("py-1", expire_at_ms=1000)
        self.assert_refused(self.client.post("/_control/pay/py-1"), 409, "ORDER_EXPIRED")
        self.create("py-2")
        self.assertEqual(self.client.post("/v1/orders/py-2/close")["state"], "CLOSED")
        self.assert_refused(self.client.post("/_control/pay/py-2"), 409, "ORDER_CLOSED")
        self.assertEqual(self.client.post("/_control/pay/py-2", {"force": True})["state"], "PAID")
        self.assert_refused(self.client.post("/v1/orders/py-2/close"), 409, "ORDER_PAID")

    def test_refunds_end_once_and_never_exceed_what_was_paid(self):
        # rules: X-07
        self.create()
        self.assert_refused(self.refund(), 409, "ORDER_NOT_PAID")
        self.client.post("/_control/pay/py-1")
        self.listener.next_event()
        first = self.refund()
        self.assertEqual(self.refund()["provider_refund"], first["provider_refund"])
        self.assert_refused(self.refund("rf-1", 1799), 409, "REFUND_EXISTS")
        self.assert_refused(self.refund("rf-2", 201), 409, "REFUND_EXCEEDS_PAYMENT")
        _, _, event = self.listener.next_event()
        self.assertEqual((event["type"], event["merchant_refund"]), ("REFUND_SUCCEEDED", "rf-1"))
        self.assertEqual(self.client.get("/v1/refunds/rf-1")["state"], "SUCCEEDED")
        self.assertEqual(
            self.client.get("/_state")["totals"], {"paid_minor": 2000, "refunded_minor": 1800}
        )

    def test_a_failed_refund_gives_its_amount_back(self):
        self.create()
        self.client.post("/_control/pay/py-1")
        self.listener.next_event()
        self.client.post("/_control", {"refund_fails": {"times": 1}})
        self.refund("rf-1", 2000)
        _, _, event = self.listener.next_event()
        self.assertEqual(event["type"], "REFUND_FAILED")
        self.assertEqual(self.refund("rf-2", 2000).status, 200)

    def test_a_refused_callback_is_repeated_with_the_same_event(self):
        pauses = provider_module.CALLBACK_PAUSES_SECONDS
        provider_module.CALLBACK_PAUSES_SECONDS = (0.01,)
        self.addCleanup(setattr, provider_module, "CALLBACK_PAUSES_SECONDS", pauses)
        self.listener.statuses = [503]
        self.create()
        self.client.post("/_control/pay/py-1")
        first, second = self.listener.next_event(), self.listener.next_event()
        self.assertEqual(first[2]["event_id"], second[2]["event_id"])
        self.assertNotEqual(first[0]["X-Houbu-Nonce"], second[0]["X-Houbu-Nonce"])

    def test_callbacks_misbehave_when_told(self):
        self.client.post(
            "/_control",
            {
                "duplicate_callback": {"times": 1},
                "wrong_amount": {"times": 1},
                "wrong_signature": {"times": 1},
            },
        )
        self.create()
        self.client.post("/_control/pay/py-1")
        first, second = self.listener.next_event(), self.listener.next_event()
        self.assertEqual(first[2], second[2])
        self.assertEqual(first[2]["amount_minor"], 2001)
        expected = signature(
            SECRET, first[0]["X-Houbu-Timestamp"], first[0]["X-Houbu-Nonce"], first[1]
        )
        self.assertNotEqual(first[0]["X-Houbu-Signature"], expected)
        self.assertEqual(self.client.get("/_control").content, {"clock_offset_ms": 0})

    def test_a_dropped_answer_leaves_the_order_behind(self):
        # rules: X-07
        self.client.post("/_control", {"drop_answer": {"times": 1}})
        with self.assertRaises((http.client.HTTPException, OSError)):
            self.create()
        self.assertEqual(self.create()["state"], "OPEN")

    def test_a_switched_error_leaves_nothing_behind(self):
        self.client.post("/_control", {"error": {"status": 503, "times": 1}})
        self.assert_refused(self.create(), 503, "SWITCHED_ERROR")
        self.assert_refused(self.client.get("/v1/orders/py-1"), 404, "ORDER_NOT_FOUND")

    def test_who_asks_for_refunds_too_fast_is_refused_and_counted(self):
        # rules: W-14
        self.provider.pace = Pace(seconds=lambda: 1000.0)
        self.client.post("/_control", {"rate_max": {"per_second": 2}})
        for _ in range(2):
            self.assert_refused(self.client.get("/v1/refunds/rf-1"), 404, "REFUND_NOT_FOUND")
        self.assert_refused(self.client.get("/v1/refunds/rf-1"), 429, "RATE_LIMITED")
        self.assertEqual(self.create()["state"], "OPEN")
        pace = self.client.get("/_pace").content
        self.assertEqual(pace, {"total": 2, "most_in_a_second": 2, "refused": 1})

    def test_an_order_is_paid_as_it_is_made_when_told(self):
        self.client.post("/_control", {"pay_at_once": {"times": 1}})
        self.create()
        self.assertEqual(self.listener.next_event()[2]["type"], "ORDER_PAID")
        self.assertEqual(self.client.get("/v1/orders/py-1")["state"], "PAID")

    def test_bad_requests_name_every_field(self):
        answer = self.client.post(
            "/v1/orders", {"merchant_order": "a b", "amount_minor": 0, "colour": "red"}
        )
        self.assert_refused(answer, 400, "REQUEST_INVALID")
        for name in (
            "merchant_order",
            "amount_minor",
            "colour",
            "currency",
            "notify_url",
            "expire_at_ms",
        ):
            self.assertIn(name, answer["message"])
        unknown = self.client.post("/_control", {"dance": {}})
        self.assert_refused(unknown, 400, "REQUEST_INVALID")

    def test_books_survive_a_restart(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "books.json")
            before = Provider(SECRET, 0, path)
            before.books.content["orders"]["py-9"] = {
                "request": {
                    "merchant_order": "py-9",
                    "amount_minor": 1,
                    "currency": "CNY",
                    "notify_url": self.listener.url,
                    "expire_at_ms": FAR_MS,
                },
                "provider_order": "po-9",
                "state": "OPEN",
            }
            before.books.close()
            self.assertEqual(Provider(SECRET, 0, path).order("py-9")["provider_order"], "po-9")


if __name__ == "__main__":
    unittest.main()
