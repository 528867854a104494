"""Brings a whole stack up and down: databases, counterparties, services."""

import glob
import os
import shutil
import sys
import urllib.error
import urllib.request

import configs
import credentials
from commands import run_logged
from console import Failure, console
from databases import Postgres, Redis, require_free_port
from layout import OPERATORS, ROOT, SERVICES, program
from processes import Processes

READY_SECONDS = 60
_PARTIES = os.path.join(ROOT, "tools/counterparties")


class Stack:
    """Everything that runs for one state folder and port base."""

    def __init__(self, layout, preset="dev"):
        self.layout = layout
        self.preset = preset
        self.processes = Processes(layout)
        self.postgres = Postgres(layout, self.processes)
        self.redis = Redis(layout, self.processes)

    def up(self):
        """Starts what is not running; what runs from older programs or settings starts anew."""
        credentials.make_secrets(self.layout)
        credentials.make_certificates(self.layout)
        self.start_databases()
        self.postgres.create_databases()
        self.start_counterparties()
        self.start_services()
        self.describe()

    def start_databases(self):
        console.step("starting PostgreSQL and Redis")
        self.postgres.start()
        self.redis.start()

    def start_counterparties(self):
        console.step("starting the counterparties")
        layout = self.layout
        secret = credentials.key_path(layout, "payment_provider_secret")
        identity_key = credentials.key_path(layout, "identity_callback_key")
        parties = {
            "identity": ("identity.py", "identity", ["--secret-file", identity_key]),
            "provider": ("provider.py", "provider", ["--secret-file", secret]),
            "alipay": ("alipay.py", "alipay", ["--keys", credentials.alipay_folder(layout)]),
            "wechat_pay": (
                "wechat_pay.py",
                "wechat_pay",
                ["--keys", credentials.wechat_pay_folder(layout)],
            ),
            "sms": ("sms.py", "sms", []),
            "mail": ("mail_sink.py", "smtp", ["--query-port", str(layout.port("mail_query"))]),
        }
        for name, (file, port, more) in parties.items():
            path = os.path.join(_PARTIES, file)
            books = layout.path("books", name + ".json")
            command = [
                sys.executable,
                path,
                "--port",
                str(layout.port(port)),
                "--state",
                books,
                *more,
            ]
            shared = ("counterparty.py", "hmac_signing.py")
            watched = [path, *(os.path.join(_PARTIES, file) for file in shared)]
            if name in ("alipay", "wechat_pay"):
                more_of_it = os.path.join(_PARTIES, name.split("_")[0] + "_*.py")
                watched += sorted(glob.glob(more_of_it))
            require_free_port(self.processes, name, layout.port(port))
            self.processes.start(name, command, watched=watched)
        for name, port in (("identity", "identity"), ("provider", "provider"), ("alipay", "alipay"),
                           ("wechat_pay", "wechat_pay"), ("sms", "sms"),
                           ("mail", "mail_query")):  # fmt: skip
            url = f"http://127.0.0.1:{layout.port(port)}/_health"
            self.processes.wait_until(name, lambda url=url: answers(url), READY_SECONDS, "up")

    def start_services(self, names=SERVICES):
        """Starts services all at once; they wait for each other by themselves."""
        console.step("starting the services")
        service_config = configs.write_service_config(self.layout)
        for service in names:
            path = program(service, self.preset)
            if not os.path.exists(path):
                raise Failure(f"there is no {path}; build it first (tools/dev up)")
            config = configs.write(self.layout, service, service_config)
            for port in (self.layout.grpc_port(service), self.layout.admin_port(service)):
                require_free_port(self.processes, service, port)
            command = [path, "--config", config]
            self.processes.start(service, command, watched=[path, config, service_config])
        for service in names:
            url = f"http://127.0.0.1:{self.layout.admin_port(service)}/readyz"
            self.processes.wait_until(service, lambda url=url: answers(url), READY_SECONDS, "ready")

    def run_verb(self, service, *arguments):
        """Runs a verb of a service's program on the service's own configuration."""
        config = os.path.join(self.layout.state, "config", service + ".json")
        command = [program(service, self.preset), "--config", config, *arguments]
        log = self.layout.log(f"{service}-{arguments[0]}")
        run_logged(command, log, f"houbu-{service} {arguments[0]} failed")

    def describe(self):
        """Writes stack.json: all a client needs to know of the stack."""
        layout = self.layout
        ports = {name: layout.port(name) for name in
                 ("postgres", "redis", "identity", "provider", "alipay", "wechat_pay", "sms",
                  "smtp", "mail_query", "payment_callbacks")}  # fmt: skip
        clients = {}
        for name in ("gateway", *OPERATORS):
            certificate, key = credentials.certificate_paths(layout, name)
            clients[name] = {"certificate": certificate, "key": key}
        content = {
            "services": {service: {"grpc": f"localhost:{layout.grpc_port(service)}",
                                   "admin": f"127.0.0.1:{layout.admin_port(service)}",
                                   "database": layout.conninfo(f"houbu_{service}")}
                         for service in SERVICES},
            "ports": ports, "ca": credentials.authority_path(layout), "clients": clients,
            "payment_provider_secret": credentials.key_path(layout, "payment_provider_secret"),
            "identity_callback_key": credentials.key_path(layout, "identity_callback_key"),
            "alipay_keys": credentials.alipay_folder(layout),
            "wechat_pay_keys": os.path.join(credentials.wechat_pay_folder(layout), "keys.json"),
            "logs": layout.folder("logs"),
        }  # fmt: skip
        return layout.write_json(content, "stack.json")

    def is_up(self):
        return all(self.processes.record(name) for name in (*SERVICES, "postgres", "redis"))

    def down(self):
        """Stops everything, the latest first; the data stays."""
        for name in self.processes.names():
            console.progress(f"stopping {name}")
            self.processes.stop(name)

    def purge(self):
        """Stops everything and removes the state."""
        self.down()
        self.postgres.remove_files()
        shutil.rmtree(self.layout.state, ignore_errors=True)


def answers(url):
    """Whether a URL answers with success."""
    try:
        with urllib.request.urlopen(url, timeout=2) as response:
            return response.status == 200
    except (urllib.error.URLError, OSError):
        return False
