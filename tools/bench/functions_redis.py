"""A Redis server of the benchmark's own, and how its functions are called and timed."""

import os
import pathlib
import re
import socket
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
LIBRARY = ROOT / "services" / "slot" / "storage" / "redis"
BASELINES = pathlib.Path(__file__).resolve().parent / "functions.lua"
PIPELINE = 100


def token_id(number):
    """An id as long as a booking's."""
    return f"bk-{number:026d}"


def demand_id(number):
    """An id as long as a demand's; ids in a row do not resemble each other."""
    mixed = (number * 0x9E3779B97F4A7C15F39CC0605CEDC835) % (1 << 128)
    return "dm-" + "".join(
        "0123456789abcdefghjkmnpqrstvwxyz"[mixed >> 5 * i & 31] for i in range(26)
    )


def _encoded(argv):
    parts = [part if isinstance(part, bytes) else str(part).encode() for part in argv]
    return b"*%d\r\n" % len(parts) + b"".join(
        b"$%d\r\n%s\r\n" % (len(part), part) for part in parts
    )


class Redis:
    """The server, with the library of slot and the baselines loaded."""

    def __init__(self, port):
        self._folder = tempfile.TemporaryDirectory(prefix="houbu-bench-")
        path = os.path.join(self._folder.name, "redis.sock")
        self._server = subprocess.Popen(
            ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--unixsocket", path,
             "--save", "", "--appendonly", "no", "--dir", self._folder.name],
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        self._socket = self._connected(path)
        self._replies = self._socket.makefile("rb", buffering=1 << 16)
        library = "\n".join(p.read_text() for p in sorted(LIBRARY.glob("*.lua")))
        self.command("FUNCTION", "LOAD", library)
        self.command("FUNCTION", "LOAD", BASELINES.read_text())

    @staticmethod
    def _connected(path):
        deadline = time.monotonic() + 10
        while True:
            connection = socket.socket(socket.AF_UNIX)
            try:
                connection.connect(path)
                return connection
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    def _read(self):
        line = self._replies.readline()[:-2]
        kind, rest = line[:1], line[1:]
        if kind == b"*":
            return [self._read() for _ in range(int(rest))]
        if kind == b"$":
            return None if rest == b"-1" else self._replies.read(int(rest) + 2)[:-2]
        if kind == b":":
            return int(rest)
        return "-" + rest.decode() if kind == b"-" else rest.decode()

    def command(self, *argv):
        """Sends one command that must not fail."""
        self._socket.sendall(_encoded(argv))
        reply = self._read()
        if isinstance(reply, str) and reply.startswith("-"):
            raise RuntimeError(reply)
        return reply

    def function(self, name, keys, args):
        """Calls a function that must not be refused."""
        return self.command("FCALL", name, len(keys), *keys, *args)

    def pipeline(self, calls):
        """Sends commands many at a time; gives all replies, refusals as text beginning with -."""
        replies = []
        for at in range(0, len(calls), PIPELINE):
            some = calls[at : at + PIPELINE]
            self._socket.sendall(b"".join(_encoded(call) for call in some))
            replies += [self._read() for _ in some]
        return replies

    def counted(self):
        """What Redis has counted of FCALL: calls, microseconds."""
        text = self.command("INFO", "commandstats").decode()
        found = re.search(r"cmdstat_fcall:calls=(\d+),usec=(\d+)", text)
        return (int(found[1]), int(found[2])) if found else (0, 0)

    def timed(self, calls):
        """Makes the calls: microseconds a call as Redis counts them, and the replies."""
        calls_before, before = self.counted()
        replies = self.pipeline(calls)
        calls_after, after = self.counted()
        return (after - before) / (calls_after - calls_before), replies

    def used_memory(self):
        """Bytes the data takes, with what the allocator adds."""
        return int(re.search(r"used_memory:(\d+)", self.command("INFO", "memory").decode())[1])

    def flush(self):
        """Deletes everything but the functions."""
        self.command("FLUSHALL", "SYNC")

    def close(self):
        """Ends the server."""
        self._socket.close()
        self._server.terminate()
        self._server.wait()
        self._folder.cleanup()
