"""Keys of the fake WeChat Pay and of the merchant it serves, and what they sign.

A folder holds them: the merchant's RSA key and certificate, the APIv3 key both know, and two keys
of the platform side by side, as during a migration: one known by a certificate's serial number,
one by a PUB_KEY_ID. `keys.json` in it names everything. Made once; the same ever after.
"""

import base64
import datetime
import json
import os
import secrets

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.x509.oid import NameOID

DAYS = 3650


class Keys:
    """What stands in a folder of keys; all paths are absolute."""

    def __init__(self, folder):
        self.folder = os.path.abspath(folder)
        self.names = _read_json(os.path.join(self.folder, "keys.json"))
        self.app_id = self.names["app_id"]
        self.mch_id = self.names["mch_id"]
        self.merchant_serial = self.names["merchant_serial"]
        self.certificate_serial, self.public_key_id = self.names["platform_serials"]
        self.api_v3_key = _read(self.names["api_v3_key_file"]).strip()
        self.platform = {
            serial: private_key(_read(self.path(f"platform-{serial}.key")))
            for serial in self.names["platform_serials"]
        }
        self.stray = private_key(_read(self.path("stray.key")))  # nobody knows it
        self.merchant_public = x509.load_pem_x509_certificate(
            _read(self.names["merchant_certificate_file"])
        ).public_key()

    def path(self, name):
        return os.path.join(self.folder, name)

    def certificate(self):
        """The platform's certificate, PEM."""
        return _read(self.path(self.certificate_serial + ".pem")).decode()


def make_keys(folder):
    """Makes what is not there yet; gives the keys."""
    folder = os.path.abspath(folder)
    os.makedirs(folder, mode=0o700, exist_ok=True)
    if not os.path.exists(os.path.join(folder, "keys.json")):
        _make(folder)
    return Keys(folder)


def _make(folder):
    path = lambda name: os.path.join(folder, name)
    merchant_serial = _make_certified(path("merchant.key"), path("merchant.pem"), "merchant")
    certificate_serial = _make_certified(path("platform.key"), path("platform.pem"), "platform")
    os.replace(path("platform.key"), path(f"platform-{certificate_serial}.key"))
    os.replace(path("platform.pem"), path(f"{certificate_serial}.pem"))
    public_key_id = "PUB_KEY_ID_01" + "".join(secrets.choice("0123456789") for _ in range(29))
    key = new_key()
    _write(path(f"platform-{public_key_id}.key"), _pem_of(key))
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    _write(path(f"{public_key_id}.pem"), public)
    _write(path("stray.key"), _pem_of(new_key()))
    _write(path("api_v3_key"), secrets.token_hex(16).encode())
    names = {
        "app_id": "wx" + secrets.token_hex(8),
        "mch_id": "1900000109",
        "merchant_serial": merchant_serial,
        "merchant_key_file": path("merchant.key"),
        "merchant_certificate_file": path("merchant.pem"),
        "api_v3_key_file": path("api_v3_key"),
        "platform_serials": [certificate_serial, public_key_id],
        "platform_key_files": [path(f"{certificate_serial}.pem"), path(f"{public_key_id}.pem")],
    }
    _write(path("keys.json"), json.dumps(names, indent=2).encode())


def _make_certified(key_path, certificate_path, name):
    """Makes an RSA key and a certificate of its own; gives the serial number as 40 hex digits."""
    key = new_key()
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    # 20 bytes with the first bit clear and the next set: 40 digits, never a zero in front.
    serial = int.from_bytes(
        bytes([0x40 | secrets.randbelow(0x40)]) + secrets.token_bytes(19), "big"
    )
    begin = datetime.datetime.utcnow() - datetime.timedelta(days=1)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(serial)
        .not_valid_before(begin)
        .not_valid_after(begin + datetime.timedelta(days=DAYS))
        .sign(key, hashes.SHA256())
    )
    _write(key_path, _pem_of(key))
    _write(certificate_path, certificate.public_bytes(serialization.Encoding.PEM))
    return f"{serial:040X}"


def new_key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def private_key(pem):
    return serialization.load_pem_private_key(pem, None)


def _pem_of(key):
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def sign(key, text):
    """The base64 of SHA256 with RSA over the text's UTF-8, or over bytes."""
    data = text if isinstance(text, bytes) else text.encode()
    return base64.b64encode(key.sign(data, padding.PKCS1v15(), hashes.SHA256())).decode()


def is_signed(public_key, data, signature):
    try:
        raw = base64.b64decode(signature, validate=True)
        public_key.verify(raw, data, padding.PKCS1v15(), hashes.SHA256())
        return True
    except (InvalidSignature, ValueError):
        return False


def signed_headers(key, serial, body, now_seconds):
    """The headers that make an answer or a notice of the platform believable."""
    timestamp, nonce = str(int(now_seconds)), secrets.token_hex(16)
    signed = f"{timestamp}\n{nonce}\n".encode() + body + b"\n"
    return {
        "Wechatpay-Timestamp": timestamp,
        "Wechatpay-Nonce": nonce,
        "Wechatpay-Serial": serial,
        "Wechatpay-Signature": sign(key, signed),
        "Wechatpay-Signature-Type": "WECHATPAY2-SHA256-RSA2048",
    }


def authorization(key, names, request, now_seconds, nonce=None):
    """A merchant's Authorization of a request (method, target, body)."""
    method, target, body = request
    timestamp, nonce = str(int(now_seconds)), nonce or secrets.token_hex(16)
    signed = f"{method}\n{target}\n{timestamp}\n{nonce}\n".encode() + body + b"\n"
    fields = {
        "mchid": names["mch_id"],
        "nonce_str": nonce,
        "timestamp": timestamp,
        "serial_no": names["merchant_serial"],
        "signature": sign(key, signed),
    }
    listed = ",".join(f'{name}="{value}"' for name, value in fields.items())
    return "WECHATPAY2-SHA256-RSA2048 " + listed


def sealed(api_v3_key, plain, associated_data):
    """(nonce, base64 ciphertext with its tag) of AES-256-GCM."""
    nonce = secrets.token_hex(6)
    cipher = AESGCM(api_v3_key).encrypt(nonce.encode(), plain, associated_data.encode())
    return nonce, base64.b64encode(cipher).decode()


def opened(api_v3_key, resource):
    """The plain bytes of a notice's resource."""
    cipher = base64.b64decode(resource["ciphertext"])
    associated_data = resource["associated_data"].encode()
    return AESGCM(api_v3_key).decrypt(resource["nonce"].encode(), cipher, associated_data)


def _read(path):
    with open(path, "rb") as file:
        return file.read()


def _read_json(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def _write(path, content):
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
