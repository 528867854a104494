-- The referee in guarded rows (ADR 10): what is taken of a unit, a leg, a traveller's time is one
-- row each, changed only where it lets the change pass. Nothing refers to anything by foreign key
-- where a booking would pay for it: the statement that takes places has seen the run.

-- Whoever claims places of a run shares this lock, whoever raises its epoch or adds units has it
-- alone. Two runs may have one number; then they wait for each other, no more.
CREATE FUNCTION run_lock(run text) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN hashtextextended(run, 0);

-- The legs of a unit that are taken.
ALTER TABLE run_units ADD COLUMN taken int4multirange NOT NULL DEFAULT '{}';
ALTER TABLE run_units SET (fillfactor = 70);
UPDATE run_units AS u SET taken = t.legs
FROM (SELECT run_id, class_code, unit, range_agg(legs) AS legs FROM allocations
      WHERE live AND unit IS NOT NULL GROUP BY run_id, class_code, unit) AS t
WHERE u.run_id = t.run_id AND u.class_code = t.class_code AND u.unit = t.unit;

-- When a traveller travels and on which runs: never twice on one run, never in two places (W-15).
CREATE TABLE travellers (
  traveller_key text PRIMARY KEY,
  busy          tstzmultirange NOT NULL,
  runs          text[] NOT NULL,
  ends          timestamptz[] NOT NULL,  -- when the journey on each of the runs ends
  CHECK (cardinality(runs) = cardinality(ends))
) WITH (fillfactor = 70);
INSERT INTO travellers (traveller_key, busy, runs, ends)
SELECT traveller_key, range_agg(during), array_agg(run_id ORDER BY run_id),
       array_agg(upper(during) ORDER BY run_id)
FROM journeys WHERE live GROUP BY traveller_key;

-- Places that are taken, as long as they are, by the booking that has them or will stand once a
-- match is accepted. holder is the name under which the index holds them.
ALTER TABLE allocations RENAME TO allocations_before;
CREATE TABLE allocations (
  booking_id text PRIMARY KEY,
  holder     text NOT NULL,
  run_id     text NOT NULL,
  class_code text NOT NULL,
  from_stop  int NOT NULL CHECK (from_stop >= 0),
  to_stop    int NOT NULL CHECK (to_stop > from_stop),
  units      int[] NOT NULL,             -- one a traveller; empty where places are counted
  travellers text[] NOT NULL CHECK (cardinality(travellers) > 0),  -- their keys
  departs_at timestamptz NOT NULL,
  arrives_at timestamptz NOT NULL CHECK (arrives_at > departs_at),
  CHECK (cardinality(units) IN (0, cardinality(travellers)))
);
INSERT INTO allocations (booking_id, holder, run_id, class_code, from_stop, to_stop, units,
                         travellers, departs_at, arrives_at)
SELECT p.booking_id, p.holder, p.run_id, p.class_code, lower(p.legs), upper(p.legs), p.units,
       j.travellers, j.departs_at, j.arrives_at
FROM (SELECT booking_id, holder, run_id, class_code, legs,
             COALESCE(array_agg(unit ORDER BY place_index) FILTER (WHERE unit IS NOT NULL), '{}')
               AS units
      FROM allocations_before WHERE live
      GROUP BY booking_id, holder, run_id, class_code, legs) AS p
JOIN (SELECT booking_id, array_agg(traveller_key ORDER BY traveller_key) AS travellers,
             min(lower(during)) AS departs_at, max(upper(during)) AS arrives_at
      FROM journeys WHERE live GROUP BY booking_id) AS j ON j.booking_id = p.booking_id;
DROP TABLE allocations_before, journeys;
CREATE INDEX allocations_by_run ON allocations (run_id);
-- A booking made by its buyer holds its places under its own name: that is the primary key's.
CREATE INDEX allocations_by_other_holder ON allocations (holder) WHERE holder <> booking_id;

-- Numbers come from one sequence.
ALTER TABLE bookings DROP CONSTRAINT bookings_number, DROP CONSTRAINT bookings_run_id_fkey;
ALTER TABLE booking_places DROP CONSTRAINT booking_places_booking_id_fkey;
ALTER TABLE booking_history DROP CONSTRAINT booking_history_booking_id_fkey;
ALTER TABLE demands DROP CONSTRAINT demands_run_id_fkey;
ALTER TABLE demand_travellers DROP CONSTRAINT demand_travellers_demand_id_fkey;
ALTER TABLE index_debts DROP CONSTRAINT index_debts_run_id_fkey;
