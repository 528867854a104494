"""Sells half of every train before the load begins, as a train on sale for days is.

Whole seats over all legs, the first ones, which is where first fit puts them: in slot's record,
which the index is loaded from, and in the baseline's table alike. An empty train would flatter who
looks for a free seat from the first one on.
"""

import feed

SOLD = 0.5


def seats_sold(network):
    """How many seats of each train are gone."""
    return int(network.seats * SOLD)


def in_record(network):
    """The statements that sell them in slot's record."""
    legs, sold = feed.STOPS - 1, seats_sold(network)
    return f"""
      UPDATE run_units SET taken = int4multirange(int4range(0, {legs}))
      WHERE class_code = '{feed.CLASS}' AND unit < {sold};
      INSERT INTO allocations (booking_id, holder, run_id, class_code, from_stop, to_stop, units,
                               travellers, departs_at, arrives_at)
      SELECT name, name, u.run_id, u.class_code, 0, {legs}, ARRAY[u.unit], ARRAY['tk-' || name],
             first.departs_at, last.arrives_at
      FROM run_units AS u
      JOIN run_stops AS first ON first.run_id = u.run_id AND first.stop_index = 0
      JOIN run_stops AS last ON last.run_id = u.run_id AND last.stop_index = {legs},
      LATERAL (SELECT 'bk-sold-' || u.run_id || '-' || u.unit) AS named (name)
      WHERE u.class_code = '{feed.CLASS}' AND u.unit < {sold};"""


def in_baseline(network):
    """The statement that sells them in the baseline's table."""
    legs = (1 << (feed.STOPS - 1)) - 1
    return f"UPDATE skip_locked_seats SET taken = {legs} WHERE unit < {seats_sold(network)}"
