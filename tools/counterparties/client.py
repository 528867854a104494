"""Asks counterparties over HTTP, for tests and the demo."""

import json
import time
import urllib.error
import urllib.request

from provider import signed_headers


class Answer:
    """Status and JSON body of an HTTP answer."""

    def __init__(self, status, content):
        self.status = status
        self.content = content

    def __getitem__(self, name):
        return self.content[name]


class Client:
    """One counterparty at 127.0.0.1; with a secret, requests to /v1/ are signed."""

    def __init__(self, port, secret=None):
        self._base = f"http://127.0.0.1:{port}"
        self._secret = secret

    def get(self, path):
        return self.send("GET", path, None)

    def post(self, path, content=None, headers=None):
        return self.send("POST", path, content or {}, headers)

    def delete(self, path):
        return self.send("DELETE", path, None)

    def send(self, method, path, content, headers=None):
        body = b"" if content is None else json.dumps(content, ensure_ascii=False).encode()
        if headers is None:
            headers = {}
            if self._secret and path.startswith("/v1/"):
                headers = signed_headers(self._secret, body, time.time())
        request = urllib.request.Request(
            self._base + path,
            data=body or None,
            method=method,
            headers={"Content-Type": "application/json", **headers},
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return Answer(response.status, json.load(response))
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, json.load(error))
