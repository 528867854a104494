#include "tools/houbuctl/session.h"

#include <iostream>

#include "absl/strings/str_cat.h"

#include "libs/base/clock.h"
#include "libs/base/random_id_source.h"
#include "libs/base/refusal.h"
#include "libs/base/status_macros.h"
#include "libs/rpc/channel.h"

namespace houbu::ctl {
namespace {

constexpr int kTimeoutMax = 3600;

}  // namespace

Exit ExitOf(const absl::Status& failure) {
  switch (failure.code()) {
    case absl::StatusCode::kOk:
      return Exit::kOk;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
      return Exit::kUnavailable;
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kUnauthenticated:
      return Exit::kForbidden;
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kUnimplemented:
    case absl::StatusCode::kDataLoss:
      return Exit::kFault;
    default:
      return Exit::kRefused;
  }
}

std::string Explain(const absl::Status& failure) {
  std::string text =
      absl::StrCat(ReasonOf(failure).empty() ? rpc::CodeName(failure.code()) : ReasonOf(failure),
                   ": ", failure.message());
  for (const Violation& violation : ViolationsOf(failure)) {
    absl::StrAppend(&text, "; ", violation.field, " ", violation.description);
  }
  return text;
}

Exit Complain(const absl::Status& failure) {
  std::cerr << "houbuctl: " << Explain(failure) << std::endl;
  return ExitOf(failure);
}

std::string NewRequestId() {
  const SystemClock clock;
  RandomIdSource ids(clock);
  return ids.Next("ctl");
}

void Session::Bind(CLI::App& app) {
  app.add_option("--account", account_, "Where account is, host:port.")
      ->envname("HOUBUCTL_ACCOUNT")
      ->capture_default_str();
  app.add_option("--slot", slot_, "Where slot is, host:port.")
      ->envname("HOUBUCTL_SLOT")
      ->capture_default_str();
  app.add_option("--payment", payment_, "Where payment is, host:port.")
      ->envname("HOUBUCTL_PAYMENT")
      ->capture_default_str();
  app.add_option("--ca", files_.ca, "The certificate authority of the services, PEM.")
      ->envname("HOUBUCTL_CA")
      ->required();
  app.add_option("--certificate", files_.certificate, "The operator's certificate, PEM.")
      ->envname("HOUBUCTL_CERTIFICATE")
      ->required();
  app.add_option("--key", files_.key, "The certificate's private key, PEM.")
      ->envname("HOUBUCTL_KEY")
      ->required();
  app.add_option("--timeout", timeout_seconds_, "Seconds a single call may take.")
      ->check(CLI::Range(1, kTimeoutMax))
      ->capture_default_str();
  app.add_flag("--json", json_, "Shows answers as JSON, one object a line.");
}

absl::StatusOr<std::shared_ptr<grpc::Channel>> Session::Account() const { return WayTo(account_); }

absl::StatusOr<std::shared_ptr<grpc::Channel>> Session::Slot() const { return WayTo(slot_); }

absl::StatusOr<std::shared_ptr<grpc::Channel>> Session::Payment() const { return WayTo(payment_); }

absl::StatusOr<std::shared_ptr<grpc::Channel>> Session::WayTo(const std::string& address) const {
  ASSIGN_OR_RETURN(const rpc::Tls tls, rpc::LoadTls(files_));
  return rpc::Channel(address, tls, "").grpc_channel();
}

void Session::SetDeadline(grpc::ClientContext& context) const {
  const SystemClock clock;
  context.set_deadline(absl::ToChronoTime(clock.Now() + absl::Seconds(timeout_seconds_)));
}

}  // namespace houbu::ctl
