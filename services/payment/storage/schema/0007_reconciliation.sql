-- Comparing providers' word with the ledger and our payments.

CREATE TABLE reconciliations (
    id             text        NOT NULL PRIMARY KEY,
    channel        text        NOT NULL,
    kind           text        NOT NULL CHECK (kind IN ('INQUIRY', 'BILL')),
    from_time      timestamptz NOT NULL,
    to_time        timestamptz NOT NULL CHECK (to_time > from_time),
    create_time    timestamptz NOT NULL,
    first_due_time timestamptz NOT NULL,
    due_time       timestamptz NULL,
    finish_time    timestamptz NULL,
    cursor         text        NOT NULL,
    failure        text        NOT NULL,
    compared       bigint      NOT NULL CHECK (compared >= 0),
    repaired       bigint      NOT NULL CHECK (repaired >= 0),
    cases          bigint      NOT NULL CHECK (cases >= 0),
    CONSTRAINT reconciliations_once UNIQUE (channel, kind, from_time, to_time),
    CONSTRAINT reconciliations_due_or_done
        CHECK (due_time IS NOT NULL OR finish_time IS NOT NULL)
);
CREATE INDEX reconciliations_due ON reconciliations (due_time) WHERE due_time IS NOT NULL;

-- What bills say, as they were read last.
CREATE TABLE statement_lines (
    channel         text        NOT NULL,
    day             date        NOT NULL,
    line            int         NOT NULL,
    movement        text        NOT NULL CHECK (movement IN ('PAYMENT', 'REFUND')),
    provider_order  text        NOT NULL,
    reference       text        NOT NULL,
    payment         text        NULL,
    merchant_refund text        NOT NULL,
    currency        text        NOT NULL CHECK (length(currency) = 3),
    amount          bigint      NOT NULL CHECK (amount >= 0),
    line_time       timestamptz NOT NULL,
    PRIMARY KEY (channel, day, line)
);
CREATE INDEX statement_lines_of_order
    ON statement_lines (channel, provider_order) WHERE movement = 'PAYMENT';
CREATE INDEX statement_lines_of_refund
    ON statement_lines (channel, merchant_refund) WHERE movement = 'REFUND';
CREATE INDEX statement_lines_of_payment
    ON statement_lines (channel, payment) WHERE payment IS NOT NULL;

-- A posting that closes a case need not belong to a payment.
ALTER TABLE ledger_transactions ALTER COLUMN payment DROP NOT NULL;

CREATE TABLE proposals (
    id          text        NOT NULL PRIMARY KEY,
    kind        text        NOT NULL CHECK (kind IN ('REFUND', 'POSTING', 'WAIVER')),
    payment     text        NULL REFERENCES payments (id),
    closes      text        NULL,
    debit       text        NOT NULL,
    credit      text        NOT NULL,
    currency    text        NOT NULL CHECK (length(currency) = 3),
    amount      bigint      NOT NULL CHECK (amount >= 0),
    reason      text        NOT NULL CHECK (reason <> ''),
    maker       text        NOT NULL CHECK (maker <> ''),
    create_time timestamptz NOT NULL,
    state       text        NOT NULL CHECK (state IN ('OPEN', 'APPROVED', 'REJECTED')),
    checker     text        NOT NULL,
    comment     text        NOT NULL,
    decide_time timestamptz NULL,
    CONSTRAINT proposals_name_one CHECK ((payment IS NULL) <> (closes IS NULL)),
    CONSTRAINT proposals_two_people CHECK (state <> 'APPROVED' OR checker <> maker),
    CONSTRAINT proposals_decided_by_somebody
        CHECK ((state = 'OPEN') = (checker = '') AND (state = 'OPEN') = (decide_time IS NULL))
);
CREATE INDEX proposals_open ON proposals (id) WHERE state = 'OPEN';

CREATE TABLE cases (
    id             text        NOT NULL PRIMARY KEY,
    class          text        NOT NULL CHECK
        (class IN ('MISSING_HERE', 'MISSING_THERE', 'AMOUNT', 'STATE', 'UNKNOWN_ORDER')),
    channel        text        NOT NULL,
    movement       text        NOT NULL CHECK (movement IN ('PAYMENT', 'REFUND')),
    subject        text        NOT NULL,
    payment        text        NULL REFERENCES payments (id),
    currency       text        NOT NULL CHECK (length(currency) = 3),
    ours           bigint      NULL,
    theirs         bigint      NULL,
    detail         text        NOT NULL,
    reconciliation text        NOT NULL REFERENCES reconciliations (id),
    open_time      timestamptz NOT NULL,
    seen_time      timestamptz NOT NULL,
    close_time     timestamptz NULL,
    posting        text        NULL REFERENCES ledger_transactions (key),
    proposal       text        NULL REFERENCES proposals (id),
    CONSTRAINT cases_once UNIQUE (channel, class, movement, subject),
    CONSTRAINT cases_close_by_posting_or_two_people
        CHECK ((close_time IS NULL) = (posting IS NULL AND proposal IS NULL))
);
CREATE INDEX cases_open ON cases (id) WHERE close_time IS NULL;
ALTER TABLE proposals ADD CONSTRAINT proposals_closes FOREIGN KEY (closes) REFERENCES cases (id);

-- What moved when, by the provider's time.
CREATE INDEX payments_paid ON payments (channel, pay_time) WHERE pay_time IS NOT NULL;
CREATE INDEX payments_expiring ON payments (channel, expire_time) WHERE channel IS NOT NULL;
CREATE INDEX refunds_made ON refunds (channel, refund_time) WHERE refund_time IS NOT NULL;
CREATE INDEX ledger_captures ON ledger_transactions (post_time) WHERE event = 'CAPTURED';
