"""The fake Alipay keeps its promises, over real HTTP and signed from the merchant's side."""

import http.client
import io
import json
import os
import queue
import sys
import tempfile
import threading
import unittest
import urllib.error
import urllib.parse
import urllib.request
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import alipay_notices  # noqa: E402
from alipay import Alipay  # noqa: E402
from alipay_signing import (  # noqa: E402
    beijing,
    form,
    joined,
    make_keys,
    serialization,
    signature,
    verifies,
)
from client import Client  # noqa: E402
from counterparty import listen  # noqa: E402

HOUR_MS = 3600 * 1000


class Listener:
    """Receives callbacks; answers the words it was given, then `success`."""

    def __init__(self):
        self.received = queue.Queue()
        self.words = []
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                listener.received.put(form(body.decode()))
                word = listener.words.pop(0) if listener.words else b"success"
                self.send_response(200)
                self.send_header("Content-Length", str(len(word)))
                self.end_headers()
                self.wfile.write(word)

            def log_message(self, *_):
                pass

        class Server(ThreadingHTTPServer):
            request_queue_size = 128

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/callbacks/alipay"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def next(self):
        return self.received.get(timeout=5)

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class AlipayTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.keys = make_keys(folder.name)
        with open(cls.keys.names["app_key_file"], "rb") as file:
            cls.app_key = serialization.load_pem_private_key(file.read(), None)

    def setUp(self):
        self.party = Alipay(self.keys, 0)
        self.server = listen(self.party, 0)
        self.party.port = self.server.server_port
        self.server.RequestHandlerClass.log_message = lambda *_: None
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        self.control = Client(self.server.server_port)
        self.listener = Listener()
        self.addCleanup(self.close)

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.listener.close()

    def send(self, method, content, key=None, **changed):
        """(status, body) of a signed request; `changed` fields are changed after it was signed."""
        fields = {
            "app_id": self.keys.app_id, "method": method, "format": "JSON", "charset": "utf-8",
            "sign_type": "RSA2", "timestamp": beijing(self.party.now_ms()), "version": "1.0",
            "notify_url": self.listener.url, "biz_content": json.dumps(content),
        }  # fmt: skip
        fields["sign"] = signature(key or self.app_key, joined(fields, ("sign",)))
        fields.update(changed)
        url = f"http://127.0.0.1:{self.server.server_port}/gateway.do"
        body = urllib.parse.urlencode({name: value for name, value in fields.items() if value})
        try:
            with urllib.request.urlopen(url, body.encode(), timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def ask(self, method, public=None, **content):
        """The proven answer to a request."""
        _, body = self.send("alipay." + method, content)
        name = "alipay." + method
        head, tail = f'{{"{name.replace(".", "_")}_response":', ',"sign":"'
        text, sign = body.removeprefix(head).rsplit(tail, 1)
        self.assertTrue(verifies(public or self.keys.own.public_key(), text, sign[:-2]), body)
        return json.loads(text)

    def precreate(self, name="py_1", amount="20.00"):
        expiry = beijing(self.party.now_ms() + HOUR_MS)
        return self.ask("trade.precreate", out_trade_no=name, total_amount=amount, subject="车票",
                        time_expire=expiry)  # fmt: skip

    def refund(self, name="rf_1", amount="5.00", trade="py_1"):
        return self.ask(
            "trade.refund", out_trade_no=trade, out_request_no=name, refund_amount=amount
        )

    def switch(self, **switches):
        self.control.post("/_control", switches)

    def test_a_code_that_is_scanned_becomes_a_trade_and_is_called_back_signed(self):
        self.assertIn("/qr/", self.precreate()["qr_code"])
        missing = self.ask("trade.query", out_trade_no="py_1")
        self.assertEqual((missing["code"], missing["sub_code"]), ("40004", "ACQ.TRADE_NOT_EXIST"))
        self.control.post("/_control/scan/py_1")
        open_trade = self.ask("trade.query", out_trade_no="py_1")
        self.assertEqual(open_trade["trade_status"], "WAIT_BUYER_PAY")
        self.control.post("/_control/pay/py_1")
        fields = self.listener.next()
        self.assertEqual(
            (fields["trade_status"], fields["total_amount"], fields["subject"]),
            ("TRADE_SUCCESS", "20.00", "车票"),
        )
        self.assertEqual(fields["seller_id"], self.keys.seller_id)
        text = joined(fields, ("sign", "sign_type"))
        self.assertTrue(verifies(self.keys.own.public_key(), text, fields["sign"]))
        paid = self.ask("trade.query", out_trade_no="py_1")
        self.assertEqual(paid["trade_status"], "TRADE_SUCCESS")
        self.assertEqual(paid["send_pay_date"], fields["gmt_payment"])

    def test_requests_without_proof_are_refused(self):
        content = {"out_trade_no": "py_1"}
        cases = {
            "isv.invalid-signature": {"biz_content": json.dumps({"out_trade_no": "py_2"})},
            "isv.missing-signature": {"sign": ""},
            "isv.invalid-signature-type": {"sign_type": "RSA"},
            "isv.invalid-timestamp": {"timestamp": "2020-01-01 00:00:00"},
            "isv.invalid-app-id": {"app_id": "2021000000000000"},
        }
        for sub_code, changed in cases.items():
            with self.subTest(sub_code):
                _, body = self.send("alipay.trade.query", content, **changed)
                self.assertIn(f'"sub_code":"{sub_code}"', body)
        _, body = self.send("alipay.trade.pay", content)
        self.assertTrue(body.startswith('{"error_response":{"code":"40002"'), body)
        self.assertNotIn('"sign"', body)

    def test_a_trade_is_asked_for_once_and_closed_while_nobody_paid(self):
        # rules: W-04 X-07
        first = self.precreate()
        self.assertEqual(self.precreate()["qr_code"], first["qr_code"])
        self.assertEqual(self.precreate(amount="20.01")["sub_code"], "ACQ.CONTEXT_INCONSISTENT")
        close = lambda name: self.ask("trade.close", out_trade_no=name)
        self.assertEqual(close("py_1")["sub_code"], "ACQ.TRADE_NOT_EXIST")
        self.control.post("/_control/scan/py_1")
        self.assertEqual(close("py_1")["code"], "10000")
        self.assertEqual(close("py_1")["sub_code"], "ACQ.TRADE_STATUS_ERROR")
        self.assertEqual(self.control.post("/_control/pay/py_1").status, 409)
        self.assertEqual(self.control.post("/_control/pay/py_1", {"force": True}).status, 200)
        self.assertEqual(self.precreate()["sub_code"], "ACQ.TRADE_HAS_SUCCESS")

    def test_refunds_are_done_once_and_never_exceed_what_was_paid(self):
        # rules: X-07
        self.precreate()
        self.assertEqual(self.refund()["sub_code"], "ACQ.TRADE_NOT_EXIST")
        self.control.post("/_control/pay/py_1")
        first = self.refund()
        self.assertEqual((first["fund_change"], first["refund_fee"]), ("Y", "5.00"))
        again = self.refund()
        self.assertEqual((again["fund_change"], again["refund_fee"]), ("N", "5.00"))
        self.assertEqual(self.refund(amount="6.00")["sub_code"], "ACQ.DISCORDANT_REPEAT_REQUEST")
        self.assertEqual(self.refund("rf_2", "15.01")["sub_code"], "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL")
        self.assertEqual(self.refund("rf_2", "15.00")["refund_fee"], "20.00")
        query = self.ask("trade.query", out_trade_no="py_1")
        self.assertEqual(query["trade_status"], "TRADE_CLOSED")
        found = self.ask("trade.fastpay.refund.query", out_trade_no="py_1", out_request_no="rf_1")
        self.assertEqual(
            (found["refund_status"], found["refund_amount"]), ("REFUND_SUCCESS", "5.00")
        )

    def test_a_stuck_refund_moves_when_it_is_asked_for_again(self):
        self.precreate()
        self.control.post("/_control/pay/py_1")
        self.switch(refund_stuck={})
        self.assertEqual(self.refund()["fund_change"], "N")
        where = lambda: self.ask(
            "trade.fastpay.refund.query", out_trade_no="py_1", out_request_no="rf_1"
        )
        self.assertNotIn("refund_status", where())
        self.switch(refund_stuck=None)
        self.assertEqual(self.refund()["fund_change"], "Y")
        self.assertEqual(where()["refund_status"], "REFUND_SUCCESS")
        self.switch(refund_reversed={"times": 1})
        self.assertEqual(self.refund("rf_2")["fund_change"], "Y")

    def test_a_callback_that_is_not_answered_success_comes_again(self):
        pauses = alipay_notices.CALLBACK_PAUSES_SECONDS
        alipay_notices.CALLBACK_PAUSES_SECONDS = (0.01, 0.01)
        self.addCleanup(setattr, alipay_notices, "CALLBACK_PAUSES_SECONDS", pauses)
        self.listener.words = [b"failure", b"success\n"]
        self.precreate()
        self.control.post("/_control/pay/py_1")
        ids = {self.listener.next()["notify_id"] for _ in range(3)}
        self.assertEqual(len(ids), 1)

    def test_callbacks_misbehave_when_told(self):
        self.precreate()
        self.switch(duplicate_callback={"copies": 100, "times": 1}, wrong_amount={"times": 1},
                    wrong_signature={"times": 1})  # fmt: skip
        self.control.post("/_control/pay/py_1")
        copies = [self.listener.next() for _ in range(100)]
        self.assertEqual(len({fields["sign"] for fields in copies}), 1)
        self.assertEqual(copies[0]["total_amount"], "20.01")
        text = joined(copies[0], ("sign", "sign_type"))
        self.assertFalse(verifies(self.keys.own.public_key(), text, copies[0]["sign"]))

    def test_callbacks_come_early_or_in_another_order_when_told(self):
        self.switch(early_callback={"times": 1})
        self.precreate("py_1")
        self.assertEqual(self.listener.received.qsize(), 1)
        self.assertEqual(self.listener.next()["out_trade_no"], "py_1")
        self.switch(hold_callback={"times": 1})
        for name in ("py_2", "py_3"):
            self.precreate(name)
            self.control.post("/_control/pay/" + name)
        order = [self.listener.next()["out_trade_no"] for _ in range(2)]
        self.assertEqual(order, ["py_3", "py_2"])

    def test_a_dropped_answer_leaves_the_code_behind_and_an_error_nothing(self):
        # rules: X-07
        self.switch(error={"status": 503, "times": 1})
        status, _ = self.send("alipay.trade.query", {"out_trade_no": "py_1"})
        self.assertEqual(status, 503)
        self.switch(drop_answer={"times": 1})
        with self.assertRaises((http.client.HTTPException, OSError)):
            self.precreate()
        self.assertEqual(len(self.control.get("/_state")["orders"]), 1)
        self.switch(business_error={"code": "20000", "sub_code": "isp.unknow-error", "times": 1})
        self.assertEqual(self.precreate()["code"], "20000")

    def test_the_other_key_signs_once_it_was_changed(self):
        self.switch(rotated_key={})
        self.assertIn("qr_code", json.dumps(self.ask_with_next()))

    def ask_with_next(self):
        expiry = beijing(self.party.now_ms() + HOUR_MS)
        return self.ask("trade.precreate", public=self.keys.next.public_key(), out_trade_no="py_1",
                        total_amount="1.00", subject="车票", time_expire=expiry)  # fmt: skip

    def bill(self, day):
        answer = self.ask("data.dataservice.bill.downloadurl.query", bill_type="trade",
                          bill_date=day)  # fmt: skip
        if "bill_download_url" not in answer:
            return answer["sub_code"]
        with urllib.request.urlopen(answer["bill_download_url"], timeout=5) as file:
            archive = zipfile.ZipFile(io.BytesIO(file.read()))
        name = next(n for n in archive.namelist() if "汇总" not in n.encode("cp437").decode("gbk"))
        return archive.read(name).decode("gb18030")

    def test_a_day_has_its_bill_on_the_next(self):
        self.precreate()
        self.control.post("/_control/pay/py_1")
        self.refund()
        today = beijing(self.party.now_ms())[:10]
        self.assertEqual(self.bill(today), "isv.invalid_arguments")
        self.party.clock_offset_ms = 24 * HOUR_MS
        text = self.bill(today)
        self.assertIn("#交易合计：1笔，商家实收共20.00元", text)
        self.assertIn("#退款合计：1笔，商家实收退款共-5.00元", text)
        self.assertIn("py_1\t,退款\t,车票", text)
        self.switch(bill_late={"times": 1})
        self.assertEqual(self.bill(today), "isp.bill_not_exist")
        self.switch(bill_extra_row={"times": 1})
        self.assertIn("stranger", self.bill(today))
        self.switch(bill_truncated={"times": 1})
        self.assertNotIn("合计", self.bill(today))

    def test_books_survive_a_restart_and_keys_are_made_once(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "books.json")
            before = Alipay(self.keys, 0, path)
            before.books.content["codes"]["py_9"] = {"total": 1}
            before.books.close()
            self.assertIn("py_9", Alipay(self.keys, 0, path).books.content["codes"])
        self.assertEqual(make_keys(self.keys.folder).app_id, self.keys.app_id)


if __name__ == "__main__":
    unittest.main()
