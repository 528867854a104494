"""Notices of the fake WeChat Pay: sealed, signed, repeated, and misbehaving when told."""

import json
import secrets
import threading
import time
import urllib.error
import urllib.request

from counterparty import is_loopback_url, is_text, is_time
from wechat_keys import sealed, signed_headers
from wechat_signing import Signing
from wechat_values import OUT_TRADE_NO, is_object, rfc3339

CALLBACK_TIMEOUT_SECONDS = 5
CALLBACK_PAUSES_SECONDS = (15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600, 10800, 10800, 10800)


class Notices(Signing):
    """A party that calls the merchant back."""

    def __init__(self, keys, state_path, switches):
        super().__init__(keys, state_path, switches)
        self.held = []
        self.held_lock = threading.Lock()
        self.route("POST", r"/_control/probe", self.probe)
        self.route("POST", r"/_control/callback/" + OUT_TRADE_NO, self.signed_callback)

    def notice(self, kind, original, content):
        """The body of a notice: what happened, sealed."""
        plain = json.dumps(content, ensure_ascii=False).encode()
        nonce, cipher = sealed(self.keys.api_v3_key, plain, original)
        notice = {
            "id": secrets.token_hex(16),
            "create_time": rfc3339(self.now_ms()),
            "resource_type": "encrypt-resource",
            "event_type": kind,
            "summary": "通知",
            "resource": {
                "original_type": original,
                "algorithm": "AEAD_AES_256_GCM",
                "ciphertext": cipher,
                "associated_data": original,
                "nonce": nonce,
            },
        }
        return notice, json.dumps(notice, ensure_ascii=False).encode()

    def call_back(self, url, kind, original, content, in_turn=False):
        if self.is_on("wrong_amount"):
            amount = {key: value + 1 if isinstance(value, int) else value
                      for key, value in content["amount"].items()}  # fmt: skip
            content = {**content, "amount": amount}
        notice, body = self.notice(kind, original, content)
        record = {
            "id": notice["id"],
            "type": kind,
            "subject": content.get("out_refund_no", content["out_trade_no"]),
            "attempts": 0,
            "acknowledged": False,
        }
        with self.books.lock:
            self.books.content["callbacks"].append(record)
            self.books.changed()
        if self.is_on("no_callback"):
            return
        key = self.keys.stray if self.is_on("wrong_signature") else None
        doubled = self.switches.use("duplicate_callback")
        copies = 1 if doubled is None else doubled.get("copies", 2)
        call = (url, body, record, key)
        if self.is_on("hold_callback"):
            with self.held_lock:
                self.held.append((copies, call))
            return
        if in_turn:
            self.keep_calling(*call)
            return
        self.send(copies, call)

    def send(self, copies, call):
        for _ in range(copies):
            self.after(0, self.keep_calling, *call)

    def keep_calling(self, url, body, record, key):
        for pause in (*CALLBACK_PAUSES_SECONDS, None):
            with self.books.lock:
                record["attempts"] += 1
            if self.deliver(url, body, key):
                with self.books.lock:
                    record["acknowledged"] = True
                    self.books.changed()
                self.let_go()
                return
            if key or pause is None:  # a forged one is not repeated
                return
            time.sleep(pause)

    def let_go(self):
        """Sends what was held until another callback had arrived."""
        with self.held_lock:
            held, self.held = self.held, []
        for copies, call in held:
            self.send(copies, call)

    def deliver(self, url, body, key=None):
        serial, own = self.signing_key()
        headers = signed_headers(key or own, serial, body, self.now_ms() / 1000)
        return self.post(url, body, headers) in range(200, 300)

    def post(self, url, body, headers):
        headers = {"Content-Type": "application/json", **headers}
        request = urllib.request.Request(url, data=body, headers=headers, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=CALLBACK_TIMEOUT_SECONDS) as response:
                return response.status
        except urllib.error.HTTPError as error:
            with error:
                return error.code
        except OSError:
            return 0

    def signed_callback(self, request, name):
        """The callback of a paid order, signed and not sent: for those who play with it."""
        with self.books.lock:
            shown = self.shown_order(self.order(name))
        wanted = request.fields({}, {"content": is_object, "age_seconds": is_time, "kind": is_text})
        kind = wanted.get("kind", "TRANSACTION.SUCCESS")
        _, body = self.notice(kind, "transaction", {**shown, **wanted.get("content", {})})
        serial, key = self.signing_key()
        signed_at = self.now_ms() / 1000 - wanted.get("age_seconds", 0)
        return {"body": body.decode(), "headers": signed_headers(key, serial, body, signed_at)}

    def probe(self, request):
        """Sends what the real party sends to see whether signatures are checked."""
        wanted = request.fields({"url": is_loopback_url})
        serial, key = self.signing_key()
        body = self.notice("TRANSACTION.SUCCESS", "transaction", {"out_trade_no": "000000"})[1]
        headers = signed_headers(key, serial, body, self.now_ms() / 1000)
        headers["Wechatpay-Signature"] = "WECHATPAY/SIGNTEST/" + headers["Wechatpay-Signature"]
        return {"status": self.post(wanted["url"], body, headers)}

    def after(self, seconds, action, *parameters):
        timer = threading.Timer(seconds, action, parameters)
        timer.daemon = True
        timer.start()
