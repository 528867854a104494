"""Harm done to the Redis that holds the index: emptied, set back, gnawed at, forged, replaced."""

import os
import shutil
import signal
import subprocess
import time

from world import wait_for

ANSWER_SECONDS = 20
# Whatever the layout of the keys: something of the kind that a value is of is made wrong.
FORGE = """
math.randomseed(tonumber(ARGV[1]))
local key = redis.call('RANDOMKEY')
if not key then return 'nothing there' end
local kind = redis.call('TYPE', key).ok
if kind == 'string' then
  local bits = redis.call('STRLEN', key) * 8
  local bit = math.random(0, math.max(bits - 1, 7))
  redis.call('SETBIT', key, bit, 1 - redis.call('GETBIT', key, bit))
elseif kind == 'hash' then
  local field = redis.call('HRANDFIELD', key)
  local value = redis.call('HGET', key, field)
  if string.match(value, '^%-?%d+$') then
    redis.call('HSET', key, field, string.format('%.0f', tonumber(value) + math.random(1, 3)))
  else
    redis.call('HSET', key, 'forged-' .. math.random(1000000), value)
  end
elseif kind == 'zset' then
  local member = redis.call('ZRANDMEMBER', key)
  redis.call('ZADD', key, math.random(1000000), member)
  redis.call('ZADD', key, 1, 'dm-forged-' .. math.random(1000000))
elseif kind == 'stream' then
  redis.call('XADD', key, '*', 'forged', 'nothing of ours')
end
return kind .. ' ' .. key
"""


class IndexHarm:
    """What can befall the Redis of a stack."""

    def __init__(self, floor, chance):
        self._floor = floor
        self._chance = chance
        self._port = str(floor.layout.port("redis"))
        self._spare = str(floor.layout.port("redis") + 1)
        self._promoted = None  # the process that stands in for the stack's own server
        self._old = floor.layout.path("redis-old.rdb")

    # One harm each --------------------------------------------------------------------------------

    def empty(self):
        """FLUSHALL."""
        self._ask("FLUSHALL")

    def gnaw(self):
        """A few keys are gone, whichever they are."""
        for _ in range(self._chance.randint(1, 5)):
            key = self._ask("RANDOMKEY")
            if key:
                self._ask("DEL", key)

    def forge(self):
        """A few values are wrong, whichever they are."""
        for _ in range(self._chance.randint(1, 5)):
            self._ask("EVAL", FORGE, "0", str(self._chance.randint(1, 1 << 30)))

    def set_back(self):
        """The server dies and is started with a dump of a few moments ago."""
        subprocess.run(["redis-cli", "-p", self._port, "--rdb", self._old], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
        self._let_time_pass()
        self._end_server()
        self._start_with(self._old)

    def promote(self):
        """A replica that has not had the last moments takes over."""
        replica = self._start_replica()
        try:
            self._ask("REPLICAOF", "NO", "ONE", at=self._spare)  # from here on it lags
            self._let_time_pass()
            self._end_server()
            wait_for("the replica takes over", self._take_over, ANSWER_SECONDS)
        except BaseException:
            _end(replica)
            raise
        self._promoted = replica

    def undo(self):
        """Leaves a server of the stack behind, whatever it holds."""
        if self._promoted:
            self.set_back()
        self._floor.stack.redis.start()

    # ----------------------------------------------------------------------------------------------

    def _ask(self, *words, at=None):
        done = subprocess.run(["redis-cli", "-p", at or self._port, *words], check=False,
                              capture_output=True, text=True, timeout=ANSWER_SECONDS)  # fmt: skip
        return done.stdout.strip()

    def _start_replica(self):
        """A replica at the spare port that is in step."""
        replica = subprocess.Popen(
            [
                "redis-server", "--port", self._spare, "--bind", "127.0.0.1", "--save", "",
                "--appendonly", "no", "--replicaof", "127.0.0.1", self._port,
                "--dir", self._floor.layout.folder("replica"),
            ],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        linked = lambda: "master_link_status:up" in self._ask("INFO", "replication", at=self._spare)
        try:
            wait_for("the replica is in step", linked, ANSWER_SECONDS)
        except BaseException:
            _end(replica)
            raise
        return replica

    def _take_over(self):
        """Moves the replica to the port that everybody knows."""
        self._ask("CONFIG", "SET", "port", self._port, at=self._spare)
        return self._ask("PING") == "PONG"

    def _let_time_pass(self):
        time.sleep(0.3 + 1.5 * self._chance.random())

    def _end_server(self):
        if self._promoted:
            _end(self._promoted)
            self._promoted = None
        else:
            self._floor.kill("redis", signal.SIGKILL)

    def _start_with(self, dump):
        """Starts the stack's server; all it has is a dump, which is the base of its log."""
        folder = self._floor.layout.folder("redis", mode=0o700)
        shutil.rmtree(os.path.join(folder, "appendonlydir"), ignore_errors=True)
        log = self._floor.layout.folder("redis", "appendonlydir", mode=0o700)
        shutil.copy(dump, os.path.join(log, "appendonly.aof.1.base.rdb"))
        with open(os.path.join(log, "appendonly.aof.manifest"), "w", encoding="utf-8") as file:
            file.write("file appendonly.aof.1.base.rdb seq 1 type b\n")
        self._floor.stack.redis.start()


def _end(server):
    server.kill()
    server.wait()


__all__ = ["IndexHarm"]
