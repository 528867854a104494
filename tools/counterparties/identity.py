#!/usr/bin/python3
"""The fake identity verifier: says whether a name, an ID number and a live face are one person."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from counterparty import Counterparty, arguments, is_text, serve  # noqa: E402

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_DIGITS = "10X98765432"


def valid_id_number(number):
    """Whether the GB 11643 check digit is right."""
    if len(number) != 18 or not (number[:17].isascii() and number[:17].isdigit()):
        return False
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, number))
    return CHECK_DIGITS[total % 11] == number[17]


class Verifier(Counterparty):
    def __init__(self, state_path=None):
        super().__init__(state_path)
        self.people = {}  # never in the books: personal numbers stay in memory
        self.route("POST", r"/v1/verifications", self.verify)
        self.route("POST", r"/_control/people", self.register)

    def empty_books(self):
        return {"MATCH": 0, "MISMATCH": 0, "LIVENESS_FAILED": 0}

    def register(self, request):
        person = request.fields({"id_number": is_text, "name": is_text})
        self.people[person["id_number"]] = person["name"]
        return {}

    def verify(self, request):
        wanted = request.fields({"name": is_text, "id_number": is_text, "face_token": is_text})
        result, reason = self.judge(**wanted)
        with self.books.lock:
            self.books.content[result] += 1
            self.books.changed()
        return {"result": result, "reason": reason}

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
    options = arguments(__doc__).parse_args()
    serve(Verifier(options.state), options.port)


if __name__ == "__main__":
    main()
