"""Identity verifier, SMS carrier and mail sink keep their promises, over real HTTP and SMTP."""

import email.message
import os
import smtplib
import socket
import sys
import threading
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from client import Client  # noqa: E402
from counterparty import listen  # noqa: E402
from identity import Verifier, valid_id_number  # noqa: E402
from mail_sink import Sink, smtp_controller  # noqa: E402
from sms import Carrier  # noqa: E402


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class PartyTest(unittest.TestCase):
    def start(self, party):
        server = listen(party, 0)
        server.RequestHandlerClass.log_message = lambda *_: None
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return Client(server.server_port)


class VerifierTest(PartyTest):
    NUMBER = "11010519491231002X"  # the published example of GB 11643

    def test_check_digits(self):
        self.assertTrue(valid_id_number(self.NUMBER))
        for wrong in (
            "110105194912310021",
            "11010519491231002",
            "11010519491231002x",
            "1101051949123100２X",
            "",
        ):
            self.assertFalse(valid_id_number(wrong), wrong)

    def test_each_rule_has_its_answer(self):
        # rules: W-01
        client = self.start(Verifier())
        client.post("/_control/people", {"id_number": "440524188001010014", "name": "旅客乙"})
        table = [
            ("旅客甲", self.NUMBER, "match", "MATCH", ""),
            ("旅客甲", self.NUMBER, "match-photo-7", "MATCH", ""),
            ("旅客甲", self.NUMBER, "other-face", "MISMATCH", "FACE_MISMATCH"),
            ("旅客甲", self.NUMBER, "no-face", "LIVENESS_FAILED", "NO_LIVE_FACE"),
            ("旅客甲", self.NUMBER, "anything", "LIVENESS_FAILED", "NO_LIVE_FACE"),
            ("冒名者", self.NUMBER, "match", "MISMATCH", "NAME_MISMATCH"),
            ("旅客甲", "440524188001010014", "match", "MISMATCH", "NAME_MISMATCH"),
            ("旅客乙", "440524188001010014", "match", "MATCH", ""),
            ("旅客甲", "110105194912310021", "match", "MISMATCH", "ID_NUMBER_UNKNOWN"),
        ]
        for i, (name, number, face, result, reason) in enumerate(table):
            answer = client.post(
                "/v1/verifications",
                {"check": f"ic-{i}", "name": name, "id_number": number, "face_token": face},
            )
            self.assertEqual(
                (answer["result"], answer["reason"]), (result, reason), (name, number, face)
            )
        books = client.get("/_state").content
        self.assertEqual(
            {name: books[name] for name in ("MATCH", "MISMATCH", "LIVENESS_FAILED")},
            {"MATCH": 3, "MISMATCH": 4, "LIVENESS_FAILED": 2},
        )
        self.assertNotIn("旅客", str(books))
        refused = client.post("/v1/verifications", {"name": "旅客甲"})
        self.assertEqual((refused.status, refused["code"]), (400, "REQUEST_INVALID"))


class CarrierTest(PartyTest):
    def test_a_message_is_sent_once_however_often_it_is_asked(self):
        # rules: W-09n
        client = self.start(Carrier())
        message = {"message_id": "de-1", "to": "+8613800000001", "text": "已兑现"}
        self.assertFalse(client.post("/v1/messages", message)["duplicate"])
        self.assertTrue(client.post("/v1/messages", message)["duplicate"])
        other = client.post("/v1/messages", {**message, "text": "x"})
        self.assertEqual((other.status, other["code"]), (409, "MESSAGE_EXISTS"))
        kept = client.get("/_state?to=%2B8613800000001")["messages"]
        self.assertEqual([(m["text"], m["times_asked"]) for m in kept], [("已兑现", 2)])
        self.assertEqual(client.get("/_state?to=%2B1")["messages"], [])

    def test_bad_and_unreachable_numbers_are_refused(self):
        client = self.start(Carrier())
        client.post("/_control", {"unreachable": {"to": ["+8613800000002"]}})
        gone = client.post(
            "/v1/messages", {"message_id": "de-1", "to": "+8613800000002", "text": "x"}
        )
        self.assertEqual((gone.status, gone["code"]), (422, "NUMBER_UNREACHABLE"))
        bad = client.post("/v1/messages", {"message_id": "de-1", "to": "13800000002", "text": "x"})
        self.assertEqual((bad.status, bad["code"]), (400, "REQUEST_INVALID"))


class SinkTest(PartyTest):
    def setUp(self):
        self.sink = Sink()
        self.client = self.start(self.sink)
        self.port = free_port()
        controller = smtp_controller(self.sink, self.port)
        controller.start()
        self.addCleanup(controller.stop)

    def send(self, message_id="<de-1@houbu.example>"):
        message = email.message.EmailMessage()
        message["From"], message["To"] = "no-reply@houbu.example", "a@example.com"
        message["Subject"], message["Message-ID"] = "候补订单已兑现", message_id
        message.set_content("您的订单已兑现。\n")
        message.add_alternative("<p>您的订单已兑现。</p>", subtype="html")
        with smtplib.SMTP("127.0.0.1", self.port, timeout=5) as smtp:
            smtp.send_message(message)

    def test_a_mail_is_shown_decoded(self):
        self.send()
        (mail,) = self.client.get("/_state?to=a@example.com")["mails"]
        self.assertEqual(
            (mail["message_id"], mail["subject"], mail["text"].strip(), mail["html"].strip()),
            ("<de-1@houbu.example>", "候补订单已兑现", "您的订单已兑现。", "<p>您的订单已兑现。</p>"),
        )
        self.assertEqual(self.client.get("/_state?to=b@example.com")["mails"], [])

    def test_errors_are_temporary_or_final_as_told(self):
        for status in (451, 550):
            self.client.post("/_control", {"error": {"status": status, "times": 1}})
            with self.assertRaises(smtplib.SMTPDataError) as caught:
                self.send()
            self.assertEqual(caught.exception.smtp_code, status)
        self.send()
        self.assertEqual(len(self.client.get("/_state")["mails"]), 1)

    def test_a_dropped_answer_keeps_the_mail(self):
        self.client.post("/_control", {"drop_answer": {"times": 1}})
        with self.assertRaises((smtplib.SMTPServerDisconnected, OSError)):
            self.send()
        self.send()
        mails = self.client.get("/_state")["mails"]
        self.assertEqual([mail["message_id"] for mail in mails], ["<de-1@houbu.example>"] * 2)


if __name__ == "__main__":
    unittest.main()
