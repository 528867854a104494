"""The identity provider late, silent, slow, down, doubled or forged: a check ends once."""

import json
import secrets
import time
import unittest
import urllib.error
import urllib.request

from floor import FaultCase, Person, eventually, wait_for
from hmac_signing import FRESH_SECONDS, read_secret, signed_headers

VERIFY = "account.v1.AccountService/VerifyIdentity"
WAIT_MAX_SECONDS = 30 * 60
SLOW_MS = 6500  # longer than account waits for an answer
POLLED_SECONDS = 15


def state(account):
    """The name of an account's verification."""
    name = type(account).VerificationState.Name(account.verification_state)
    return name.removeprefix("VERIFICATION_STATE_")


class IdentityProvider(FaultCase):
    """What is true however an answer comes."""

    def setUp(self):
        self.addCleanup(self.world.identity.post, "/_control/reset")
        self.person = self.holder("holder")

    def holder(self, nickname):
        """Somebody who consents to have their face compared."""
        person = Person(self.world, nickname)
        person.consent("CONSENT_PURPOSE_IDENTITY_VERIFICATION")
        return person

    def switch(self, **switches):
        self.world.identity.post("/_control", switches)

    def ask(self, request_id=None, face_token="match", passenger=None):
        """Asks to be verified, once."""
        return self.person.call(
            VERIFY, name=self.person.account, face_token=face_token,
            passenger=passenger or self.person.passengers[0],
            request_id=request_id or secrets.token_hex(16),
        )  # fmt: skip

    def account(self):
        return self.person.call("account.v1.AccountService/GetAccount", name=self.person.account)

    def wait_state(self, wanted, seconds=POLLED_SECONDS):
        look = lambda: self.account() if state(self.account()) == wanted else None
        return wait_for(f"the account is {wanted}", look, seconds)

    def checks(self):
        """The checks of the account: id, result, reason."""
        return self.floor.rows(
            "account", "SELECT id, coalesce(result, 'NONE'), reason FROM identity_checks WHERE "
            f"account_id = '{self.person.account.removeprefix('accounts/')}' ORDER BY asked_at",
        )  # fmt: skip

    def check(self):
        """The last check's id, and what the provider's books say of it."""
        name = self.checks()[-1].split("\t")[0]
        return name, self.world.identity.get("/_state")["checks"].get(name)

    def told(self):
        """What the person's inbox says of the account itself."""
        inbox = self.person.call("notification.v1.NotificationService/ListMessages",
                                 parent=self.person.account, page_size=200)  # fmt: skip
        return [m.title for m in inbox.messages if m.subject == self.person.account]

    def check_ended_once(self, act, title):
        subject = self.person.account
        acts = self.floor.rows("account", "SELECT act FROM audit_entries WHERE subject = "
                               f"'{subject}' AND act LIKE 'IDENTITY%'")  # fmt: skip
        self.assertEqual(acts, [act])
        wait_for("the holder is told", self.told)
        self.assertEqual(self.told(), [title])

    def post(self, body, headers):
        """Posts as the provider does; gives the status."""
        port = self.floor.layout.port("identity_callbacks")
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/callbacks/identity", data=body, method="POST",
            headers={"Content-Type": "application/json", **headers},
        )  # fmt: skip
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            with error:
                return error.code

    def test_a_late_answer_however_often_it_comes_ends_the_check_once(self):
        # rules: W-01
        self.switch(late={"ms": 500, "times": 1}, duplicate_callback={"copies": 5, "times": 1})
        asked = self.ask("late-" + secrets.token_hex(8))
        self.assertEqual(state(asked), "PENDING")
        self.assertFalse(asked.may_wait)
        self.refused("FAILED_PRECONDITION", "CHECK_UNDER_WAY", self.ask)
        self.assertTrue(self.wait_state("VERIFIED").may_wait)
        wait_for("all copies were answered", lambda: self.check()[1]["acknowledged"] == 5)
        self.check_ended_once("IDENTITY_VERIFIED", "身份核验通过")

    def test_a_lost_callback_is_found_by_asking(self):
        # rules: W-01
        self.switch(late={"ms": 100, "times": 1}, no_callback={"times": 1})
        self.assertEqual(state(self.ask(face_token="other-face")), "PENDING")
        self.world.advance(POLLED_SECONDS)
        self.assertEqual(self.wait_state("REJECTED").verification_reason, "MISMATCH")
        self.check_ended_once("IDENTITY_REJECTED", "身份核验未通过")

    def test_a_callback_before_the_answer_is_the_answer(self):
        # rules: W-01
        self.switch(callback_first={"times": 1})
        request_id = secrets.token_hex(16)
        self.assertEqual(state(self.ask(request_id)), "VERIFIED")
        self.assertEqual(state(self.ask(request_id)), "VERIFIED")
        self.check_ended_once("IDENTITY_VERIFIED", "身份核验通过")

    def test_a_slow_provider_is_a_late_one(self):
        # rules: W-01
        self.switch(slow={"ms": SLOW_MS, "times": 1})
        self.assertEqual(state(self.ask()), "PENDING")
        self.world.advance(POLLED_SECONDS)
        self.wait_state("VERIFIED")
        self.assertEqual(self.check()[1]["times_asked"], 1)

    def test_a_provider_that_is_down_or_breaks_off_compares_once_when_asked_again(self):
        # rules: W-01
        request_id = secrets.token_hex(16)
        self.switch(error={"status": 503})
        self.refused("UNAVAILABLE", "UNAVAILABLE", self.ask, request_id)
        self.assertEqual(state(self.account()), "PENDING")
        # Done, and the answer lost: whoever asks again, on the way or here, gets the same.
        self.switch(error=None, drop_answer={"times": 1})
        self.assertEqual(state(eventually(lambda: self.ask(request_id))), "VERIFIED")
        self.assertEqual(len(self.checks()), 1)
        self.assertGreater(self.check()[1]["times_asked"], 1)

    def test_a_late_match_of_another_name_verifies_nobody(self):
        # rules: W-01
        self.switch(hold={"times": 1})
        self.assertEqual(state(self.ask()), "PENDING")
        name = self.check()[0]
        passenger = self.person.call("account.v1.PassengerService/GetPassenger",
                                     name=self.person.passengers[0])  # fmt: skip
        self.person.call("account.v1.PassengerService/UpdatePassenger", name=passenger.name,
                         etag=passenger.etag, full_name="旅客庚")  # fmt: skip
        self.world.identity.post(f"/_control/decide/{name}")
        self.assertEqual(self.wait_state("UNVERIFIED").verification_reason, "HOLDER_CHANGED")
        self.assertFalse(self.account().may_wait)
        self.check_ended_once("IDENTITY_UNVERIFIED", "身份核验未通过")
        self.assertEqual(state(self.ask()), "VERIFIED")

    def test_a_forged_stale_altered_or_replayed_callback_has_no_effect(self):
        # rules: W-01
        self.switch(hold={"times": 1})
        self.assertEqual(state(self.ask()), "PENDING")
        name = self.check()[0]
        key = read_secret(self.floor.services.stack["identity_callback_key"])
        event = {"type": "VERIFICATION_DECIDED", "check": name, "result": "MATCH", "reason": ""}
        body, now = json.dumps(event).encode(), self.world.now()
        unknown = json.dumps({**event, "check": "ic-nobody"}).encode()
        cases = {
            "unsigned": (body, {}, 401),
            "another key": (body, signed_headers(secrets.token_bytes(32), body, now), 401),
            "another body": (unknown, signed_headers(key, body, now), 401),
            "stale": (body, signed_headers(key, body, now - 2 * FRESH_SECONDS), 401),
            "of the future": (body, signed_headers(key, body, now + 2 * FRESH_SECONDS), 401),
            "no check of ours": (unknown, signed_headers(key, unknown, now), 404),
            "no event": (b"{}", signed_headers(key, b"{}", now), 400),
        }
        for case, (content, headers, status) in cases.items():
            with self.subTest(case):
                self.assertEqual(self.post(content, headers), status)
        self.assertEqual(state(self.account()), "PENDING")
        good = signed_headers(key, body, self.world.now())
        self.assertEqual(self.post(body, good), 200)
        self.assertEqual(self.post(body, good), 409)
        self.check_ended_once("IDENTITY_VERIFIED", "身份核验通过")

    def test_callbacks_with_a_wrong_signature_or_check_leave_it_to_asking(self):
        # rules: W-01
        self.switch(late={"ms": 100, "times": 1}, wrong_signature={"times": 1})
        self.assertEqual(state(self.ask()), "PENDING")
        wait_for("it called back", lambda: self.check()[1]["callbacks"] == 1)
        self.assertEqual(self.check()[1]["acknowledged"], 0)
        self.world.advance(POLLED_SECONDS)
        self.wait_state("VERIFIED")
        self.person = self.holder("another holder")
        self.switch(late={"ms": 100, "times": 1}, wrong_check={"times": 1})
        self.assertEqual(state(self.ask()), "PENDING")
        self.world.advance(POLLED_SECONDS)
        self.wait_state("VERIFIED")

    def test_a_silent_provider_leaves_nobody_pending(self):
        # rules: W-01
        self.switch(hold={"times": 1})
        self.assertEqual(state(self.ask()), "PENDING")
        name = self.check()[0]
        down = self.holder("unlucky holder")
        silent, self.person = self.person, down
        self.switch(error={"status": 503})
        self.refused("UNAVAILABLE", "UNAVAILABLE", self.ask, secrets.token_hex(16))
        self.switch(error=None)
        self.world.advance(WAIT_MAX_SECONDS + 60)
        for self.person in (silent, down):
            ended = self.wait_state("UNVERIFIED")
            self.assertEqual(ended.verification_reason, "PROVIDER_SILENT")
            self.check_ended_once("IDENTITY_UNVERIFIED", "身份核验未通过")
            self.assertEqual(state(self.ask()), "VERIFIED")
        self.world.identity.post(f"/_control/decide/{name}")
        time.sleep(0.5)
        self.person = silent
        self.assertEqual(state(self.account()), "VERIFIED")
        self.assertEqual([line.split("\t")[1] for line in self.checks()], ["NONE", "VERIFIED"])

    def test_no_face_token_is_kept_or_logged(self):
        # rules: R-17
        token = "match-" + secrets.token_hex(16)
        self.switch(late={"ms": 100, "times": 1})
        self.ask(face_token=token)
        self.wait_state("VERIFIED")
        with open(self.floor.layout.log("account"), encoding="utf-8", errors="replace") as file:
            self.assertNotIn(token, file.read())
        for table in ("identity_checks", "outbox", "audit_entries", "request_answers"):
            rows = self.floor.rows(
                "account", f"SELECT count(*) FROM {table} t WHERE t::text LIKE '%{token}%' "
                f"OR t::text LIKE '%{token.encode().hex()}%'",
            )  # fmt: skip
            self.assertEqual(rows, ["0"], table)


if __name__ == "__main__":
    unittest.main()
