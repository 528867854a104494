"""Writes what each service of a development stack reads: its configuration, its retry policy."""

import glob
import os
import re

import credentials
from layout import ROOT, SERVICES

# Which services each one calls.
PEERS = {
    "account": ("notification", "slot", "waitlist", "payment"),
    "slot": ("payment", "notification", "waitlist", "account"),
    "waitlist": ("slot", "payment", "notification"),
    "payment": ("notification", "slot", "waitlist"),
    "notification": (),
}
# Where a stack's slot finds another Redis than the stack's own, in the words of its configuration.
REDIS_ELSEWHERE = ("config", "redis-elsewhere.json")
# What a stack's account has otherwise than by default.
ACCOUNT_OTHERWISE = ("config", "account-otherwise.json")


def write_service_config(layout):
    """The gRPC service config for calls between services.

    Every mutation carries a request_id and answers a repetition as before, so all methods may be
    repeated when a peer was not there; nothing else is repeated below the caller's eyes.
    """
    names = [{"service": service} for service in _services()]
    policy = {
        "maxAttempts": 4, "initialBackoff": "0.05s", "maxBackoff": "1s", "backoffMultiplier": 2,
        "retryableStatusCodes": ["UNAVAILABLE"],
    }  # fmt: skip
    content = {
        "methodConfig": [{"name": names, "retryPolicy": policy}],
        "retryThrottling": {"maxTokens": 100, "tokenRatio": 0.1},
    }
    return layout.write_json(content, "config", "service_config.json")


def _services():
    found = []
    for path in sorted(glob.glob(os.path.join(ROOT, "protos/houbu/*/v1/*.proto"))):
        with open(path, encoding="utf-8") as file:
            text = file.read()
        package = re.search(r"^package ([\w.]+);", text, re.MULTILINE)
        for name in re.findall(r"^service (\w+) ", text, re.MULTILINE):
            found.append(f"{package[1]}.{name}")
    return found


def write(layout, service, service_config):
    """The configuration of a service; returns its path."""
    certificate, key = credentials.certificate_paths(layout, service)
    peers = {
        peer: {"address": f"localhost:{layout.grpc_port(peer)}"} for peer in PEERS[service]
    }  # fmt: skip
    content = {
        "server": {"address": f"127.0.0.1:{layout.grpc_port(service)}"},
        "admin": {"address": f"127.0.0.1:{layout.admin_port(service)}"},
        "tls": {"ca": credentials.authority_path(layout), "certificate": certificate, "key": key},
        "postgres": {"conninfo": layout.conninfo(f"houbu_{service}"), "pool_size": 16},
        "peers": {**peers, "service_config": service_config},
        "identity": _identity(layout, service),
        "development": {
            "clock_control": True, "clock_file": layout.path("clocks", service),
        },
        "log": {"level": "info"},
    }  # fmt: skip
    _own(layout, service, content)
    return layout.write_json(content, "config", service + ".json")


def _identity(layout, service):
    """Whose signatures are believed: account's, which all others follow."""
    identity = {"keys_file": credentials.key_set_path(layout)}
    if service != "account":
        identity["address"] = f"localhost:{layout.grpc_port('account')}"
    return identity


def _own(layout, service, content):
    """Adds what only this service has."""
    key = lambda name: credentials.key_path(layout, name)
    url = lambda name: f"http://127.0.0.1:{layout.port(name)}"
    if service == "account":
        names = {"field": "field_key", "index": "blind_index_key", "pseudonym": "pseudonym_key",
                 "code": "code_key", "pepper": "pepper_key",
                 "request": "request_key"}  # fmt: skip
        content["secrets"] = {
            f"{name}_key_file": key(f"account_{file}") for name, file in names.items()
        }
        content["signing"] = {"seed_file": key("account_signing_seed")}
        callbacks = f"127.0.0.1:{layout.port('identity_callbacks')}"
        content["verifier"] = {
            "url": url("identity"),
            "callback_key_file": key("identity_callback_key"),
            "callback_address": callbacks,
            "callback_url": f"http://{callbacks}/callbacks/identity",
        }
        content["staff"] = {"admins": ["admin-1", "admin-2"]}
        links = f"127.0.0.1:{layout.port('attachment_links')}"
        content["attachments"] = {
            "folder": layout.folder("attachments", mode=0o700),
            "address": links,
            "url": f"http://{links}/attachments/",
            "link_key_file": key("account_link_key"),
        }
        content.update(layout.read_json(*ACCOUNT_OTHERWISE) or {})
    elif service == "slot":
        # A test may keep the index elsewhere for a while.
        elsewhere = layout.read_json(*REDIS_ELSEWHERE)
        content["redis"] = elsewhere or {"host": "127.0.0.1", "port": layout.port("redis")}
    elif service == "payment":
        callbacks = f"127.0.0.1:{layout.port('payment_callbacks')}"
        content["callbacks"] = {
            "address": callbacks,
            "url": f"http://{callbacks}/callbacks/sandbox",
        }
        content["provider"] = {
            "url": url("provider"), "secret_file": key("payment_provider_secret"),
        }  # fmt: skip
        content.update(_alipay(layout, f"http://{callbacks}/callbacks/alipay"))
        names = credentials.wechat_pay_names(layout)
        if names:
            content["wechat_pay"] = _wechat_pay(names, url("wechat_pay"), callbacks)
    elif service == "notification":
        content["secrets"] = {
            f"{name}_key_file": key(f"notification_{name}_key") for name in ("field", "request")
        }
        content["sms"] = {"url": url("sms")}
        content["smtp"] = {"url": f"smtp://127.0.0.1:{layout.port('smtp')}"}


def _alipay(layout, notify_url):
    """How payment finds the fake Alipay, by the keys it made when it started; before that not."""
    names = layout.read_json(credentials.alipay_folder(layout), "keys.json")
    if not names:
        return {}
    section = {
        "url": f"http://127.0.0.1:{layout.port('alipay')}/gateway.do",
        "app_id": names["app_id"],
        "seller_id": names["seller_id"],
        "private_key_file": names["app_key_file"],
        "public_key_file": names["alipay_public_key_file"],
        "next_public_key_file": names["alipay_next_public_key_file"],
        "notify_url": notify_url,
    }
    return {"alipay": section}


def _wechat_pay(names, url, callbacks):
    """How payment speaks to the fake WeChat Pay whose keys are named."""
    keys = zip(names["platform_serials"], names["platform_key_files"])
    return {
        "url": url, "app_id": names["app_id"], "mch_id": names["mch_id"],
        "merchant_serial": names["merchant_serial"],
        "merchant_key_file": names["merchant_key_file"],
        "api_v3_key_file": names["api_v3_key_file"],
        "platform_keys": [f"{serial}={path}" for serial, path in keys],
        "notify_url": f"http://{callbacks}/callbacks/wechat_pay",
    }  # fmt: skip
