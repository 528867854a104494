/// libsodium, ready for use.
#pragma once

namespace houbu::secrets {

/// Makes libsodium ready, once; crashes when it cannot be, since nothing is safe without it. Every
/// function of this library calls it first.
void RequireSodium();

}  // namespace houbu::secrets
