"""Private PostgreSQL and Redis: own folders, own ports, loopback only, never a system service."""

import os
import pwd
import shutil
import socket
import subprocess
import time

from commands import capture, run_logged
from console import Failure, console
from layout import SERVICES

_PG_BIN = "/usr/lib/postgresql/15/bin"
_PG_USER = "postgres"  # who runs the server when we are root; the package made it
START_SECONDS = 60
FREE_SECONDS = 3


class Postgres:
    """The PostgreSQL server of a stack."""

    def __init__(self, layout, processes):
        self._layout = layout
        self._processes = processes
        self._user = _PG_USER if os.geteuid() == 0 else None

    def data_folder(self):
        """Where its files lie: in the state folder, or where its user can reach them."""
        near = os.path.join(self._layout.state, "pg")
        if not self._user or self._can_reach(self._layout.folder()):
            return near
        return os.path.join(self._layout.far_folder(), "pg")

    def _can_reach(self, folder):
        command = ["test", "-x", folder]
        done = subprocess.run(
            command, user=self._user, group=self._user, extra_groups=[], check=False
        )
        return done.returncode == 0

    def start(self):
        """Makes the cluster when there is none, starts the server, waits until it answers."""
        data = self.data_folder()
        if not os.path.exists(os.path.join(data, "PG_VERSION")):
            self._make_cluster(data)
        self._write_settings(data)
        require_free_port(self._processes, "postgres", self._layout.port("postgres"))
        command = [f"{_PG_BIN}/postgres", "-D", data]
        self._processes.start(
            "postgres", command, watched=[os.path.join(data, "houbu.conf")], user=self._user,
            cwd=data, stop="SIGINT",
        )  # fmt: skip
        self._processes.wait_until("postgres", self._answers, START_SECONDS, "ready")

    def _make_cluster(self, data):
        console.step("creating a private PostgreSQL cluster")
        if not os.path.exists(f"{_PG_BIN}/initdb"):
            raise Failure(f"no PostgreSQL 15 at {_PG_BIN}; install postgresql-15")
        shutil.rmtree(data, ignore_errors=True)
        os.makedirs(data, mode=0o700)
        if self._user:
            if data.startswith(self._layout.far_folder()):
                os.chmod(self._layout.far_folder(), 0o755)
            account = pwd.getpwnam(self._user)
            os.chown(data, account.pw_uid, account.pw_gid)
        command = [f"{_PG_BIN}/initdb", "-D", data, "-U", "houbu", "-A", "trust", "-E", "UTF8",
                   "--locale=C.UTF-8", "--data-checksums"]  # fmt: skip
        if self._user:
            identity = [f"--reuid={self._user}", f"--regid={self._user}", "--clear-groups"]
            command = ["setpriv", *identity, *command]
        run_logged(command, self._layout.log("initdb"), "initdb failed", cwd="/")

    def _write_settings(self, data):
        settings = {
            "listen_addresses": "127.0.0.1", "port": self._layout.port("postgres"),
            "unix_socket_directories": "", "max_connections": 300, "shared_buffers": "128MB",
            "timezone": "UTC", "log_timezone": "UTC", "log_line_prefix": "%m [%p] %d ",
        }  # fmt: skip
        if self._layout.fast_and_forgetful:
            settings.update(fsync="off", synchronous_commit="off", full_page_writes="off")
        text = "".join(f"{name} = '{value}'\n" for name, value in settings.items())
        path = os.path.join(data, "houbu.conf")
        if os.path.exists(path) and _read(path) == text:
            return
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        if self._user:
            account = pwd.getpwnam(self._user)
            os.chown(path, account.pw_uid, account.pw_gid)
        main = os.path.join(data, "postgresql.conf")
        if "include 'houbu.conf'" not in _read(main):
            with open(main, "a", encoding="utf-8") as file:
                file.write("include 'houbu.conf'\n")

    def _answers(self):
        code, _ = capture([f"{_PG_BIN}/pg_isready", "-q", "-h", "127.0.0.1", "-p",
                           str(self._layout.port("postgres")), "-d", "postgres"])  # fmt: skip
        return code == 0

    def query(self, database, sql):
        """The rows of a statement, each a tab-separated line."""
        code, output = capture([f"{_PG_BIN}/psql", "-X", "-q", "-A", "-t", "-F", "\t", "-d",
                                self._layout.conninfo(database), "-c", sql])  # fmt: skip
        if code != 0:
            raise Failure(f"PostgreSQL refused: {sql}", self._layout.log("postgres"))
        return output.splitlines()

    def create_databases(self):
        """One database a service."""
        there = set(self.query("postgres", "SELECT datname FROM pg_database"))
        for service in SERVICES:
            if f"houbu_{service}" not in there:
                self.query("postgres", f"CREATE DATABASE houbu_{service}")

    def remove_files(self):
        shutil.rmtree(self.data_folder(), ignore_errors=True)
        shutil.rmtree(self._layout.far_folder(), ignore_errors=True)


class Redis:
    """The Redis server of a stack."""

    def __init__(self, layout, processes):
        self._layout = layout
        self._processes = processes

    def start(self):
        """Starts the server and waits until it answers."""
        require_free_port(self._processes, "redis", self._layout.port("redis"))
        append = "no" if self._layout.fast_and_forgetful else "yes"
        settings = (
            f"port {self._layout.port('redis')}", "bind 127.0.0.1", "protected-mode yes",
            f"dir {self._layout.folder('redis', mode=0o700)}", "daemonize no", 'save ""',
            f"appendonly {append}", "appendfsync everysec", "maxmemory-policy noeviction",
        )  # fmt: skip
        path = self._layout.path("config", "redis.conf")
        text = "\n".join(settings) + "\n"
        if not os.path.exists(path) or _read(path) != text:
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        self._processes.start("redis", ["redis-server", path], watched=[path])
        self._processes.wait_until("redis", self._answers, START_SECONDS, "ready")

    def _answers(self):
        code, output = capture(["redis-cli", "-p", str(self._layout.port("redis")), "PING"])
        return code == 0 and output.strip() == "PONG"


def _read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def require_free_port(processes, name, port):
    """Fails when somebody else has the port of something that is to be started."""
    limit = time.monotonic() + FREE_SECONDS
    while not processes.record(name) and port_is_taken(port):
        if time.monotonic() > limit:  # one that was just killed may take a moment to let go
            raise Failure(f"port {port} for {name} is taken; choose another HOUBU_PORT_BASE")
        time.sleep(0.05)


def port_is_taken(port):
    """Whether somebody listens on a port of the loopback interface."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
