"""Who was in line when somebody was served: watched in slot's record, judged afterwards."""

import collections
from typing import NamedTuple

# What was told to the index late, because it was away, is in line by then.
GRACE_SECONDS = 6.0
_WATCH = """
CREATE TABLE IF NOT EXISTS demand_log (
  seq bigserial PRIMARY KEY, demand text NOT NULL, state text NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp());
CREATE OR REPLACE FUNCTION note_demand() RETURNS trigger LANGUAGE plpgsql AS
  'BEGIN INSERT INTO demand_log (demand, state) VALUES (NEW.id, NEW.state); RETURN NEW; END';
CREATE OR REPLACE TRIGGER demand_noted AFTER INSERT OR UPDATE OF state ON demands
  FOR EACH ROW EXECUTE FUNCTION note_demand();
"""
_READ = """
SELECT d.id, d.run_id, d.class_code, d.from_stop, d.to_stop,
       (SELECT count(*) FROM demand_travellers t WHERE t.demand_id = d.id),
       extract(epoch FROM d.effective_at), l.state, extract(epoch FROM l.at)
FROM demand_log l JOIN demands d ON d.id = l.demand ORDER BY l.seq
"""
_FORGET = """
DROP TRIGGER IF EXISTS demand_noted ON demands;
DROP FUNCTION IF EXISTS note_demand; DROP TABLE IF EXISTS demand_log
"""


class Wait(NamedTuple):
    """One demand's time in line."""

    demand: str
    stretch: tuple  # from, to
    party: int
    effective: float
    since: float
    until: float  # when its state was another one; infinity while it waits
    became: str


class LineWatch:
    """Notes when demands come to stand in line and what becomes of them."""

    def __init__(self, floor):
        self._floor = floor

    def __enter__(self):
        self._floor.rows("slot", _FORGET)
        self._floor.rows("slot", _WATCH)
        return self

    def __exit__(self, *_):
        self._floor.rows("slot", _FORGET)

    def waits(self):
        """All waits, by run and class."""
        lines, waiting = collections.defaultdict(list), {}
        for row in self._floor.rows("slot", _READ):
            demand, run, code, begin, end, party, effective, state, at = row.split("\t")
            if state == "WAITING":
                waiting[demand] = float(at)
                continue
            if demand not in waiting:
                continue
            since = waiting.pop(demand)
            stretch, line = (int(begin), int(end)), lines[run, code]
            line.append(
                Wait(demand, stretch, int(party), float(effective), since, float(at), state)
            )
        return lines

    def still_waiting(self):
        return self._floor.rows("slot", "SELECT id FROM demands WHERE state = 'WAITING'")

    def passed_over(self):
        """Pairs of (who was served, who stood before them and would have fitted there)."""
        return [(served, other)
                for line in self.waits().values() for served in line if served.became == "MATCHED"
                for other in line if _stood_before(other, served)]  # fmt: skip


def _stood_before(other, served):
    """Whether the places of one who was served were another's, who had been in line for a while."""
    inside = served.stretch[0] <= other.stretch[0] and other.stretch[1] <= served.stretch[1]
    fits = inside and other.party <= served.party
    earlier = other.effective < served.effective
    was_there = other.since + GRACE_SECONDS < served.until < other.until
    decided_with_it = other.became == "MATCHED" and other.until < served.until + GRACE_SECONDS
    return fits and earlier and was_there and not decided_with_it


__all__ = ["LineWatch"]
