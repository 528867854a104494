-- Checks whose answer comes late (W-01): which request asked for one, about which card (its keyed
-- index), whether the provider has taken it, when account asks after it, and when it was given up:
-- then it came to no result.
ALTER TABLE identity_checks
  ADD COLUMN request_id text NOT NULL DEFAULT '',
  ADD COLUMN fingerprint text NOT NULL DEFAULT '',
  ADD COLUMN card_index text,
  ADD COLUMN asking_until timestamptz,
  ADD COLUMN taken_at timestamptz,
  ADD COLUMN given_up_at timestamptz,
  ADD COLUMN next_ask_at timestamptz NOT NULL DEFAULT '-infinity',
  DROP CONSTRAINT identity_checks_result_check,
  ADD CONSTRAINT identity_checks_result CHECK (result IN ('VERIFIED', 'REJECTED', 'UNVERIFIED'));

-- Of checks that were left open, one an account goes on.
UPDATE identity_checks c SET given_up_at = asked_at, reason = 'SUPERSEDED'
WHERE decided_at IS NULL AND EXISTS (
  SELECT FROM identity_checks later
  WHERE later.account_id = c.account_id AND later.decided_at IS NULL
    AND (later.asked_at, later.id) > (c.asked_at, c.id));

-- Nobody waits for a check that is none.
UPDATE accounts SET verification = 'UNVERIFIED', verification_reason = 'PROVIDER_SILENT',
                    version = version + 1
WHERE verification = 'PENDING' AND NOT EXISTS (
  SELECT FROM identity_checks
  WHERE account_id = accounts.id AND decided_at IS NULL AND given_up_at IS NULL);

CREATE INDEX identity_checks_open ON identity_checks (next_ask_at)
  WHERE decided_at IS NULL AND given_up_at IS NULL;

-- The nonces of callbacks, each taken once; for as long as a signature is believed.
CREATE TABLE identity_callbacks (
  nonce text PRIMARY KEY,
  received_at timestamptz NOT NULL
);

CREATE INDEX identity_callbacks_received ON identity_callbacks (received_at);
