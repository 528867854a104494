/// The certificates of mutual TLS.
#pragma once

#include <absl/status/statusor.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>

#include <memory>
#include <string>

namespace houbu::rpc {

/// Holds the PEM texts one process shows and trusts.
struct Tls {
  std::string ca;           ///< The authority whose certificates are accepted.
  std::string certificate;  ///< Our certificate (with its chain).
  std::string key;          ///< Our private key.
};

/// Names the PEM files of a Tls.
struct TlsFiles {
  std::string ca;
  std::string certificate;
  std::string key;
};

/// Reads the files; FailedPrecondition names the one that cannot be read or holds no PEM. Blocks:
/// for start-up only.
absl::StatusOr<Tls> LoadTls(const TlsFiles& files);

/// Gives server credentials that require and verify a client certificate.
std::shared_ptr<grpc::ServerCredentials> ServerCredentialsOf(const Tls& tls);

/// Gives client credentials that show our certificate and verify the server's.
std::shared_ptr<grpc::ChannelCredentials> ChannelCredentialsOf(const Tls& tls);

}  // namespace houbu::rpc
