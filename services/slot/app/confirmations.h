/// Confirmations: telling the index which of the places it proposed the record has. Nobody waits
/// for it: it is told a moment later, many at once. What is lost on the way is found again as a
/// token nobody has confirmed, and confirmed then.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "libs/async/guarded.h"
#include "libs/async/task.h"
#include "services/slot/app/inventory_index.h"

namespace houbu::slot {

/// Gathers tokens to be confirmed.
class Confirmations final {
 public:
  /// `index` must outlive this. More than `waiting_max` tokens are not kept.
  explicit Confirmations(InventoryIndex& index, int waiting_max = 16384)
      : index_(index), waiting_max_(waiting_max) {}

  /// Notes that the record has the places of this token of a run.
  void Add(std::string run, std::string token);

  /// Tells the index all that was noted; gives how many tokens that were.
  async::Task<int> Flush();

 private:
  struct Waiting {
    std::map<std::string, std::vector<std::string>> tokens;  ///< By run.
    int count = 0;
  };

  InventoryIndex& index_;
  const int waiting_max_;
  async::Guarded<Waiting> waiting_;
};

}  // namespace houbu::slot
