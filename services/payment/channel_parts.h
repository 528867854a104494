/// What the parts of every provider share: the halves of a channel, all channels together, and
/// settings that describe one whole or are refused by name.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

#include "libs/async/worker_pool.h"
#include "libs/base/status_macros.h"
#include "libs/http/client.h"
#include "libs/process/process.h"
#include "libs/secrets/rsa.h"
#include "services/payment/app/payer_bridge.h"
#include "services/payment/app/ports.h"
#include "services/payment/app/reconciliation_ports.h"

namespace houbu::payment {

/// What a channel consists of; the process owns it.
struct ChannelParts {
  Provider* provider = nullptr;
  const NoticeReader* reader = nullptr;
  Bills* bills = nullptr;                ///< None where the provider has none.
  const BridgeSigner* bridge = nullptr;  ///< None where nobody pays on a page inside its app.
  int refund_rate_max = 1;               ///< Requests about refunds a second.
};

/// The channels that are offered.
struct Channels {
  Providers providers;
  std::map<Channel, const NoticeReader*> readers;  ///< Of callbacks at /callbacks/<channel>.
  BillsByChannel bills;
  BridgeSigners bridges;
  std::map<Channel, int> refund_rates;  ///< As ChannelParts::refund_rate_max.

  /// Offers one more.
  void Add(Channel channel, const ChannelParts& parts) {
    providers[channel] = parts.provider;
    refund_rates[channel] = parts.refund_rate_max;
    readers[channel] = parts.reader;
    if (parts.bills != nullptr) bills[channel] = parts.bills;
    if (parts.bridge != nullptr) bridges[channel] = parts.bridge;
  }
};

/// The largest bill that is read.
inline constexpr std::size_t kBillBytesMax = std::size_t{64} << 20;

/// A client that gets bills.
inline http::Client& OwnBillClient(process::Parts& parts, process::Environment& env) {
  http::ClientOptions options;
  options.response_bytes_max = kBillBytesMax;
  return parts.Own<http::Client>(env.workers(), options);
}

/// How many requests about refunds of one channel are under way at once, at most.
inline constexpr int kRefundsUnderWayMax = 16;

/// How many requests a second are the most that can be meant.
inline constexpr int kRateLimit = 1000;

/// Refuses a pace that is none.
inline absl::Status CheckRate(Channel channel, int rate) {
  if (rate >= 1 && rate <= kRateLimit) return absl::OkStatus();
  const absl::string_view section = channel == Channel::kSandbox ? "provider" : NameOf(channel);
  return absl::InvalidArgumentError(
      absl::StrCat(section, ".refund_rate_max is 1 to ", kRateLimit, ", not ", rate));
}

/// An HTTP client of a channel's own: a provider that hangs takes no other channel's threads, and
/// refunds leave some for those who pay.
inline http::Client& OwnClient(process::Parts& parts) {
  async::WorkerPoolOptions options;
  options.threads = kRefundsUnderWayMax + 4;
  auto& threads = parts.Own<async::WorkerPool>(options);
  return parts.Own<http::Client>(threads, http::ClientOptions());
}

/// Settings of a section that cannot do without each other: each name, and whether it is missing.
using NeededSettings = std::vector<std::pair<absl::string_view, bool>>;

/// Refuses a section that has an app_id and not all that goes with it.
inline absl::Status CheckWhole(absl::string_view section, const NeededSettings& needed) {
  for (const auto& [name, is_missing] : needed) {
    if (!is_missing) continue;
    return absl::InvalidArgumentError(
        absl::StrCat(section, ".", name, " is needed where ", section, ".app_id is set"));
  }
  return absl::OkStatus();
}

/// Names the setting, "alipay.public_key_file", that a failure comes from.
template <class T>
absl::StatusOr<T> WithSetting(absl::string_view setting, absl::StatusOr<T> result) {
  if (result.ok()) return result;
  return absl::InvalidArgumentError(absl::StrCat(setting, ": ", result.status().message()));
}

/// Reads an RsaSigner or RsaVerifier from the PEM file that a setting names.
template <class Key>
absl::StatusOr<Key> LoadRsaKey(absl::string_view setting, const std::string& path) {
  ASSIGN_OR_RETURN(const std::string pem, WithSetting(setting, secrets::LoadSecretFile(path)));
  return WithSetting(setting, Key::FromPem(pem));
}

}  // namespace houbu::payment
