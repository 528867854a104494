#include "libs/secrets/sodium.h"

#include <sodium.h>

#include <cstdlib>

namespace houbu::secrets {

void RequireSodium() {
  static const bool is_ready = sodium_init() >= 0;
  if (!is_ready) {
    std::abort();
  }
}

}  // namespace houbu::secrets
