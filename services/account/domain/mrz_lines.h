/// The lines of a machine-readable zone before they are read: put right, measured, matched with the
/// layout of a format. Private to mrz.cc.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "libs/base/refusal.h"
#include "services/account/domain/mrz.h"

namespace houbu::account {

/// The lines, top to bottom.
using MrzLines = std::vector<std::string>;

/// Where a field stands.
struct MrzSpan {
  std::size_t line = 0;
  std::size_t begin = 0;
  std::size_t size = 0;
};

/// Where the fields of a format stand; a size of 0 where it has none.
struct MrzLayout {
  MrzFormat format;
  std::size_t lines;
  std::size_t width;
  MrzSpan names;
  MrzSpan number;  ///< Its check digit follows.
  MrzSpan nationality;
  MrzSpan birth;  ///< Its check digit follows.
  MrzSpan sex;
  MrzSpan expires;  ///< Its check digit follows.
  MrzSpan optional = {};
  MrzSpan more_optional = {};
  bool optional_checked;  ///< A check digit follows the optional data.
  bool overflows;         ///< Long numbers go on in the optional data.
  std::array<MrzSpan, 4> composite_of =
      {};  ///< Sizes of 0 where there is no composite check digit.
  MrzSpan composite = {};
};

/// The lines of what was typed, each as a zone would have it.
MrzLines TidiedLines(const std::vector<std::string>& typed);

/// The layout that lines of these lengths have, null when none has. Visas begin with V.
const MrzLayout* LayoutOf(const MrzLines& lines);

/// Says of what lengths the lines are and should be.
std::string LengthsFault(const MrzLines& lines);

/// Names the first character of each line that no zone has.
void CheckCharacters(const MrzLines& lines, Violations& violations);

}  // namespace houbu::account
