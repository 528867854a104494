-- Contacts, inboxes and deliveries. Addresses and texts on their way are encrypted (R-17).
CREATE TABLE contacts (
  account text PRIMARY KEY,
  phone bytea,
  email bytea,
  channels text[] NOT NULL,
  channels_chosen boolean NOT NULL,
  language text NOT NULL,
  updated_at timestamptz NOT NULL
);

CREATE TABLE messages (
  id text PRIMARY KEY,
  position bigint GENERATED ALWAYS AS IDENTITY,
  account text NOT NULL,
  event text NOT NULL,
  subject text NOT NULL,
  title text NOT NULL,
  body text NOT NULL,
  created_at timestamptz NOT NULL
);

CREATE UNIQUE INDEX messages_inbox ON messages (account, position DESC);

CREATE TABLE deliveries (
  id text PRIMARY KEY,
  position bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  message text NOT NULL,
  channel text NOT NULL CHECK (channel IN ('SMS', 'EMAIL')),
  recipient bytea NOT NULL,
  title text NOT NULL,
  body bytea NOT NULL,
  language text NOT NULL,
  state text NOT NULL CHECK (state IN ('PENDING', 'DELIVERED', 'UNDELIVERABLE')),
  attempts int NOT NULL,
  last_error text NOT NULL,
  created_at timestamptz NOT NULL,
  due_at timestamptz NOT NULL,
  lease_until timestamptz NOT NULL,
  delivered_at timestamptz
);

CREATE INDEX deliveries_due ON deliveries (channel, due_at) WHERE state = 'PENDING';
