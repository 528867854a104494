/// Identity verification as a part of the account service: its settings, and what it becomes.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

#include "libs/base/status_macros.h"
#include "libs/process/process.h"
#include "services/account/app/late_answers.h"
#include "services/account/app/verification.h"
#include "services/account/peers/holder_notices.h"
#include "services/account/peers/identity_notices.h"
#include "services/account/peers/identity_verifier.h"
#include "services/account/rpc/identity_callback_endpoint.h"
#include "services/account/storage/postgres_check_store.h"

namespace houbu::account {

/// What an operator sets about verification.
struct VerificationConfig {
  CheckPolicy checks;
  VerifierOptions verifier;
  std::string callback_address = "127.0.0.1:7456";
  std::string callback_url = absl::StrCat("http://127.0.0.1:7456", kIdentityCallbackPath);
  std::string callback_key_file;
  std::string former_callback_key_file;

  /// Binds verifier.*.
  void Bind(process::Binder& binder) {
    binder.Optional("verifier.url", &verifier.url, "Base URL of the identity provider.");
    binder.Optional("verifier.checks_per_day_max", &checks.per_day_max,
                    "Identity checks of an account that come to a result, in a day.",
                    process::Range{.least = 1, .most = 1000});
    binder.Optional("verifier.call_max", &checks.call_max,
                    "How long the provider may take to answer at once.");
    binder.Optional("verifier.wait_max", &checks.wait_max, "How long a late answer is waited for.");
    binder.Optional("verifier.ask_interval", &checks.ask_interval,
                    "Until a late answer is first asked after; later ever longer.");
    binder.OptionalFile("verifier.callback_key_file", &callback_key_file,
                        "32 bytes in hex with which the provider signs late answers; without it "
                        "they are only asked after.");
    binder.OptionalFile("verifier.former_callback_key_file", &former_callback_key_file,
                        "The key before it, as long as the provider signs with it.");
    binder.Optional("verifier.callback_address", &callback_address,
                    "Where late answers are taken, host:port, plain HTTP.");
    binder.Optional("verifier.callback_url", &callback_url,
                    "What the provider is told: that address as it reaches it.");
  }
};

/// Counters of one figure, by the values of one label.
inline std::function<void(absl::string_view)> CountByName(observe::Metrics& metrics,
                                                          absl::string_view figure,
                                                          absl::string_view help,
                                                          std::vector<std::string> names) {
  std::vector<std::pair<std::string, prometheus::Counter*>> counters;
  for (std::string& name : names) {
    observe::Labels labels = {{"outcome", absl::AsciiStrToLower(name)}};
    counters.emplace_back(std::move(name), &metrics.AddCounter(figure, help, labels));
  }
  return [counters](absl::string_view ended) {
    for (const auto& [name, counter] : counters) {
      if (name == ended) counter->Increment();
    }
  };
}

/// Shows how many checks wait for the provider.
inline std::function<void(const OpenChecks&)> ShowOpenChecks(observe::Metrics& metrics) {
  auto& open = metrics.AddGauge("houbu_account_identity_checks_open",
                                "Identity checks that wait for the provider.");
  auto& oldest = metrics.AddGauge("houbu_account_identity_check_oldest_seconds",
                                  "How long the oldest of them has waited.");
  return [&open, &oldest](const OpenChecks& checks) {
    open.Set(checks.count);
    oldest.Set(absl::ToDoubleSeconds(checks.oldest_age));
  };
}

/// Opens the door at which the provider brings late answers; or says why not, for the operator.
inline absl::Status AddCallbackDoor(process::Parts& parts, process::Environment& env,
                                    const VerificationConfig& config, LateAnswers& late) {
  ASSIGN_OR_RETURN(IdentityNotices loaded, IdentityNotices::Load(config.callback_key_file,
                                                                 config.former_callback_key_file));
  const auto& reader = parts.Own<IdentityNotices>(std::move(loaded));
  CallbackCounter count = CountByName(env.metrics(), "houbu_account_identity_callbacks_total",
                                      "Callbacks of the identity provider, by what became of them.",
                                      {"ACCEPTED", "UNSIGNED", "FORGED", "STALE", "REPLAYED",
                                       "MALFORMED", "OVERSIZED", "UNKNOWN", "FAILED"});
  auto& endpoint = parts.Own<IdentityCallbackEndpoint>(reader, late, env.clock(), std::move(count));
  http::ServerOptions options;
  options.address = config.callback_address;
  options.body_bytes_max = 2 * kCallbackBytesMax;
  options.connections_max = 64;
  auto server = std::make_shared<http::Server>(env.executor(), options);
  server->Handle("POST", kIdentityCallbackPath,
                 [&endpoint](http::Request request) { return endpoint.Take(std::move(request)); });
  parts.http_servers.push_back(std::move(server));
  return absl::OkStatus();
}

/// Builds verification; gives its use cases, or why not, for the operator.
inline absl::StatusOr<Verifications*> AddVerification(process::Parts& parts,
                                                      process::Environment& env,
                                                      const VerificationConfig& config,
                                                      const Vault& vault, AccountStore& accounts,
                                                      PassengerStore& passengers,
                                                      ConsentCheck& consents) {
  VerifierOptions options = config.verifier;
  options.call_max = config.checks.call_max;
  const bool has_door = !config.callback_key_file.empty();
  if (has_door) options.callback_url = config.callback_url;
  // Threads of its own: a provider that hangs delays nobody else.
  auto& threads = parts.Own<async::WorkerPool>(async::WorkerPoolOptions{.threads = 8});
  auto& client = parts.Own<http::Client>(threads, http::ClientOptions());
  auto& provider = parts.Own<IdentityVerifier>(client, std::move(options));
  auto& checks = parts.Own<PostgresCheckStore>(env.postgres(), vault, EncodeHolderNotice);
  CheckCounter count = CountByName(env.metrics(), "houbu_account_identity_checks_total",
                                   "Identity checks that ended, by what they came to.",
                                   {"MATCH", "MISMATCH", "LIVENESS_FAILED", "HOLDER_HAS_ACCOUNT",
                                    "HOLDER_CHANGED", "PROVIDER_SILENT", "SUPERSEDED"});
  auto& endings = parts.Own<CheckEndings>(
      CheckEndings::Tools{accounts, passengers, checks, env.clock(), std::move(count)});
  auto& late = parts.Own<LateAnswers>(LateAnswers::Tools{
      checks, provider, endings, env.clock(), config.checks, ShowOpenChecks(env.metrics())});
  if (has_door) {
    RETURN_IF_ERROR(AddCallbackDoor(parts, env, config, late));
  }
  process::Loop loop;
  loop.name = "late_identity_checks";
  loop.interval = absl::Seconds(1);
  loop.round = [&late] { return late.Round(); };
  parts.loops.push_back(std::move(loop));
  return &parts.Own<Verifications>(Verifications::Tools{accounts, passengers, checks, provider,
                                                        endings, consents, env.clock(), env.ids(),
                                                        config.checks});
}

}  // namespace houbu::account
