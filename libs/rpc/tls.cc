#include "libs/rpc/tls.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>

#include <fstream>
#include <sstream>

#include "libs/base/status_macros.h"

namespace houbu::rpc {

namespace {

absl::StatusOr<std::string> ReadPem(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) return absl::FailedPreconditionError(absl::StrCat("cannot read ", path));
  std::string pem = text.str();
  if (!absl::StrContains(pem, "-----BEGIN ")) {
    return absl::FailedPreconditionError(absl::StrCat(path, " holds no PEM"));
  }
  return pem;
}

}  // namespace

absl::StatusOr<Tls> LoadTls(const TlsFiles& files) {
  Tls tls;
  ASSIGN_OR_RETURN(tls.ca, ReadPem(files.ca));
  ASSIGN_OR_RETURN(tls.certificate, ReadPem(files.certificate));
  ASSIGN_OR_RETURN(tls.key, ReadPem(files.key));
  return tls;
}

std::shared_ptr<grpc::ServerCredentials> ServerCredentialsOf(const Tls& tls) {
  grpc::SslServerCredentialsOptions options(
      GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  options.pem_root_certs = tls.ca;
  options.pem_key_cert_pairs.push_back({tls.key, tls.certificate});
  return grpc::SslServerCredentials(options);
}

std::shared_ptr<grpc::ChannelCredentials> ChannelCredentialsOf(const Tls& tls) {
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = tls.ca;
  options.pem_private_key = tls.key;
  options.pem_cert_chain = tls.certificate;
  return grpc::SslCredentials(options);
}

}  // namespace houbu::rpc
