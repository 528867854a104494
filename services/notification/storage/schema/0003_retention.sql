-- What the sweeper looks for.
CREATE INDEX deliveries_ended ON deliveries (created_at) WHERE state <> 'PENDING';
