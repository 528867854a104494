-- Who has which places, who waits for which, and the referee between them: constraints.

CREATE SEQUENCE booking_numbers;

CREATE TABLE bookings (
  id                  text PRIMARY KEY,
  version             bigint NOT NULL CHECK (version >= 1),
  number              text NOT NULL,
  account             text NOT NULL,
  state               text NOT NULL CHECK (state IN ('HELD', 'PENDING_PAYMENT', 'BOOKED', 'USED',
                                                     'CANCELLED', 'EXPIRED')),
  run_id              text NOT NULL REFERENCES runs,
  kind                text NOT NULL CHECK (kind IN ('TRAIN', 'WINDOW')),
  display_name        text NOT NULL,
  time_zone           text NOT NULL,
  service_date        date NOT NULL,
  class_code          text NOT NULL,
  from_stop           int NOT NULL CHECK (from_stop >= 0),
  to_stop             int NOT NULL CHECK (to_stop > from_stop),
  from_station        text NOT NULL,
  from_name           text NOT NULL,
  to_station          text NOT NULL,
  to_name             text NOT NULL,
  departs_at          timestamptz NOT NULL,
  arrives_at          timestamptz NOT NULL,
  fare_minor          bigint NOT NULL CHECK (fare_minor >= 0),   -- of one place
  total_minor         bigint NOT NULL CHECK (total_minor >= 0),
  currency            text NOT NULL,
  payment             text NOT NULL DEFAULT '',
  created_at          timestamptz NOT NULL,
  expires_at          timestamptz,      -- of the hold
  due_at              timestamptz,      -- when a sweeper must look: hold expiry, then arrival
  cancel_reason       text NOT NULL DEFAULT '',
  rebooked_from       text NOT NULL DEFAULT '',
  rebooked_to         text NOT NULL DEFAULT '',
  demand              text NOT NULL DEFAULT '',
  holder              text NOT NULL,    -- the index's token for its places
  destination_country text NOT NULL DEFAULT '',
  CONSTRAINT bookings_number UNIQUE (number)
);
CREATE INDEX bookings_by_account ON bookings (account, id DESC);
CREATE INDEX bookings_due ON bookings (due_at) WHERE due_at IS NOT NULL;

CREATE TABLE booking_places (
  booking_id    text NOT NULL REFERENCES bookings,
  place_index   int NOT NULL,
  traveller_key text NOT NULL,
  passenger     text NOT NULL,
  masked_name   text NOT NULL,
  unit          int,                    -- of an ASSIGNED class
  coach         text NOT NULL DEFAULT '',
  number        text NOT NULL DEFAULT '',
  PRIMARY KEY (booking_id, place_index)
);

CREATE TABLE booking_history (
  booking_id text NOT NULL REFERENCES bookings,
  seq        int NOT NULL,
  state      text NOT NULL,
  at         timestamptz NOT NULL,
  cause      text NOT NULL,
  PRIMARY KEY (booking_id, seq)
);

-- A place taken over a stretch. booking_id may name a booking that stands only once a match is
-- accepted, so it is no foreign key. holder is the name under which the index holds the place.
CREATE TABLE allocations (
  booking_id  text NOT NULL,
  place_index int NOT NULL,
  holder      text NOT NULL,
  run_id      text NOT NULL REFERENCES runs,
  class_code  text NOT NULL,
  unit        int,                      -- null where places are counted
  legs        int4range NOT NULL CHECK (NOT isempty(legs)),
  live        boolean NOT NULL DEFAULT true,
  -- Nothing is oversold: two live allocations of one unit never share a leg.
  CONSTRAINT allocations_one_per_leg
    EXCLUDE USING gist (run_id WITH =, class_code WITH =, unit WITH =, legs WITH &&)
    WHERE (live AND unit IS NOT NULL)
);
CREATE INDEX allocations_by_booking ON allocations (booking_id) WHERE live;
CREATE INDEX allocations_by_holder ON allocations (holder) WHERE live;
CREATE INDEX allocations_by_run ON allocations (run_id) WHERE live;

-- What is taken of a COUNTED class, leg by leg; never more than its capacity.
CREATE TABLE leg_counts (
  run_id     text NOT NULL,
  class_code text NOT NULL,
  leg        int NOT NULL,
  capacity   int NOT NULL,
  taken      int NOT NULL,
  PRIMARY KEY (run_id, class_code, leg),
  FOREIGN KEY (run_id, class_code) REFERENCES run_classes,
  CONSTRAINT leg_counts_within_capacity CHECK (taken BETWEEN 0 AND capacity)
);

-- Where a traveller is when: never twice on one run, never in two places (W-15).
CREATE TABLE journeys (
  booking_id    text NOT NULL,
  traveller_key text NOT NULL,
  run_id        text NOT NULL REFERENCES runs,
  during        tstzrange NOT NULL CHECK (NOT isempty(during)),
  live          boolean NOT NULL DEFAULT true
);
-- Checked in the order of their making: a second ticket of one run is told as such.
CREATE UNIQUE INDEX journeys_one_per_run ON journeys (traveller_key, run_id) WHERE live;
ALTER TABLE journeys ADD CONSTRAINT journeys_no_overlap
  EXCLUDE USING gist (traveller_key WITH =, during WITH &&) WHERE (live);
CREATE INDEX journeys_by_booking ON journeys (booking_id) WHERE live;

-- The line. A demand's place in it is by effective_at, then by id.
CREATE TABLE demands (
  id           text PRIMARY KEY,
  version      bigint NOT NULL CHECK (version >= 1),
  order_name   text NOT NULL,
  account      text NOT NULL,
  payment      text NOT NULL,
  state        text NOT NULL CHECK (state IN ('WAITING', 'MATCHED', 'SERVED', 'WITHDRAWN',
                                              'FAILED')),
  run_id       text NOT NULL REFERENCES runs,
  class_code   text NOT NULL,
  from_stop    int NOT NULL CHECK (from_stop >= 0),
  to_stop      int NOT NULL CHECK (to_stop > from_stop),
  from_station text NOT NULL,
  to_station   text NOT NULL,
  departs_at   timestamptz NOT NULL,
  effective_at timestamptz NOT NULL,
  created_at   timestamptz NOT NULL,
  booking_id   text NOT NULL DEFAULT '',
  units        int[] NOT NULL DEFAULT '{}',  -- found for it, where places are numbered
  fail_reason  text NOT NULL DEFAULT ''
);
CREATE INDEX demands_waiting ON demands (run_id, effective_at, id) WHERE state = 'WAITING';
CREATE INDEX demands_departing ON demands (departs_at) WHERE state = 'WAITING';

CREATE TABLE demand_travellers (
  demand_id     text NOT NULL REFERENCES demands,
  place_index   int NOT NULL,
  traveller_key text NOT NULL,
  passenger     text NOT NULL,
  masked_name   text NOT NULL,
  PRIMARY KEY (demand_id, place_index)
);

-- What the record has committed and the index has not yet been told. Settled by telling it, or,
-- when that was lost, by rebuilding the run's index.
CREATE TABLE index_debts (
  id         bigserial PRIMARY KEY,
  run_id     text NOT NULL REFERENCES runs,
  created_at timestamptz NOT NULL
);
CREATE INDEX index_debts_by_age ON index_debts (created_at);
