-- Which server serves the index, so that one thrown back in time is noticed; and whose index it is.

-- One row: what marks an index as this deployment's.
CREATE TABLE deployment (
  id   text NOT NULL,
  sole boolean PRIMARY KEY DEFAULT true CHECK (sole)
);
INSERT INTO deployment (id) VALUES (gen_random_uuid()::text);

-- The home of a shard: which life of which server holds it. Another home takes the next number;
-- whatever was indexed in an earlier one is void.
CREATE TABLE index_homes (
  shard     int PRIMARY KEY CHECK (shard >= 0),
  server    text NOT NULL DEFAULT '',   -- its identity; '' before the first
  home      bigint NOT NULL DEFAULT 0,
  mark      bigint NOT NULL DEFAULT 0,  -- counts on; the index has it first, then this
  moved_at  timestamptz NOT NULL DEFAULT 'epoch',
  marked_at timestamptz NOT NULL DEFAULT 'epoch'
);

-- What is owed to one run's index is looked up when it is rebuilt or compared.
CREATE INDEX index_debts_by_run ON index_debts (run_id);
