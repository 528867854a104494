"""What makes requests to the fake WeChat Pay and answers of it believable."""

import collections
import json
import re

from counterparty import Counterparty, Refused
from provider import FRESH_SECONDS, NonceBook
from wechat_keys import is_signed, sealed, signed_headers
from wechat_values import rfc3339

AUTHORIZATION = re.compile(r'([a-z_]+)="([^"]*)"')
REQUESTS_KEPT = 50
SCHEMA = "WECHATPAY2-SHA256-RSA2048"


class Signing(Counterparty):
    """A party below /v3/ that proves its merchant and signs its answers."""

    API = "/v3/"

    def __init__(self, keys, state_path, switches):
        super().__init__(state_path, switches)
        self.keys = keys
        self.nonces = NonceBook()
        self.recorded = collections.deque(maxlen=REQUESTS_KEPT)
        self.route("GET", r"/v3/certificates", self.certificates)
        self.route("GET", r"/_requests", lambda request: {"requests": list(self.recorded)})

    def is_on(self, switch):
        """Whether a switch is on, counting one use of it."""
        return self.switches.use(switch) is not None

    def authenticate(self, request):
        """Refuses what the merchant has not signed; the reason is told as the real party does."""
        schema, _, listed = request.headers.get("Authorization", "").partition(" ")
        fields = dict(AUTHORIZATION.findall(listed))
        if schema != SCHEMA or not re.fullmatch(r"\w{1,32}", fields.get("nonce_str", "")):
            raise Refused(401, "SIGN_ERROR", "Authorization is missing or malformed")
        if not request.headers.get("Accept") or not request.headers.get("User-Agent"):
            raise Refused(406, "PARAM_ERROR", "Accept and User-Agent are needed")
        if fields.get("mchid") != self.keys.mch_id:
            raise Refused(401, "SIGN_ERROR", "no such merchant")
        if fields.get("serial_no", "").upper() != self.keys.merchant_serial:
            raise Refused(401, "SIGN_ERROR", "no such certificate of the merchant")
        timestamp = fields.get("timestamp", "")
        now = self.now_ms() / 1000
        if not timestamp.isdigit() or abs(now - int(timestamp)) >= FRESH_SECONDS:
            raise Refused(401, "SIGN_ERROR", "the time is too far from ours")
        head = f"{request.method}\n{request.target}\n{timestamp}\n{fields['nonce_str']}\n"
        signed = head.encode() + request.body + b"\n"
        if not is_signed(self.keys.merchant_public, signed, fields.get("signature", "")):
            raise Refused(401, "SIGN_ERROR", "the signature does not match")
        if not self.nonces.first_use(fields["nonce_str"], now):
            raise Refused(401, "SIGN_ERROR", "this nonce was used before")
        self.recorded.append(
            {
                "method": request.method,
                "target": request.target,
                "authorization": request.headers["Authorization"],
                "body": request.body.decode(),
            }
        )

    def signing_key(self, wanted=None):
        """(serial, key) to sign with: what a switch says, what was asked for, the first."""
        if self.is_on("stray_key"):
            return "5" * 40, self.keys.stray
        switched = self.switches.peek("sign_with")
        serial = switched["serial"] if switched else wanted
        if serial not in self.keys.platform:
            serial = self.keys.certificate_serial
        return serial, self.keys.platform[serial]

    def rendered(self, request, status, content):
        if not request.path.startswith(self.API):
            return super().rendered(request, status, content)
        if isinstance(content, bytes):
            return status, {"Content-Type": "text/plain"}, content
        if status == 200 and content == {}:
            status, body = 204, b""
        else:
            body = json.dumps(content, ensure_ascii=False).encode()
        serial, key = self.signing_key(request.headers.get("Wechatpay-Serial"))
        key = self.keys.stray if self.is_on("wrong_answer_signature") else key
        headers = signed_headers(key, serial, body, self.now_ms() / 1000)
        return status, {"Content-Type": "application/json; charset=utf-8", **headers}, body

    def certificates(self, request):
        nonce, cipher = sealed(
            self.keys.api_v3_key, self.keys.certificate().encode(), "certificate"
        )
        return {
            "data": [
                {
                    "serial_no": self.keys.certificate_serial,
                    "effective_time": rfc3339(self.now_ms()),
                    "expire_time": rfc3339(self.now_ms() + 86400000 * 365),
                    "encrypt_certificate": {
                        "algorithm": "AEAD_AES_256_GCM",
                        "nonce": nonce,
                        "associated_data": "certificate",
                        "ciphertext": cipher,
                    },
                }
            ]
        }

    def check_merchant(self, mch_id, app_id=None):
        if mch_id != self.keys.mch_id:
            raise Refused(400, "MCH_NOT_EXISTS", "another merchant's number")
        if app_id not in (None, self.keys.app_id):
            raise Refused(400, "APPID_MCHID_NOT_MATCH", "appid and mchid do not match")
