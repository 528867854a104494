#!/usr/bin/python3
"""The mail sink: takes every mail by SMTP and shows them over HTTP."""

import asyncio
import email
import email.policy
import os
import sys

from aiosmtpd.controller import Controller

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from counterparty import Counterparty, arguments, serve  # noqa: E402

REPLIES = {451: "451 try again later", 550: "550 no such user"}


def shown_mail(sender, recipients, raw, now_ms):
    """A mail as the query port shows it, subject and texts decoded."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    parts = {"plain": "", "html": ""}
    for part in message.walk():
        kind = part.get_content_subtype()
        if part.get_content_maintype() == "text" and not parts.get(kind, "-"):
            parts[kind] = part.get_content()
    return {
        "message_id": str(message.get("Message-ID", "")),
        "from": sender,
        "to": list(recipients),
        "subject": str(message.get("Subject", "")),
        "text": parts["plain"],
        "html": parts["html"],
        "headers": {name: str(value) for name, value in message.items()},
        "received_at_ms": now_ms,
    }


class Sink(Counterparty):
    def empty_books(self):
        return {"mails": []}

    def state(self, request):
        to = request.query.get("to")
        with self.books.lock:
            return {
                "mails": [
                    mail for mail in self.books.content["mails"] if to is None or to in mail["to"]
                ]
            }

    async def handle_DATA(self, server, session, envelope):
        slow = self.switches.use("slow")
        if slow:
            await asyncio.sleep(slow.get("ms", 1000) / 1000)
        error = self.switches.use("error")
        if error:
            return REPLIES.get(error.get("status", 451), REPLIES[451])
        mail = shown_mail(
            envelope.mail_from, envelope.rcpt_tos, envelope.original_content, self.now_ms()
        )
        with self.books.lock:
            self.books.content["mails"].append(mail)
            self.books.changed()
        if self.switches.use("drop_answer"):
            server.transport.close()
        return "250 accepted"


def smtp_controller(sink, port):
    """The SMTP side of the sink, in a thread of its own once started."""
    return Controller(sink, hostname="127.0.0.1", port=port, enable_SMTPUTF8=True)


def main():
    parser = arguments(__doc__)
    parser.add_argument("--query-port", type=int, required=True)
    options = parser.parse_args()
    sink = Sink(options.state)
    controller = smtp_controller(sink, options.port)
    controller.start()
    serve(sink, options.query_port, controller.stop)


if __name__ == "__main__":
    main()
