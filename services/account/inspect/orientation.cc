#include "services/account/inspect/orientation.h"

#include "absl/strings/strip.h"

namespace houbu::account {
namespace {

constexpr std::uint32_t kOrientationTag = 0x0112;
constexpr std::uint32_t kShort = 3;
constexpr std::size_t kEntrySize = 12;
constexpr std::uint32_t kEntriesMax = 512;

// A TIFF's numbers, in whichever order it keeps its bytes; 0 beyond its end.
class Tiff final {
 public:
  explicit Tiff(absl::string_view bytes) : bytes_(bytes), little_(bytes.substr(0, 2) == "II") {}

  bool IsWellBegun() const {
    const absl::string_view order = bytes_.substr(0, 2);
    return bytes_.size() >= 8 && (order == "II" || order == "MM") && At(2, 2) == 42;
  }

  std::uint32_t At(std::size_t place, std::size_t size) const {
    if (place > bytes_.size() || size > bytes_.size() - place) {
      return 0;
    }
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < size; ++i) {
      const std::size_t at = little_ ? place + size - 1 - i : place + i;
      number = (number << 8) | static_cast<unsigned char>(bytes_[at]);
    }
    return number;
  }

 private:
  absl::string_view bytes_;
  bool little_;
};

}  // namespace

Orientation OrientationOf(absl::string_view app1) {
  if (!absl::ConsumePrefix(&app1, absl::string_view("Exif\0\0", 6))) {
    return kUpright;
  }
  const Tiff tiff(app1);
  if (!tiff.IsWellBegun()) {
    return kUpright;
  }
  const std::size_t directory = tiff.At(4, 4);
  const std::uint32_t entries = tiff.At(directory, 2);
  for (std::uint32_t i = 0; i < entries && i < kEntriesMax; ++i) {
    const std::size_t entry = directory + 2 + i * kEntrySize;
    if (tiff.At(entry, 2) == kOrientationTag && tiff.At(entry + 2, 2) == kShort) {
      const std::uint32_t said = tiff.At(entry + 8, 2);
      return said >= 1 && said <= 8 ? static_cast<Orientation>(said) : kUpright;
    }
  }
  return kUpright;
}

Place PlaceOf(Orientation orientation, Place from, std::uint32_t width, std::uint32_t height) {
  const std::uint32_t right = width - 1 - from.x;
  const std::uint32_t below = height - 1 - from.y;
  switch (orientation) {
    case 2:
      return {right, from.y};
    case 3:
      return {right, below};
    case 4:
      return {from.x, below};
    case 5:
      return {from.y, from.x};
    case 6:
      return {below, from.x};
    case 7:
      return {below, right};
    case 8:
      return {from.y, right};
    default:
      return from;
  }
}

}  // namespace houbu::account
