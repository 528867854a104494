"""Signing in to a running stack: tokens others can check; what was revoked is over everywhere."""

import base64
import concurrent.futures
import hashlib
import hmac
import json
import os
import re
import secrets
import shutil
import subprocess
import time
import unittest

from floor import ROOT, FaultCase, Person, Refusal
from world import wait_for

PASSWORD = "a sentence nobody guesses"
AT_ONCE = 200
MEBIBYTE = 1024
HASH_KIB = 19 * MEBIBYTE
HASHING_THREADS = 2
# What 200 calls in flight take besides: their requests, their coroutines, gRPC's buffers.
ROOM_KIB = 150 * MEBIBYTE
NOT_SIGNED_IN = ("TOKEN_INVALID", "TOKEN_EXPIRED", "AUTHORIZATION_MALFORMED")


def encoded(value):
    """base64url of bytes, or of an object as JSON."""
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(part):
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


class SignIn(FaultCase):
    """What is true of sessions and their tokens."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anybody = cls.world.services.as_anybody()

    def session(self, phone, **more):
        """A session by code; the code is what the phone was sent last."""
        path = "/_state?to=" + phone.replace("+", "%2B")
        before = len(self.world.sms.get(path)["messages"])
        challenge = self.anybody.call("account.v1.SignInService/StartSignIn", identifier=phone)
        texts = wait_for("the code", lambda: self.world.sms.get(path)["messages"][before:])
        code = re.search(r"验证码为 (\d{6})", texts[-1]["text"])[1]
        return self.anybody.call(
            "account.v1.SignInService/CompleteSignIn", challenge=challenge.name, code=code, **more
        )

    def as_holder(self, session):
        return self.world.services.as_account(session.access_token)

    def everywhere(self, session):
        """A read of each service by the session's token."""
        account, caller = session.account, self.as_holder(session)
        return {
            "account": lambda: caller.call("account.v1.AccountService/GetAccount", name=account),
            "slot": lambda: caller.call("slot.v1.BookingService/ListBookings", parent=account),
            "waitlist": lambda: caller.call(
                "waitlist.v1.WaitlistService/ListOrders", parent=account, list="ORDER_LIST_DONE"
            ),
            "payment": lambda: caller.call(
                "payment.v1.PaymentService/ListPayments", parent=account
            ),
            "notification": lambda: caller.call(
                "notification.v1.NotificationService/ListMessages", parent=account
            ),
        }

    def reason(self, ask):
        try:
            ask()
            return ""
        except Refusal as refusal:
            return refusal.reason

    def assert_over_everywhere(self, session):
        """Each service refuses the token soon; gives how long the slowest took, for people."""
        started = time.monotonic()
        for service, ask in self.everywhere(session).items():
            wait_for(f"{service} refuses", lambda ask=ask: self.reason(ask) == "TOKEN_REVOKED", 10)
        return time.monotonic() - started

    def test_what_is_signed_out_is_refused_by_every_service(self):
        # rules: R-01
        phone = Person(self.world, "leaver", 0).phone
        session, kept = self.session(phone), self.session(phone)
        for service, ask in self.everywhere(session).items():
            self.assertEqual(self.reason(ask), "", service)
        self.as_holder(session).call("account.v1.SessionService/RevokeSession", name=session.name)
        seconds = self.assert_over_everywhere(session)
        print(f"   signed out everywhere after {seconds * 1000:.0f} ms")
        for service, ask in self.everywhere(kept).items():
            self.assertEqual(self.reason(ask), "", service)
        refresh = lambda: self.anybody.call(
            "account.v1.SignInService/RefreshSession", refresh_token=session.refresh_token
        )
        self.assertEqual(self.reason(refresh), "REFRESH_REFUSED")

    def test_no_session_can_be_laid_in_wait_for_its_victim(self):
        # rules: R-01
        attacker, victim = Person(self.world, "fixer"), Person(self.world, "fixed")
        laid = self.session(attacker.phone)
        signing_in = self.world.services.as_account(laid.access_token)
        path = "/_state?to=" + victim.phone.replace("+", "%2B")
        before = len(self.world.sms.get(path)["messages"])
        # The victim signs in where the attacker's token, and so their session, comes along.
        challenge = signing_in.call("account.v1.SignInService/StartSignIn", identifier=victim.phone)
        texts = wait_for("the code", lambda: self.world.sms.get(path)["messages"][before:])
        code = re.search(r"验证码为 (\d{6})", texts[-1]["text"])[1]
        opened = signing_in.call(
            "account.v1.SignInService/CompleteSignIn", challenge=challenge.name, code=code
        )
        self.assertEqual(opened.account, victim.account)
        self.assertNotEqual(opened.name, laid.name)
        # The attacker's session is theirs as before, and leads to nothing of the victim's.
        self.refused("NOT_FOUND", "ACCOUNT_NOT_FOUND", self.as_holder(laid).call,
                     "account.v1.AccountService/GetAccount", name=victim.account)  # fmt: skip
        shown = self.as_holder(laid).call("account.v1.AccountService/GetAccount",
                                          name=attacker.account)  # fmt: skip
        self.assertEqual(shown.name, attacker.account)
        # A code that was sent for one sign-in serves no other.
        other = self.anybody.call("account.v1.SignInService/StartSignIn",
                                  identifier=attacker.phone)  # fmt: skip
        self.refused("UNAUTHENTICATED", "CODE_REFUSED", self.anybody.call,
                     "account.v1.SignInService/CompleteSignIn", challenge=other.name,
                     code=code)  # fmt: skip

    def test_a_new_password_ends_the_other_sessions(self):
        # rules: R-01
        phone = Person(self.world, "changer", 0).phone
        other, own = self.session(phone), self.session(phone)
        self.as_holder(own).call(
            "account.v1.CredentialService/ChangePassword",
            name=own.account + "/credentials", password=PASSWORD,
        )  # fmt: skip
        self.assert_over_everywhere(other)
        self.assertEqual(self.reason(self.everywhere(own)["slot"]), "")
        by_password = self.anybody.call(
            "account.v1.SignInService/SignInWithPassword", identifier=phone, password=PASSWORD
        )
        self.assertEqual(by_password.account, own.account)

    def test_a_stolen_refresh_token_ends_the_session(self):
        # rules: R-01
        device = {"key": secrets.token_hex(16), "display_name": "sample phone"}
        session = self.session(Person(self.world, "robbed", 0).phone, device=device)
        fields = {"refresh_token": session.refresh_token, "device_key": device["key"]}
        renewed = self.anybody.call("account.v1.SignInService/RefreshSession", **fields)
        self.assertNotEqual(renewed.refresh_token, session.refresh_token)
        repeated = self.anybody.call("account.v1.SignInService/RefreshSession", **fields)
        self.assertEqual(repeated.refresh_token, renewed.refresh_token)
        fields["device_key"] = secrets.token_hex(16)
        stolen = lambda: self.anybody.call("account.v1.SignInService/RefreshSession", **fields)
        self.assertEqual(self.reason(stolen), "REFRESH_REFUSED")
        self.assert_over_everywhere(renewed)

    def test_another_software_believes_our_tokens_and_no_forgery(self):
        # rules: R-01
        if not shutil.which("node") or not os.path.isdir(os.path.join(ROOT, "node_modules/jose")):
            self.skipTest("npm's jose is not installed")
        session = self.session(Person(self.world, "bearer", 0).phone)
        restricted = self.restricted()
        jwks = json.loads(self.anybody.call("account.v1.AccountService/GetKeySet").jwks)
        forged = self.forgeries(session.access_token, jwks["keys"][0])
        tokens = [session.access_token, restricted.access_token, *forged.values()]
        asked = {
            "jwks": jwks,
            "tokens": tokens,
            "now_ms": round(self.world.now() * 1000),
        }
        done = subprocess.run(
            ["node", os.path.join(ROOT, "tests/faults/token_check.mjs")], input=json.dumps(asked),
            capture_output=True, text=True, timeout=60, check=True, cwd=ROOT,
        )  # fmt: skip
        believed, barred, *refused = json.loads(done.stdout)
        self.assertNotIn("restrictions", believed["claims"])
        (claim,) = barred["claims"]["restrictions"]
        self.assertEqual(claim["level"], "PAYMENT")
        self.assertGreater(claim["until"], self.world.now())
        self.assertEqual(believed["claims"]["sub"], session.account)
        self.assertEqual(believed["header"]["alg"], "EdDSA")
        self.assertEqual(believed["claims"]["exp"] - believed["claims"]["iat"], 900)
        for name, answer in zip(forged, refused):
            # A field nobody knows is no reason for jose; it is one for us.
            self.assertTrue("refused" in answer or name in ("jku", "jwk", "x5u"), (name, answer))
        for name, token in forged.items():
            caller = self.world.services.as_account(token)
            ask = lambda: caller.call("account.v1.AccountService/GetAccount", name=session.account)
            with self.subTest(name):
                self.assertIn(self.reason(ask), NOT_SIGNED_IN)

    def restricted(self):
        """A session of an account that may not pay."""
        device = {"key": secrets.token_hex(16), "display_name": "sample phone"}
        fresh = self.session(Person(self.world, "restricted", 0).phone, device=device)
        until = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.world.now() + 3600))
        self.floor.appoint("support-1", "ROLE_SUPPORT").call(
            "account.v1.RestrictionService/ImposeRestriction", parent=fresh.account,
            level="LEVEL_PAYMENT", reason="a sample", expire_time=until,
        )  # fmt: skip
        return self.anybody.call(
            "account.v1.SignInService/RefreshSession", refresh_token=fresh.refresh_token,
            device_key=device["key"],
        )  # fmt: skip

    def forgeries(self, token, key):
        """Tokens that are not ours, by what is wrong with them (A-9)."""
        head, body, signature = token.split(".")
        header, claims = decoded(head), decoded(body)
        public = base64.urlsafe_b64decode(key["x"] + "=")

        def made(new_header=None, new_claims=None, new_signature=None):
            parts = [
                encoded({**header, **(new_header or {})}),
                encoded({**claims, **(new_claims or {})}),
            ]
            return ".".join(parts + [signature if new_signature is None else new_signature])

        hs256 = ".".join([encoded({**header, "alg": "HS256"}), body])
        mac = hmac.new(public, hs256.encode(), hashlib.sha256).digest()
        return {
            "none": made({"alg": "none"}, None, ""),
            "HS256 with the public key": f"{hs256}.{encoded(mac)}",
            "ES256 of zeros": made({"alg": "ES256"}, None, encoded(bytes(64))),
            "kid that is a path": made({"kid": "../../etc/passwd"}),
            "kid that is SQL": made({"kid": "' OR 1=1 --"}),
            "jku": made({"jku": "http://127.0.0.1/keys"}),
            "jwk": made({"jwk": key}),
            "x5u": made({"x5u": "http://127.0.0.1/chain"}),
            "another account": made(None, {"sub": "accounts/ac-other"}),
            "a later end": made(None, {"exp": claims["exp"] + 900}),
            "another audience": made(None, {"aud": "other"}),
            "another issuer": made(None, {"iss": "other"}),
            "another type": made({"typ": "JWT"}),
            "the signature of nothing": made(None, None, ""),
            "a signature of zeros": made(None, None, encoded(bytes(64))),
            "a signature too long": made(None, None, signature + "AAAA"),
            "twice the same claim": ".".join(
                [head, encoded(json.dumps(claims)[:-1].encode() + b', "sub": "accounts/ac-x"}'),
                 signature]),
        }  # fmt: skip

    def test_a_storm_of_sign_ins_leaves_memory_bounded_and_others_served(self):
        # rules: R-19
        phone = Person(self.world, "stormy", 0).phone
        session = self.session(phone)
        self.as_holder(session).call(
            "account.v1.CredentialService/ChangePassword",
            name=session.account + "/credentials", password=PASSWORD,
        )  # fmt: skip
        pid = self.floor.stack.processes.record("account")["pid"]
        before = self.resident_kib(pid)
        highest, served = before, 0

        def attempt(number):
            identifier = phone if number % 2 else f"+86199{secrets.randbelow(10**8):08d}"
            password = PASSWORD if number % 4 == 1 else f"a wrong sentence {number}"
            ask = lambda: self.anybody.call(
                "account.v1.SignInService/SignInWithPassword",
                identifier=identifier,
                password=password,
            )
            return self.reason(ask)

        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            storm = [pool.submit(attempt, number) for number in range(AT_ONCE)]
            while not all(done.done() for done in storm):
                self.everywhere(session)["account"]()  # raises unless it is answered
                served += 1
                highest = max(highest, self.resident_kib(pid))
        reasons = [done.result() for done in storm]
        self.assertGreater(served, 0)
        self.assertLessEqual(highest - before, HASHING_THREADS * HASH_KIB + ROOM_KIB)
        self.assertLessEqual(set(reasons), {"", "SIGN_IN_REFUSED", "SIGN_IN_LOCKED"})
        self.assertGreater(reasons.count("SIGN_IN_REFUSED"), AT_ONCE // 4)
        print(f"   {AT_ONCE} sign-ins at once: {(highest - before) // MEBIBYTE} MiB more, "
              f"{served} other calls served")  # fmt: skip

    def resident_kib(self, pid):
        with open(f"/proc/{pid}/status", encoding="ascii") as file:
            return int(re.search(r"VmRSS:\s+(\d+) kB", file.read())[1])


if __name__ == "__main__":
    unittest.main()
