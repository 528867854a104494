/// How the other services follow which keys sign and what was revoked.
#pragma once

#include <string>
#include <utility>

#include "libs/base/clock.h"
#include "libs/rpc/seam.h"
#include "services/account/app/ports_sign_in.h"
#include "services/account/app/ports_staff.h"

#include "houbu/account/v1/trust.grpc.pb.h"

namespace houbu::account {

/// Answers houbu.account.v1.TrustService.
class TrustHandlers final : public v1::TrustService::CallbackService {
 public:
  /// Uses what it is given, which must outlive it. `jwks` are the public keys.
  TrustHandlers(rpc::Seam& seam, RevocationLog& log, StaffStore& staff, const Clock& clock,
                std::string jwks)
      : seam_(seam), log_(log), staff_(staff), clock_(clock), jwks_(std::move(jwks)) {}

  grpc::ServerUnaryReactor* GetTrust(grpc::CallbackServerContext* context,
                                     const v1::GetTrustRequest* request,
                                     v1::Trust* response) override {
    return seam_.Run(context, request, response, this, &TrustHandlers::Show);
  }

 private:
  Task<void> AddStaff(std::string known_tag, v1::Trust* trust);
  Task<v1::Trust> Show(const rpc::Call& call, const v1::GetTrustRequest& request);

  rpc::Seam& seam_;
  RevocationLog& log_;
  StaffStore& staff_;
  const Clock& clock_;
  std::string jwks_;
};

/// Reads what can still matter: nothing that was signed lives longer.
inline constexpr absl::Duration kRevocationsMatterFor = absl::Minutes(16);

/// As the other services write a revoked session: "accounts/ac-.../sessions/ss-..."; "" for none.
std::string SessionNameOf(const Revoked& revoked);

}  // namespace houbu::account
