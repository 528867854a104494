-- Refunds right after the purchase that were free of charge: one per person and day.
CREATE TABLE graces (
    account text NOT NULL,
    day     date NOT NULL,
    payment text NOT NULL REFERENCES payments (id),
    CONSTRAINT graces_once_a_day PRIMARY KEY (account, day)
);
