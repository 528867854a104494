#include "services/account/rpc/country_handlers.h"

#include "libs/async/status_macros.h"
#include "libs/rpc/validate.h"

namespace houbu::account {

Task<v1::Country> CountryHandlers::Find(const rpc::Call&,
                                        const v1::ResolveCountryRequest& request) {
  Violations violations;
  rpc::RequireText(violations, "text", request.text(), 100);
  CO_RETURN_IF_ERROR(violations.ToStatus());
  ASSIGN_OR_CO_RETURN(const Country* const country, countries_.Resolve(request.text()));
  v1::Country wire;
  wire.set_country_code(country->alpha2);
  wire.set_alpha3_code(country->alpha3);
  wire.set_english_name(country->english);
  wire.set_chinese_name(country->chinese);
  co_return wire;
}

}  // namespace houbu::account
