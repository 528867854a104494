-- Refunds are asked for channel by channel; new ones and those asked already take turns.
CREATE INDEX refunds_due_of_channel ON refunds (channel, asked, ask_at) WHERE ask_at IS NOT NULL;
DROP INDEX refunds_due;

-- What was decided together, e.g. all refunds of a run that was cancelled, is followed together.
-- return_batch: of the refund of money that is still to arrive.
ALTER TABLE refunds ADD COLUMN batch text NULL;
ALTER TABLE payments ADD COLUMN return_batch text NULL;
CREATE INDEX refunds_of_batch ON refunds (batch, state, asked) INCLUDE (amount, currency)
    WHERE batch IS NOT NULL;
CREATE INDEX refunds_of_batch_pending ON refunds (batch, create_time)
    WHERE batch IS NOT NULL AND state = 'PENDING';
