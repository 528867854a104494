/// Propagation of failures in coroutines that return Task<T>.
#pragma once

#include "libs/base/status_macros.h"

/// Ends the coroutine with the failure of an absl::Status or absl::StatusOr expression:
///   CO_RETURN_IF_ERROR(co_await pool.Ping());
#define CO_RETURN_IF_ERROR(...)                                                              \
  do {                                                                                       \
    auto HOUBU_UNIQUE(houbu_outcome_) = (__VA_ARGS__);                                       \
    if (!HOUBU_UNIQUE(houbu_outcome_).ok()) {                                                \
      co_return ::houbu::status_internal::AsStatus(std::move(HOUBU_UNIQUE(houbu_outcome_))); \
    }                                                                                        \
  } while (false)

/// Declares a variable with the value of an absl::StatusOr expression, or ends the coroutine with
/// its failure:
///   ASSIGN_OR_CO_RETURN(const Booking booking, co_await store_.Load(id));
#define ASSIGN_OR_CO_RETURN(declaration, ...)                 \
  auto HOUBU_UNIQUE(houbu_value_) = (__VA_ARGS__);            \
  if (!HOUBU_UNIQUE(houbu_value_).ok()) {                     \
    co_return std::move(HOUBU_UNIQUE(houbu_value_)).status(); \
  }                                                           \
  declaration = *std::move(HOUBU_UNIQUE(houbu_value_))
