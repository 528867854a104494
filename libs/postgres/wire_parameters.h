/// Parameters as libpq wants them; private to libs/postgres.
#pragma once

#include <vector>

#include "libs/postgres/parameters.h"

namespace houbu::postgres {

/// Borrows the values of `params`, which must outlive this.
class WireParameters final {
 public:
  explicit WireParameters(const Parameters& params) {
    values_.reserve(params.values_.size());
    lengths_.reserve(params.values_.size());
    formats_.reserve(params.values_.size());
    for (const Parameters::Value& value : params.values_) {
      values_.push_back(value.null ? nullptr : value.bytes.data());
      lengths_.push_back(static_cast<int>(value.bytes.size()));
      formats_.push_back(value.binary ? 1 : 0);
    }
  }

  int count() const { return static_cast<int>(values_.size()); }
  const char* const* values() const { return values_.data(); }
  const int* lengths() const { return lengths_.data(); }
  const int* formats() const { return formats_.data(); }

 private:
  std::vector<const char*> values_;
  std::vector<int> lengths_;
  std::vector<int> formats_;
};

}  // namespace houbu::postgres
