#!/usr/bin/python3
"""The fake SMS carrier: takes each message once and keeps it."""

import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from counterparty import (
    Counterparty,
    Refused,
    arguments,
    is_identifier,
    is_text,
    serve,
)  # noqa: E402


def is_phone(value):
    return (
        None
        if isinstance(value, str) and re.match(r"\+[1-9][0-9]{6,14}\Z", value)
        else "must be E.164"
    )


class Carrier(Counterparty):
    def __init__(self, state_path=None):
        super().__init__(state_path, ("unreachable",))
        self.route("POST", r"/v1/messages", self.take)

    def empty_books(self):
        return {"messages": {}}

    def take(self, request):
        wanted = request.fields({"message_id": is_identifier, "to": is_phone, "text": is_text})
        unreachable = self.switches.peek("unreachable")
        if unreachable and wanted["to"] in unreachable.get("to", ()):
            raise Refused(422, "NUMBER_UNREACHABLE", "no such subscriber")
        with self.books.lock:
            messages = self.books.content["messages"]
            known = messages.get(wanted["message_id"])
            if known and (known["to"], known["text"]) != (wanted["to"], wanted["text"]):
                raise Refused(409, "MESSAGE_EXISTS", "this message_id has other content")
            if not known:
                known = {**wanted, "received_at_ms": self.now_ms(), "times_asked": 0}
                messages[wanted["message_id"]] = known
            known["times_asked"] += 1
            self.books.changed()
            return {
                "message_id": wanted["message_id"],
                "state": "ACCEPTED",
                "duplicate": known["times_asked"] > 1,
            }

    def state(self, request):
        to = request.query.get("to")
        with self.books.lock:
            return {
                "messages": [
                    dict(message)
                    for message in self.books.content["messages"].values()
                    if to is None or message["to"] == to
                ]
            }


def main():
    options = arguments(__doc__).parse_args()
    serve(Carrier(options.state), options.port)


if __name__ == "__main__":
    main()
