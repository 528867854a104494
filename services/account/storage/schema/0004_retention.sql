-- What the sweeper looks for.
CREATE INDEX refresh_tokens_by_end ON refresh_tokens (expires_at);
CREATE INDEX sessions_by_end ON sessions (coalesce(ended_at, refresh_expires_at));
