/// Which server is the master for a key: always the same one, the one that Sentinels name, or the
/// one that a Cluster's map gives. Everything in it runs on the client's strand.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

#include "libs/redis/address.h"
#include "libs/redis/answer.h"
#include "libs/redis/client.h"
#include "libs/redis/link.h"

namespace houbu::redis {

/// Knows the masters, and asks again when what it knows turned out wrong.
class Directory {
 public:
  using Time = std::chrono::steady_clock::time_point;
  /// Asks a server (or a Sentinel) something.
  using Ask =
      std::function<void(const Address& whom, std::vector<std::string> argv, OnAnswer on_answer)>;

  explicit Directory(Link::Strand strand) : strand_(std::move(strand)) {}
  virtual ~Directory() = default;

  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;

  /// The master for a key; none when that is not known now.
  virtual std::optional<Address> MasterFor(absl::string_view key) const = 0;

  /// All masters known now, each once.
  virtual std::vector<Address> Masters() const = 0;

  /// Takes a Cluster's word that a slot is at another server.
  virtual void Moved(int slot, const Address& master);

  /// Tells whether asking again can change anything.
  virtual bool CanChange() const { return true; }

  /// Asks again and calls `done`; one inquiry serves all who ask during it, and the next does not
  /// begin at once.
  void Refresh(std::function<void()> done);

  /// Asks again when the last time is `interval` ago.
  void Review(std::chrono::nanoseconds interval);

 protected:
  /// Begins an inquiry that ends, in every case, with a call of Ended().
  virtual void Inquire() = 0;
  void Ended();

 private:
  void TellWaiting();

  Link::Strand strand_;
  bool under_way_ = false;
  Time ended_at_{};
  std::vector<std::function<void()>> waiting_;
};

/// Makes the directory that the options ask for. It may outlive whom `ask` asks through.
std::shared_ptr<Directory> MakeDirectory(Link::Strand strand, const Options& options,
                                         Directory::Ask ask);

}  // namespace houbu::redis
