-- Payments that a provider waits for, for whoever counts them by channel.
CREATE INDEX payments_in_flight ON payments (channel) WHERE state = 'PENDING';
