-- Each person's own key (accounts and passengers), wrapped by a numbered master key: the second
-- byte of the box is its number. Erasing a person destroys the key; the row stays to say when.
CREATE TABLE person_keys (
  owner text PRIMARY KEY,
  wrapped bytea,
  created_at timestamptz NOT NULL,
  destroyed_at timestamptz,
  CONSTRAINT person_keys_here_or_destroyed CHECK ((wrapped IS NULL) = (destroyed_at IS NOT NULL))
);

CREATE INDEX person_keys_by_master ON person_keys (get_byte(wrapped, 1), owner)
  WHERE wrapped IS NOT NULL;
