"""Figures of size: what a waiting demand takes, and the longest any call takes."""

import random
import statistics

from figure import Figure
from functions_redis import demand_id, token_id
from functions_run import BASE_MICROSECOND, EPOCH, coaches_of

LEGS = 20
WAITING_A_RUN = 1_000
CLASSES = (("second", "a", 1000), ("first", "a", 100), ("standing", "c", 100))


def _key(number):
    return f"h:{{s{number % 8:02d}}}:r:rn-{number:026d}"


def _sell_out(redis, key, generation, classes):
    """Tells a run that is being loaded that nothing of these classes is free."""
    part = [generation]
    for code, kind, units, legs in classes:
        for leg in range(legs):
            part += [code, leg, bytes(4 if kind == "c" else (units + 7) // 8)]
    redis.function("houbu_load_free", [key], part)


def _load(redis, number, waiting, serial):
    """Loads a run that is sold out, with so many waiting."""
    key, head = _key(number), [EPOCH, LEGS, "o"]
    for code, kind, units in CLASSES:
        head += [code, kind, units, coaches_of(units) if kind == "a" else "", "", ""]
    generation = redis.function("houbu_load_begin", [key], head).decode()
    _sell_out(redis, key, generation, [(*sold, LEGS) for sold in CLASSES])
    part = []
    for code, kind, units in CLASSES:
        # Parties of 100 have everything: what is sold takes as good as nothing.
        for at in range(0, units, 100):
            list_of = ",".join(map(str, range(at, at + 100))) if kind == "a" else ""
            part += [token_id(len(part)), code, 0, LEGS, 100, "t" + list_of]
    for i in range(waiting):
        start = random.randint(0, LEGS - 1)
        end = min(LEGS, start + random.randint(1, 10))
        code = random.choice(("second", "second", "second", "first", "standing"))
        party = random.choice((1, 1, 1, 2, 2, 3))
        part += [demand_id(serial + i), code, start, end, party, f"w{BASE_MICROSECOND + i}"]
    for at in range(0, len(part), 600):
        redis.function("houbu_load_part", [key], [generation, *part[at : at + 600]])
    redis.function("houbu_load_end", [key], [generation])


def _bytes_a_run(redis, runs, waiting):
    redis.flush()
    before = redis.used_memory()
    for number in range(runs):
        _load(redis, number, waiting, number * WAITING_A_RUN)
    return (redis.used_memory() - before) / runs


def bytes_per_demand(redis, short):
    """What a waiting demand takes in Redis, everything counted."""
    runs = 20 if short else 200
    _bytes_a_run(redis, runs, WAITING_A_RUN)  # what the server grows to once is nobody's
    values = []
    for _ in range(5):
        with_none, with_some = (_bytes_a_run(redis, runs, n) for n in (0, WAITING_A_RUN))
        values.append((with_some - with_none) / WAITING_A_RUN)
    how = (
        f"used_memory of {runs} runs of {LEGS} legs and three classes with {WAITING_A_RUN:,} "
        "waiting each (random trips, parties of 1 to 3, ids of 29 letters), less that of such runs "
        "with none; 10 million over 10,000 runs take ten million times this"
    )
    yield Figure.of("bytes_per_demand", values, "bytes", how)


class Timed:
    """Calls functions one at a time and notes how long each took."""

    def __init__(self, redis):
        self._redis = redis
        self.taken = []  # (function, milliseconds), in the order of the calls

    def function(self, name, keys, args):
        """Calls a function; it may be refused."""
        cost, replies = self._redis.timed([("FCALL", name, len(keys), *keys, *args)])
        self.taken.append((name, cost / 1000))
        return replies[0]


def _heavy_life(redis, short):
    """The heaviest calls there are: a large run loaded in parts as slot does, a crowd of kinds
    waiting, everything given back at once, added to, looked at, replaced and removed."""
    legs, units = 40, 1000
    key, epoch = _key(0), 1
    for replaced in range(2):
        head = [epoch + replaced, legs, "o", "second", "a", units, coaches_of(units), "", "AB"]
        generation = redis.function("houbu_load_begin", [key], head).decode()
        _sell_out(redis, key, generation, [("second", "a", units, legs)])
        parts, work, serial = [[generation]], 0, 0
        for unit in range(units):
            if unit >= units - 100:
                continue
            for start in range(0, legs, 5):
                serial += 1
                if work + 5 > 500:
                    parts, work = [*parts, [generation]], 0
                work += 5
                parts[-1] += [token_id(serial), "second", start, start + 5, 1, f"t{unit}"]
        crowd = ",".join(map(str, range(units - 100, units)))
        parts.append([generation, "bk-crowd", "second", 0, legs, 100, "t" + crowd])
        for i in range(2_000 if short else 10_000):
            serial += 1
            start = random.randint(0, legs - 1)
            end = random.randint(start + 1, legs)
            if i % 35 == 0:
                parts.append([generation])
            waiting = f"w{BASE_MICROSECOND + i}"
            party = random.randint(1, 9)
            parts[-1] += [demand_id(serial), "second", start, end, party, waiting]
        for part in parts:
            redis.function("houbu_load_part", [key], part)
        redis.function("houbu_load_end", [key], [generation])
    now = epoch + 1
    left = redis.function("houbu_release", [key], [now, "bk-crowd"])[2]
    while left:
        left = redis.function("houbu_serve", [key], [now])[1]
    for number in range(1, 200):
        redis.function("houbu_release", [key], [now, token_id(number)])
        token = token_id(1_000_000 + number)
        redis.function("houbu_allocate", [key], [now, "second", 0, legs, 100, token, "A"])
    redis.function("houbu_add_capacity", [key], [now, "second", units, 500, 0])
    bucket, cursor = b"0", b"0"
    while bucket:
        page = redis.function("houbu_state", [key], [bucket.decode(), cursor.decode()])
        bucket, cursor = page[5], page[6]
    redis.function("houbu_vacancy", [key], [])
    redis.function("houbu_remove", [key], [now])


def slowest_function_ms(redis, short):
    """The longest any call takes: the same life five times, each of its calls by its median, for
    the machine does other things meanwhile."""
    lives = []
    for _ in range(5):
        redis.flush()
        random.seed(20261201)
        life = Timed(redis)
        _heavy_life(life, short)
        lives.append(life.taken)
    calls = [[life[i] for life in lives] for i in range(len(lives[0]))]
    slowest = max(calls, key=lambda call: statistics.median(taken for _, taken in call))
    how = (
        "the longest of some thousand calls, each the median of five lives: a run of 1,000 units "
        "and 40 legs with 10,000 waiting for some 6,000 kinds, loaded in parts and replaced, a "
        "party of 100 given back at once, units added, looked at, removed; it is " + slowest[0][0]
    )
    yield Figure.of("slowest_function_ms", [taken for _, taken in slowest], "ms", how)


FIGURES = {"bytes_per_demand": bytes_per_demand, "slowest_function_ms": slowest_function_ms}
