-- Everything that was posted for a payment, for whoever compares its books.
CREATE INDEX ledger_transactions_of_payment ON ledger_transactions (payment, post_time);
