-- Accounts, sign-in, passengers. Personal fields are encrypted; equality is asked of a keyed index
-- (R-17).
CREATE TABLE accounts (
  id text PRIMARY KEY,
  version bigint NOT NULL,
  phone bytea NOT NULL,
  phone_index text NOT NULL,
  verification text NOT NULL CHECK (verification IN ('UNVERIFIED', 'PENDING', 'VERIFIED',
                                                     'REJECTED')),
  verification_reason text NOT NULL,
  member boolean NOT NULL,
  created_at timestamptz NOT NULL,
  CONSTRAINT accounts_phone UNIQUE (phone_index)
);

CREATE TABLE challenges (
  id text PRIMARY KEY,
  phone bytea NOT NULL,
  phone_index text NOT NULL,
  language text NOT NULL,
  attempts int NOT NULL,
  used boolean NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL
);

CREATE INDEX challenges_of_phone ON challenges (phone_index, created_at);

CREATE TABLE sessions (
  id text PRIMARY KEY,
  account_id text NOT NULL REFERENCES accounts (id),
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL
);

CREATE TABLE passengers (
  id text PRIMARY KEY,
  account_id text NOT NULL REFERENCES accounts (id),
  full_name bytea NOT NULL,
  type int NOT NULL,
  document_type text NOT NULL CHECK (document_type IN ('RESIDENT_ID', 'PASSPORT')),
  number bytea NOT NULL,
  number_index text NOT NULL,
  country text NOT NULL,
  expires date,
  traveller_key text NOT NULL,
  created_at timestamptz NOT NULL,
  removed_at timestamptz
);

CREATE UNIQUE INDEX passengers_document ON passengers (account_id, number_index)
  WHERE removed_at IS NULL;

CREATE INDEX passengers_of_account ON passengers (account_id, id) WHERE removed_at IS NULL;

-- Who did what to an account, when and why. Nobody changes or deletes a line (R-09).
CREATE TABLE audit_log (
  position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL,
  actor text NOT NULL,
  account_id text NOT NULL,
  act text NOT NULL
);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit log is append-only';
END $$;

CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
