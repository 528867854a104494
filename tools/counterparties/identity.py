#!/usr/bin/python3
"""The fake identity verifier: says whether a name, an ID number and a live face are one person, at
once or late, by a signed callback."""

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
    is_identifier,  # noqa: E402
    is_loopback_url,
    is_text,
    serve,
)
from hmac_signing import CALLBACK_PAUSES_SECONDS, post_signed, read_secret

CHECK_ID = r"([A-Za-z0-9_-]{1,64})"
SWITCHES = ("late", "hold", "callback_first", "no_callback", "duplicate_callback",
            "wrong_signature", "wrong_check")  # fmt: skip

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_DIGITS = "10X98765432"


def valid_id_number(number):
    """Whether the GB 11643 check digit is right."""
    if len(number) != 18 or not (number[:17].isascii() and number[:17].isdigit()):
        return False
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, number))
    return CHECK_DIGITS[total % 11] == number[17]


class Verifier(Counterparty):
    def __init__(self, secret=None, state_path=None):
        super().__init__(state_path, SWITCHES)
        self.secret = secret or secrets.token_bytes(32)
        self.people = {}  # never in the books: personal numbers stay in memory
        self.shown = {}  # nor is what a check was asked with
        self.route("POST", r"/v1/verifications", self.verify)
        self.route("GET", r"/v1/verifications/" + CHECK_ID, self.inquire)
        self.route("POST", r"/_control/people", self.register)
        self.route("POST", r"/_control/decide/" + CHECK_ID, self.decide_held)

    def empty_books(self):
        return {"MATCH": 0, "MISMATCH": 0, "LIVENESS_FAILED": 0, "checks": {}}

    def forget(self, request):
        self.shown.clear()
        return super().forget(request)

    def register(self, request):
        person = request.fields({"id_number": is_text, "name": is_text})
        self.people[person["id_number"]] = person["name"]
        return {}

    # Checks ---------------------------------------------------------------------------------------

    def verify(self, request):
        wanted = request.fields(
            {"check": is_identifier, "name": is_text, "id_number": is_text, "face_token": is_text},
            {"callback_url": is_loopback_url},
        )
        name, callback_url = wanted.pop("check"), wanted.pop("callback_url", None)
        with self.books.lock:
            check = self.books.content["checks"].get(name)
            if check and self.shown.get(name, wanted) != wanted:
                raise Refused(409, "CHECK_EXISTS", "this check has other content")
            if check:
                check["times_asked"] += 1
                self.books.changed()
                return self.answered(name, check)
            self.shown[name] = wanted
            result, reason = self.judge(**wanted)
            check = {
                "state": "PENDING",
                "result": result,
                "reason": reason,
                "times_asked": 1,
                "callbacks": 0,
                "acknowledged": 0,
            }
            self.books.content["checks"][name] = check
            self.books.content[result] += 1
            self.books.changed()
        self.proceed(name, check, callback_url)
        with self.books.lock:
            return self.answered(name, check)

    def proceed(self, name, check, callback_url):
        """Decides a new check now, after its answer, or when told to, as the switches say."""
        check["callback_url"] = callback_url
        if self.switches.use("hold") is not None:
            return
        late = self.switches.use("late")
        if late is not None:
            self.after(late.get("ms", 300) / 1000, self.decide, name)
        elif self.switches.use("callback_first") is not None:
            self.call_back(name, check, wait=True)  # the answer is still that it takes time
            self.after(0.2, self.mark_decided, name)
        else:
            self.mark_decided(name)

    def mark_decided(self, name):
        with self.books.lock:
            check = self.check(name)
            check["state"] = "DECIDED"
            self.books.changed()
            return check

    def decide(self, name):
        self.call_back(name, self.mark_decided(name))

    def decide_held(self, request, name):
        self.decide(name)
        return {}

    def inquire(self, request, name):
        with self.books.lock:
            return self.answered(name, self.check(name))

    def check(self, name):
        check = self.books.content["checks"].get(name)
        if not check:
            raise Refused(404, "CHECK_NOT_FOUND", f"no check named {name}")
        return check

    def answered(self, name, check):
        if check["state"] == "PENDING":
            return 202, {"check": name, "result": "PENDING", "reason": ""}
        return {"check": name, "result": check["result"], "reason": check["reason"]}

    # Callbacks ------------------------------------------------------------------------------------

    def call_back(self, name, check, wait=False):
        if not check["callback_url"] or self.switches.use("no_callback") is not None:
            return
        wrong_check = self.switches.use("wrong_check")
        wrong_signature = self.switches.use("wrong_signature") is not None
        doubled = self.switches.use("duplicate_callback")
        event = {
            "type": "VERIFICATION_DECIDED",
            "check": name if wrong_check is None else wrong_check.get("check", "ic-nobody"),
            "result": check["result"],
            "reason": check["reason"],
        }
        forged = wrong_signature or wrong_check is not None
        attempts = 1 if forged else len(CALLBACK_PAUSES_SECONDS) + 1
        secret = secrets.token_bytes(32) if wrong_signature else self.secret
        for _ in range(1 if doubled is None else doubled.get("copies", 2)):
            if wait:
                self.keep_calling(check, event, attempts, secret)
            else:
                self.after(0, self.keep_calling, check, event, attempts, secret)

    def keep_calling(self, check, event, attempts, secret):
        body = json.dumps(event).encode()
        for attempt in range(attempts):
            with self.books.lock:
                check["callbacks"] += 1
            if post_signed(check["callback_url"], body, secret, self.now_ms() / 1000):
                with self.books.lock:
                    check["acknowledged"] += 1
                    self.books.changed()
                return
            if attempt + 1 < attempts:
                time.sleep(CALLBACK_PAUSES_SECONDS[attempt])

    def after(self, seconds, action, *parameters):
        timer = threading.Timer(seconds, action, parameters)
        timer.daemon = True
        timer.start()

    # Rules ----------------------------------------------------------------------------------------

    def judge(self, name, id_number, face_token):
        if not valid_id_number(id_number):
            return "MISMATCH", "ID_NUMBER_UNKNOWN"
        live = face_token in ("match", "other-face") or face_token.startswith("match-")
        if not live:
            return "LIVENESS_FAILED", "NO_LIVE_FACE"
        if self.people.get(id_number, name) != name or "冒名" in name:
            return "MISMATCH", "NAME_MISMATCH"
        if face_token == "other-face":
            return "MISMATCH", "FACE_MISMATCH"
        return "MATCH", ""


def main():
    parser = arguments(__doc__)
    parser.add_argument("--secret-file", help="file with the hex of the 32 bytes callbacks are "
                        "signed with; none: bytes of its own")  # fmt: skip
    options = parser.parse_args()
    secret = read_secret(options.secret_file) if options.secret_file else None
    serve(Verifier(secret, options.state), options.port)


if __name__ == "__main__":
    main()
