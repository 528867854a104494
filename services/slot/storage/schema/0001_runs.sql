-- What can be travelled: stations, and runs with their stops, classes, units and fares.

CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE TABLE stations (
  id   text PRIMARY KEY,
  name text NOT NULL,
  city text NOT NULL DEFAULT '',
  zone text NOT NULL,  -- IANA
  lat  double precision NOT NULL DEFAULT 0,
  lon  double precision NOT NULL DEFAULT 0
);
CREATE INDEX stations_by_name ON stations (name);
CREATE INDEX stations_by_city ON stations (city);

-- A run happens once: a train on a day, a station's window on a day.
CREATE TABLE runs (
  id           text PRIMARY KEY,
  kind         text NOT NULL CHECK (kind IN ('TRAIN', 'WINDOW')),
  display_name text NOT NULL,
  trip         text NOT NULL DEFAULT '',  -- the timetable's trip, or the window's pattern
  service_date date NOT NULL,             -- in time_zone
  time_zone    text NOT NULL,             -- IANA
  sale_open_at timestamptz NOT NULL,
  departs_at   timestamptz NOT NULL,      -- from its first stop
  -- The index of a run is valid for one epoch; a rebuild takes the next one.
  epoch        bigint NOT NULL DEFAULT 1,
  -- The index may differ from the record: rebuild it.
  dirty        boolean NOT NULL DEFAULT false
);
CREATE UNIQUE INDEX runs_by_trip ON runs (trip, service_date) WHERE trip <> '';
CREATE INDEX runs_by_date ON runs (service_date, kind);
CREATE INDEX runs_dirty ON runs (id) WHERE dirty;

-- Leg i goes from stop i to stop i + 1. A window has two stops: its opening and its end.
CREATE TABLE run_stops (
  run_id       text NOT NULL REFERENCES runs ON DELETE CASCADE,
  stop_index   int NOT NULL CHECK (stop_index >= 0),
  station_id   text NOT NULL,
  station_name text NOT NULL,
  city         text NOT NULL DEFAULT '',
  arrives_at   timestamptz NOT NULL,
  departs_at   timestamptz NOT NULL CHECK (departs_at >= arrives_at),
  PRIMARY KEY (run_id, stop_index)
);
CREATE INDEX run_stops_by_station ON run_stops (station_id, departs_at);

CREATE TABLE run_classes (
  run_id   text NOT NULL REFERENCES runs ON DELETE CASCADE,
  code     text NOT NULL,
  kind     text NOT NULL CHECK (kind IN ('ASSIGNED', 'COUNTED')),
  capacity int NOT NULL CHECK (capacity >= 0),
  PRIMARY KEY (run_id, code)
);

-- The numbered units of an ASSIGNED class: 0 .. capacity - 1, in coach order.
CREATE TABLE run_units (
  run_id     text NOT NULL,
  class_code text NOT NULL,
  unit       int NOT NULL CHECK (unit >= 0),
  coach      text NOT NULL,
  number     text NOT NULL,
  PRIMARY KEY (run_id, class_code, unit),
  FOREIGN KEY (run_id, class_code) REFERENCES run_classes ON DELETE CASCADE
);

-- The price of one place over a stretch; of a sleeper the lower berth's, the dearest.
CREATE TABLE run_fares (
  run_id     text NOT NULL,
  class_code text NOT NULL,
  from_stop  int NOT NULL CHECK (from_stop >= 0),
  to_stop    int NOT NULL CHECK (to_stop > from_stop),
  fare_minor bigint NOT NULL CHECK (fare_minor >= 0),
  PRIMARY KEY (run_id, class_code, from_stop, to_stop),
  FOREIGN KEY (run_id, class_code) REFERENCES run_classes ON DELETE CASCADE
);
