-- Waitlist orders: an order is one row, changed as a whole under its version.
CREATE TABLE orders (
  id text PRIMARY KEY,
  version bigint NOT NULL,
  account text NOT NULL,
  state text NOT NULL CHECK (state IN ('PENDING_PAYMENT', 'WAITING', 'SERVED', 'WITHDRAWN',
                                       'FAILED', 'LAPSED')),
  end_reason text NOT NULL,
  choices jsonb NOT NULL,
  travellers jsonb NOT NULL,
  currency text NOT NULL,
  prepayment_minor bigint NOT NULL CHECK (prepayment_minor >= 0),
  payment text NOT NULL UNIQUE,
  created_at timestamptz NOT NULL,
  pay_by timestamptz NOT NULL,
  deadline timestamptz NOT NULL,
  effective_at timestamptz,
  ended_at timestamptz,
  served_demand text NOT NULL,
  booking text NOT NULL,
  fare_paid_minor bigint NOT NULL CHECK (fare_paid_minor <= prepayment_minor),
  -- Exactly what waits or was served is effective, and exactly what is over has ended.
  CHECK (state NOT IN ('WAITING', 'SERVED') OR effective_at IS NOT NULL),
  CHECK ((state IN ('PENDING_PAYMENT', 'WAITING')) = (ended_at IS NULL)),
  CHECK ((state = 'SERVED') = (booking <> ''))
);

-- One live order an account (W-03).
CREATE UNIQUE INDEX orders_one_live ON orders (account)
  WHERE state IN ('PENDING_PAYMENT', 'WAITING');

CREATE INDEX orders_of_account ON orders (account, id DESC);

CREATE INDEX orders_to_lapse ON orders (pay_by) WHERE state = 'PENDING_PAYMENT';

CREATE INDEX orders_to_fail ON orders (deadline) WHERE state = 'WAITING';

-- Every state an order came to, for its history (I6).
CREATE TABLE order_history (
  order_id text NOT NULL REFERENCES orders (id),
  version bigint NOT NULL,
  state text NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (order_id, version)
);
