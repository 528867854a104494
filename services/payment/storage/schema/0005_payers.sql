-- Payments on a page inside a channel's app: what the page pays by, and for whom, as a digest.
ALTER TABLE payments
    ADD COLUMN prepay_id text NOT NULL DEFAULT '',
    ADD COLUMN payer     text NOT NULL DEFAULT '';
