"""A run in the index, sold and given back by the benchmark."""

import random

from functions_redis import token_id

EPOCH = 1
BASE_MICROSECOND = 1_793_491_200_000_000
SECOND = "second"


def coaches_of(units):
    """The sizes of coaches of at most a hundred units."""
    return ",".join(["100"] * (units // 100) + ([str(units % 100)] if units % 100 else []))


class Run:
    """One run; `held` is what was sold and not given back: (token, from, to, units)."""

    def __init__(self, redis, name, legs, units, kind="a"):
        self.redis, self.legs, self.held = redis, legs, []
        self.key = "h:{s00}:r:" + name
        self._serial = 0
        coaches = coaches_of(units) if kind == "a" else ""
        head = [EPOCH, legs, "o", SECOND, kind, units, coaches, "", ""]
        generation = redis.function("houbu_load_begin", [self.key], head)
        redis.function("houbu_load_end", [self.key], [generation.decode()])

    def call(self, name, *args):
        """A call of a function for this run, to be sent later."""
        return ("FCALL", "houbu_" + name, 1, self.key, EPOCH, *args)

    def random_stretch(self, trip):
        """Boarding and alighting stop of a random trip."""
        start = random.randint(0, self.legs - trip)
        return start, start + trip

    def buying(self, start, end, party=1):
        """The call that buys, with a token of its own."""
        self._serial += 1
        return self.call("allocate", SECOND, start, end, party, token_id(self._serial), "")

    def note(self, calls, replies):
        """Notes who got places, and tells the index that the record has them; gives how many."""
        sold = [(call[9], call[6], call[7], reply) for call, reply in zip(calls, replies)
                if isinstance(reply, list)]  # fmt: skip
        if sold:
            tokens = [token for token, *_ in sold]
            self.redis.command("FCALL", "houbu_confirm", 1, self.key, *tokens)
        self.held += sold
        return len(sold)

    def sell_out(self, trip, party=1):
        """Sells random trips until half of a hundred buyers find nothing."""
        sold = 100
        while sold >= 50:
            calls = [self.buying(*self.random_stretch(trip), party) for _ in range(100)]
            sold = self.note(calls, self.redis.pipeline(calls))

    def giving_back(self, count):
        """The calls that give back what `count` random buyers have."""
        random.shuffle(self.held)
        gone, self.held = self.held[:count], self.held[count:]
        return [self.call("release", token) for token, *_ in gone]

    def churn(self, trip, count, party=1):
        """Gives back and sells on the same number of times: microseconds of each call."""
        released, _ = self.redis.timed(self.giving_back(count))
        calls = [self.buying(*self.random_stretch(trip), party) for _ in range(count)]
        bought, replies = self.redis.timed(calls)
        self.note(calls, replies)
        return bought, released
