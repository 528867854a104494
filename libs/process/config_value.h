/// One setting's value: from what someone gave into the service's structure, and back.
#pragma once

#include <string>

#include "nlohmann/json.hpp"

#include "libs/process/config.h"

namespace houbu::process {

/// A value someone gave, with where and how strongly.
struct Given {
  nlohmann::json value;  ///< From the file as it was, from elsewhere always text.
  bool is_text = false;  ///< Whether text stands for a value of any type.
  std::string source;    ///< For messages: the file, the variable, "--set".
  int strength = 0;      ///< The strongest wins.
};

/// Puts a value where the setting's structure keeps it. Gives "", or what the value must be; then
/// nothing was changed.
std::string AssignValue(const Target& target, const Given& given, const Range& range);

/// Gives the value a structure holds now.
nlohmann::json ShowValue(const Target& target);

}  // namespace houbu::process
