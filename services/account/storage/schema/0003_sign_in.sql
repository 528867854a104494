-- Sign-in by several identifiers, codes and passwords; sessions with refresh tokens; what was
-- revoked.
ALTER TABLE accounts
  ADD COLUMN email bytea,
  ADD COLUMN email_index text,
  ADD COLUMN holder_index text,
  ADD COLUMN password_hash text,
  ADD COLUMN password_stands_alone boolean NOT NULL DEFAULT false,
  ADD COLUMN password_at timestamptz,
  ADD COLUMN totp_secret bytea,
  ADD COLUMN totp_on boolean NOT NULL DEFAULT false,
  ADD COLUMN totp_at timestamptz,
  ADD COLUMN totp_step bigint NOT NULL DEFAULT 0,
  ADD COLUMN recovery_codes text[] NOT NULL DEFAULT '{}',
  ADD CONSTRAINT accounts_email UNIQUE (email_index),
  ADD CONSTRAINT accounts_holder UNIQUE (holder_index);

-- Codes live for minutes: the old ones are not carried over.
DROP TABLE challenges;

CREATE TABLE challenges (
  id text PRIMARY KEY,
  purpose text NOT NULL CHECK (purpose IN ('SIGN_IN', 'PHONE_CHANGE', 'EMAIL_CHANGE')),
  account_id text,
  destination bytea,          -- NULL: nobody gets this code
  destination_index text,
  identifier_index text NOT NULL,
  address_index text,
  language text NOT NULL,
  attempts int NOT NULL,
  used boolean NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  sent_at timestamptz
);

CREATE INDEX challenges_of_identifier ON challenges (identifier_index, created_at);
CREATE INDEX challenges_of_destination ON challenges (destination_index, created_at);
CREATE INDEX challenges_of_address ON challenges (address_index, created_at);
CREATE INDEX challenges_by_time ON challenges (created_at);
CREATE INDEX challenges_unsent ON challenges (created_at)
  WHERE sent_at IS NULL AND destination IS NOT NULL;

-- Sessions of before had access tokens only, which are over in a quarter of an hour.
DROP TABLE sessions;

CREATE TABLE sessions (
  id text PRIMARY KEY,
  account_id text NOT NULL REFERENCES accounts (id),
  device_key text NOT NULL,
  device_display_name bytea NOT NULL,
  created_at timestamptz NOT NULL,
  last_used_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL,
  token_id text NOT NULL,
  token_issued_at timestamptz NOT NULL,
  token_expires_at timestamptz NOT NULL,
  refresh_expires_at timestamptz NOT NULL,
  ended_at timestamptz,
  end_reason text CHECK (end_reason IN ('SIGNED_OUT', 'STOLEN', 'CREDENTIALS', 'FROZEN')),
  CONSTRAINT sessions_ended_with_reason CHECK ((ended_at IS NULL) = (end_reason IS NULL))
);

CREATE INDEX sessions_live ON sessions (account_id, id) WHERE ended_at IS NULL;
CREATE INDEX sessions_of_device ON sessions (account_id, device_key) WHERE device_key <> '';

-- A refresh token as its digest; it serves once and names the one that followed it.
CREATE TABLE refresh_tokens (
  id text PRIMARY KEY,
  session_id text NOT NULL REFERENCES sessions (id),
  digest text NOT NULL,
  expires_at timestamptz NOT NULL,
  used_at timestamptz,
  successor text,
  CONSTRAINT refresh_tokens_digest UNIQUE (digest),
  CONSTRAINT refresh_tokens_used_once CHECK ((used_at IS NULL) = (successor IS NULL))
);

CREATE INDEX refresh_tokens_of_session ON refresh_tokens (session_id);

-- Wrong passwords by whom they were tried for or from where: the index of it, never itself.
CREATE TABLE sign_in_failures (
  key_index text PRIMARY KEY,
  failures int NOT NULL,
  last_at timestamptz NOT NULL,
  locked_until timestamptz NOT NULL
);

CREATE INDEX sign_in_failures_by_time ON sign_in_failures (last_at);

-- What is no longer to be believed. Positions are given under a lock that is held to the commit, so
-- that nobody who follows them passes one over.
CREATE TABLE revocations (
  position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  account_id text NOT NULL,
  session_id text,
  tokens_before timestamptz,
  statements_before timestamptz,
  recorded_at timestamptz NOT NULL
);

CREATE INDEX revocations_by_time ON revocations (recorded_at);
