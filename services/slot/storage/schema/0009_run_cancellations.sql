-- Runs an operator cancelled: closed for good. Their bookings are cancelled and those who wait for
-- them are told one by one afterwards, found by what is left of them.

ALTER TABLE runs ADD COLUMN cancelled boolean NOT NULL DEFAULT false;

CREATE TABLE run_cancellations (
  run_id       text PRIMARY KEY,
  reason       text NOT NULL,
  cancelled_at timestamptz NOT NULL,
  bookings     int NOT NULL CHECK (bookings >= 0),  -- that had places then
  demands      int NOT NULL CHECK (demands >= 0),   -- that waited then
  over_at      timestamptz NOT NULL,  -- from when on nothing new can come to the run
  done_at      timestamptz            -- nothing is left, and nothing new can come
);
CREATE INDEX run_cancellations_open ON run_cancellations (over_at) WHERE done_at IS NULL;
