/// Classes of runs as their rows say.
#pragma once

#include "libs/postgres/result.h"
#include "services/slot/domain/run.h"

namespace houbu::slot {

/// A class of a run: columns code, kind, capacity, positions, shares.
inline RunClass RunClassIn(const postgres::Row& row) {
  RunClass one;
  one.code = row.Text("code");
  one.kind = row.Text("kind") == "ASSIGNED" ? ClassKind::kAssigned : ClassKind::kCounted;
  one.capacity = row.Int32("capacity");
  one.positions = row.Text("positions");
  one.shares = row.Text("shares");
  return one;
}

/// How the units of a class stand: the same columns, and coaches, the sizes of its coaches.
inline ClassLayout ClassLayoutIn(const postgres::Row& row) {
  RunClass one = RunClassIn(row);
  ClassLayout layout;
  layout.code = std::move(one.code);
  layout.kind = one.kind;
  layout.capacity = one.capacity;
  layout.shares = std::move(one.shares);
  layout.positions = std::move(one.positions);
  if (layout.kind == ClassKind::kCounted) return layout;
  for (const std::int64_t size : row.IntArray("coaches")) {
    layout.coach_sizes.push_back(static_cast<int>(size));
  }
  return layout;
}

}  // namespace houbu::slot
