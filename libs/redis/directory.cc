#include "libs/redis/directory.h"

#include <utility>

#include <boost/asio/post.hpp>

#include "libs/redis/cluster_directory.h"
#include "libs/redis/sentinel_directory.h"

namespace houbu::redis {
namespace {

// Between the end of an inquiry and the begin of the next.
constexpr auto kPause = std::chrono::milliseconds(50);

/// One server, for ever.
class FixedDirectory final : public Directory {
 public:
  FixedDirectory(Link::Strand strand, Address server)
      : Directory(std::move(strand)), server_(std::move(server)) {}

  std::optional<Address> MasterFor(absl::string_view) const override { return server_; }
  std::vector<Address> Masters() const override { return {server_}; }
  bool CanChange() const override { return false; }

 protected:
  void Inquire() override { Ended(); }

 private:
  const Address server_;
};

}  // namespace

void Directory::Moved(int, const Address&) {}

void Directory::Refresh(std::function<void()> done) {
  if (done) {
    waiting_.push_back(std::move(done));
  }
  if (under_way_) {
    return;
  }
  if (std::chrono::steady_clock::now() < ended_at_ + kPause) {
    TellWaiting();
    return;
  }
  under_way_ = true;
  Inquire();
}

void Directory::Review(std::chrono::nanoseconds interval) {
  if (CanChange() && !under_way_ && std::chrono::steady_clock::now() >= ended_at_ + interval) {
    Refresh(nullptr);
  }
}

void Directory::Ended() {
  under_way_ = false;
  ended_at_ = std::chrono::steady_clock::now();
  TellWaiting();
}

void Directory::TellWaiting() {
  for (std::function<void()>& done : std::exchange(waiting_, {})) {
    boost::asio::post(strand_, std::move(done));
  }
}

std::shared_ptr<Directory> MakeDirectory(Link::Strand strand, const Options& options,
                                         Directory::Ask ask) {
  switch (options.mode) {
    case Mode::kSingle:
      return std::make_shared<FixedDirectory>(std::move(strand),
                                              Address{options.host, options.port});
    case Mode::kSentinel:
      return std::make_shared<SentinelDirectory>(std::move(strand), options.addresses,
                                                 options.sentinel_master, std::move(ask));
    case Mode::kCluster:
      return std::make_shared<ClusterDirectory>(std::move(strand), options.addresses,
                                                std::move(ask));
  }
  return nullptr;
}

}  // namespace houbu::redis
