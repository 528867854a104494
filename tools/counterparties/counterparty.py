"""What every fake counterparty is made of: an HTTP server, switches to misbehave, a clock, books.

A counterparty answers `/v1/...` as the real party would, and `/_control`, `/_state`, `/_health` to
whoever tests with it. docs/reference/counterparties.md has the wire formats.
"""

import argparse
import json
import os
import re
import signal
import socket
import sys
import tempfile
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from pacing import Pace

BODY_BYTES_MAX = 64 * 1024
IDENTIFIER = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")


class Refused(Exception):
    """An answer other than success, as the caller sees it."""

    def __init__(self, status, code, message):
        super().__init__(message)
        self.status = status
        self.code = code


class Switches:
    """Named misbehaviours, each on for a number of uses or until switched off."""

    def __init__(self, known):
        self._known = frozenset(known)
        self._on = {}
        self._lock = threading.Lock()

    def set(self, name, parameters):
        if name not in self._known:
            raise Refused(
                400, "REQUEST_INVALID", f"no switch {name}; known: {', '.join(sorted(self._known))}"
            )
        if parameters is not None and not isinstance(parameters, dict):
            raise Refused(400, "REQUEST_INVALID", f"switch {name} takes an object or null")
        with self._lock:
            if parameters is None:
                self._on.pop(name, None)
            else:
                self._on[name] = dict(parameters)

    def reset(self):
        with self._lock:
            self._on.clear()

    def peek(self, name):
        with self._lock:
            return self._on.get(name)

    def use(self, name):
        """The parameters of a switch that is on, counting one use of it; None when it is off."""
        with self._lock:
            parameters = self._on.get(name)
            if parameters is None:
                return None
            if "times" in parameters:
                parameters["times"] -= 1
                if parameters["times"] <= 0:
                    del self._on[name]
            return dict(parameters)

    def shown(self):
        with self._lock:
            return {name: dict(parameters) for name, parameters in self._on.items()}


class Books:
    """A JSON object kept in memory and, a tenth of a second later, in a file; large books, which
    take long to write, are written less often."""

    def __init__(self, path, empty):
        self.lock = threading.RLock()
        self._path = path
        self._empty = empty
        self.content = empty()
        self._changed = threading.Event()
        self._closed = False
        if path and os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                self.content.update(json.load(file))
        if path:
            threading.Thread(target=self._keep_writing, daemon=True).start()

    def changed(self):
        self._changed.set()

    def clear(self):
        with self.lock:
            self.content = self._empty()
        self.changed()

    def write(self):
        if not self._path:
            return
        with self.lock:
            text = json.dumps(self.content, ensure_ascii=False)
        folder = os.path.dirname(os.path.abspath(self._path))
        handle, temporary = tempfile.mkstemp(dir=folder, prefix=".books-")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(temporary, self._path)

    def close(self):
        self._closed = True
        self.write()

    def _keep_writing(self):
        took = 0
        while not self._closed:
            self._changed.wait()
            self._changed.clear()
            time.sleep(max(0.1, 20 * took))  # many changes, one write
            started = time.monotonic()
            if not self._closed:
                self.write()
            took = time.monotonic() - started


class Counterparty:
    """Routes, switches, clock and books of one party; subclasses add routes and `empty_books`."""

    SWITCHES = ("slow", "error", "drop_answer")
    API = "/v1/"  # what lies below it is the real party's; the switches of all parties act there
    PACED = None  # what lies below it is counted by the second, and `rate_max` acts there
    TOO_FAST = "RATE_LIMITED"  # the code for who asks faster

    def __init__(self, state_path=None, switches=()):
        paced = ("rate_max",) if self.PACED else ()
        self.switches = Switches(self.SWITCHES + paced + tuple(switches))
        self.pace = Pace()
        self.books = Books(state_path, self.empty_books)
        self.clock_offset_ms = 0
        self._routes = []
        self.route("GET", r"/_health", lambda request: {"status": "up"})
        self.route("GET", r"/_control", lambda request: self.control_shown())
        self.route("POST", r"/_control", self.control)
        self.route("POST", r"/_control/reset", self.control_reset)
        self.route("GET", r"/_state", self.state)
        self.route("DELETE", r"/_state", self.forget)
        if self.PACED:
            self.route("GET", r"/_pace", lambda request: self.pace.shown())

    def empty_books(self):
        return {}

    def state(self, request):
        with self.books.lock:
            return json.loads(json.dumps(self.books.content))

    def forget(self, request):
        self.books.clear()
        self.pace.forget()
        return {}

    def now_ms(self):
        return int(time.time() * 1000) + self.clock_offset_ms

    def route(self, method, pattern, handler):
        """Has `handler` answer: an object, or a status with one."""
        self._routes.append((method, re.compile(pattern + r"\Z"), handler))

    def control_shown(self):
        return {**self.switches.shown(), "clock_offset_ms": self.clock_offset_ms}

    def control(self, request):
        wanted = request.fields_any()
        if "clock_offset_ms" in wanted:
            offset = wanted.pop("clock_offset_ms")
            if not isinstance(offset, int) or isinstance(offset, bool):
                raise Refused(400, "REQUEST_INVALID", "clock_offset_ms is a number of milliseconds")
            self.clock_offset_ms = offset
        for name, parameters in wanted.items():
            self.switches.set(name, parameters)
        return self.control_shown()

    def control_reset(self, request):
        self.switches.reset()
        return self.control_shown()

    def authenticate(self, request):
        """Refuses a request to /v1/ whose sender is not proven; by default everyone may ask."""

    def answer(self, request):
        """(status, object) for a request; None as object when no answer shall be sent."""
        try:
            for method, pattern, handler in self._routes:
                match = pattern.match(request.path)
                if match and method == request.method:
                    return self._call(handler, request, match)
            raise Refused(404, "PATH_UNKNOWN", f"no {request.method} {request.path}")
        except Refused as refused:
            return refused.status, {"code": refused.code, "message": str(refused)}

    def rendered(self, request, status, content):
        """(status, headers, body) of an answer as it goes out; JSON by default."""
        body = json.dumps(content, ensure_ascii=False).encode()
        return status, {"Content-Type": "application/json; charset=utf-8"}, body

    def _call(self, handler, request, match):
        if not request.path.startswith(self.API):
            return 200, handler(request, *match.groups())
        slow = self.switches.use("slow")
        if slow:
            time.sleep(slow.get("ms", 1000) / 1000)
        error = self.switches.use("error")
        if error:
            code = error.get("code", "SWITCHED_ERROR")
            raise Refused(error.get("status", 500), code, "switched to fail")
        if self.PACED and request.path.startswith(self.PACED):
            self.keep_pace()
        self.authenticate(request)
        result = handler(request, *match.groups())
        if self.switches.use("drop_answer"):
            return 0, None
        return result if isinstance(result, tuple) else (200, result)

    def keep_pace(self):
        """Counts a request and refuses it when there were too many within a second."""
        limit = self.switches.peek("rate_max")
        if not self.pace.take(None if limit is None else limit.get("per_second", 10)):
            raise Refused(429, self.TOO_FAST, "too many requests within a second")


class Request:
    """One HTTP request, its body not yet parsed (signatures cover the raw bytes)."""

    def __init__(self, method, target, headers, body):
        parts = urllib.parse.urlsplit(target)
        self.method = method
        self.target = target  # as it came: what signatures cover
        self.path = urllib.parse.unquote(parts.path)
        self.query = {k: v[-1] for k, v in urllib.parse.parse_qs(parts.query).items()}
        self.headers = headers
        self.body = body

    def fields_any(self):
        if not self.body:
            return {}
        try:
            content = json.loads(self.body.decode("utf-8"))
        except ValueError as error:
            raise Refused(400, "REQUEST_INVALID", f"the body is not JSON: {error}") from None
        if not isinstance(content, dict):
            raise Refused(400, "REQUEST_INVALID", "the body is not an object")
        return content

    def fields(self, required, optional=None):
        """The body's fields; `required` and `optional` map names to checks that may complain."""
        content = self.fields_any()
        optional = optional or {}
        complaints = [f"{name} is missing" for name in required if name not in content]
        for name, value in content.items():
            check = required.get(name) or optional.get(name)
            complaint = check(value) if check else "is unknown"
            if complaint:
                complaints.append(f"{name} {complaint}")
        if complaints:
            raise Refused(400, "REQUEST_INVALID", "; ".join(complaints))
        return content


def is_identifier(value):
    if not isinstance(value, str) or not IDENTIFIER.match(value):
        return "must be 1 to 64 of A-Z a-z 0-9 _ -"
    return None


def is_text(value):
    return None if isinstance(value, str) and value else "must be a non-empty string"


def is_amount(value):
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        return "must be an integer of at least 1"
    return None


def is_time(value):
    return (
        None
        if isinstance(value, int) and not isinstance(value, bool)
        else "must be milliseconds since 1970"
    )


def is_flag(value):
    return None if isinstance(value, bool) else "must be true or false"


def is_currency(value):
    return (
        None
        if isinstance(value, str) and re.match(r"[A-Z]{3}\Z", value)
        else "must be three capital letters"
    )


def is_loopback_url(value):
    parts = urllib.parse.urlsplit(value if isinstance(value, str) else "")
    if parts.scheme != "http" or parts.hostname not in ("127.0.0.1", "localhost", "::1"):
        return "must be an http URL on the loopback interface"
    return None


def _handler_of(party):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 60

        def log_message(self, format, *arguments):
            sys.stderr.write(f"{self.log_date_time_string()} {format % arguments}\n")

        def _serve(self):
            length = self.headers.get("Content-Length", "0")
            if not length.isdigit() or int(length) > BODY_BYTES_MAX:
                self.close_connection = True
                request = Request(self.command, self.path, self.headers, b"")
                return self._send(
                    request,
                    413,
                    {"code": "BODY_TOO_LARGE", "message": f"at most {BODY_BYTES_MAX} bytes"},
                )
            body = self.rfile.read(int(length))
            request = Request(self.command, self.path, self.headers, body)
            status, content = party.answer(request)
            if content is None:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return None
            return self._send(request, status, content)

        def _send(self, request, status, content):
            status, headers, body = party.rendered(request, status, content)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if status != 204:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_DELETE = _serve

    return Handler


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


def listen(party, port):
    """A server of the party on 127.0.0.1; port 0 takes any free one (see server_port)."""
    return _Server(("127.0.0.1", port), _handler_of(party))


def arguments(description):
    """The options every counterparty has."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--state", help="file of the books; none: in memory only")
    return parser


def serve(party, port, on_stop=None):
    """Serves until SIGTERM or SIGINT, then writes the books and returns."""
    server = listen(party, port)
    stop = lambda *_: threading.Thread(target=server.shutdown).start()
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    server.serve_forever(poll_interval=0.2)
    server.server_close()
    if on_stop:
        on_stop()
    party.books.close()
