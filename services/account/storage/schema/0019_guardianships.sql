-- Who acts for whom (R-21): proposed with a proof, accepted by staff.
CREATE TABLE guardianships (
  id text PRIMARY KEY,
  account_id text NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  ward_id text NOT NULL REFERENCES passengers (id) ON DELETE CASCADE,
  kind text NOT NULL CHECK (kind IN ('CHILD', 'ELDER')),
  proof text NOT NULL CHECK (proof <> ''),
  consent_text_version text,
  consent_channel text,
  consent_at timestamptz,
  state text NOT NULL CHECK (state IN ('PENDING', 'ACCEPTED', 'REJECTED', 'ENDED')),
  proposed_at timestamptz NOT NULL,
  decided_by text NOT NULL,
  reason text NOT NULL,
  decided_at timestamptz,
  ended_at timestamptz,
  CONSTRAINT guardianships_consent_whole
    CHECK ((consent_at IS NULL) = (consent_text_version IS NULL)
           AND (consent_at IS NULL) = (consent_channel IS NULL)),
  CONSTRAINT guardianships_accepted_by_staff
    CHECK (state <> 'ACCEPTED' OR decided_by LIKE 'operators/%'),
  CONSTRAINT guardianships_ended CHECK ((state = 'ENDED') = (ended_at IS NOT NULL))
);

CREATE UNIQUE INDEX guardianships_one ON guardianships (account_id, ward_id)
  WHERE state IN ('PENDING', 'ACCEPTED');

CREATE INDEX guardianships_of_account ON guardianships (account_id, id);

CREATE INDEX guardianships_pending ON guardianships (id) WHERE state = 'PENDING';
