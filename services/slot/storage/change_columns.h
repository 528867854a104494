/// Columns of multi-row statements, made of a list of things.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"

#include "libs/postgres/parameters.h"

namespace houbu::slot {

/// Adds a text[] with what `get` gives of each item.
template <class Items, class Get>
void AddTexts(postgres::Parameters& params, const Items& items, const Get& get) {
  std::vector<std::string> column;
  column.reserve(items.size());
  for (const auto& item : items) column.emplace_back(get(item));
  params.AddTextArray(column);
}

/// Adds an int[] or bigint[] with what `get` gives of each item.
template <class Items, class Get>
void AddInts(postgres::Parameters& params, const Items& items, const Get& get) {
  std::vector<std::int64_t> column;
  column.reserve(items.size());
  for (const auto& item : items) column.push_back(get(item));
  params.AddIntArray(column);
}

/// Adds a timestamptz[] with what `get` gives of each item.
template <class Items, class Get>
void AddTimes(postgres::Parameters& params, const Items& items, const Get& get) {
  std::vector<absl::Time> column;
  column.reserve(items.size());
  for (const auto& item : items) column.push_back(get(item));
  params.AddTimeArray(column);
}

}  // namespace houbu::slot
