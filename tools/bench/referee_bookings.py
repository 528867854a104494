"""Layouts of a whole booking that referee.py compares: every row that one booking commits."""

import uuid

from referee_variants import RUNS, UNITS, Variant, as_ranges, masks, stretches

COMMON = """
  CREATE TABLE outbox (id text PRIMARY KEY, seq bigserial, aggregate text, target text, method text,
    payload bytea, traceparent text, due_at timestamptz, attempts int DEFAULT 0,
    refusals int DEFAULT 0, lease_until timestamptz, parked_at timestamptz, last_error text,
    created_at timestamptz);
  CREATE UNIQUE INDEX ON outbox (aggregate, seq);
  CREATE INDEX ON outbox (due_at, seq);
  CREATE TABLE request_answers (caller text, method text, request_id text, fingerprint text,
    answer bytea, created_at timestamptz, PRIMARY KEY (caller, method, request_id));
"""

TRIP_COLUMNS = """
  id text PRIMARY KEY, version bigint, number text, account text, state text, run_id text,
  kind text, display_name text, time_zone text, service_date date, class_code text, from_stop int,
  to_stop int, from_station text, from_name text, to_station text, to_name text,
  departs_at timestamptz, arrives_at timestamptz, fare_minor bigint, total_minor bigint,
  currency text, payment text, created_at timestamptz, expires_at timestamptz,
  due_at timestamptz, cancel_reason text DEFAULT '', rebooked_from text DEFAULT '',
  rebooked_to text DEFAULT '', demand text DEFAULT '', holder text,
  destination_country text DEFAULT ''"""

BOOKING_INDEXES = """
  CREATE INDEX ON bookings (account, id DESC);
  CREATE INDEX ON bookings (due_at) WHERE due_at IS NOT NULL;
"""

RUN_ROWS = f"""
  CREATE TABLE runs (id text PRIMARY KEY, epoch bigint DEFAULT 1);
  INSERT INTO runs SELECT 'run-g' || lpad(r::text, 4, '0') || '-20261201'
  FROM generate_series(0, {RUNS - 1}) AS r;
  CREATE TABLE units (run_id text, class_code text, unit int, coach text, number text,
    taken int4multirange, PRIMARY KEY (run_id, class_code, unit)) WITH (fillfactor = 70);
  INSERT INTO units SELECT id, 'second', u, '01', '01A', '{{{{}}}}'
  FROM runs, generate_series(0, {UNITS - 1}) AS u;
"""

TEN = "2026-11-20 10:00:00.123456+08"


def bookings(chance, count):
    """(run, unit, from, to, id, traveller, departure, arrival); see stretches() and trips()."""
    taken = {}
    traveller = 0
    for serial, (run, unit, begin, end) in enumerate(stretches(chance, count)):
        while True:
            traveller = (traveller + 1) % 30_000
            runs = taken.setdefault(traveller, [])
            if run not in runs:
                break
        runs.append(run)
        day = f"2026-12-{len(runs):02}"
        booking = f"bk-0193{serial:012x}{uuid.UUID(int=chance.getrandbits(128)).hex[:16]}"
        key = f"{traveller:08x}4f0a4e1f9c7733aa55661122"
        yield (run, unit, begin, end, booking, key, f"{day} 08:10+08", f"{day} 12:40+08")


def values(*makers):
    """A column for each maker, ordered by booking."""

    def pick(taken):
        ordered = sorted(taken, key=lambda row: row[4])
        return [[make(row) for row in ordered] for make in makers]

    return pick


def ident(row):
    return row[4]


def passenger(row):
    return f"accounts/ac-0193{row[5]}/passengers/ps-{row[4][3:]}"


def account(row):
    return f"accounts/ac-0193{row[5]}"


BOOKING_FIELDS = [
    ("text", ident), ("text", lambda r: "YJ20261120" + r[4][7:19]), ("text", account),
    ("text", lambda r: r[0]), ("text", lambda r: "G1"), ("text", lambda r: "Asia/Shanghai"),
    ("date", lambda r: "2026-12-01"), ("text", lambda r: "second"), ("int", lambda r: r[2]),
    ("int", lambda r: r[3]), ("text", lambda r: "BJP"), ("text", lambda r: "北京南"),
    ("text", lambda r: "AOH"), ("text", lambda r: "上海虹桥"), ("timestamptz", lambda r: r[6]),
    ("timestamptz", lambda r: r[7]), ("bigint", lambda r: 55300),
    ("text", lambda r: "payments/pm-" + r[4][3:]), ("timestamptz", lambda r: TEN),
]  # fmt: skip

BOOKING_TARGET = """id, number, account, run_id, display_name, time_zone, service_date, class_code,
  from_stop, to_stop, from_station, from_name, to_station, to_name, departs_at, arrives_at,
  fare_minor, payment, created_at"""


def booking_statement(*folded):
    """Inserts bookings, with these columns besides: (name, type, SQL around it, maker)."""
    fields = BOOKING_FIELDS + [("text", f[3]) for f in folded]
    marks = ", ".join(f"${i + 1}" for i in range(len(fields)))
    names = "".join(f", {f[0]}" for f in folded)
    source = "".join(f", {f[0]}::{f[1]}" for f in folded)
    sql = f"""
      INSERT INTO bookings ({BOOKING_TARGET}{names}, version, state, kind, total_minor, currency,
        expires_at, due_at, holder)
      SELECT {BOOKING_TARGET}{source}, 1, 'HELD', 'TRAIN', fare_minor, 'CNY',
        created_at + interval '10 min', created_at + interval '10 min', id
      FROM unnest({marks}) AS n({BOOKING_TARGET}{names})"""
    types = ", ".join(f"{t}[]" for t, _ in fields)
    return (types, sql, values(*(make for _, make in fields)))


PLACES = ("text[], text[], text[], text[], int[]",
          """INSERT INTO booking_places (booking_id, place_index, traveller_key, passenger,
               masked_name, unit, coach, number)
             SELECT b, 0, k, p, m, u, '01', '01A'
             FROM unnest($1, $2, $3, $4, $5) AS n(b, k, p, m, u)""",
          values(ident, lambda r: r[5], passenger, lambda r: "旅**", lambda r: r[1]))  # fmt: skip
HISTORY = ("text[], timestamptz[]",
           """INSERT INTO booking_history SELECT b, 1, 'HELD', t, 'CREATED'
              FROM unnest($1, $2) AS n(b, t)""",
           values(ident, lambda r: TEN))  # fmt: skip
ANSWERS = ("text[], text[], text[], bytea[]",
           """INSERT INTO request_answers
              SELECT c, '/houbu.slot.v1.BookingService/CreateBooking', i, f, a, now()
              FROM unnest($1, $2, $3, $4) AS n(c, i, f, a) ON CONFLICT DO NOTHING""",
           values(account, lambda r: str(uuid.uuid5(uuid.NAMESPACE_OID, r[4])),
                  lambda r: r[4][3:] * 2, lambda r: "x" * 400))  # fmt: skip
CALLS = ("text[], text[], bytea[]",
         """INSERT INTO outbox (id, aggregate, target, method, payload, traceparent, due_at,
              created_at)
            SELECT i, a, 'payment', '/houbu.payment.v1.PaymentService/CreatePayment', p, '', now(),
              now()
            FROM unnest($1, $2, $3) AS n(i, a, p)""",
         values(lambda r: str(uuid.uuid5(uuid.NAMESPACE_URL, r[4])),
                lambda r: "bookings/" + r[4], lambda r: "x" * 250))  # fmt: skip
TAKE_UNITS = ("text[], int[], int4multirange[]",
              """UPDATE units AS u SET taken = u.taken + n.legs
                 FROM unnest($1, $2, $3) AS n(run_id, unit, legs)
                 WHERE u.run_id = n.run_id AND u.class_code = 'second' AND u.unit = n.unit
                   AND NOT u.taken && n.legs""",
              masks(as_ranges))  # fmt: skip
TAKE_TRAVELLERS = ("text[], text[], timestamptz[], timestamptz[]",
                   """INSERT INTO travellers AS t (traveller_key, busy, runs)
                      SELECT k, tstzmultirange(tstzrange(a, b)), ARRAY[r]
                      FROM unnest($1, $2, $3, $4) AS n(k, r, a, b)
                      ON CONFLICT (traveller_key)
                      DO UPDATE SET busy = t.busy + excluded.busy, runs = t.runs || excluded.runs
                      WHERE NOT t.busy && excluded.busy AND NOT t.runs && excluded.runs""",
                   values(*(lambda r, p=p: r[p] for p in (5, 0, 6, 7))))  # fmt: skip
ALLOCATE = ("text[], text[], int[], int[], int[], text[], timestamptz[], timestamptz[]",
            """INSERT INTO allocations
               SELECT b, b, r, 'second', ARRAY[u], f, t, ARRAY[k], d, a
               FROM unnest($1, $2, $3, $4, $5, $6, $7, $8) AS n(b, r, u, f, t, k, d, a)""",
            values(ident, *(lambda r, p=p: r[p] for p in (0, 1, 2, 3, 5, 6, 7))))  # fmt: skip

GUARDS = """
  CREATE TABLE travellers (traveller_key text PRIMARY KEY, busy tstzmultirange, runs text[])
    WITH (fillfactor = 70);
"""
CLAIMS = """
  CREATE TABLE allocations (booking_id text PRIMARY KEY, holder text, run_id text, class_code text,
    units int[], from_stop int, to_stop int, travellers text[], departs_at timestamptz,
    arrives_at timestamptz);
  CREATE INDEX ON allocations (run_id);
  CREATE INDEX ON allocations (holder) WHERE holder <> booking_id;
"""
SIDE_TABLES = """
  CREATE TABLE booking_places (booking_id text {reference}, place_index int, traveller_key text,
    passenger text, masked_name text, unit int, coach text, number text,
    PRIMARY KEY (booking_id, place_index));
  CREATE TABLE booking_history (booking_id text {reference}, seq int, state text, at timestamptz,
    cause text, PRIMARY KEY (booking_id, seq));
"""


def by_place(row):
    return (
        f'[{{"key":"{row[5]}","passenger":"{passenger(row)}","name":"旅**","unit":{row[1]},'
        f'"coach":"01","number":"01A"}}]'
    )


def by_step(_):
    return f'[{{"state":"HELD","at":"{TEN}","cause":"CREATED"}}]'


def typed_place(row):
    inner = f"({row[5]},{passenger(row)},旅**,{row[1]},01,01A)"
    return '{"' + inner + '"}'


def typed_step(_):
    return '{"(HELD,\\"' + TEN + '\\",CREATED)"}'


GUARDED = [ALLOCATE, TAKE_TRAVELLERS, TAKE_UNITS, ANSWERS, CALLS]

PRESENT = Variant(
    "present",
    COMMON
    + RUN_ROWS.format()
    + f"""
    CREATE TABLE bookings ({TRIP_COLUMNS}, UNIQUE (number), FOREIGN KEY (run_id) REFERENCES runs);
    {BOOKING_INDEXES}"""
    + SIDE_TABLES.format(reference="REFERENCES bookings")
    + """
    CREATE TABLE allocations (booking_id text, place_index int, holder text,
      run_id text REFERENCES runs, class_code text, unit int, legs int4range,
      live boolean DEFAULT true,
      EXCLUDE USING gist (run_id WITH =, class_code WITH =, unit WITH =, legs WITH &&)
      WHERE (live AND unit IS NOT NULL));
    CREATE INDEX ON allocations (booking_id) WHERE live;
    CREATE INDEX ON allocations (holder) WHERE live;
    CREATE INDEX ON allocations (run_id) WHERE live;
    CREATE TABLE journeys (booking_id text, traveller_key text, run_id text REFERENCES runs,
      during tstzrange, live boolean DEFAULT true);
    CREATE UNIQUE INDEX ON journeys (traveller_key, run_id) WHERE live;
    ALTER TABLE journeys ADD EXCLUDE USING gist (traveller_key WITH =, during WITH &&)
      WHERE (live);
    CREATE INDEX ON journeys (booking_id) WHERE live;""",
    [
        booking_statement(),
        PLACES,
        HISTORY,
        (
            "text[], text[], timestamptz[], timestamptz[], text[]",
            """INSERT INTO journeys (booking_id, traveller_key, run_id, during)
               SELECT b, k, r, tstzrange(f, t)
               FROM unnest($1, $2, $3, $4, $5) AS n(b, k, f, t, r)""",
            values(ident, *(lambda r, p=p: r[p] for p in (5, 6, 7, 0))),
        ),
        (
            "text[], text[], int[], int[], int[]",
            """INSERT INTO allocations (booking_id, place_index, holder, run_id, class_code, unit,
                 legs)
               SELECT b, 0, b, r, 'second', u, int4range(f, t)
               FROM unnest($1, $2, $3, $4, $5) AS n(b, r, u, f, t)""",
            values(ident, *(lambda r, p=p: r[p] for p in (0, 1, 2, 3))),
        ),
        ANSWERS,
        CALLS,
    ],
    bookings,
)


def lean(name, extra, statements, folded=(), indexes=""):
    """A layout under the guards; nothing refers to anything by foreign key."""
    more = "".join(f", {f[0]} {f[1]}" for f in folded)
    schema = (
        COMMON
        + RUN_ROWS.format()
        + GUARDS
        + extra
        + f"CREATE TABLE bookings ({TRIP_COLUMNS}{more});"
        + BOOKING_INDEXES
        + indexes
    )
    return Variant(name, schema, [booking_statement(*folded), *statements], bookings)


VARIANTS = [
    PRESENT,
    lean("side_tables", CLAIMS + SIDE_TABLES.format(reference=""), [PLACES, HISTORY, *GUARDED]),
    lean("jsonb", CLAIMS, GUARDED,
         [("places", "jsonb", None, by_place), ("history", "jsonb", None, by_step)]),
    lean("typed_arrays",
         CLAIMS + """
         CREATE TYPE booking_place AS (traveller_key text, passenger text, masked_name text,
           unit int, coach text, number text);
         CREATE TYPE booking_step AS (state text, at timestamptz, cause text);""",
         GUARDED,
         [("places", "booking_place[]", None, typed_place),
          ("history", "booking_step[]", None, typed_step)]),
    lean("no_claims_row", """
         CREATE TYPE booking_place AS (traveller_key text, passenger text, masked_name text,
           unit int, coach text, number text);
         CREATE TYPE booking_step AS (state text, at timestamptz, cause text);""",
         [TAKE_TRAVELLERS, TAKE_UNITS, ANSWERS, CALLS],
         [("places", "booking_place[]", None, typed_place),
          ("history", "booking_step[]", None, typed_step)],
         indexes="CREATE INDEX ON bookings (run_id) WHERE state IN ('HELD', 'BOOKED');"),
]  # fmt: skip
