/// Which way up a photograph is.
#pragma once

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"

namespace houbu::account {

/// How pixels are to be placed so that the picture stands upright: EXIF's 1 to 8.
using Orientation = int;

/// Nothing to turn.
inline constexpr Orientation kUpright = 1;

/// Reads it from the body of an APP1 segment ("Exif\0\0" and a TIFF); kUpright when it is not said.
Orientation OrientationOf(absl::string_view app1);

/// Tells whether width and height change places.
constexpr bool SwapsSides(Orientation orientation) { return orientation >= 5; }

/// A place in a picture.
struct Place {
  std::uint32_t x;
  std::uint32_t y;
};

/// Where the pixel at `from` of a picture of this size belongs in the upright one.
Place PlaceOf(Orientation orientation, Place from, std::uint32_t width, std::uint32_t height);

}  // namespace houbu::account
