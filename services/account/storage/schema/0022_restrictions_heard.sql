-- What an account may not do changed: whoever follows revocations hears all of it anew.
ALTER TABLE revocations ADD COLUMN restricts boolean NOT NULL DEFAULT false;
