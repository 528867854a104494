/// Which release this is.
#pragma once

namespace houbu::process {

/// The release, by Semantic Versioning; shown by --version and in houbu_build_info.
inline constexpr char kVersion[] = "0.1.0";

}  // namespace houbu::process
