-- What accounts may not do, and why (R-19); bans, which two people decide (R-09).

-- By what a person is known again in another account: the blind index of a phone, and of the card
-- of who was verified. Rows outlive the account: opening another one resets no limit (A-26).
CREATE TABLE person_marks (
  account_id text NOT NULL,
  mark text NOT NULL CHECK (mark <> ''),
  PRIMARY KEY (account_id, mark)
);

CREATE INDEX person_marks_mark ON person_marks (mark);

INSERT INTO person_marks (account_id, mark)
SELECT id, 'phone:' || phone_index FROM accounts
UNION SELECT id, 'holder:' || holder_index FROM accounts WHERE holder_index IS NOT NULL;

CREATE FUNCTION mark_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO person_marks (account_id, mark)
  SELECT NEW.id, mark
  FROM (VALUES ('phone:' || NEW.phone_index), ('holder:' || NEW.holder_index)) AS marks (mark)
  WHERE mark IS NOT NULL
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;

CREATE TRIGGER accounts_leave_marks AFTER INSERT OR UPDATE OF phone_index, holder_index ON accounts
  FOR EACH ROW EXECUTE FUNCTION mark_person();

-- The account itself, all that share a mark with it, and all that share one with those.
CREATE FUNCTION accounts_of_person(of_account text) RETURNS SETOF text LANGUAGE sql STABLE AS $$
  WITH RECURSIVE person (account_id) AS (
    VALUES (of_account)
    UNION
    SELECT theirs.account_id FROM person
    JOIN person_marks AS mine ON mine.account_id = person.account_id
    JOIN person_marks AS theirs ON theirs.mark = mine.mark)
  SELECT account_id FROM person
$$;

CREATE TABLE ban_proposals (
  id text PRIMARY KEY,
  account_id text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('BAN', 'LIFT')),
  reason text NOT NULL CHECK (reason <> ''),
  maker text NOT NULL CHECK (maker <> ''),
  made_at timestamptz NOT NULL,
  state text NOT NULL CHECK (state IN ('OPEN', 'APPROVED', 'REJECTED')),
  checker text NOT NULL,
  comment text NOT NULL,
  decided_at timestamptz,
  CONSTRAINT ban_proposals_two_people CHECK (state <> 'APPROVED' OR checker <> maker),
  CONSTRAINT ban_proposals_decided_by_somebody
    CHECK ((state = 'OPEN') = (checker = '') AND (state = 'OPEN') = (decided_at IS NULL))
);

CREATE UNIQUE INDEX ban_proposals_open ON ban_proposals (account_id) WHERE state = 'OPEN';

CREATE TABLE restrictions (
  id text PRIMARY KEY,
  account_id text NOT NULL,
  level text NOT NULL CHECK (level IN ('SIGN_IN', 'BOOKING', 'PAYMENT')),
  reason_code text NOT NULL CHECK (reason_code <> ''),
  description text NOT NULL,
  imposed_by text NOT NULL CHECK (imposed_by <> ''),
  ban text REFERENCES ban_proposals (id),
  since timestamptz NOT NULL,
  until timestamptz,
  lifted_at timestamptz,
  lifted_by text NOT NULL,
  lift_reason text NOT NULL,
  CONSTRAINT restrictions_only_bans_are_for_good CHECK ((until IS NULL) = (ban IS NOT NULL)),
  CONSTRAINT restrictions_lifted_by_somebody
    CHECK ((lifted_at IS NULL) = (lifted_by = '') AND (lifted_at IS NULL) = (lift_reason = ''))
);

CREATE INDEX restrictions_of_account ON restrictions (account_id, id);

CREATE TABLE own_cancellations (
  booking text PRIMARY KEY,
  account_id text NOT NULL,
  at timestamptz NOT NULL
);

CREATE INDEX own_cancellations_of_account ON own_cancellations (account_id, at);
