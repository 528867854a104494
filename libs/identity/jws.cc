#include "libs/identity/jws.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>
#include <sodium.h>

#include <cstddef>
#include <utility>
#include <vector>

#include "libs/base/status_macros.h"

namespace houbu::identity {

namespace {

constexpr int kVariant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;

}  // namespace

std::string Base64UrlEncode(absl::string_view bytes) {
  std::string text(sodium_base64_ENCODED_LEN(bytes.size(), kVariant), '\0');
  sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                    bytes.size(), kVariant);
  text.pop_back();  // the terminating zero
  return text;
}

absl::StatusOr<std::string> Base64UrlDecode(absl::string_view text) {
  std::string bytes(text.size(), '\0');
  std::size_t size = 0;
  const int result = sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(),
                                       text.data(), text.size(), nullptr, &size, nullptr, kVariant);
  if (result != 0) return absl::InvalidArgumentError("not base64url");
  bytes.resize(size);
  // One text per value: what differs only in stray bits would be a second token of the same
  // content.
  if (Base64UrlEncode(bytes) != text) return absl::InvalidArgumentError("not canonical base64url");
  return bytes;
}

std::string SignJws(const Signer& signer, absl::string_view header, absl::string_view payload) {
  std::string token = absl::StrCat(Base64UrlEncode(header), ".", Base64UrlEncode(payload));
  const std::string signature = signer.Sign(token);
  absl::StrAppend(&token, ".", Base64UrlEncode(signature));
  return token;
}

absl::StatusOr<Jws> ParseJws(absl::string_view token) {
  const std::vector<absl::string_view> parts = absl::StrSplit(token, '.');
  if (parts.size() != 3) return absl::InvalidArgumentError("a compact JWS has three parts");
  Jws jws;
  ASSIGN_OR_RETURN(jws.header, Base64UrlDecode(parts[0]));
  ASSIGN_OR_RETURN(jws.payload, Base64UrlDecode(parts[1]));
  ASSIGN_OR_RETURN(jws.signature, Base64UrlDecode(parts[2]));
  jws.signing_input = absl::StrCat(parts[0], ".", parts[1]);
  return jws;
}

}  // namespace houbu::identity
