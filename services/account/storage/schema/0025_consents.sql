-- What holders consent to, purpose by purpose (R-17). A consent that ended stays as a row.
CREATE TABLE consents (
  id text PRIMARY KEY,
  account_id text NOT NULL REFERENCES accounts (id),
  purpose text NOT NULL CHECK (purpose IN ('IDENTITY_VERIFICATION', 'HEALTH_DOCUMENTS')),
  text_version text NOT NULL CHECK (text_version <> ''),
  channel text NOT NULL CHECK (channel ~ '^[A-Z_]{1,30}$'),
  given_at timestamptz NOT NULL,
  ended_at timestamptz
);

CREATE UNIQUE INDEX consents_standing ON consents (account_id, purpose) WHERE ended_at IS NULL;

CREATE INDEX consents_of_account ON consents (account_id, id);
