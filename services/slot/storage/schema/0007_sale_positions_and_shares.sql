-- Runs closed to new buyers, where units stand, and classes that sell the units of others. All have
-- defaults that say what was so before.

ALTER TABLE runs ADD COLUMN sale text NOT NULL DEFAULT 'OPEN' CHECK (sale IN ('OPEN', 'CLOSED'));
CREATE INDEX runs_closed ON runs (service_date) WHERE sale = 'CLOSED';

-- One letter or digit a unit, over and over from each coach's start; '' where nobody wishes.
ALTER TABLE run_classes ADD COLUMN positions text NOT NULL DEFAULT '';
-- The class whose units it sells; '' for its own. Such a class has no rows in run_units.
ALTER TABLE run_classes ADD COLUMN shares text NOT NULL DEFAULT '' CHECK (shares <> code);

ALTER TABLE train_classes ADD COLUMN positions text NOT NULL DEFAULT '';
ALTER TABLE train_classes ADD COLUMN shares text NOT NULL DEFAULT '' CHECK (shares <> code);

-- The class whose units were taken; '' where it is the class that was sold.
ALTER TABLE allocations ADD COLUMN units_of text NOT NULL DEFAULT '';
