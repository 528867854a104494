-- What the identity provider was asked and said (W-01), and by which passenger and card the holder
-- is known: when the name or the number on it changes, the holder is verified anew.
CREATE TABLE identity_checks (
  id text PRIMARY KEY,
  account_id text NOT NULL REFERENCES accounts (id),
  passenger_id text NOT NULL,
  asked_at timestamptz NOT NULL,
  decided_at timestamptz,
  result text CHECK (result IN ('VERIFIED', 'REJECTED')),
  reason text NOT NULL DEFAULT '',
  CONSTRAINT identity_checks_decided CHECK ((decided_at IS NULL) = (result IS NULL))
);

CREATE INDEX identity_checks_of_account ON identity_checks (account_id, asked_at);

ALTER TABLE accounts
  ADD COLUMN holder_passenger text,
  ADD COLUMN holder_card_index text;
