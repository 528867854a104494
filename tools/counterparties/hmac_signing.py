"""How counterparties of one shared secret sign: HMAC-SHA256 over timestamp, nonce and raw body."""

import hashlib
import hmac
import secrets
import urllib.error
import urllib.request

FRESH_SECONDS = 300
CALLBACK_TIMEOUT_SECONDS = 5
CALLBACK_PAUSES_SECONDS = (1, 2, 4, 8, 15, 30, 60, 120, 300)


def signature(secret, timestamp, nonce, body):
    """The hex HMAC-SHA256 over timestamp, nonce and the raw body."""
    text = timestamp.encode() + b"\n" + nonce.encode() + b"\n" + body
    return hmac.new(secret, text, hashlib.sha256).hexdigest()


def signed_headers(secret, body, now_seconds):
    """The headers that make a request or callback believable."""
    timestamp, nonce = str(int(now_seconds)), secrets.token_hex(16)
    return {
        "X-Houbu-Timestamp": timestamp,
        "X-Houbu-Nonce": nonce,
        "X-Houbu-Signature": signature(secret, timestamp, nonce, body),
    }


def post_signed(url, body, secret, now_seconds):
    """Posts a callback; whether it was acknowledged."""
    headers = {"Content-Type": "application/json", **signed_headers(secret, body, now_seconds)}
    request = urllib.request.Request(url, data=body, headers=headers, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=CALLBACK_TIMEOUT_SECONDS) as response:
            return 200 <= response.status < 300
    except (urllib.error.URLError, OSError):
        return False


def read_secret(path):
    """The bytes whose hex stands in a file."""
    with open(path, encoding="ascii") as file:
        return bytes.fromhex(file.read().strip())
