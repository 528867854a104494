/// Propagation of failures in ordinary functions; coroutines use libs/async/status_macros.h.
#pragma once

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace houbu::status_internal {

/// Lets the macros take a status...
inline absl::Status AsStatus(absl::Status status) { return status; }

/// ... or a status-or, of which only the status is of interest.
template <class T>
absl::Status AsStatus(absl::StatusOr<T> outcome) {
  return std::move(outcome).status();
}

}  // namespace houbu::status_internal

#define HOUBU_JOIN_INNER(a, b) a##b
#define HOUBU_JOIN(a, b) HOUBU_JOIN_INNER(a, b)
#define HOUBU_UNIQUE(name) HOUBU_JOIN(name, __LINE__)

/// Returns the failure of an absl::Status or absl::StatusOr expression from this function.
#define RETURN_IF_ERROR(...)                                                              \
  do {                                                                                    \
    auto HOUBU_UNIQUE(houbu_outcome_) = (__VA_ARGS__);                                    \
    if (!HOUBU_UNIQUE(houbu_outcome_).ok()) {                                             \
      return ::houbu::status_internal::AsStatus(std::move(HOUBU_UNIQUE(houbu_outcome_))); \
    }                                                                                     \
  } while (false)

/// Declares a variable with the value of an absl::StatusOr expression, or returns its failure:
///   ASSIGN_OR_RETURN(const absl::CivilDay day, ParseCivilDay(text));
#define ASSIGN_OR_RETURN(declaration, ...)                 \
  auto HOUBU_UNIQUE(houbu_value_) = (__VA_ARGS__);         \
  if (!HOUBU_UNIQUE(houbu_value_).ok()) {                  \
    return std::move(HOUBU_UNIQUE(houbu_value_)).status(); \
  }                                                        \
  declaration = *std::move(HOUBU_UNIQUE(houbu_value_))
