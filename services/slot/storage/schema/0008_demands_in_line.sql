-- Who waits for a stretch, in the order of the line: whether a match is in its turn is looked up
-- here, stretch by stretch, however many wait for others.
CREATE INDEX demands_in_line ON demands (run_id, from_stop, to_stop, effective_at)
  WHERE state = 'WAITING';
