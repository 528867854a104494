/// Lists in pages (AIP-158): sizes and opaque tokens.
#pragma once

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>

#include <string>

#include "libs/base/refusal.h"

namespace houbu::rpc {

/// Bounds the size of a page.
struct PageLimits {
  int size_default = 50;
  int size_max = 200;
};

/// Gives the page size to use: 0 asks for the default, more than the maximum is cut to it; a
/// negative one is a violation of `page_size` (and gives the default).
int PageSize(Violations& violations, int requested, PageLimits limits = {});

/// Gives an opaque token for continuing the list `filter` after `position`. `filter` is whatever
/// decides what is listed and in which order (parent, filter, order); a token of another list is
/// refused. No secret: nothing may be in `position` that the caller may not know.
std::string EncodePageToken(absl::string_view filter, absl::string_view position);

/// Gives the position in the token, "" for an empty token (the first page); a token that is not
/// ours, damaged or of another list is a violation of `page_token`.
std::string DecodePageToken(Violations& violations, absl::string_view filter,
                            absl::string_view token);

}  // namespace houbu::rpc
