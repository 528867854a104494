/// The map of a Cluster: which master has which slot.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "libs/redis/directory.h"
#include "libs/redis/reply.h"

namespace houbu::redis {

/// Masters by slot.
class SlotMap final {
 public:
  /// Reads the answer to CLUSTER SLOTS from the node at `asked`, whose host stands for hosts the
  /// answer leaves out. INTERNAL when it is none; UNAVAILABLE when no slot has a master, as on a
  /// node that no cluster has met yet.
  static absl::StatusOr<SlotMap> Parse(const Reply& reply, const Address& asked);

  /// The master of a slot; none when no node has it.
  std::optional<Address> MasterOf(int slot) const;

  /// All masters, each once.
  std::vector<Address> Masters() const;

  /// Gives a slot to a master.
  void Assign(int slot, const Address& master);

 private:
  /// Masters by the first slot of a stretch that ends before the next; no host: nobody's.
  std::map<int, Address> stretches_;

  void AssignStretch(int first, int last, const Address& master);
};

/// Asks nodes for the map: first whom a redirection named, then the masters it knows and the nodes
/// it was told of, a few at a time, until one answers with a map.
class ClusterDirectory final : public Directory,
                               public std::enable_shared_from_this<ClusterDirectory> {
 public:
  ClusterDirectory(Link::Strand strand, std::vector<Address> nodes, Ask ask)
      : Directory(std::move(strand)), nodes_(std::move(nodes)), ask_(std::move(ask)) {}

  std::optional<Address> MasterFor(absl::string_view key) const override;
  std::vector<Address> Masters() const override { return map_.Masters(); }
  void Moved(int slot, const Address& master) override;

 protected:
  void Inquire() override;

 private:
  /// One search for a map.
  struct Inquiry {
    std::vector<Address> candidates;  // The next one last.
    int under_way = 0;
    bool over = false;
  };

  std::vector<Address> Candidates();
  void AskNext(const std::shared_ptr<Inquiry>& inquiry);
  void Answered(const std::shared_ptr<Inquiry>& inquiry, const Address& asked,
                const Answer& answer);

  const std::vector<Address> nodes_;
  const Ask ask_;
  SlotMap map_;
  std::optional<Address> hint_;  // Whom a redirection named last.
};

}  // namespace houbu::redis
