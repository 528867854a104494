"""The fake Alipay and Alipay's own SDK (npm alipay-sdk) believe each other."""

import os
import sys
import tempfile
import threading
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import alipay_sdk  # noqa: E402
from alipay import Alipay  # noqa: E402
from alipay_signing import beijing, make_keys  # noqa: E402
from client import Client  # noqa: E402
from counterparty import listen  # noqa: E402


class AlipaySdkTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if not alipay_sdk.is_there():
            raise unittest.SkipTest("npm's alipay-sdk is not installed")
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.keys = make_keys(folder.name)
        cls.names = cls.keys.names
        cls.party = Alipay(cls.keys, 0)
        server = listen(cls.party, 0)
        cls.party.port = server.server_port
        server.RequestHandlerClass.log_message = lambda *_: None
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        cls.addClassCleanup(server.server_close)
        cls.addClassCleanup(server.shutdown)
        cls.gateway = f"http://127.0.0.1:{server.server_port}/gateway.do"
        cls.control = Client(server.server_port)

    def exec(self, *calls, public="alipay_public_key_file"):
        names = {name: self.names[name] for name in ("app_key_file", public)}
        return alipay_sdk.ask(
            "exec",
            key=names["app_key_file"],
            public=names[public],
            app_id=self.keys.app_id,
            gateway=self.gateway,
            calls=calls,
        )

    def test_the_sdk_pays_and_refunds_and_believes_every_answer(self):
        name = {"out_trade_no": "sdk_1"}
        order = {**name, "total_amount": "20.00", "subject": "车票 50%",
                 "time_expire": beijing(self.party.now_ms() + 3600_000)}  # fmt: skip
        code, missing = self.exec(["alipay.trade.precreate", order], ["alipay.trade.query", name])
        self.assertIn("/qr/", code["qr_code"])
        self.assertEqual(missing["sub_code"], "ACQ.TRADE_NOT_EXIST")
        self.control.post("/_control/pay/sdk_1")
        refund = {**name, "out_request_no": "sdk_r1", "refund_amount": "5.00"}
        paid, returned, found = self.exec(
            ["alipay.trade.query", name],
            ["alipay.trade.refund", refund],
            ["alipay.trade.fastpay.refund.query", refund],
        )
        self.assertEqual(paid["trade_status"], "TRADE_SUCCESS")
        self.assertEqual(returned["fund_change"], "Y")
        self.assertEqual(found["refund_status"], "REFUND_SUCCESS")

    def test_the_sdk_notices_that_another_key_signed(self):
        self.control.post("/_control", {"rotated_key": {}})
        self.addCleanup(self.control.post, "/_control/reset")
        call = ["alipay.trade.query", {"out_trade_no": "sdk_none"}]
        with self.assertRaises(AssertionError):
            self.exec(call)
        answers = self.exec(call, public="alipay_next_public_key_file")
        self.assertEqual(answers[0]["sub_code"], "ACQ.TRADE_NOT_EXIST")

    def test_the_sdk_verifies_callbacks_as_the_form_had_them_and_no_others(self):
        order = {"out_trade_no": "sdk_2", "total_amount": "1.00", "subject": "50% %41+ 车票",
                 "time_expire": beijing(self.party.now_ms() + 3600_000)}  # fmt: skip
        self.exec(["alipay.trade.precreate", order])
        self.control.post("/_control/pay/sdk_2")
        good = self.control.post("/_control/notice/sdk_2").content
        bad = {**good, "total_amount": "0.01"}
        verdicts = alipay_sdk.ask(
            "verify", public=self.names["alipay_public_key_file"], fields=[good, bad]
        )
        self.assertEqual(verdicts, [True, False])

    def test_what_the_sdk_signs_is_what_the_gateway_saw(self):
        self.exec(["alipay.trade.query", {"out_trade_no": "sdk_3"}])
        seen = self.control.get("/_control/requests")["seen"][-1:]
        public = self.names["app_public_key_file"]
        self.assertEqual(alipay_sdk.ask("verify", public=public, fields=seen), [True])


if __name__ == "__main__":
    unittest.main()
