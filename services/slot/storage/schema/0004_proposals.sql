-- What was proposed is what is paid; and finding the runs that have not ended.

-- The price of one place as the listener of a match was told it; null before there is a match.
ALTER TABLE demands ADD COLUMN fare_minor bigint CHECK (fare_minor >= 0);

CREATE INDEX runs_by_departure ON runs (departs_at);
