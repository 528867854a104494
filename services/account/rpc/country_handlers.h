/// How countries are resolved.
#pragma once

#include "libs/rpc/seam.h"
#include "services/account/app/ports.h"
#include "services/account/domain/country.h"

#include "houbu/account/v1/country.grpc.pb.h"

namespace houbu::account {

/// Answers houbu.account.v1.CountryService.
class CountryHandlers final : public v1::CountryService::CallbackService {
 public:
  /// Uses what it is given, which must outlive it.
  CountryHandlers(rpc::Seam& seam, const CountryBook& countries)
      : seam_(seam), countries_(countries) {}

  grpc::ServerUnaryReactor* ResolveCountry(grpc::CallbackServerContext* context,
                                           const v1::ResolveCountryRequest* request,
                                           v1::Country* response) override {
    return seam_.Run(context, request, response, this, &CountryHandlers::Find);
  }

 private:
  Task<v1::Country> Find(const rpc::Call& call, const v1::ResolveCountryRequest& request);

  rpc::Seam& seam_;
  const CountryBook& countries_;
};

}  // namespace houbu::account
