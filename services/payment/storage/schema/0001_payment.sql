-- Payments, refunds, what providers said, and the double-entry ledger.

CREATE TABLE payments (
    id             text        NOT NULL PRIMARY KEY,
    version        bigint      NOT NULL CHECK (version > 0),
    opener         text        NOT NULL,
    order_name     text        NOT NULL,
    account        text        NOT NULL,
    product        text        NOT NULL CHECK (product IN ('RAIL', 'APPOINTMENT', 'PREPAYMENT')),
    currency       text        NOT NULL CHECK (length(currency) = 3),
    amount         bigint      NOT NULL CHECK (amount > 0),
    policy         text        NOT NULL,
    create_time    timestamptz NOT NULL,
    expire_time    timestamptz NOT NULL,
    state          text        NOT NULL
        CHECK (state IN ('CREATED', 'PENDING', 'SUCCEEDED', 'CLOSED')),
    channel        text        NULL,
    provider_order text        NOT NULL,
    code_url       text        NOT NULL,
    closing        boolean     NOT NULL,
    return_reason  text        NULL,
    pay_time       timestamptz NULL,
    captures       text[]      NOT NULL,
    captured       bigint      NOT NULL CHECK (captured >= 0),
    returned       bigint      NOT NULL CHECK (returned >= 0),
    fees           bigint      NOT NULL CHECK (fees >= 0),
    fare           bigint      NULL CHECK (fare >= 0),
    refunds        int         NOT NULL CHECK (refunds >= 0),
    inquire_at     timestamptz NULL,
    inquiries      int         NOT NULL,
    CONSTRAINT payments_never_return_more CHECK (returned + fees <= captured),
    CONSTRAINT payments_paid_has_time CHECK ((state = 'SUCCEEDED') = (pay_time IS NOT NULL))
);
CREATE INDEX payments_of_account ON payments (account, create_time DESC, id DESC);
CREATE INDEX payments_due ON payments (inquire_at) WHERE inquire_at IS NOT NULL;

CREATE TABLE refunds (
    id              text        NOT NULL PRIMARY KEY,
    payment         text        NOT NULL REFERENCES payments (id),
    number          int         NOT NULL CHECK (number > 0),
    channel         text        NOT NULL,
    currency        text        NOT NULL CHECK (length(currency) = 3),
    amount          bigint      NOT NULL CHECK (amount > 0),
    fee             bigint      NOT NULL CHECK (fee >= 0),
    reason          text        NOT NULL,
    state           text        NOT NULL CHECK (state IN ('PENDING', 'SUCCEEDED', 'FAILED')),
    create_time     timestamptz NOT NULL,
    refund_time     timestamptz NULL,
    generation      int         NOT NULL CHECK (generation > 0),
    asked           boolean     NOT NULL,
    provider_refund text        NOT NULL,
    ask_at          timestamptz NULL,
    tries           int         NOT NULL,
    UNIQUE (payment, number)
);
CREATE INDEX refunds_due ON refunds (ask_at) WHERE ask_at IS NOT NULL;
CREATE INDEX refunds_not_done ON refunds (state, create_time) WHERE state <> 'SUCCEEDED';

-- Callbacks as they came, once their sender was proven; a nonce is used once.
CREATE TABLE provider_facts (
    id           bigint      NOT NULL PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    channel      text        NOT NULL,
    nonce        text        NOT NULL,
    event_id     text        NOT NULL,
    kind         text        NOT NULL,
    subject      text        NOT NULL,
    body         bytea       NOT NULL,
    receive_time timestamptz NOT NULL,
    CONSTRAINT provider_facts_nonce UNIQUE (channel, nonce)
);
CREATE INDEX provider_facts_of ON provider_facts (subject);

-- The ledger: debits positive, credits negative, every transaction sums to zero in each currency.
CREATE TABLE ledger_transactions (
    key       text        NOT NULL PRIMARY KEY,
    event     text        NOT NULL,
    payment   text        NOT NULL REFERENCES payments (id),
    post_time timestamptz NOT NULL
);
CREATE TABLE ledger_entries (
    transaction_key text   NOT NULL REFERENCES ledger_transactions (key),
    line            int    NOT NULL,
    account         text   NOT NULL,
    currency        text   NOT NULL CHECK (length(currency) = 3),
    amount          bigint NOT NULL CHECK (amount <> 0),
    PRIMARY KEY (transaction_key, line)
);
CREATE INDEX ledger_entries_of_account ON ledger_entries (account, currency) INCLUDE (amount);

CREATE FUNCTION ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'ledger_append_only';
END;
$$;
CREATE TRIGGER ledger_transactions_stay BEFORE UPDATE OR DELETE OR TRUNCATE
    ON ledger_transactions FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only();
CREATE TRIGGER ledger_entries_stay BEFORE UPDATE OR DELETE OR TRUNCATE
    ON ledger_entries FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only();

CREATE FUNCTION ledger_balances() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    checked text := CASE TG_TABLE_NAME
        WHEN 'ledger_entries' THEN to_jsonb(NEW) ->> 'transaction_key'
        ELSE to_jsonb(NEW) ->> 'key' END;
BEGIN
    IF NOT EXISTS (SELECT FROM ledger_entries WHERE transaction_key = checked)
       OR EXISTS (SELECT FROM ledger_entries WHERE transaction_key = checked
                  GROUP BY currency HAVING sum(amount) <> 0) THEN
        RAISE EXCEPTION 'the ledger transaction does not balance'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_balanced';
    END IF;
    RETURN NULL;
END;
$$;
CREATE CONSTRAINT TRIGGER ledger_transactions_balance AFTER INSERT ON ledger_transactions
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_balances();
CREATE CONSTRAINT TRIGGER ledger_entries_balance AFTER INSERT ON ledger_entries
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_balances();
