"""What a person changes about how they sign in and travel, asked again: one effect, one answer."""

import base64
import hashlib
import hmac
import re
import struct
import unittest

from attachments_test import png
from floor import wait_for
from repeating import Asker, RepeatCase

PASSWORD = "a sentence nobody guesses"
CREDENTIALS = "account.v1.CredentialService/"
PASSENGERS = "account.v1.PassengerService/"
ATTACHMENTS = "account.v1.AttachmentService/"
STEP_SECONDS = 30


def totp(secret, seconds):
    """What an authenticator shows (RFC 6238)."""
    key = base64.b32decode(secret)
    digest = hmac.new(key, struct.pack(">Q", seconds // STEP_SECONDS), hashlib.sha1).digest()
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at : at + 4])[0] & 0x7FFFFFFF) % 10**6:06d}"


class IdentityReplays(RepeatCase):
    """What is true of every mutation of an account's holder."""

    def same_twice(self, method, fields):
        """Asks twice what has nothing that could be another's; gives the answer."""
        asker, fields = self.person.asker(), {"request_id": self.id().rsplit(".")[-1], **fields}
        fields["request_id"] = hashlib.sha256((method + fields["request_id"]).encode()).hexdigest()
        first, answer = asker.ask(method, fields)
        again, _ = asker.ask(method, fields)
        self.assertEqual(first, again, method)
        return answer

    def codes(self, phone):
        """The codes a phone was sent."""
        path = "/_state?to=" + phone.replace("+", "%2B")
        texts = [message["text"] for message in self.world.sms.get(path)["messages"]]
        return re.findall(r"验证码为 (\d{6})", " ".join(texts))

    def test_credentials_answer_a_repetition_byte_for_byte(self):
        # rules: X-07 R-01
        name = {"name": self.person.account + "/credentials"}
        password = {**name, "password": PASSWORD}
        self.twice(CREDENTIALS + "ChangePassword", password, {"password": PASSWORD + "!"})
        anybody = Asker(self.world, "gateway")
        shown = {"identifier": self.person.phone, "password": PASSWORD}
        session = self.twice("account.v1.SignInService/SignInWithPassword", shown,
                             {"password": PASSWORD + "!"}, anybody)  # fmt: skip
        self.twice("account.v1.SignInService/RefreshSession",
                   {"refresh_token": session.refresh_token}, {"refresh_token": "other"},
                   anybody)  # fmt: skip
        secret = self.same_twice(CREDENTIALS + "EnrolTotp", name).secret
        code = totp(secret, round(self.world.now()))
        on = self.twice(CREDENTIALS + "ConfirmTotp", {**name, "code": code}, {"code": "000000"})
        self.assertEqual(len(set(on.recovery_codes)), 10)
        self.twice(CREDENTIALS + "RemoveTotp", {**name, "second_factor": on.recovery_codes[0]},
                   {"second_factor": on.recovery_codes[1]})  # fmt: skip
        self.same_twice(CREDENTIALS + "RemovePassword", name)

    def test_a_new_phone_answers_a_repetition_byte_for_byte(self):
        # rules: X-07 R-01
        person = self.person
        phone = f"+86199{int(person.phone[-8:]) ^ 1:08d}"
        wish = {"name": person.account + "/credentials", "address": phone}
        challenge = self.twice(CREDENTIALS + "StartAddressChange", wish,
                               {"address": person.phone})  # fmt: skip
        code = wait_for("the code", lambda: self.codes(phone))[-1]
        proof = {"name": challenge.name, "code": code}
        changed = self.twice(CREDENTIALS + "CompleteAddressChange", proof, {"code": "000000"})
        self.assertTrue(changed.masked_phone.endswith(phone[-4:]))

    def test_sessions_answer_a_repetition_byte_for_byte(self):
        # rules: X-07 R-01
        person, service = self.person, "account.v1.SessionService/"
        for _ in range(3):
            person.sign_in()
        listed = person.call(service + "ListSessions", parent=person.account).sessions
        others = [session.name for session in listed if not session.current]
        self.twice(service + "RevokeSession", {"name": others[0]}, {"name": others[1]})
        kept = {"parent": person.account, "keep_current": True}
        ended = self.twice(service + "RevokeAllSessions", kept, {"keep_current": False})
        self.assertEqual(ended.revoked_count, len(others) - 1)

    def test_erasures_answer_a_repetition_byte_for_byte(self):
        # rules: X-07 R-17
        person, service = self.person, "account.v1.PrivacyService/"
        asked = person._caller.call(service + "EraseAccount", name=person.account,
                                    request_id="erase-1")  # fmt: skip
        person.sign_in()
        again = person._caller.call(service + "EraseAccount", name=person.account,
                                    request_id="erase-1")  # fmt: skip
        self.assertEqual(asked.SerializeToString(), again.SerializeToString())
        self.same_twice(service + "CancelErasure", {"name": person.account + "/erasure"})

    def test_consents_answer_a_repetition_byte_for_byte(self):
        # rules: X-07 R-17
        person, service = self.person, "account.v1.ConsentService/"
        texts = person.call(service + "ListConsents", parent=person.account).texts
        wish = {"parent": person.account, "purpose": "CONSENT_PURPOSE_HEALTH_DOCUMENTS",
                "text_version": texts[1].text_version, "channel": "APP"}  # fmt: skip
        given = self.twice(service + "GiveConsent", wish, {"channel": "WEB"})
        self.twice(service + "WithdrawConsent", {"name": given.name},
                   {"name": person.account + "/consents/cs-other"})  # fmt: skip

    def test_documents_answer_a_repetition_byte_for_byte(self):
        # rules: X-07 R-04
        person = self.person
        passport = {
            "parent": person.passengers[0], "document_type": "DOCUMENT_TYPE_PASSPORT",
            "document_number": "E87654321", "full_name": "LUKE, JIA", "country_code": "CN",
            "expire_date": {"year": 2036, "month": 1, "day": 1},
        }  # fmt: skip
        added = self.twice(PASSENGERS + "AddPassengerDocument", passport,
                           {"document_number": "E87654320"})  # fmt: skip
        self.twice(PASSENGERS + "RemovePassengerDocument", {"name": added.documents[-1].name},
                   {"name": added.documents[0].name})  # fmt: skip
        kept = person.call(PASSENGERS + "GetPassenger", name=person.passengers[0])
        change = {"name": kept.name, "etag": kept.etag, "full_name": "旅客丑"}
        self.twice(PASSENGERS + "UpdatePassenger", change, {"full_name": "旅客寅"})

    def test_attachments_answer_a_repetition_byte_for_byte(self):
        # rules: X-07 R-08
        person, content = self.person, png(9, 9)
        upload = lambda: person._caller.send(
            ATTACHMENTS + "UploadAttachment", content, len(content), parent=person.account,
            kind="ATTACHMENT_KIND_ITINERARY", size_bytes=len(content), request_id="upload-1",
        )  # fmt: skip
        sent = upload()
        self.assertEqual(sent.SerializeToString(), upload().SerializeToString())
        self.floor.appoint("reviewer-1", "ROLE_REVIEWER")
        decided = {"name": sent.name, "etag": sent.etag, "decision": "DECISION_REJECT",
                   "reason": "The itinerary is of another person."}  # fmt: skip
        self.twice(ATTACHMENTS + "ReviewAttachment", decided, {"reason": "Another reason."},
                   Asker(self.world, "operators/reviewer-1"))  # fmt: skip
        other = person.account + "/attachments/at-other"
        self.twice(ATTACHMENTS + "DeleteAttachment", {"name": sent.name}, {"name": other})


if __name__ == "__main__":
    unittest.main()
