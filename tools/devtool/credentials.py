"""Keys and certificates of a stack: made once, kept in the state folder, readable by their owner.

Every service proves who it is by a certificate whose URI name is spiffe://houbu/<service>; so do
operators, who may be named: spiffe://houbu/operators/<person>.
"""

import base64
import hashlib
import json
import os
import secrets

from commands import capture, run_logged
from layout import CERTIFICATES

AUTHORITY_DAYS = 365
CERTIFICATE_DAYS = 90
RENEW_SECONDS = 7 * 86400
# 32 random bytes each, as hex: what services and counterparties share or keep for themselves.
SECRETS = (
    "account_field_key", "account_blind_index_key", "account_pseudonym_key", "account_signing_seed",
    "account_code_key", "account_pepper_key", "account_request_key",
    "account_link_key", "notification_field_key",
    "notification_request_key", "payment_provider_secret", "identity_callback_key",
)  # fmt: skip


def make_secrets(layout):
    """Writes the secret files that are not there yet."""
    layout.folder("keys", mode=0o700)
    for name in SECRETS:
        path = key_path(layout, name)
        if not os.path.exists(path):
            _write_private(path, secrets.token_hex(32) + "\n")
    _write_key_set(layout)


def key_path(layout, name):
    return layout.path("keys", name)


def alipay_folder(layout):
    """Where the fake Alipay makes its keys and the merchant's; keys.json in it names them."""
    return layout.path("keys", "alipay")


def wechat_pay_folder(layout):
    """Where the fake WeChat Pay makes its keys and the merchant's when it starts first."""
    return layout.folder("keys", "wechat_pay", mode=0o700)


def wechat_pay_names(layout):
    """What stands in that folder; nothing before it has started."""
    return layout.read_json("keys", "wechat_pay", "keys.json")


def key_set_path(layout):
    return layout.path("keys", "jwks.json")


def _write_private(path, text):
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)


def _base64url(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _write_key_set(layout):
    """Publishes the public half of account's signing key as a JWKS, named by its thumbprint."""
    from nacl.signing import SigningKey  # installed by packages.py, so not before it ran

    with open(key_path(layout, "account_signing_seed"), encoding="ascii") as file:
        public = bytes(SigningKey(bytes.fromhex(file.read().strip())).verify_key)
    x = _base64url(public)
    canonical = json.dumps({"crv": "Ed25519", "kty": "OKP", "x": x}, separators=(",", ":"))
    thumbprint = _base64url(hashlib.sha256(canonical.encode()).digest())
    key = {"kty": "OKP", "crv": "Ed25519", "x": x, "kid": thumbprint, "use": "sig", "alg": "EdDSA"}
    layout.write_json({"keys": [key]}, "keys", "jwks.json")


def certificate_paths(layout, name):
    """(certificate, private key) of a name."""
    file = name.replace("/", "-")
    return layout.path("tls", file + ".crt"), layout.path("tls", file + ".key")


def authority_path(layout):
    return layout.path("tls", "ca.crt")


def make_certificates(layout):
    """Makes the authority and a certificate for every name, anew when one is about to expire."""
    layout.folder("tls", mode=0o700)
    authority, authority_key = certificate_paths(layout, "ca")
    if not _is_fresh(authority):
        _openssl(
            layout, "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", authority_key
        )
        os.chmod(authority_key, 0o600)
        _make_authority(layout, authority, authority_key)
        for name in CERTIFICATES:
            for path in certificate_paths(layout, name):
                if os.path.exists(path):
                    os.remove(path)
    for name in CERTIFICATES:
        if not _is_fresh(certificate_paths(layout, name)[0]):
            _make_certificate(layout, name)


def _make_authority(layout, authority, key):
    _openssl(layout, "req", "-x509", "-new", "-sha256", "-key", key, "-out", authority, "-days",
             str(AUTHORITY_DAYS), "-subj", "/CN=Houbu development authority",
             "-addext", "basicConstraints=critical,CA:TRUE,pathlen:0",
             "-addext", "keyUsage=critical,keyCertSign,cRLSign")  # fmt: skip


def _make_certificate(layout, name):
    certificate, key = certificate_paths(layout, name)
    authority, authority_key = certificate_paths(layout, "ca")
    stem = certificate.removesuffix(".crt")
    request, extensions = stem + ".csr", stem + ".ext"
    _make_private_key(layout, key)
    with open(extensions, "w", encoding="utf-8") as file:
        file.write(
            "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n"
            "extendedKeyUsage=serverAuth,clientAuth\n"
            f"subjectAltName=URI:spiffe://houbu/{name},DNS:localhost,IP:127.0.0.1\n"
        )
    subject = "/CN=" + name.replace("/", "-")
    _openssl(layout, "req", "-new", "-sha256", "-key", key, "-out", request, "-subj", subject)
    _openssl(layout, "x509", "-req", "-sha256", "-in", request, "-CA", authority, "-CAkey",
             authority_key, "-set_serial", "0x" + secrets.token_hex(16), "-days",
             str(CERTIFICATE_DAYS), "-extfile", extensions, "-out", certificate)  # fmt: skip
    os.remove(request)
    os.remove(extensions)


def _make_private_key(layout, path):
    _openssl(layout, "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", path)
    os.chmod(path, 0o600)


def _is_fresh(certificate):
    command = ["openssl", "x509", "-in", certificate, "-noout", "-checkend", str(RENEW_SECONDS)]
    return os.path.exists(certificate) and capture(command)[0] == 0


def _openssl(layout, *arguments):
    run_logged(["openssl", *arguments], layout.log("openssl"), "openssl failed")
