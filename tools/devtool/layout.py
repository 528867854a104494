"""Where everything of a stack lies: one state folder, ports counted from one base."""

import hashlib
import json
import os

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SERVICES = ("notification", "payment", "slot", "waitlist", "account")  # callees first
# By twos where it takes two people.
OPERATORS = (
    "operator", "operators/finance-1", "operators/finance-2", "operators/support-1",
    "operators/reviewer-1", "operators/reviewer-2", "operators/admin-1", "operators/admin-2",
    "operators/duty-1",
)  # fmt: skip
CERTIFICATES = SERVICES + ("gateway", *OPERATORS)
PORT_BASE_DEFAULT = 7400
_GRPC = {"account": 1, "slot": 2, "waitlist": 3, "payment": 4, "notification": 5}
_OTHERS = {
    "postgres": 32, "payment_callbacks": 54, "attachment_links": 55,
    "identity_callbacks": 56, "identity": 61,
    "provider": 62, "sms": 63, "smtp": 64, "mail_query": 65, "wechat_pay": 66, "alipay": 67,
    "redis": 79,
}  # fmt: skip
ADMIN_OFFSET = 100


def port_base():
    """The developer's base of ports: HOUBU_PORT_BASE."""
    text = os.environ.get("HOUBU_PORT_BASE", str(PORT_BASE_DEFAULT))
    if not text.isdigit() or not 1024 <= int(text) <= 64000:
        from console import Failure

        raise Failure(f"HOUBU_PORT_BASE is {text!r}, expected a number from 1024 to 64000")
    return int(text)


class Layout:
    """Folders and ports of one stack; several stand side by side with other bases and folders."""

    def __init__(self, state=None, base=None, fast_and_forgetful=False):
        self.state = state or os.path.join(ROOT, ".state")
        self.base = base or port_base()
        self.fast_and_forgetful = fast_and_forgetful  # databases of tests need not survive a crash

    def path(self, *parts):
        """A path in the state folder; the folder it lies in exists afterwards."""
        path = os.path.join(self.state, *parts)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        return path

    def folder(self, *parts, mode=0o755):
        path = os.path.join(self.state, *parts)
        os.makedirs(path, exist_ok=True)
        os.chmod(path, mode)
        return path

    def log(self, name):
        return self.path("logs", name + ".log")

    def grpc_port(self, service):
        return self.base + _GRPC[service]

    def admin_port(self, service):
        return self.base + _GRPC[service] + ADMIN_OFFSET

    def port(self, name):
        return self.base + _OTHERS[name]

    def far_folder(self):
        """Where PostgreSQL's files lie when its user cannot reach the state folder."""
        digest = hashlib.sha256(self.state.encode()).hexdigest()[:12]
        return f"/var/tmp/houbu-{digest}"

    def conninfo(self, database):
        return (f"host=127.0.0.1 port={self.port('postgres')} user=houbu dbname={database}"
                " connect_timeout=5")  # fmt: skip

    def write_json(self, content, *parts):
        """Writes a JSON file whole, unless it says so already; returns its path."""
        path = self.path(*parts)
        if self.read_json(*parts) == content:
            return path
        with open(path + ".new", "w", encoding="utf-8") as file:
            json.dump(content, file, indent=2, ensure_ascii=False)
            file.write("\n")
        os.replace(path + ".new", path)
        return path

    def read_json(self, *parts):
        try:
            with open(os.path.join(self.state, *parts), encoding="utf-8") as file:
                return json.load(file)
        except FileNotFoundError:
            return None


def program(service, preset="dev"):
    """The path of a service's program."""
    return os.path.join(ROOT, "build", preset, f"houbu-{service}")
