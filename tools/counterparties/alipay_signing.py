"""Keys of the fake Alipay and of the merchant it serves, what they sign, and forms.

A folder holds the keys: the merchant's pair (app), Alipay's own (alipay) and the one it changes to
(alipay_next). `keys.json` in it names everything. Made once; the same ever after.
"""

import base64
import datetime
import json
import os
import secrets
import urllib.parse

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

BEIJING = datetime.timezone(datetime.timedelta(hours=8))
PAIRS = ("app", "alipay", "alipay_next")


class Keys:
    """What stands in a folder of keys."""

    def __init__(self, folder):
        self.folder = os.path.abspath(folder)
        with open(os.path.join(self.folder, "keys.json"), encoding="utf-8") as file:
            self.names = json.load(file)
        self.app_id, self.seller_id = self.names["app_id"], self.names["seller_id"]
        self.app_public = serialization.load_pem_public_key(self._read("app.pub"))
        self.own, self.next = (
            serialization.load_pem_private_key(self._read(name), None)
            for name in ("alipay.key", "alipay_next.key")
        )

    def _read(self, name):
        with open(os.path.join(self.folder, name), "rb") as file:
            return file.read()


def make_keys(folder):
    """The keys in a folder, made where they are missing."""
    os.makedirs(folder, mode=0o700, exist_ok=True)
    names = os.path.join(folder, "keys.json")
    if not os.path.exists(names):
        for pair in PAIRS:
            _make_pair(folder, pair)
        content = {
            "app_id": "2021" + _digits(12),
            "seller_id": "2088" + _digits(12),
            "app_key_file": os.path.abspath(os.path.join(folder, "app.key")),
            "app_public_key_file": os.path.abspath(os.path.join(folder, "app.pub")),
            "alipay_public_key_file": os.path.abspath(os.path.join(folder, "alipay.pub")),
            "alipay_next_public_key_file": os.path.abspath(os.path.join(folder, "alipay_next.pub")),
        }
        with open(names + ".new", "w", encoding="utf-8") as file:
            json.dump(content, file, indent=2)
        os.replace(names + ".new", names)
    return Keys(folder)


def _make_pair(folder, pair):
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    for name, pem in ((pair + ".key", private), (pair + ".pub", public)):
        handle = os.open(os.path.join(folder, name), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(pem)


def _digits(count):
    return "".join(secrets.choice("0123456789") for _ in range(count))


def signature(key, text):
    """SHA256 with RSA of a text, in base64."""
    signed = key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
    return base64.b64encode(signed).decode()


def verifies(public, text, claimed):
    """Whether a base64 signature is one of the text."""
    try:
        public.verify(base64.b64decode(claimed), text.encode(), padding.PKCS1v15(), hashes.SHA256())
        return True
    except (InvalidSignature, ValueError):
        return False


def joined(fields, without):
    """The sorted string: name=value joined by &, without some fields and those that are empty."""
    return "&".join(
        f"{name}={fields[name]}" for name in sorted(fields) if name not in without and fields[name]
    )


def form(text):
    """The fields of a form; of a name that comes twice, nothing is taken for granted."""
    pairs = urllib.parse.parse_qsl(text, keep_blank_values=True)
    fields = dict(pairs)
    return fields if len(fields) == len(pairs) else {}


def yuan(fen):
    """123456 is "1234.56"."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def beijing(moment_ms):
    """A time as Alipay writes it."""
    moment = datetime.datetime.fromtimestamp(moment_ms // 1000, BEIJING)
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def beijing_ms(text):
    """A time as Alipay reads it; None when it is none."""
    try:
        moment = datetime.datetime.strptime(text, "%Y-%m-%d %H:%M:%S")
    except ValueError:
        return None
    return int(moment.replace(tzinfo=BEIJING).timestamp() * 1000)
