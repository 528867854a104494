-- Appointments to come by where their travellers go and when: what a policy change may hit. Trains
-- have no destination country and are not in it; a booking leaves it with its places.
CREATE INDEX bookings_trips ON bookings (destination_country, service_date, id)
  WHERE kind = 'WINDOW' AND state IN ('HELD', 'PENDING_PAYMENT', 'BOOKED');
