#include "libs/identity/audit_chain.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

namespace houbu::identity {

namespace {

const absl::Time kNow = absl::FromUnixSeconds(1793491200);

Signer SignerOf(std::uint8_t byte) {
  KeyBytes seed{};
  seed.fill(byte);
  return Signer::FromSeed(seed);
}

/// A log of `count` entries that holds.
std::vector<AuditRecord> LogOf(int count) {
  std::vector<AuditRecord> log;
  std::string previous = kAuditStart;
  for (int i = 1; i <= count; ++i) {
    AuditRecord record;
    record.position = i;
    record.at = kNow + absl::Seconds(i);
    record.actor = "operators/mei";
    record.act = "MEMBERSHIP_ACTIVATED";
    record.subject = "accounts/ac-" + std::to_string(i);
    record.reason = "ticket " + std::to_string(i);
    record.detail = "{}";
    record.previous_hash = previous;
    record.hash = AuditHashOf(record);
    previous = record.hash;
    log.push_back(record);
  }
  return log;
}

/// Makes all hashes anew, as somebody would who owns the database and not the key.
void Rehash(std::vector<AuditRecord>& log) {
  std::string previous = kAuditStart;
  for (AuditRecord& record : log) {
    record.previous_hash = previous;
    record.hash = AuditHashOf(record);
    previous = record.hash;
  }
}

AuditHead HeadAt(const Signer& signer, const std::vector<AuditRecord>& log, std::int64_t number,
                 std::int64_t position) {
  AuditHead head;
  head.number = number;
  head.position = position;
  head.hash = position == 0 ? kAuditStart : log[position - 1].hash;
  head.at = kNow;
  return SignAuditHead(signer, head);
}

struct Inspected {
  std::vector<AuditRecord> log;
  std::vector<AuditHead> heads;
  std::vector<AuditHead> exported;
  std::int64_t end_position = 0;
  std::string end_hash;
};

/// What is found, as "KIND@position ...".
std::string Inspect(const Inspected& inspected, const Signer& signer) {
  const std::vector<PublicKey> known = {signer.public_key()};
  const KeySet keys(known);
  AuditInspection inspection(keys);
  inspection.TakeHeads(inspected.heads);
  inspection.TakeExported(inspected.exported);
  for (const AuditRecord& record : inspected.log) inspection.Take(record);
  inspection.End(inspected.end_position, inspected.end_hash);
  std::string found;
  for (const AuditInspection::Fault& fault : inspection.faults()) {
    found += (found.empty() ? "" : " ") + fault.kind + "@" + std::to_string(fault.position);
  }
  return found;
}

Inspected Whole(const Signer& signer) {
  Inspected inspected;
  inspected.log = LogOf(6);
  inspected.heads = {HeadAt(signer, inspected.log, 1, 0), HeadAt(signer, inspected.log, 2, 4)};
  inspected.end_position = 6;
  inspected.end_hash = inspected.log.back().hash;
  return inspected;
}

/// The database as its administrator leaves it who keeps the end of the log in step too.
Inspected Tampered(Inspected whole) {
  whole.end_position = whole.log.empty() ? 0 : whole.log.back().position;
  whole.end_hash = whole.log.empty() ? kAuditStart : whole.log.back().hash;
  return whole;
}

}  // namespace

TEST_CASE("the encoding of entries is fixed", "[identity][audit][R-09]") {
  // Made by PostgreSQL's own functions, as migration 0016 of account does.
  AuditRecord record;
  record.position = 1;
  record.at = absl::FromUnixMicros(1793491200000001);
  record.actor = "operators/mei";
  record.act = "MEMBERSHIP_ACTIVATED";
  record.subject = "accounts/ac-1";
  record.reason = "工单 42";
  record.detail = R"({"a":"b"})";
  record.previous_hash = kAuditStart;
  CHECK(AuditHashOf(record) == "5a9918bc5b2ab3b6e68263feb5063fbe53db05aabbbcd18747ae3451688c009b");
}

TEST_CASE("no two entries look the same to the hash", "[identity][audit][R-09]") {
  AuditRecord one = LogOf(1).front();
  one.actor = "ab";
  one.act = "C";
  AuditRecord other = one;
  other.actor = "a";
  other.act = "bC";
  CHECK(AuditHashOf(one) != AuditHashOf(other));
}

TEST_CASE("a log that nobody touched holds", "[identity][audit][R-09]") {
  const Signer signer = SignerOf(1);
  Inspected whole = Whole(signer);
  whole.exported = whole.heads;
  CHECK(Inspect(whole, signer) == "");
  Inspected empty;
  empty.end_hash = kAuditStart;
  CHECK(Inspect(empty, signer) == "");
}

TEST_CASE("whatever is done to an entry is found at its place", "[identity][audit][R-09][A-23]") {
  const Signer signer = SignerOf(1);
  const Inspected whole = Whole(signer);
  struct Row {
    const char* what;
    void (*harm)(std::vector<AuditRecord>&);
    const char* found;
  };
  const Row rows[] = {
      {"another reason", [](auto& log) { log[2].reason = "x"; }, "ALTERED@3"},
      {"another time", [](auto& log) { log[2].at += absl::Microseconds(1); }, "ALTERED@3"},
      {"rehashed alone", [](auto& log) { log[2].reason = "x", log[2].hash = AuditHashOf(log[2]); },
       "UNLINKED@4"},
      {"first removed", [](auto& log) { log.erase(log.begin()); }, "MISSING@1"},
      {"middle removed", [](auto& log) { log.erase(log.begin() + 2); }, "MISSING@3"},
      {"signed one removed", [](auto& log) { log.erase(log.begin() + 3); },
       "MISSING@4 HEAD_WITHOUT_ENTRY@4"},
      {"swapped", [](auto& log) { std::swap(log[1].reason, log[2].reason); },
       "ALTERED@2 ALTERED@3"},
      {"inserted", [](auto& log) { log.insert(log.begin() + 1, log[1]); }, "MISSING@3"},
      {"made anew with another reason", [](auto& log) { log[2].reason = "x", Rehash(log); },
       "HEAD_DIFFERS@4"},
      {"cut before the signed one", [](auto& log) { log.resize(3); }, "CUT@4"},
  };
  for (const Row& row : rows) {
    INFO(row.what);
    Inspected harmed = whole;
    row.harm(harmed.log);
    CHECK(Inspect(Tampered(harmed), signer) == row.found);
  }
}

TEST_CASE("the tail cut off shows at the end and in exported heads",
          "[identity][audit][R-09][A-23]") {
  const Signer signer = SignerOf(1);
  Inspected cut = Whole(signer);
  cut.log.resize(5);
  CHECK(Inspect(cut, signer) == "CUT@6");
  cut.exported = {cut.heads[0], cut.heads[1], HeadAt(signer, Whole(signer).log, 3, 6)};
  CHECK(Inspect(Tampered(cut), signer) == "HEAD_MISSING@6 CUT@6");
}

TEST_CASE("heads are believed only by signature, and as they were exported",
          "[identity][audit][R-09][A-23]") {
  const Signer signer = SignerOf(1);
  Inspected forged = Whole(signer);
  forged.heads[1].position = 5;
  CHECK(Inspect(forged, signer) == "HEAD_FORGED@5");
  Inspected other = Whole(signer);
  other.heads[1] = HeadAt(SignerOf(2), other.log, 2, 4);
  CHECK(Inspect(other, signer) == "HEAD_OF_UNKNOWN_KEY@4");
  Inspected removed = Whole(signer);
  removed.heads.erase(removed.heads.begin());
  CHECK(Inspect(removed, signer) == "HEAD_MISSING@4");
  Inspected replaced = Whole(signer);
  replaced.exported = replaced.heads;
  replaced.heads[1] = HeadAt(signer, replaced.log, 2, 3);
  CHECK(Inspect(replaced, signer) == "HEAD_DIFFERS@4");
}

}  // namespace houbu::identity
