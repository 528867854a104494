-- Documents attached as evidence (R-08). Files lie in a blob store under the names of these rows,
-- sealed by the key of the person they are about; so are their names.
CREATE TABLE attachment_files (
  id text PRIMARY KEY,
  owner text NOT NULL REFERENCES person_keys (owner),
  -- A keyed hash of the owner and the clean content: the same file of one person is kept once.
  content_index text NOT NULL,
  -- The blob is there: set with the first attachment that has it.
  kept boolean NOT NULL,
  drafted_at timestamptz NOT NULL,
  -- No attachment takes it any more; the blob is being removed.
  discarded_at timestamptz
);

CREATE UNIQUE INDEX attachment_files_content ON attachment_files (owner, content_index)
  WHERE discarded_at IS NULL;

CREATE INDEX attachment_files_discarded ON attachment_files (discarded_at)
  WHERE discarded_at IS NOT NULL;

CREATE INDEX attachment_files_drafted ON attachment_files (drafted_at)
  WHERE discarded_at IS NULL;

CREATE TABLE attachments (
  id text PRIMARY KEY,
  account_id text NOT NULL REFERENCES accounts (id),
  passenger_id text NOT NULL,  -- Empty for the account's holder.
  owner text NOT NULL REFERENCES person_keys (owner),
  version bigint NOT NULL,
  kind text NOT NULL CHECK (kind IN ('PASSPORT_SCAN', 'VISA', 'INVITATION', 'ITINERARY',
                                     'VACCINATION_CERTIFICATE', 'HEALTH_REPORT',
                                     'GUARDIANSHIP_PROOF', 'EMERGENCY_EVIDENCE')),
  state text NOT NULL CHECK (state IN ('PENDING', 'ACCEPTED', 'REJECTED')),
  reason text NOT NULL,
  file_name bytea NOT NULL,
  file_id text NOT NULL REFERENCES attachment_files (id),
  media_type text NOT NULL,
  width bigint NOT NULL,
  height bigint NOT NULL,
  pages int NOT NULL,
  size bigint NOT NULL CHECK (size > 0),
  created_at timestamptz NOT NULL,
  reviewed_at timestamptz,
  CONSTRAINT attachments_reviewed CHECK ((state = 'PENDING') = (reviewed_at IS NULL)),
  CONSTRAINT attachments_reason CHECK ((state = 'REJECTED') = (reason <> ''))
);

CREATE INDEX attachments_of_account ON attachments (account_id, id);

CREATE INDEX attachments_in_state ON attachments (state, id);

CREATE INDEX attachments_of_file ON attachments (file_id);

-- One attachment for one purpose; a rejected one may be sent again, to be looked at again.
CREATE UNIQUE INDEX attachments_same ON attachments (account_id, passenger_id, kind, file_id)
  WHERE state <> 'REJECTED';

-- How many uploads an account tried on a day.
CREATE TABLE attachment_uploads (
  account_id text NOT NULL REFERENCES accounts (id),
  day date NOT NULL,
  uploads int NOT NULL,
  PRIMARY KEY (account_id, day)
);
