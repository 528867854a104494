#include "services/slot/domain/rules.h"

#include <algorithm>
#include <iterator>

#include "libs/base/civil.h"
#include "services/slot/domain/booking.h"

namespace houbu::slot {
namespace {

// ISO 3166-1 alpha-2, ascending.
constexpr char kCountries[][3] = {
    "AD", "AE", "AF", "AG", "AI", "AL", "AM", "AO", "AQ", "AR", "AS", "AT", "AU", "AW", "AX", "AZ",
    "BA", "BB", "BD", "BE", "BF", "BG", "BH", "BI", "BJ", "BL", "BM", "BN", "BO", "BQ", "BR", "BS",
    "BT", "BV", "BW", "BY", "BZ", "CA", "CC", "CD", "CF", "CG", "CH", "CI", "CK", "CL", "CM", "CN",
    "CO", "CR", "CU", "CV", "CW", "CX", "CY", "CZ", "DE", "DJ", "DK", "DM", "DO", "DZ", "EC", "EE",
    "EG", "EH", "ER", "ES", "ET", "FI", "FJ", "FK", "FM", "FO", "FR", "GA", "GB", "GD", "GE", "GF",
    "GG", "GH", "GI", "GL", "GM", "GN", "GP", "GQ", "GR", "GS", "GT", "GU", "GW", "GY", "HK", "HM",
    "HN", "HR", "HT", "HU", "ID", "IE", "IL", "IM", "IN", "IO", "IQ", "IR", "IS", "IT", "JE", "JM",
    "JO", "JP", "KE", "KG", "KH", "KI", "KM", "KN", "KP", "KR", "KW", "KY", "KZ", "LA", "LB", "LC",
    "LI", "LK", "LR", "LS", "LT", "LU", "LV", "LY", "MA", "MC", "MD", "ME", "MF", "MG", "MH", "MK",
    "ML", "MM", "MN", "MO", "MP", "MQ", "MR", "MS", "MT", "MU", "MV", "MW", "MX", "MY", "MZ", "NA",
    "NC", "NE", "NF", "NG", "NI", "NL", "NO", "NP", "NR", "NU", "NZ", "OM", "PA", "PE", "PF", "PG",
    "PH", "PK", "PL", "PM", "PN", "PR", "PS", "PT", "PW", "PY", "QA", "RE", "RO", "RS", "RU", "RW",
    "SA", "SB", "SC", "SD", "SE", "SG", "SH", "SI", "SJ", "SK", "SL", "SM", "SN", "SO", "SR", "SS",
    "ST", "SV", "SX", "SY", "SZ", "TC", "TD", "TF", "TG", "TH", "TJ", "TK", "TL", "TM", "TN", "TO",
    "TR", "TT", "TV", "TW", "TZ", "UA", "UG", "UM", "US", "UY", "UZ", "VA", "VC", "VE", "VG", "VI",
    "VN", "VU", "WF", "WS", "YE", "YT", "ZA", "ZM", "ZW",
};

absl::Status OutsidePeriod(const Run& run, const BookingPolicy& policy) {
  Metadata facts;
  facts["first_day"] = FormatCivilDay(run.service_date - policy.days_ahead_max);
  facts["last_day"] = FormatCivilDay(run.service_date - policy.days_ahead_min);
  return Refuse(kOutsideBookingPeriod, facts);
}

absl::Status NotOpenYet(const Run& run) {
  Metadata facts;
  facts["sale_open_time"] = absl::FormatTime(absl::RFC3339_sec, run.sale_open_at, ZoneOf(run));
  return Refuse(kSaleNotOpen, facts);
}

}  // namespace

SaleState SaleStateOf(const SaleTerms& terms, absl::Time now, const BookingPolicy& policy) {
  if (now >= terms.boards_at) return SaleState::kDeparted;
  if (terms.closed) return SaleState::kStopped;
  if (now < terms.sale_open_at) return SaleState::kNotOpenYet;
  if (terms.kind == RunKind::kTrain) return SaleState::kOpen;
  const absl::CivilDay today = DayAt(now, terms.zone);
  const bool within = terms.service_date - policy.days_ahead_max <= today &&
                      today <= terms.service_date - policy.days_ahead_min;
  return within ? SaleState::kOpen : SaleState::kOutsidePeriod;
}

absl::Status CheckSale(const Run& run, LegRange legs, absl::Time now, const BookingPolicy& policy) {
  SaleTerms terms;
  terms.kind = run.kind;
  terms.service_date = run.service_date;
  terms.zone = ZoneOf(run);
  terms.sale_open_at = run.sale_open_at;
  terms.boards_at = BoardingOf(run, legs).departs_at;
  switch (SaleStateOf(terms, now, policy)) {
    case SaleState::kOpen:
      return absl::OkStatus();
    case SaleState::kNotOpenYet:
      return NotOpenYet(run);
    case SaleState::kOutsidePeriod:
      return OutsidePeriod(run, policy);
    case SaleState::kDeparted:
      return Refuse(kRunDeparted);
    case SaleState::kStopped:
      return Refuse(kRunClosed);
  }
  return absl::OkStatus();
}

bool IsCountry(absl::string_view code) {
  return std::binary_search(std::begin(kCountries), std::end(kCountries), code,
                            [](absl::string_view a, absl::string_view b) { return a < b; });
}

}  // namespace houbu::slot
