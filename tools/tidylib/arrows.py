"""Which room may include which: the arrows of docs/explanation/architecture.md."""

import re

from tidylib.finding import Finding

_INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.MULTILINE)

# What each library builds on, nearest first; what those build on comes with them.
LIBRARIES = {
    "base": (),
    "async": ("base",),
    "secrets": ("base",),
    "http": ("async",),
    "postgres": ("async", "secrets"),
    "redis": ("async",),
    "identity": ("secrets",),
    "rpc": ("async", "identity"),
    "outbox": ("postgres",),
    "observe": ("http", "rpc"),
    "process": ("observe", "outbox", "redis"),
    "testing": ("process",),
}
# What each room of a service may use: its own rooms, libraries, and whether protos.
ROOMS = {
    "domain": ({"domain"}, ("base",), False),
    "app": ({"app", "domain"}, ("async",), False),
    "rpc": ({"rpc", "app", "domain"}, ("rpc", "http"), True),
    "storage": ({"storage", "app", "domain"}, ("postgres", "redis"), False),
    "peers": ({"peers", "app", "domain"}, ("rpc", "http", "postgres"), True),
    # A program of its own that decodes foreign files in a cell: what is true, and decoders.
    "inspect": ({"inspect", "domain"}, ("base",), False),
}
# Who may call whom; a service answers the listeners of those it calls.
CALLS = {
    "account": {"notification", "slot"},  # of slot its listener only
    "slot": {"payment", "notification"},
    "waitlist": {"slot", "payment", "notification"},
    "payment": {"notification"},
    "notification": set(),
}
# Files of a service that put its rooms together.
_ASSEMBLIES = {
    "main.cc",
    "assembly.h",
    "assembly.cc",
    "index_parts.h",
    "index_parts.cc",
    "booking_parts.h",
    "booking_parts.cc",
    "alipay_parts.h",
    "audit_parts.h",
    "consent_parts.h",
    "key_parts.h",
    "privacy_parts.h",
    "retention_parts.h",
    "sign_in_parts.h",
    "verification_parts.h",
    "attachment_parts.h",
    "channel_parts.h",
    "guardian_parts.h",
    "reconciliation_parts.h",
    "restriction_parts.h",
    "staff_parts.h",
    "figures_parts.h",
    "wechat_pay_parts.h",
    "readiness_parts.h",
}
_SHARED_PROTOS = {"type", "development"}
_PURE = re.compile(
    r"(?:boost|grpc|grpcpp|google|hiredis|spdlog|curl|prometheus)/|libpq-fe\.h$"
    r"|(?:random|fstream|iostream|thread|mutex|atomic|chrono|future)$"
)
_NO_DRIVERS = re.compile(
    r"(?:grpc|grpcpp|google|hiredis|spdlog|curl|prometheus)/|libpq-fe\.h$|(?:thread|mutex|future)$"
)
# Files by whose names we know that only tests use them.
_FOR_TESTS = re.compile(
    r"(?:^tests/|^libs/testing/|_(?:test|contract|subject|bench)\.(?:h|cc)$|/(?:memory|test)_\w+\.)"
)
_IMPURE_BASE = {"libs/base/clock.h", "libs/base/random_id_source.h"}


def _closure(libraries):
    reached, waiting = set(), list(libraries)
    while waiting:
        library = waiting.pop()
        if library not in reached:
            reached.add(library)
            waiting.extend(LIBRARIES[library])
    return reached


def is_for_tests(path):
    """Whether only tests use a file."""
    return bool(_FOR_TESTS.search(path))


def includes(text):
    """What a C++ file includes."""
    return _INCLUDE.findall(text)


def check(path, text, ports_of=lambda service: ()):
    """Findings for the includes of one C++ file; `ports_of` gives what an app/ports.h includes."""
    if is_for_tests(path) or path.startswith("tools/"):
        return
    parts = path.split("/")
    for match in _INCLUDE.finditer(text):
        complaint = None
        if parts[0] in ("libs", "services") and _FOR_TESTS.search(match[1]):
            complaint = "made for tests; the product does not include it"
        elif parts[0] == "libs" and len(parts) > 2:
            complaint = _library_complaint(parts[1], match[1])
        elif parts[0] == "services" and len(parts) > 2:
            behind_ports = parts[2] in ("storage", "peers") and match[1] in ports_of(parts[1])
            complaint = None if behind_ports else _service_complaint(*parts[1:3], match[1])
        if complaint:
            line = text.count("\n", 0, match.start(1)) + 1
            yield Finding(path, line, f"{match[1]}: {complaint}")


def _library_complaint(library, target):
    goal = target.split("/")
    if goal[0] == "services":
        return "a library knows no service; move what it needs into a library"
    if goal[0] != "libs" or goal[1] == library:
        return None
    if library not in LIBRARIES or goal[1] not in LIBRARIES:
        return "a library tidy does not know; give it its place in tools/tidylib/arrows.py"
    if goal[1] not in _closure((library,)):
        return f"libs/{library} builds on {_listed(_closure((library,)) - {library})} only"
    return None


def _service_complaint(service, room, target):
    goal = target.split("/")
    if room in _ASSEMBLIES:
        return _other_service(service, goal)
    if room not in ROOMS:
        return f"a service has the rooms {_listed(ROOMS)}; {room} is none of them"
    rooms, libraries, protos = ROOMS[room]
    if goal[0] == "services":
        return _other_service(service, goal) or _room_complaint(room, rooms, goal)
    if goal[0] == "libs":
        if room == "domain" and target in _IMPURE_BASE:
            return "the domain has no clock and no chance; pass the value in"
        if goal[1] not in _closure(libraries):
            return f"{room}/ uses the libraries {_listed(_closure(libraries))} only"
        return None
    if target.endswith(".pb.h"):
        return _proto_complaint(service, room, protos, goal)
    return _foreign_complaint(room, target)


def _other_service(service, goal):
    if goal[0] == "services" and goal[1] != service:
        return "no service includes another; speak to it through its protos, in peers/"
    return None


def _room_complaint(room, rooms, goal):
    if goal[2] not in rooms:
        return f"{room}/ sees {_listed(rooms)} only; main.cc puts the rooms together"
    if room in ("storage", "peers") and goal[2] == "app" and not goal[3].startswith("ports"):
        return f"{room}/ sees of app/ only ports.h and what that includes; put the type there"
    return None


def _proto_complaint(service, room, protos, goal):
    if not protos:
        return f"no protobuf in {room}/; use a value of the domain, rpc/ and peers/ translate"
    if goal[0] != "houbu" or goal[1] in _SHARED_PROTOS or goal[1] == service:
        return None
    if goal[1] not in CALLS.get(service, ()):
        return f"{service} does not call {goal[1]}; the arrows never circle, use a listener"
    return None


def _foreign_complaint(room, target):
    if room == "domain" and _PURE.match(target):
        return "the domain is pure: no I/O, clock, chance, protobuf, Asio or logging; use a value"
    if room == "app" and _NO_DRIVERS.match(target):
        return "app/ speaks to its ports only; put this behind one, in storage/ or peers/"
    return None


def _listed(names):
    return ", ".join(sorted(names))
