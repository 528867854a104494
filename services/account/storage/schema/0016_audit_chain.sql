-- The audit log as a chain (R-09; docs/reference/audit.md): an entry names the hash of the one
-- before it, so that whoever changes, removes or inserts one is found out. The head of the chain is
-- a row of its own: whoever appends holds it until the act commits, so there is no gap and no fork.
CREATE TABLE audit_entries (
  position bigint PRIMARY KEY CHECK (position > 0),
  at timestamptz NOT NULL,
  actor text NOT NULL CHECK (actor <> ''),
  act text NOT NULL CHECK (act ~ '^[A-Z][A-Z0-9_]{2,62}$'),
  subject text NOT NULL CHECK (subject <> ''),
  reason text NOT NULL,
  detail text NOT NULL CHECK (jsonb_typeof(detail::jsonb) = 'object'),
  previous_hash text NOT NULL CHECK (previous_hash ~ '^[0-9a-f]{64}$'),
  hash text NOT NULL CHECK (hash ~ '^[0-9a-f]{64}$')
);

CREATE INDEX audit_entries_subject ON audit_entries (subject, position);

CREATE INDEX audit_entries_actor ON audit_entries (actor, position);

CREATE TABLE audit_end (
  only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
  position bigint NOT NULL,
  hash text NOT NULL
);

INSERT INTO audit_end (position, hash) VALUES (0, repeat('0', 64));

-- What was the newest entry, signed by the service, about once a day.
CREATE TABLE audit_heads (
  number bigint PRIMARY KEY CHECK (number > 0),
  position bigint NOT NULL,
  hash text NOT NULL,
  at timestamptz NOT NULL,
  key_id text NOT NULL,
  signature bytea NOT NULL
);

CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit log is append-only';
END $$;

CREATE TRIGGER audit_entries_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entries
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();

CREATE TRIGGER audit_heads_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_heads
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();

CREATE TRIGGER audit_end_stays BEFORE DELETE OR TRUNCATE ON audit_end
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();

-- A text with its length before it, so that no two lists of texts look the same.
CREATE FUNCTION audit_framed(content text) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT AS $$
  SELECT int8send(octet_length(convert_to(content, 'UTF8'))) || convert_to(content, 'UTF8')
$$;

-- Appends an entry; gives its position. The caller's transaction holds the chain until it ends.
CREATE FUNCTION append_audit(new_at timestamptz, new_actor text, new_act text, new_subject text,
                             new_reason text, new_detail text)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  previous audit_end%ROWTYPE;
  next_hash text;
BEGIN
  SELECT only_one, position, hash INTO STRICT previous FROM audit_end FOR UPDATE;
  next_hash := encode(sha256(
    audit_framed('houbu.audit.entry.v1') || int8send(previous.position + 1)
    || int8send((extract(epoch FROM new_at) * 1000000)::bigint)
    || audit_framed(new_actor) || audit_framed(new_act) || audit_framed(new_subject)
    || audit_framed(new_reason) || audit_framed(new_detail) || audit_framed(previous.hash)), 'hex');
  INSERT INTO audit_entries (position, at, actor, act, subject, reason, detail, previous_hash, hash)
  VALUES (previous.position + 1, new_at, new_actor, new_act, new_subject, new_reason, new_detail,
          previous.hash, next_hash);
  UPDATE audit_end SET position = previous.position + 1, hash = next_hash;
  RETURN previous.position + 1;
END $$;

-- Lines written before there was a chain, and those an older program still writes beside this one.
-- audit_log goes once no such program runs any more.
CREATE FUNCTION chain_audit_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM append_audit(NEW.at, NEW.actor, 'RECORDED_LINE', 'accounts/' || NEW.account_id, NEW.act,
                       '{}');
  RETURN NULL;
END $$;

CREATE TRIGGER audit_log_is_chained AFTER INSERT ON audit_log
  FOR EACH ROW EXECUTE FUNCTION chain_audit_line();

DO $$
DECLARE
  line audit_log%ROWTYPE;
BEGIN
  FOR line IN SELECT position, at, actor, account_id, act FROM audit_log ORDER BY position LOOP
    PERFORM append_audit(line.at, line.actor, 'RECORDED_LINE', 'accounts/' || line.account_id,
                         line.act, '{}');
  END LOOP;
END $$;
