#include "libs/identity/jws.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>

#include <utility>
#include <vector>

#include "libs/base/status_macros.h"
#include "libs/secrets/bytes.h"

namespace houbu::identity {

std::string SignJws(const Signer& signer, absl::string_view header, absl::string_view payload) {
  std::string token =
      absl::StrCat(secrets::ToBase64Url(header), ".", secrets::ToBase64Url(payload));
  const std::string signature = signer.Sign(token);
  absl::StrAppend(&token, ".", secrets::ToBase64Url(signature));
  return token;
}

absl::StatusOr<Jws> ParseJws(absl::string_view token) {
  const std::vector<absl::string_view> parts = absl::StrSplit(token, '.');
  if (parts.size() != 3) return absl::InvalidArgumentError("a compact JWS has three parts");
  Jws jws;
  ASSIGN_OR_RETURN(jws.header, secrets::FromBase64Url(parts[0]));
  ASSIGN_OR_RETURN(jws.payload, secrets::FromBase64Url(parts[1]));
  ASSIGN_OR_RETURN(jws.signature, secrets::FromBase64Url(parts[2]));
  jws.signing_input = absl::StrCat(parts[0], ".", parts[1]);
  return jws;
}

}  // namespace houbu::identity
