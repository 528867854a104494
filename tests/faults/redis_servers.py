"""Redis in more than one server, for a while in place of the stack's own: a cluster, Sentinels.

The servers are programs of the stack, so they end with it; slot is started anew on them and, when
the test is over, on the stack's own Redis again.
"""

import os
import shutil
import socket
import subprocess
import time

from configs import REDIS_ELSEWHERE
from floor import Services, World, wait_for
from layout import program

NODE_TIMEOUT_MS = 1500
START_SECONDS = 20
PORT_MAX = 55535


class Servers:
    """Redis servers by name, each on a free port with a folder of its own."""

    def __init__(self, floor):
        self._floor = floor
        self._processes = floor.stack.processes
        self.ports = {}

    def start(self, name, settings, sentinel=False):
        """Starts a server, or starts it again where it was."""
        port = self.ports.setdefault(name, free_port())
        folder = self._floor.layout.folder("redis-" + name, mode=0o700)
        path = os.path.join(folder, "redis.conf")
        if not os.path.exists(path):
            lines = [f"port {port}", "bind 127.0.0.1", f"dir {folder}", *settings]
            with open(path, "w", encoding="utf-8") as file:
                file.write("\n".join(lines) + "\n")
        command = ["redis-server", path] + (["--sentinel"] if sentinel else [])
        self._processes.start("redis-" + name, command)
        answers = lambda: self.ask(name, "PING") == "PONG"
        self._processes.wait_until("redis-" + name, answers, START_SECONDS, "ready")

    def send(self, name, number):
        """Sends a server a signal."""
        self._floor.send("redis-" + name, number)

    def kill(self, name):
        """Ends a server at once."""
        self._floor.kill("redis-" + name)

    def ask(self, name, *words):
        """What a server answers, as redis-cli writes it."""
        command = ["redis-cli", "-p", str(self.ports[name]), *map(str, words)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
        return done.stdout.strip()

    def do(self, name, *words):
        answer = self.ask(name, *words)
        if answer not in ("OK", "NOKEY"):
            raise RuntimeError(f"{name}: {words}: {answer}")

    def address(self, name):
        return f"127.0.0.1:{self.ports[name]}"

    def remove(self):
        """Ends all servers and removes what they kept."""
        for name in self.ports:
            self._processes.kill("redis-" + name)
            self._processes.stop("redis-" + name)
            shutil.rmtree(self._floor.layout.folder("redis-" + name), ignore_errors=True)


class Cluster:
    """Three masters that share all slots, each with a replica."""

    MASTERS = 3
    SLOTS = 16384

    def __init__(self, floor):
        self.servers = Servers(floor)
        self.names = [f"node{i}" for i in range(2 * self.MASTERS)]
        for number, name in enumerate(self.names):
            self._add(number, name)
        for name in self.names:
            self._wait(name, "INFO", "cluster_state:ok", f"cluster_known_nodes:{len(self.names)}")
        for number, name in enumerate(self.names[self.MASTERS :]):
            master = self.servers.ask(self.names[number], "CLUSTER", "MYID")
            self.servers.do(name, "CLUSTER", "REPLICATE", master)
        for name in self.names[self.MASTERS :]:
            self.wait_synced(name)

    def _add(self, number, name):
        self.servers.start(name, [
            "cluster-enabled yes", f"cluster-port {free_port()}",
            f"cluster-node-timeout {NODE_TIMEOUT_MS}", "cluster-replica-validity-factor 0",
            'save ""', "appendonly no", "repl-diskless-sync-delay 0",
        ])  # fmt: skip
        self.servers.do(name, "CLUSTER", "SET-CONFIG-EPOCH", number + 1)
        if number < self.MASTERS:
            first, behind = (self.SLOTS * n // self.MASTERS for n in (number, number + 1))
            self.servers.do(name, "CLUSTER", "ADDSLOTSRANGE", first, behind - 1)
        if number > 0:
            bus = self.servers.ask(self.names[0], "CONFIG", "GET", "cluster-port").split()[1]
            port = self.servers.ports[self.names[0]]
            self.servers.do(name, "CLUSTER", "MEET", "127.0.0.1", port, bus)

    def _wait(self, name, what, *words):
        def told():
            answer = self.servers.ask(name, "CLUSTER", what)
            return all(word in answer.split() for word in words)

        wait_for(f"{name} tells {words}", told)

    def wait_synced(self, name):
        synced = lambda: "master_link_status:up" in self.servers.ask(name, "INFO", "REPLICATION")
        wait_for(f"{name} has its master's data", synced)

    def settings(self):
        """What slot is told of it."""
        return {"mode": "cluster", "addresses": [self.servers.address(n) for n in self.names]}

    def masters(self):
        """The living masters."""
        return [n for n in self.names if self.servers.ask(n, "ROLE").startswith("master")]

    def slot_of(self, run):
        """The slot that the keys of a run are in; the run was asked for before."""
        for name in self.masters():
            for key in self.servers.ask(name, "--scan", "--pattern", f"h:*:r:{run}").split():
                return int(self.servers.ask(name, "CLUSTER", "KEYSLOT", key))
        raise LookupError(f"no server has {run}")

    def master_of(self, slot):
        """Who has a slot, by its own word."""
        ranges = lambda name: self.servers.ask(name, "CLUSTER", "NODES")
        for name in self.masters():
            mine = next(line for line in ranges(name).splitlines() if "myself" in line)
            for word in mine.split()[8:]:
                first, _, last = word.partition("-")
                if first.isdigit() and int(first) <= slot <= int(last or first):
                    return name
        raise LookupError(f"nobody has slot {slot}")

    def move(self, slot, to, pause):
        """Moves a slot to another master, key by key, as an operator's tools do."""
        ask, do = self.servers.ask, self.servers.do
        source = self.master_of(slot)
        do(to, "CLUSTER", "SETSLOT", slot, "IMPORTING", ask(source, "CLUSTER", "MYID"))
        do(source, "CLUSTER", "SETSLOT", slot, "MIGRATING", ask(to, "CLUSTER", "MYID"))
        while keys := ask(source, "CLUSTER", "GETKEYSINSLOT", slot, 3).split():
            port = self.servers.ports[to]
            do(source, "MIGRATE", "127.0.0.1", port, "", 0, 5000, "KEYS", *keys)
            time.sleep(pause)
        for name in (to, source):
            do(name, "CLUSTER", "SETSLOT", slot, "NODE", ask(to, "CLUSTER", "MYID"))


class Sentinels:
    """A master, a replica, and three Sentinels that watch them."""

    NAME = "index"
    DOWN_AFTER_MS = 1000

    def __init__(self, floor):
        self.servers = Servers(floor)
        kept = ['save ""', "appendonly no", "repl-diskless-sync-delay 0"]
        self.servers.start("one", kept)
        self.servers.start("two", [*kept, f"replicaof 127.0.0.1 {self.servers.ports['one']}"])
        self.wait_synced("two")
        self.watchers = [f"sentinel{i}" for i in range(3)]
        for name in self.watchers:
            monitor = f"sentinel monitor {self.NAME} 127.0.0.1 {self.servers.ports['one']} 2"
            self.servers.start(name, [
                monitor, f"sentinel down-after-milliseconds {self.NAME} {self.DOWN_AFTER_MS}",
                f"sentinel failover-timeout {self.NAME} 4000",
            ], sentinel=True)  # fmt: skip
        for name in self.watchers:
            knows = lambda name=name: (
                "slaves=1,sentinels=3" in self.servers.ask(name, "INFO", "SENTINEL")
            )
            wait_for(f"{name} knows the others", knows)

    def wait_synced(self, name):
        synced = lambda: "master_link_status:up" in self.servers.ask(name, "INFO", "REPLICATION")
        wait_for(f"{name} has its master's data", synced)

    def settings(self):
        """What slot is told of it."""
        addresses = [self.servers.address(name) for name in self.watchers]
        return {"mode": "sentinel", "addresses": addresses, "sentinel_master": self.NAME}

    def wait_named(self, name):
        """Waits until the Sentinels agree on a master that knows it is one."""
        port = str(self.servers.ports[name])
        asked = ("SENTINEL", "GET-MASTER-ADDR-BY-NAME", self.NAME)
        agreed = lambda: (
            all(port in self.servers.ask(watcher, *asked).split() for watcher in self.watchers)
            and self.servers.ask(name, "ROLE").startswith("master")
        )
        wait_for(f"{name} is the master", agreed)


class SecondSlot:
    """Another process of slot beside the stack's own, on the same databases."""

    NAME = "slot-2"

    def __init__(self, floor):
        self._floor = floor
        layout = floor.layout
        self._ports = free_port(), free_port()
        content = layout.read_json("config", "slot.json")
        content["server"]["address"] = f"127.0.0.1:{self._ports[0]}"
        content["admin"]["address"] = f"127.0.0.1:{self._ports[1]}"
        shown = content["development"]["clock_file"]
        content["development"]["clock_file"] = shown + "-2"
        if os.path.exists(shown):
            shutil.copy(shown, shown + "-2")
        path = layout.write_json(content, "config", self.NAME + ".json")
        preset = floor.stack.preset
        floor.stack.processes.start(self.NAME, [program("slot", preset), "--config", path])
        wait_for("the second slot is ready", lambda: floor.answers_ready(self._ports[1]), 30)

    def world(self):
        """The floor's world, with this process in the place of slot."""
        services = self._floor.services
        stack = {**services.stack, "services": {**services.stack["services"]}}
        address = f"localhost:{self._ports[0]}"
        stack["services"]["slot"] = {**stack["services"]["slot"], "grpc": address}
        self._services = Services(stack, services.protos)
        return World(self._services)

    def stop(self):
        """Ends it in order."""
        self._services.close()
        self._floor.stack.processes.stop(self.NAME)


def free_port():
    """A port of the loopback interface that nobody has now, low enough for a cluster's server."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        if port <= PORT_MAX:
            return port


def settle_slot(floor, settings):
    """Starts slot anew with its index elsewhere; None: on the stack's own Redis."""
    if settings:
        floor.layout.write_json(settings, *REDIS_ELSEWHERE)
    else:
        os.remove(floor.layout.path(*REDIS_ELSEWHERE))
    floor.start("slot")


__all__ = ["Cluster", "SecondSlot", "Sentinels", "settle_slot"]
