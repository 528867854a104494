/// Files as people and attackers send them, made to measure for tests.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace houbu::account {

/// A PNG to be made.
struct PngForm {
  std::uint32_t width = 8;
  std::uint32_t height = 6;
  int depth = 8;
  int colour = 2;           ///< PNG's: 0 grey, 2 RGB, 3 palette, 6 RGBA.
  std::string before = {};  ///< Chunks between header and pixels.
  std::string after = {};   ///< Chunks between pixels and end.
  bool has_pixels = true;
};

/// Makes a PNG; its pixels differ from each other.
std::string MakePng(const PngForm& form);

/// Makes one chunk of a PNG.
std::string PngChunk(absl::string_view type, absl::string_view body);

/// Packs as zlib does.
std::string Deflate(const std::string& text);

/// A JPG to be made: its left half is red, its right half blue, its first row green.
struct JpegForm {
  std::uint32_t width = 32;
  std::uint32_t height = 16;
  int channels = 3;  ///< 1 grey, 3 RGB, 4 CMYK.
  bool is_progressive = false;
  bool is_arithmetic = false;
  std::vector<std::pair<int, std::string>> segments;  ///< Markers and bodies.
};

/// Makes a JPG.
std::string MakeJpeg(const JpegForm& form);

/// The body of an APP1 segment that says how the picture is turned and where it was taken.
std::string Exif(int orientation);

/// A decoded JPG.
struct Pixels {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  int channels = 0;
  std::string bytes;

  /// Which of red, green and blue is strongest at a place: 'r', 'g', 'b'.
  char At(std::uint32_t x, std::uint32_t y) const;
};

/// Decodes a JPG that is in order.
Pixels DecodeJpeg(const std::string& jpeg);

/// Makes a PDF of these objects, numbered from 1; the first is its catalogue.
std::string MakePdf(const std::vector<std::string>& objects, absl::string_view trailer = "");

/// The objects of a document of so many pages. `catalogue` is added to its catalogue and `page` to
/// each page, as "/Key value".
std::vector<std::string> PdfObjects(int pages, absl::string_view catalogue = "",
                                    absl::string_view page = "");

/// Makes an object with a stream.
std::string PdfStream(absl::string_view dictionary, absl::string_view stream);

/// Packs the objects of a PDF into streams of objects.
std::string PackPdf(const std::string& pdf);

/// Encrypts a PDF, for this password (an empty one opens it, and still forbids).
std::string EncryptPdf(const std::string& pdf, const std::string& password);

}  // namespace houbu::account
