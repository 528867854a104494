#include "libs/process/config.h"

#include <fstream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "catch2/catch.hpp"

#include "libs/process/common_config.h"

namespace houbu::process {
namespace {

struct Sample {
  std::string address = "127.0.0.1:1";
  std::string color = "red";
  int size = 8;
  bool on = false;
  absl::Duration wait = absl::Seconds(1);
  std::vector<std::string> names;
  std::string password;
  std::string key_file;

  void Bind(Binder& binder) {
    binder.Optional("server.address", &address, "Where.");
    binder.Choice("server.color", &color, std::vector<std::string>{"red", "blue"}, "Which.");
    binder.Optional("pool.size", &size, "How many.", Range{.least = 1, .most = 64});
    binder.Optional("pool.on", &on, "Whether.");
    binder.Optional("pool.wait", &wait, "How long.");
    binder.Optional("pool.names", &names, "Who.");
    binder.Secret("redis.password", &password, "Secret.");
    binder.OptionalFile("tls.key", &key_file, "Key.");
  }
};

absl::Status LoadFrom(Sample& sample, const Sources& sources) {
  Binder binder;
  sample.Bind(binder);
  return Load(binder, sources);
}

Sources FromText(const std::string& text) {
  Sources sources;
  sources.file_name = "slot.json";
  sources.file_text = text;
  return sources;
}

std::string WriteTemporary(const std::string& name, const std::string& text) {
  const std::string path = "/tmp/houbu_config_test_" + name;
  std::ofstream(path) << text;
  return path;
}

TEST_CASE("a value comes from flags before environment before file before default",
          "[process][config]") {
  Sources sources;
  Sample by_default;
  CHECK(LoadFrom(by_default, sources).ok());
  CHECK(by_default.size == 8);

  sources = FromText(R"({ // comments are allowed
    "pool": {"size": 9, /* also these */ "on": true, "wait": "1m30s", "names": ["a", "b"]}})");
  Sample by_file;
  CHECK(LoadFrom(by_file, sources).ok());
  CHECK(by_file.size == 9);
  CHECK(by_file.on);
  CHECK(by_file.wait == absl::Seconds(90));
  CHECK(by_file.names == std::vector<std::string>{"a", "b"});

  sources.environment["HOUBU_POOL_SIZE"] = "10";
  sources.environment["HOUBU_POOL_ON"] = "false";
  sources.environment["HOUBU_POOL_NAMES"] = "c,d";
  Sample by_environment;
  CHECK(LoadFrom(by_environment, sources).ok());
  CHECK(by_environment.size == 10);
  CHECK_FALSE(by_environment.on);
  CHECK(by_environment.names == std::vector<std::string>{"c", "d"});

  sources.flags = {"pool.size=11", "server.address=host:1=2"};
  Sample by_flag;
  CHECK(LoadFrom(by_flag, sources).ok());
  CHECK(by_flag.size == 11);
  CHECK(by_flag.address == "host:1=2");
}

TEST_CASE("a file that is not understood is refused with its name and key", "[process][config]") {
  struct Row {
    std::string text;
    std::string message;
  };
  const std::string size = "must be a whole number from 1 to 64";
  const std::vector<Row> rows = {
      {R"({"pool": {"sise": 9}})", "slot.json: pool.sise: unknown key"},
      {R"({"pol": {"size": 9}})", "slot.json: pol.size: unknown key"},
      {R"({"pol": {}})", "slot.json: pol: unknown key"},
      {R"({"pool": 9})", "slot.json: pool: is a section, not a value"},
      {R"({"pool": {"size": {}}})", "slot.json: pool.size: " + size},
      {R"({"pool": {"size": "9"}})", "slot.json: pool.size: " + size},
      {R"({"pool": {"size": 9.5}})", "slot.json: pool.size: " + size},
      {R"({"pool": {"size": null}})", "slot.json: pool.size: " + size},
      {R"({"pool": {"size": 0}})", "slot.json: pool.size: " + size},
      {R"({"pool": {"size": -1}})", "slot.json: pool.size: " + size},
      {R"({"pool": {"size": 65}})", "slot.json: pool.size: " + size},
      {R"({"pool": {"size": 18446744073709551615}})", "slot.json: pool.size: " + size},
      {R"({"pool": {"on": "true"}})", "slot.json: pool.on: must be true or false"},
      {R"({"pool": {"on": 1}})", "slot.json: pool.on: must be true or false"},
      {R"({"pool": {"names": "a"}})", "slot.json: pool.names: must be a list of strings"},
      {R"({"pool": {"names": [1]}})", "slot.json: pool.names: must be a list of strings"},
      {R"({"server": {"address": 1}})", "slot.json: server.address: must be a string"},
      {R"({"server": {"color": "green"}})", "slot.json: server.color: must be one of red, blue"},
      {R"({"pool": {"size": 9, "size": 10}})", "slot.json: pool.size: given twice"},
      {R"({"pool": {"size": 9}, "pool": {"on": true}})", "slot.json: pool: given twice"},
      {R"({"pool": {"size": 9}, "pool.size": 10})", "slot.json: pool.size: given twice"},
      {R"({"pool": {"names": [["a"]]}})", "slot.json: pool.names: a list holds plain values only"},
      {R"([])", "slot.json: the file must hold one JSON object"},
      {R"("text")", "slot.json: the file must hold one JSON object"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    Sample sample;
    const absl::Status status = LoadFrom(sample, FromText(row.text));
    CHECK(status.message() == row.message);
  }
  for (const char* wait : {"\"\"", "\"5\"", "\"-1s\"", "\"inf\"", "5"}) {
    CAPTURE(wait);
    Sample sample;
    const std::string text = std::string("{\"pool\": {\"wait\": ") + wait + "}}";
    CHECK(absl::StrContains(LoadFrom(sample, FromText(text)).message(),
                            "slot.json: pool.wait: must be a duration"));
  }
}

TEST_CASE("what is no JSON is refused with line and column, in one line", "[process][config]") {
  for (const char* text : {"", "{", "{\n  \"pool\": {\n", "{} {}", "{\"pool\": }", "{'a': 1}",
                           "{\"pool\": {\"size\": 01}}", "\xff", "{\"a\":1,}"}) {
    CAPTURE(text);
    Sample sample;
    const absl::Status status = LoadFrom(sample, FromText(text));
    CAPTURE(status.message());
    CHECK(absl::StartsWith(status.message(), "slot.json: parse error at line "));
    CHECK_FALSE(absl::StrContains(status.message(), "\n"));
  }
}

TEST_CASE("the environment and flags are as strict as the file", "[process][config]") {
  Sample sample;
  Sources sources;
  sources.environment["HOUBU_POOL_SISE"] = "1";
  CHECK(LoadFrom(sample, sources).message() == "environment: HOUBU_POOL_SISE: unknown key");

  sources.environment.clear();
  sources.environment["HOUBU_TEST_PG"] = "of another's business";
  sources.environment["POOL_SIZE"] = "also";
  CHECK(LoadFrom(sample, sources).ok());

  sources.environment["HOUBU_POOL_SIZE"] = "many\n";
  CHECK(LoadFrom(sample, sources).message() ==
        "environment HOUBU_POOL_SIZE: pool.size: must be a whole number from 1 to 64");

  sources.environment.clear();
  sources.flags = {"pool.sise=1"};
  CHECK(LoadFrom(sample, sources).message() == "--set: pool.sise: unknown key");
  sources.flags = {"pool.size"};
  CHECK(LoadFrom(sample, sources).message() == "--set: pool.size: must be section.key=value");
  sources.flags = {"pool.size=1", "pool.size=2"};
  CHECK(LoadFrom(sample, sources).message() == "--set: pool.size: given twice");
  sources.flags = {"pool.on=yes"};
  CHECK(LoadFrom(sample, sources).message() == "--set: pool.on: must be true or false");
}

TEST_CASE("secrets come from files and are never printed", "[process][config]") {
  const std::string path = WriteTemporary("secret", "s3cret\n");
  Sample sample;
  Binder binder;
  sample.Bind(binder);
  Sources sources = FromText("{\"redis\": {\"password_file\": \"" + path + "\"}}");
  REQUIRE(Load(binder, sources).ok());
  CHECK(sample.password == "s3cret");
  const std::string printed = PrintSettings(binder);
  CHECK_FALSE(absl::StrContains(printed, "s3cret"));
  CHECK(absl::StrContains(printed, "\"password\": \"[redacted]\""));
  CHECK(absl::StrContains(printed, "\"size\": 8"));

  sources.environment["HOUBU_REDIS_PASSWORD"] = "stronger";
  REQUIRE(Load(binder, sources).ok());
  CHECK(sample.password == "stronger");

  sources = FromText("{\"redis\": {\"password_file\": \"" + path + "\", \"password\": \"x\"}}");
  CHECK(Load(binder, sources).message() ==
        "slot.json: redis.password_file: given beside redis.password");

  sources = FromText(R"({"redis": {"password_file": "/nowhere/secret"}})");
  CHECK(Load(binder, sources).message() ==
        "slot.json: redis.password_file: cannot read /nowhere/secret");
}

TEST_CASE("a file that cannot be read is refused with its key", "[process][config]") {
  Sample sample;
  CHECK(LoadFrom(sample, FromText(R"({"tls": {"key": "/nowhere/key.pem"}})")).message() ==
        "slot.json: tls.key: cannot read /nowhere/key.pem");
  CHECK(LoadFrom(sample, FromText(R"({"tls": {"key": "/tmp"}})")).message() ==
        "slot.json: tls.key: cannot read /tmp");
}

TEST_CASE("what every service needs must be set", "[process][config]") {
  CommonConfig common;
  Binder binder;
  common.Bind(binder);
  common.BindRedis(binder);
  common.BindPeer(binder, "payment");
  CHECK(Load(binder, FromText("{}")).message() == "slot.json: tls.ca: must be set");
  CHECK(Load(binder, Sources()).message() == "config: tls.ca: must be set");

  const std::string pem = WriteTemporary("pem", "x");
  Sources sources = FromText(R"({"postgres": {"conninfo": "dbname=x"}})");
  sources.flags = {"tls.ca=" + pem, "tls.certificate=" + pem, "tls.key=" + pem,
                   "identity.keys_file=" + pem};
  CHECK(Load(binder, sources).message() == "slot.json: peers.payment.address: must be set");
  sources.environment["HOUBU_PEERS_PAYMENT_ADDRESS"] = "localhost:7404";
  CHECK(Load(binder, sources).ok());
  CHECK(common.peer_addresses.at("payment") == "localhost:7404");
}

}  // namespace
}  // namespace houbu::process
