/// A certificate authority for tests of mutual TLS.
#pragma once

#include <string>
#include <vector>

#include "libs/rpc/tls.h"

namespace houbu::testing {

/// Issues certificates with the openssl command into a directory that is removed with it.
class TestAuthority final {
 public:
  /// Makes the authority's own key and certificate; fails the case when openssl is not there.
  TestAuthority();
  ~TestAuthority();

  TestAuthority(const TestAuthority&) = delete;
  TestAuthority& operator=(const TestAuthority&) = delete;

  /// Issues what the service of this name shows: URI SAN spiffe://houbu/<name>, valid for
  /// localhost and 127.0.0.1.
  rpc::Tls Issue(const std::string& service);

  /// Issues a certificate with exactly these URI SANs.
  rpc::Tls IssueWithUris(const std::vector<std::string>& uris);

  /// Where the authority's certificate lies, a PEM file.
  std::string ca_file() const { return directory_ + "/ca.pem"; }

 private:
  std::string directory_;
  int issued_ = 0;
};

}  // namespace houbu::testing
