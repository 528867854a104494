"""The fake WeChat Pay keeps its promises, over real HTTP."""

import base64
import http.client
import json
import os
import queue
import sys
import tempfile
import threading
import time
import unittest
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from client import Client  # noqa: E402
from counterparty import listen  # noqa: E402
from wechat_keys import (  # noqa: E402
    authorization,
    is_signed,
    make_keys,
    opened,
    private_key,
)
from wechat_pay import WechatPay  # noqa: E402

ORDER = "01890a5dac967774bcceb302099a8057"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256  # before it is bound: a hundred callers come at once


class Listener:
    """Receives callbacks; answers 200."""

    def __init__(self):
        self.received = queue.Queue()
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                listener.received.put((dict(self.headers), body))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = _Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/callbacks/wechat_pay"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def next_notice(self):
        headers, body = self.received.get(timeout=30)
        return headers, body, json.loads(body)

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class WechatPayCase(unittest.TestCase):
    """A fake WeChat Pay of its own, a merchant that signs, a listener."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.keys = make_keys(folder.name)
        with open(cls.keys.names["merchant_key_file"], "rb") as file:
            cls.merchant_key = private_key(file.read())

    def setUp(self):
        self.party = WechatPay(self.keys, 0)
        self.server = listen(self.party, 0)
        self.party.port = self.server.server_port
        self.server.RequestHandlerClass.log_message = lambda *_: None
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        self.control = Client(self.party.port)
        self.listener = Listener()
        self.addCleanup(self.close)

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.listener.close()

    def send(self, method, target, content=None, headers=None, signed=None):
        """(status, headers, body); `signed` replaces what is signed."""
        body = b"" if content is None else json.dumps(content).encode()
        what = signed or (method, target, body)
        proof = authorization(self.merchant_key, self.keys.names, what, time.time())
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.party.port}{target}", data=body or None, method=method,
            headers={"Accept": "application/json", "Content-Type": "application/json",
                     "Authorization": proof, **(headers or {})},
        )  # fmt: skip
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers, error.read()

    def ask(self, method, target, content=None):
        """The content of a good answer, its signature checked."""
        status, headers, body = self.send(method, target, content)
        self.assertIn(status, (200, 204), body)
        self.assertTrue(self.is_proven(headers, body))
        return json.loads(body) if body else None

    def refused(self, status, code, method, target, content=None, **more):
        got, headers, body = self.send(method, target, content, **more)
        self.assertEqual((got, json.loads(body)["code"]), (status, code))
        self.assertTrue(self.is_proven(headers, body))

    def is_proven(self, headers, body, keys=None):
        serial = headers["Wechatpay-Serial"]
        if serial not in self.keys.platform:
            return False
        lines = f"{headers['Wechatpay-Timestamp']}\n{headers['Wechatpay-Nonce']}\n"
        signed = lines.encode() + body + b"\n"
        key = self.keys.platform[serial].public_key()
        return is_signed(key, signed, headers["Wechatpay-Signature"])

    def order(self, name=ORDER, total=2000, **more):
        return {
            "appid": self.keys.app_id, "mchid": self.keys.mch_id, "description": "车票",
            "out_trade_no": name, "notify_url": self.listener.url,
            "amount": {"total": total, "currency": "CNY"}, **more,
        }  # fmt: skip

    def create(self, name=ORDER, **more):
        return self.ask("POST", "/v3/pay/transactions/native", self.order(name, **more))

    def query(self, name=ORDER):
        target = f"/v3/pay/transactions/out-trade-no/{name}?mchid={self.keys.mch_id}"
        return self.ask("GET", target)

    def refund_order(self, name="rf-1", refund=1800, total=2000, order=ORDER):
        return {
            "out_trade_no": order, "out_refund_no": name, "notify_url": self.listener.url,
            "amount": {"refund": refund, "total": total, "currency": "CNY"},
        }  # fmt: skip

    def refund(self, name="rf-1", **more):
        return self.ask("POST", "/v3/refund/domestic/refunds", self.refund_order(name, **more))

    def pay(self, name=ORDER, content=None):
        return self.control.post(f"/_control/pay/{name}", content)

    def switch(self, **switches):
        self.assertEqual(self.control.post("/_control", switches).status, 200)

    def next_content(self):
        """(kind, content) of the next notice, which is proven."""
        headers, body, notice = self.listener.next_notice()
        self.assertTrue(self.is_proven(headers, body))
        return notice["event_type"], json.loads(opened(self.keys.api_v3_key, notice["resource"]))


class WechatPayTest(WechatPayCase):
    def test_an_order_is_created_paid_and_called_back_sealed(self):
        # rules: X-07
        first = self.create()
        self.assertEqual(self.create(), first)
        self.assertRegex(first["code_url"], r"weixin://wxpay/bizpayurl\?pr=\w+")
        self.assertEqual(self.query()["trade_state"], "NOTPAY")
        self.pay()
        kind, content = self.next_content()
        self.assertEqual(kind, "TRANSACTION.SUCCESS")
        self.assertEqual(
            (content["out_trade_no"], content["amount"]["total"], content["trade_state"]),
            (ORDER, 2000, "SUCCESS"),
        )
        self.assertEqual(self.query(), content)

    def test_an_order_of_the_same_number_with_other_content_is_refused(self):
        # rules: X-07
        self.create()
        native = "/v3/pay/transactions/native"
        self.refused(403, "OUT_TRADE_NO_USED", "POST", native, self.order(total=2001))
        self.refused(400, "PARAM_ERROR", "POST", native, self.order(name="short"))
        self.refused(400, "PARAM_ERROR", "POST", native, self.order(total=20.5))
        self.refused(400, "PARAM_ERROR", "POST", native, self.order(colour="red"))
        other = {**self.order(), "mchid": "1"}
        self.refused(400, "MCH_NOT_EXISTS", "POST", native, other)

    def test_requests_without_proof_are_refused(self):
        target = "/v3/pay/transactions/native"
        body = json.dumps(self.order()).encode()
        bare = {"Authorization": ""}
        self.refused(401, "SIGN_ERROR", "POST", target, self.order(), headers=bare)
        for signed in (("GET", target, body), ("POST", target + "?a=1", body),
                       ("POST", target, body + b" ")):  # fmt: skip
            self.refused(401, "SIGN_ERROR", "POST", target, self.order(), signed=signed)
        proof = authorization(self.merchant_key, self.keys.names, ("POST", target, body),
                              time.time() - 301)  # fmt: skip
        stale = {"Authorization": proof}
        self.refused(401, "SIGN_ERROR", "POST", target, self.order(), headers=stale)
        good = {"Authorization": authorization(self.merchant_key, self.keys.names,
                                               ("POST", target, body), time.time())}  # fmt: skip
        self.assertEqual(self.send("POST", target, self.order(), headers=good)[0], 200)
        self.refused(401, "SIGN_ERROR", "POST", target, self.order(), headers=good)

    def test_closed_and_expired_orders_are_not_payable_but_money_on_its_way_arrives(self):
        # rules: W-04
        self.create(time_expire="2020-01-01T00:00:00+08:00")
        self.assertEqual(self.pay()["code"], "ORDER_CLOSED")
        other = "other-order-1"
        self.create(other)
        close = f"/v3/pay/transactions/out-trade-no/{other}/close"
        for _ in range(2):
            self.assertIsNone(self.ask("POST", close, {"mchid": self.keys.mch_id}))
        self.assertEqual(self.query(other)["trade_state"], "CLOSED")
        self.assertEqual(self.pay(other)["code"], "ORDER_CLOSED")
        self.assertEqual(self.pay(other, {"force": True})["trade_state"], "SUCCESS")
        self.refused(400, "ORDERPAID", "POST", close, {"mchid": self.keys.mch_id})
        missing = "/v3/pay/transactions/out-trade-no/nobody-1/close"
        self.refused(404, "ORDER_NOT_EXIST", "POST", missing, {"mchid": self.keys.mch_id})

    def test_refunds_end_once_and_never_exceed_what_was_paid(self):
        # rules: X-07
        refunds = "/v3/refund/domestic/refunds"
        self.create()
        self.refused(400, "INVALID_REQUEST", "POST", refunds, self.refund_order())
        self.pay()
        self.next_content()
        first = self.refund()
        self.assertEqual(self.refund()["refund_id"], first["refund_id"])
        self.refused(400, "INVALID_REQUEST", "POST", refunds, self.refund_order(refund=1799))
        self.refused(400, "INVALID_REQUEST", "POST", refunds, self.refund_order("rf-2", 201))
        self.refused(400, "INVALID_REQUEST", "POST", refunds, self.refund_order("rf-3", 1, 1))
        self.refused(404, "RESOURCE_NOT_EXISTS", "GET", refunds + "/rf-9")
        kind, content = self.next_content()
        self.assertEqual((kind, content["refund_status"]), ("REFUND.SUCCESS", "SUCCESS"))
        self.assertEqual(self.query()["trade_state"], "REFUND")
        self.assertEqual(
            self.control.get("/_state")["totals"], {"paid_minor": 2000, "refunded_minor": 1800}
        )

    def test_who_asks_for_refunds_too_fast_is_refused(self):
        # rules: W-14
        self.control.post("/_control", {"rate_max": {"per_second": 0}})
        path = "/v3/refund/domestic/refunds/rf-1"
        self.refused(429, "FREQUENCY_LIMITED", "GET", path)
        self.assertEqual(self.control.get("/_pace")["refused"], 1)

    def test_refunds_stick_fail_and_turn_when_told(self):
        self.switch(refund_stuck={"times": 1})
        self.create()
        self.pay()
        self.next_content()
        self.assertEqual(self.refund()["status"], "PROCESSING")
        ended = self.control.post("/_control/refund/rf-1", {"status": "SUCCESS"})
        self.assertEqual(ended["status"], "SUCCESS")
        self.assertEqual(self.next_content()[0], "REFUND.SUCCESS")
        self.control.post("/_control/refund/rf-1", {"status": "ABNORMAL"})
        self.assertEqual(self.next_content()[0], "REFUND.ABNORMAL")
        self.switch(refund_fails={"times": 1, "status": "CLOSED"})
        self.refund("rf-2", refund=100)
        self.assertEqual(self.next_content()[0], "REFUND.CLOSED")

    def test_answers_are_signed_with_the_key_that_was_asked_for(self):
        # rules: X-07
        self.create()
        target = f"/v3/pay/transactions/out-trade-no/{ORDER}?mchid={self.keys.mch_id}"
        for serial in self.keys.platform:
            _, headers, body = self.send("GET", target, headers={"Wechatpay-Serial": serial})
            self.assertEqual(headers["Wechatpay-Serial"], serial)
            self.assertTrue(self.is_proven(headers, body))
        self.switch(wrong_answer_signature={"times": 1})
        self.assertFalse(self.is_proven(*self.send("GET", target)[1:]))
        self.switch(stray_key={"times": 1})
        self.assertFalse(self.is_proven(*self.send("GET", target)[1:]))
        self.switch(sign_with={"serial": self.keys.public_key_id})
        self.assertEqual(self.send("GET", target)[1]["Wechatpay-Serial"], self.keys.public_key_id)

    def test_callbacks_misbehave_when_told(self):
        self.switch(duplicate_callback={"times": 1, "copies": 100}, wrong_amount={"times": 1},
                    wrong_signature={"times": 1})  # fmt: skip
        self.create()
        self.pay()
        notices = [self.listener.next_notice() for _ in range(100)]
        self.assertEqual(len({body for _, body, _ in notices}), 1)
        self.assertFalse(any(self.is_proven(headers, body) for headers, body, _ in notices))
        content = json.loads(opened(self.keys.api_v3_key, notices[0][2]["resource"]))
        self.assertEqual(content["amount"]["total"], 2001)

    def test_a_held_callback_comes_after_the_next_one(self):
        self.switch(hold_callback={"times": 1})
        self.create()
        self.pay()
        self.refund()
        kinds = [self.next_content()[0] for _ in range(2)]
        self.assertEqual(kinds, ["REFUND.SUCCESS", "TRANSACTION.SUCCESS"])

    def test_the_callback_can_come_before_the_answer(self):
        self.switch(pay_at_once={"times": 1})
        self.create()
        self.assertFalse(self.listener.received.empty())

    def test_a_dropped_answer_leaves_the_order_behind_an_error_does_not(self):
        # rules: X-07
        self.switch(drop_answer={"times": 1})
        with self.assertRaises((http.client.HTTPException, OSError)):
            self.create()
        self.assertEqual(self.query()["trade_state"], "NOTPAY")
        self.switch(error={"times": 1, "status": 500, "code": "SYSTEM_ERROR"})
        target = "/v3/pay/transactions/native"
        self.refused(500, "SYSTEM_ERROR", "POST", target, self.order("another-1"))
        missing = f"/v3/pay/transactions/out-trade-no/another-1?mchid={self.keys.mch_id}"
        self.refused(404, "ORDER_NOT_EXIST", "GET", missing)

    def test_the_bill_lists_what_was_paid_and_given_back_in_yuan(self):
        # rules: X-06
        self.create()
        self.pay()
        self.next_content()
        self.refund()
        self.next_content()
        day = self.query()["success_time"][:10]
        target = f"/v3/bill/tradebill?bill_date={day}&bill_type=ALL"
        self.switch(bill_late={"times": 1})
        self.refused(400, "STATEMENT_CREATING", "GET", target)
        where = self.ask("GET", target)
        path = where["download_url"].split(str(self.party.port), 1)[1]
        text = self.send("GET", path)[2].decode("utf-8-sig")
        lines = text.splitlines()
        self.assertEqual(lines[-1], "`2,`20.00,`18.00,`0.00,`0.01000,`20.00,`18.00")
        self.assertEqual(len(lines), 5)
        self.switch(bill_truncated={"times": 1})
        self.assertLess(len(self.send("GET", path)[2].decode("utf-8-sig", "replace")), len(text))
        self.switch(bill_extra_row={})
        self.assertIn("nobody", self.send("GET", path)[2].decode())

    def test_the_platform_gives_its_certificate_sealed(self):
        listed = self.ask("GET", "/v3/certificates")["data"]
        plain = opened(self.keys.api_v3_key, listed[0]["encrypt_certificate"])
        self.assertIn(b"BEGIN CERTIFICATE", plain)
        self.assertEqual(listed[0]["serial_no"], self.keys.certificate_serial)

    def test_a_probe_is_signed_with_nothing(self):
        self.control.post("/_control/probe", {"url": self.listener.url})
        headers, body, _ = self.listener.next_notice()
        self.assertTrue(headers["Wechatpay-Signature"].startswith("WECHATPAY/SIGNTEST/"))
        self.assertFalse(self.is_proven(headers, body))

    def test_a_callback_can_be_had_without_being_sent(self):
        self.create()
        self.pay()
        self.next_content()
        got = self.control.post(f"/_control/callback/{ORDER}", {"age_seconds": 600})
        self.assertTrue(self.is_proven(got["headers"], got["body"].encode()))
        self.assertLess(int(got["headers"]["Wechatpay-Timestamp"]), time.time() - 590)
        base64.b64decode(got["headers"]["Wechatpay-Signature"], validate=True)

    def test_books_and_keys_survive_a_restart(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "books.json")
            before = WechatPay(self.keys, 0, path)
            before.books.content["orders"][ORDER] = {
                "request": self.order(), "state": "NOTPAY", "code": "c", "trade_type": "NATIVE",
            }  # fmt: skip
            before.books.close()
            self.assertEqual(WechatPay(self.keys, 0, path).order(ORDER)["code"], "c")
        self.assertEqual(make_keys(self.keys.folder).merchant_serial, self.keys.merchant_serial)


if __name__ == "__main__":
    unittest.main()
