"""The variants that referee.py compares: tables, statements and a random workload each."""

import dataclasses
import typing

LEGS = 20
TRIP = 5
UNITS = 1000
RUNS = 100
TRAVELLERS = 30_000


@dataclasses.dataclass(frozen=True)
class Variant:
    """What one variant needs: `statements` are (parameter types, SQL, columns of a batch)."""

    name: str
    schema: str
    statements: list
    bookings: typing.Callable
    counted: int = 0  # the statement whose row count tells how many bookings passed
    rows: typing.Callable = len

    def expected(self, number, taken):
        """Rows that the statement must report; None where nothing is known."""
        return self.rows(taken) if number == self.counted else None


def stretches(chance, count):
    """(run, unit, from, to), never two that overlap, in random order."""
    cells = RUNS * UNITS * (LEGS // TRIP)
    for cell in chance.sample(range(cells), count):
        seat, part = divmod(cell, LEGS // TRIP)
        run, unit = divmod(seat, UNITS)
        yield (f"run-g{run:04}-20261201", unit, part * TRIP, part * TRIP + TRIP)


def trips(chance, count):
    """(traveller, run, departure, arrival), never two of one traveller that overlap."""
    for cell in chance.sample(range(TRAVELLERS * 12), count):
        traveller, slot = divmod(cell, 12)
        day, half = divmod(slot, 2)
        begin = f"2026-12-{day + 1:02} {half * 12 + chance.randrange(6):02}:10+08"
        end = f"2026-12-{day + 1:02} {half * 12 + 7 + chance.randrange(4):02}:40+08"
        key = f"{traveller:08x}4f0a4e1f9c7733aa55661122"
        yield (key, f"run-g{chance.randrange(4000):04}-202612{day + 1:02}", begin, end)


def columns(*positions):
    """The given columns of a batch as arrays, in the order of the first two columns."""

    def pick(taken):
        ordered = sorted(taken)
        return [[row[p] for row in ordered] for p in positions]

    return pick


def leg_rows(taken):
    """One row a leg: run, unit, leg."""
    rows = sorted((run, unit, leg) for run, unit, a, b in taken for leg in range(a, b))
    return [[row[p] for row in rows] for p in range(3)]


def masks(render):
    """One row a unit: the legs of all its bookings in the batch, as the variant writes them."""

    def pick(taken):
        legs = {}
        for run, unit, begin, end, *_ in taken:
            legs.setdefault((run, unit), []).append((begin, end))
        found = sorted(legs.items())
        rendered = [render(stretch) for _, stretch in found]
        extra = list(zip(*rendered)) if isinstance(rendered[0], tuple) else [rendered]
        return [[k[0] for k, _ in found], [k[1] for k, _ in found], *map(list, extra)]

    return pick


def units_of(taken):
    """How many units the batch touches."""
    return len({row[:2] for row in taken})


def as_bits(stretch):
    """'00111...' over the legs of the run."""
    taken = {leg for begin, end in stretch for leg in range(begin, end)}
    return "".join("1" if leg in taken else "0" for leg in range(LEGS))


def as_wide_bits(stretch):
    """The same over 250 legs, whatever the run has."""
    return as_bits(stretch).ljust(250, "0")


def as_numbers(stretch):
    """Four numbers of 62 legs each."""
    mask = int(as_wide_bits(stretch)[::-1], 2)
    return tuple((mask >> shift) & ((1 << 63) - 1) for shift in (0, 63, 126, 189))


def as_ranges(stretch):
    """'{[0,5),[5,10)}'."""
    return "{" + ",".join(f"[{begin},{end})" for begin, end in sorted(stretch)) + "}"


UNIT_ROWS = f"""
  CREATE TABLE units (run_id text, class_code text, unit int, coach text, number text, {{taken}},
                      PRIMARY KEY (run_id, class_code, unit)) WITH (fillfactor = 70);
  INSERT INTO units
  SELECT 'run-g' || lpad(r::text, 4, '0') || '-20261201', 'second', u, '01', '01A', {{empty}}
  FROM generate_series(0, {RUNS - 1}) AS r, generate_series(0, {UNITS - 1}) AS u"""


def guarded(name, taken, empty, render, types, guard, change):
    """A variant that keeps what is taken of a unit in one row."""
    names = [f"m{i}" for i in range(types.count(",") + 1)]
    marks = ", ".join(f"${i + 3}" for i in range(len(names)))
    sql = f"""
      UPDATE units AS u SET {change}
      FROM unnest($1::text[], $2::int[], {marks}) AS n(run_id, unit, {', '.join(names)})
      WHERE u.run_id = n.run_id AND u.class_code = 'second' AND u.unit = n.unit AND {guard}"""
    schema = UNIT_ROWS.format(taken=taken, empty=empty)
    return Variant(
        name, schema, [(f"text[], int[], {types}", sql, masks(render))], stretches, rows=units_of
    )


UNIT_VARIANTS = [
    Variant(
        "exclusion",
        """CREATE TABLE allocations (run_id text, class_code text, unit int, legs int4range,
             live boolean DEFAULT true,
             EXCLUDE USING gist (run_id WITH =, class_code WITH =, unit WITH =, legs WITH &&)
             WHERE (live AND unit IS NOT NULL))""",
        [("text[], int[], int[], int[]",
          """INSERT INTO allocations (run_id, class_code, unit, legs)
             SELECT r, 'second', u, int4range(a, b)
             FROM unnest($1::text[], $2::int[], $3::int[], $4::int[]) AS n(r, u, a, b)""",
          columns(0, 1, 2, 3))],
        stretches,
    ),
    Variant(
        "leg_rows",
        """CREATE TABLE allocations (run_id text, class_code text, unit int, leg int,
             PRIMARY KEY (run_id, class_code, unit, leg))""",
        [("text[], int[], int[]",
          """INSERT INTO allocations (run_id, class_code, unit, leg)
             SELECT r, 'second', u, l
             FROM unnest($1::text[], $2::int[], $3::int[]) AS n(r, u, l)
             ON CONFLICT DO NOTHING""",
          leg_rows)],
        stretches,
        rows=lambda taken: len(taken) * TRIP,
    ),
    guarded("mask_bits", f"taken bit varying DEFAULT '{'0' * LEGS}'", f"'{'0' * LEGS}'", as_bits,
            "varbit[]", "u.taken & n.m0 = ~(n.m0 | ~n.m0)", "taken = u.taken | n.m0"),
    guarded("mask_bit250", "taken bit(250)", "repeat('0', 250)::bit(250)", as_wide_bits,
            "bit(250)[]", "u.taken & n.m0 = repeat('0', 250)::bit(250)",
            "taken = u.taken | n.m0"),
    guarded("mask_bigints", "a bigint, b bigint, c bigint, d bigint", "0, 0, 0, 0", as_numbers,
            "bigint[], bigint[], bigint[], bigint[]",
            "(u.a & m0) = 0 AND (u.b & m1) = 0 AND (u.c & m2) = 0 AND (u.d & m3) = 0",
            "a = u.a | m0, b = u.b | m1, c = u.c | m2, d = u.d | m3"),
    guarded("mask_ranges", "taken int4multirange", "'{}'", as_ranges, "int4multirange[]",
            "NOT u.taken && n.m0", "taken = u.taken + n.m0"),
]  # fmt: skip


def slot_rows(taken):
    """One row a half hour: traveller, slot; and the journeys."""
    rows = []
    for key, _, begin, end in taken:
        day = int(begin[8:10]) * 48
        first, last = (day + int(t[11:13]) * 2 + int(t[14:16]) // 30 for t in (begin, end))
        rows += [(key, slot) for slot in range(first, last + 1)]
    rows.sort()
    return [[row[p] for row in rows] for p in range(2)]


def by_traveller(taken):
    """One row a traveller: the times and runs of all journeys in the batch."""
    found = {}
    for key, run, begin, end in taken:
        times, runs = found.setdefault(key, ([], []))
        times.append(f"[{begin},{end})")
        runs.append(run)
    rows = sorted(found.items())
    return [
        [key for key, _ in rows],
        ["{" + ",".join(times) + "}" for _, (times, _) in rows],
        ["{" + ",".join(runs) + "}" for _, (_, runs) in rows],
    ]


TRAVELLER_VARIANTS = [
    Variant(
        "exclusion",
        """CREATE TABLE journeys (traveller_key text, run_id text, during tstzrange,
             live boolean DEFAULT true);
           CREATE UNIQUE INDEX ON journeys (traveller_key, run_id) WHERE live;
           ALTER TABLE journeys ADD EXCLUDE USING gist (traveller_key WITH =, during WITH &&)
             WHERE (live)""",
        [("text[], text[], timestamptz[], timestamptz[]",
          """INSERT INTO journeys (traveller_key, run_id, during)
             SELECT k, r, tstzrange(a, b)
             FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::timestamptz[])
               AS n(k, r, a, b)""",
          columns(0, 1, 2, 3))],
        trips,
    ),
    Variant(
        "slot_rows",
        """CREATE TABLE slots (traveller_key text, slot int, PRIMARY KEY (traveller_key, slot));
           CREATE TABLE journeys (traveller_key text, run_id text,
             PRIMARY KEY (traveller_key, run_id))""",
        [("text[], int[]",
          """INSERT INTO slots SELECT k, s FROM unnest($1::text[], $2::int[]) AS n(k, s)
             ON CONFLICT DO NOTHING""",
          slot_rows),
         ("text[], text[]",
          """INSERT INTO journeys SELECT k, r FROM unnest($1::text[], $2::text[]) AS n(k, r)
             ON CONFLICT DO NOTHING""",
          columns(0, 1))],
        trips,
        counted=1,
    ),
    Variant(
        "one_row",
        """CREATE TABLE travellers (traveller_key text PRIMARY KEY, busy tstzmultirange,
             runs text[]) WITH (fillfactor = 70)""",
        [("text[], tstzmultirange[], text[]",
          """INSERT INTO travellers AS t (traveller_key, busy, runs)
             SELECT k, b, r::text[]
             FROM unnest($1::text[], $2::tstzmultirange[], $3::text[]) AS n(k, b, r)
             ON CONFLICT (traveller_key)
             DO UPDATE SET busy = t.busy + excluded.busy, runs = t.runs || excluded.runs
             WHERE NOT t.busy && excluded.busy AND NOT t.runs && excluded.runs""",
          by_traveller)],
        trips,
        rows=lambda taken: len({row[0] for row in taken}),
    ),
]  # fmt: skip

GROUPS = {"units": UNIT_VARIANTS, "travellers": TRAVELLER_VARIANTS}
