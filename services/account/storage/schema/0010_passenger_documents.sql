-- Passengers have several documents. Names, numbers and dates of birth are sealed with the
-- passenger's key; a number is found again by its keyed index, once an account.
CREATE TABLE passenger_documents (
  id text PRIMARY KEY,
  passenger_id text NOT NULL REFERENCES passengers (id),
  account_id text NOT NULL,
  document_type text NOT NULL CHECK (document_type IN (
    'RESIDENT_ID', 'PASSPORT', 'HK_MACAO_TRAVEL_PERMIT', 'TAIWAN_TRAVEL_PERMIT',
    'RESIDENCE_PERMIT', 'PERMANENT_RESIDENCE_CARD', 'VISA', 'TRAVEL_AUTHORISATION',
    'HEALTH_REPORT', 'VACCINATION_CERTIFICATE')),
  category text NOT NULL,
  full_name bytea NOT NULL,
  number bytea NOT NULL,
  number_index text NOT NULL,
  country text NOT NULL,
  expires date,
  blank_pages int CHECK (blank_pages >= 0),
  traveller_key text NOT NULL,
  created_at timestamptz NOT NULL,
  removed_at timestamptz
);

CREATE UNIQUE INDEX passenger_documents_number ON passenger_documents (account_id, number_index)
  WHERE removed_at IS NULL;

CREATE INDEX passenger_documents_of_passenger ON passenger_documents (passenger_id, id)
  WHERE removed_at IS NULL;

-- The one document of before moves out of the row (with it goes passengers_document).
ALTER TABLE passengers
  DROP COLUMN document_type,
  DROP COLUMN number,
  DROP COLUMN number_index,
  DROP COLUMN country,
  DROP COLUMN expires,
  DROP COLUMN traveller_key,
  ADD COLUMN version bigint NOT NULL DEFAULT 1,
  ADD COLUMN birth bytea;
