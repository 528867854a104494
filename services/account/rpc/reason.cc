#include "services/account/rpc/reason.h"

#include "absl/strings/ascii.h"

namespace houbu::account {
namespace {

constexpr int kCharactersMax = 200;
// Phone numbers have 11 digits, passports 8 and a letter, cards 17; ticket numbers fit below.
constexpr int kDigitsMax = 7;

bool HoldsNumber(absl::string_view text) {
  int digits = 0;
  for (const char c : text) {
    if (absl::ascii_isdigit(static_cast<unsigned char>(c))) {
      if (++digits > kDigitsMax) {
        return true;
      }
    } else if (c != ' ' && c != '-') {
      digits = 0;
    }
  }
  return false;
}

}  // namespace

std::string RequireReason(Violations& violations, absl::string_view field,
                          absl::string_view value) {
  rpc::RequireText(violations, field, value, kCharactersMax);
  if (HoldsNumber(value)) {
    violations.Add(field, "must hold no personal number: name the account or a ticket instead");
  }
  return std::string(value);
}

}  // namespace houbu::account
