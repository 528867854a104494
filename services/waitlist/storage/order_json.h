/// Choices and travellers as JSON: how an order's parts stand in its row.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"

#include "services/waitlist/domain/order.h"

namespace houbu::waitlist {

/// Writes choices.
std::string ChoicesJson(const std::vector<Choice>& choices);

/// Reads what ChoicesJson wrote; INTERNAL for anything else, since only we write it.
absl::StatusOr<std::vector<Choice>> ParseChoices(const std::string& json);

/// Writes travellers.
std::string TravellersJson(const std::vector<Traveller>& travellers);

/// Reads what TravellersJson wrote; INTERNAL for anything else, since only we write it.
absl::StatusOr<std::vector<Traveller>> ParseTravellers(const std::string& json);

}  // namespace houbu::waitlist
