/// How holders consent, and take it back.
#pragma once

#include "libs/rpc/seam.h"
#include "services/account/app/consents.h"

#include "houbu/account/v1/consent.grpc.pb.h"

namespace houbu::account {

/// Answers houbu.account.v1.ConsentService.
class ConsentHandlers final : public v1::ConsentService::CallbackService {
 public:
  /// Uses what it is given, which must outlive it.
  ConsentHandlers(rpc::Seam& seam, Consents& consents) : seam_(seam), consents_(consents) {}

  grpc::ServerUnaryReactor* GiveConsent(grpc::CallbackServerContext* context,
                                        const v1::GiveConsentRequest* request,
                                        v1::PurposeConsent* response) override {
    return seam_.Run(context, request, response, this, &ConsentHandlers::Give);
  }
  grpc::ServerUnaryReactor* WithdrawConsent(grpc::CallbackServerContext* context,
                                            const v1::WithdrawConsentRequest* request,
                                            v1::PurposeConsent* response) override {
    return seam_.Run(context, request, response, this, &ConsentHandlers::Withdraw);
  }
  grpc::ServerUnaryReactor* ListConsents(grpc::CallbackServerContext* context,
                                         const v1::ListConsentsRequest* request,
                                         v1::ListConsentsResponse* response) override {
    return seam_.Run(context, request, response, this, &ConsentHandlers::ShowList);
  }

 private:
  Task<v1::PurposeConsent> Give(const rpc::Call& call, const v1::GiveConsentRequest& request);
  Task<v1::PurposeConsent> Withdraw(const rpc::Call& call,
                                    const v1::WithdrawConsentRequest& request);
  Task<v1::ListConsentsResponse> ShowList(const rpc::Call& call,
                                          const v1::ListConsentsRequest& request);

  rpc::Seam& seam_;
  Consents& consents_;
};

}  // namespace houbu::account
