-- The roles of staff (R-09). A role that was taken stays as a row that says by whom and why.
CREATE TABLE staff_roles (
  person text NOT NULL CHECK (person ~ '^[a-z0-9-]{1,63}$'),
  role text NOT NULL CHECK (role IN ('support', 'reviewer', 'finance', 'admin')),
  granted_by text NOT NULL,
  granted_at timestamptz NOT NULL,
  grant_reason text NOT NULL,
  revoked_by text,
  revoked_at timestamptz,
  revoke_reason text,
  CONSTRAINT staff_roles_not_by_oneself CHECK (granted_by <> 'operators/' || person),
  CONSTRAINT staff_roles_taken_by_somebody
    CHECK ((revoked_at IS NULL) = (revoked_by IS NULL)
           AND (revoked_at IS NULL) = (revoke_reason IS NULL))
);

CREATE UNIQUE INDEX staff_roles_held ON staff_roles (person, role) WHERE revoked_at IS NULL;
