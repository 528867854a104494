-- Erased accounts: deliveries of their messages go with these.
CREATE INDEX deliveries_of_message ON deliveries (message);
