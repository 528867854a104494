-- What runs are opened from: timetables and what is sold on them, feed by feed. An import replaces
-- a feed's rows; runs that were opened live on in their own tables.

-- Every import takes the next version; processes look for it to know that their copy is old.
CREATE SEQUENCE catalogue_versions;

CREATE TABLE feeds (
  name        text PRIMARY KEY,
  version     bigint NOT NULL,
  imported_at timestamptz NOT NULL
);

-- Which feed names a station, and where: in its timetable or as a border station.
CREATE TABLE feed_stations (
  feed       text NOT NULL REFERENCES feeds,
  part       text NOT NULL CHECK (part IN ('TIMETABLE', 'WINDOWS')),
  station_id text NOT NULL REFERENCES stations,
  PRIMARY KEY (feed, part, station_id)
);
CREATE INDEX feed_stations_by_station ON feed_stations (station_id);

CREATE TABLE calendars (
  feed      text NOT NULL REFERENCES feeds,
  id        text NOT NULL,
  weekdays  int NOT NULL CHECK (weekdays BETWEEN 0 AND 127),  -- bit 0 is Monday
  first_day date NOT NULL,
  last_day  date NOT NULL,
  PRIMARY KEY (feed, id)
);

CREATE TABLE calendar_exceptions (
  feed     text NOT NULL,
  calendar text NOT NULL,
  day      date NOT NULL,
  runs     boolean NOT NULL,
  PRIMARY KEY (feed, calendar, day),
  FOREIGN KEY (feed, calendar) REFERENCES calendars ON DELETE CASCADE
);

CREATE TABLE trains (
  feed     text NOT NULL REFERENCES feeds,
  trip     text NOT NULL,
  number   text NOT NULL,
  calendar text NOT NULL,
  zone     text NOT NULL,  -- IANA
  PRIMARY KEY (feed, trip)
);

-- Times are seconds since the start of the service day and may pass 24 hours.
CREATE TABLE train_stops (
  feed       text NOT NULL,
  trip       text NOT NULL,
  stop_index int NOT NULL CHECK (stop_index >= 0),
  station_id text NOT NULL,
  arrives    int NOT NULL CHECK (arrives >= 0),
  departs    int NOT NULL CHECK (departs >= arrives),
  metres     bigint NOT NULL,           -- from the train's start; -1 where unknown
  boards     boolean NOT NULL,
  alights    boolean NOT NULL,
  PRIMARY KEY (feed, trip, stop_index)
);

-- What is sold on the trains of a number.
CREATE TABLE train_classes (
  feed        text NOT NULL REFERENCES feeds,
  train       text NOT NULL,
  class_index int NOT NULL,
  code        text NOT NULL,
  kind        text NOT NULL CHECK (kind IN ('ASSIGNED', 'COUNTED')),
  places      int NOT NULL CHECK (places >= 0),  -- of a COUNTED class
  rate_minor  bigint,                            -- for 100 km
  PRIMARY KEY (feed, train, code)
);

CREATE TABLE train_coaches (
  feed        text NOT NULL,
  train       text NOT NULL,
  code        text NOT NULL,
  coach_index int NOT NULL,
  coach       text NOT NULL,
  places      text NOT NULL,             -- a pattern, "01-20:ABCDF"
  PRIMARY KEY (feed, train, code, coach_index),
  FOREIGN KEY (feed, train, code) REFERENCES train_classes ON DELETE CASCADE
);

CREATE TABLE train_fares (
  feed         text NOT NULL,
  train        text NOT NULL,
  code         text NOT NULL,
  from_station text NOT NULL,
  to_station   text NOT NULL,
  fare_minor   bigint NOT NULL CHECK (fare_minor >= 0),
  PRIMARY KEY (feed, train, code, from_station, to_station),
  FOREIGN KEY (feed, train, code) REFERENCES train_classes ON DELETE CASCADE
);

-- Windows of border stations that recur by weekdays.
CREATE TABLE windows (
  feed         text NOT NULL REFERENCES feeds,
  window_index int NOT NULL,
  station_id   text NOT NULL REFERENCES stations,
  class_code   text NOT NULL,
  weekdays     int NOT NULL CHECK (weekdays BETWEEN 1 AND 127),
  opens        int NOT NULL,             -- seconds of the day
  closes       int NOT NULL CHECK (closes > opens),
  capacity     int NOT NULL CHECK (capacity > 0),
  fee_minor    bigint NOT NULL CHECK (fee_minor >= 0),
  first_day    date NOT NULL,
  last_day     date NOT NULL,
  PRIMARY KEY (feed, window_index)
);
