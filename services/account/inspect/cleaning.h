/// Files decoded and written anew: what can be seen of them, and nothing else.
///
/// Each function answers, by answer.h, and does not come back: the libraries that decode leave
/// their errors by a call that must not return, and a process that says one thing needs no more.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace houbu::account {

/// Decodes a JPG, turns it upright as its EXIF says, and writes its pixels as a new one. CMYK
/// becomes RGB, progressive becomes baseline; what is cut short, has 12 bits, is lossless or
/// arithmetic is refused.
[[noreturn]] void CleanJpeg(const std::string& bytes);

/// Decodes a PNG and writes its pixels as a new one of the same form, at most 8 bits a channel. Of
/// its chunks only those are looked at that make the picture; animated ones are refused.
[[noreturn]] void CleanPng(const std::string& bytes);

/// Takes the pages of a PDF over into a new one: no actions, forms, annotations or metadata.
/// Refuses what is encrypted, has scripts, starts things, holds files or media, or is an XFA form.
[[noreturn]] void CleanPdf(const std::string& bytes);

/// Gives the JPG without what its segments say besides the picture: for images within PDFs, which
/// are taken over as they are.
std::string WithoutJpegMetadata(absl::string_view jpeg);

}  // namespace houbu::account
