/// How the roles of staff are given and taken.
#pragma once

#include "libs/rpc/seam.h"
#include "services/account/app/staff.h"

#include "houbu/account/v1/staff.grpc.pb.h"

namespace houbu::account {

/// Answers houbu.account.v1.StaffService.
class StaffHandlers final : public v1::StaffService::CallbackService {
 public:
  /// Uses what it is given, which must outlive it.
  StaffHandlers(rpc::Seam& seam, Staff& staff) : seam_(seam), staff_(staff) {}

  grpc::ServerUnaryReactor* GrantRole(grpc::CallbackServerContext* context,
                                      const v1::GrantRoleRequest* request,
                                      v1::Staff* response) override {
    return seam_.Run(context, request, response, this, &StaffHandlers::Grant);
  }
  grpc::ServerUnaryReactor* RevokeRole(grpc::CallbackServerContext* context,
                                       const v1::RevokeRoleRequest* request,
                                       v1::Staff* response) override {
    return seam_.Run(context, request, response, this, &StaffHandlers::Revoke);
  }
  grpc::ServerUnaryReactor* ListStaff(grpc::CallbackServerContext* context,
                                      const v1::ListStaffRequest* request,
                                      v1::ListStaffResponse* response) override {
    return seam_.Run(context, request, response, this, &StaffHandlers::ShowList);
  }

 private:
  Task<v1::Staff> Grant(const rpc::Call& call, const v1::GrantRoleRequest& request);
  Task<v1::Staff> Revoke(const rpc::Call& call, const v1::RevokeRoleRequest& request);
  Task<v1::ListStaffResponse> ShowList(const rpc::Call& call, const v1::ListStaffRequest& request);

  rpc::Seam& seam_;
  Staff& staff_;
};

}  // namespace houbu::account
