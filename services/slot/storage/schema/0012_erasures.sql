-- Erased accounts: their demands are found to take the names from.
CREATE INDEX demands_of_account ON demands (account);
