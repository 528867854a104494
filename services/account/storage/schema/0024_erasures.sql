-- Accounts erased for good (R-17). The row of the account stays as a name that restrictions, audit
-- entries and the other services' records speak of; nothing personal is in it.
ALTER TABLE accounts
  ALTER COLUMN phone DROP NOT NULL,
  ALTER COLUMN phone_index DROP NOT NULL,
  ADD COLUMN erased_at timestamptz,
  ADD CONSTRAINT accounts_erased_hold_nothing CHECK (
    CASE WHEN erased_at IS NULL THEN phone IS NOT NULL AND phone_index IS NOT NULL
         ELSE num_nonnulls(phone, phone_index, email, email_index, holder_index, holder_passenger,
                           holder_card_index, password_hash, totp_secret) = 0 END);

CREATE TABLE erasures (
  id text PRIMARY KEY,
  account_id text NOT NULL REFERENCES accounts (id),
  state text NOT NULL CHECK (state IN ('ASKED', 'CLOSING', 'DONE', 'CANCELLED', 'STOPPED')),
  asked_at timestamptz NOT NULL,
  erase_at timestamptz NOT NULL,
  due_at timestamptz NOT NULL,
  ended_at timestamptz,
  CONSTRAINT erasures_ended CHECK ((state IN ('ASKED', 'CLOSING')) = (ended_at IS NULL))
);

CREATE UNIQUE INDEX erasures_open ON erasures (account_id) WHERE state IN ('ASKED', 'CLOSING');

CREATE INDEX erasures_of_account ON erasures (account_id, id DESC);

CREATE INDEX erasures_due ON erasures (due_at) WHERE state IN ('ASKED', 'CLOSING');

ALTER TABLE sessions
  DROP CONSTRAINT sessions_end_reason_check,
  ADD CONSTRAINT sessions_end_reason_check
    CHECK (end_reason IN ('SIGNED_OUT', 'STOLEN', 'CREDENTIALS', 'FROZEN', 'ERASURE'));

-- What the sweeper looks for.
CREATE INDEX accounts_erased ON accounts (erased_at) WHERE erased_at IS NOT NULL;
CREATE INDEX passengers_removed ON passengers (removed_at) WHERE removed_at IS NOT NULL;
CREATE INDEX passenger_documents_removed ON passenger_documents (removed_at)
  WHERE removed_at IS NOT NULL;
