#include "libs/testing/test_authority.h"

#include <absl/strings/str_cat.h>
#include <stdlib.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <system_error>

#include <catch2/catch.hpp>

namespace houbu::testing {

namespace {

constexpr char kNewKey[] =
    "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2";

void MustRun(const std::string& command) {
  INFO(command);
  REQUIRE(std::system(command.c_str()) == 0);
}

}  // namespace

TestAuthority::TestAuthority() {
  std::string pattern = (std::filesystem::temp_directory_path() / "houbu-tls-XXXXXX").string();
  REQUIRE(::mkdtemp(pattern.data()) != nullptr);
  directory_ = pattern;
  // A configuration of our own: the system's adds CA extensions to whatever it issues.
  std::ofstream(directory_ + "/openssl.cnf") << "[req]\ndistinguished_name = dn\n[dn]\n";
  MustRun(absl::StrCat(kNewKey, " -config ", directory_, "/openssl.cnf -keyout ", directory_,
                       "/ca.key -out ", ca_file(),
                       " -subj '/CN=Houbu tests' -addext 'basicConstraints=critical,CA:TRUE'"
                       " -addext 'keyUsage=critical,keyCertSign,cRLSign' 2>/dev/null"));
}

TestAuthority::~TestAuthority() {
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

rpc::Tls TestAuthority::Issue(const std::string& service) {
  return IssueWithUris({"spiffe://houbu/" + service});
}

rpc::Tls TestAuthority::IssueWithUris(const std::vector<std::string>& uris) {
  const std::string base = absl::StrCat(directory_, "/leaf", ++issued_);
  std::string names = "DNS:localhost,IP:127.0.0.1";
  for (const std::string& uri : uris) absl::StrAppend(&names, ",URI:", uri);
  MustRun(absl::StrCat(kNewKey, " -config ", directory_, "/openssl.cnf -CA ", ca_file(), " -CAkey ",
                       directory_, "/ca.key -keyout ", base, ".key -out ", base,
                       ".pem -subj '/CN=", "leaf", issued_, "' -addext 'subjectAltName=", names,
                       "' -addext 'basicConstraints=critical,CA:FALSE'"
                       " -addext 'keyUsage=critical,digitalSignature'"
                       " -addext 'extendedKeyUsage=serverAuth,clientAuth' 2>/dev/null"));
  const absl::StatusOr<rpc::Tls> tls =
      rpc::LoadTls({.ca = ca_file(), .certificate = base + ".pem", .key = base + ".key"});
  REQUIRE(tls.ok());
  return *tls;
}

}  // namespace houbu::testing
