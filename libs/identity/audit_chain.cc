#include "libs/identity/audit_chain.h"

#include <absl/strings/str_cat.h>

#include <algorithm>
#include <utility>

#include "libs/secrets/bytes.h"

namespace houbu::identity {

namespace {

constexpr char kEntryContext[] = "houbu.audit.entry.v1";
constexpr char kHeadContext[] = "houbu.audit.head.v1";

// Eight bytes, the highest first.
void AppendNumber(std::string& bytes, std::int64_t number) {
  for (int shift = 56; shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<char>((static_cast<std::uint64_t>(number) >> shift) & 0xff));
  }
}

// Its length first, so that no two lists of texts look the same.
void AppendText(std::string& bytes, absl::string_view text) {
  AppendNumber(bytes, static_cast<std::int64_t>(text.size()));
  bytes.append(text.data(), text.size());
}

std::string HeadBytes(const AuditHead& head) {
  std::string bytes;
  AppendText(bytes, kHeadContext);
  AppendNumber(bytes, head.number);
  AppendNumber(bytes, head.position);
  AppendNumber(bytes, absl::ToUnixMicros(head.at));
  AppendText(bytes, head.hash);
  AppendText(bytes, head.key_id);
  return bytes;
}

bool IsSame(const AuditHead& a, const AuditHead& b) {
  return HeadBytes(a) == HeadBytes(b) && a.signature == b.signature;
}

}  // namespace

std::string AuditHashOf(const AuditRecord& record) {
  std::string bytes;
  AppendText(bytes, kEntryContext);
  AppendNumber(bytes, record.position);
  AppendNumber(bytes, absl::ToUnixMicros(record.at));
  for (const std::string* text : {&record.actor, &record.act, &record.subject, &record.reason,
                                  &record.detail, &record.previous_hash}) {
    AppendText(bytes, *text);
  }
  return secrets::Sha256Hex(bytes);
}

AuditHead SignAuditHead(const Signer& signer, AuditHead head) {
  head.key_id = signer.public_key().id;
  head.signature = signer.Sign(HeadBytes(head));
  return head;
}

void AuditInspection::Note(std::int64_t position, const char* kind, std::string detail) {
  faults_.push_back({position, kind, std::move(detail)});
}

bool AuditInspection::IsSigned(const AuditHead& head) {
  if (!keys_.Find(head.key_id).has_value()) {
    Note(
        head.position, "HEAD_OF_UNKNOWN_KEY",
        absl::StrCat("head ", head.number, " is signed by a key that is not given: ", head.key_id));
    return false;
  }
  if (!keys_.HasSigned(head.key_id, HeadBytes(head), head.signature)) {
    Note(head.position, "HEAD_FORGED",
         absl::StrCat("head ", head.number, " does not have the signature of its key"));
    return false;
  }
  return true;
}

void AuditInspection::Expect(const AuditHead& head) {
  if (head.position != 0) {
    std::vector<AuditHead>& expected = expectations_[head.position];
    const auto same = [&head](const AuditHead& other) { return IsSame(head, other); };
    if (std::none_of(expected.begin(), expected.end(), same)) expected.push_back(head);
  } else if (head.hash != kAuditStart) {
    Note(0, "HEAD_DIFFERS", absl::StrCat("head ", head.number, " names a hash of no entry"));
  }
}

void AuditInspection::TakeHeads(const std::vector<AuditHead>& heads) {
  for (const AuditHead& head : heads) {
    const std::int64_t wanted = shown_.empty() ? 1 : shown_.rbegin()->first + 1;
    if (head.number != wanted) {
      Note(head.position, "HEAD_MISSING",
           absl::StrCat("head ", wanted, " is not there, ", head.number, " is next"));
    }
    if (IsSigned(head)) Expect(head);
    shown_[head.number] = head;
  }
}

void AuditInspection::TakeExported(const std::vector<AuditHead>& heads) {
  for (const AuditHead& head : heads) {
    if (!IsSigned(head)) continue;
    const auto shown = shown_.find(head.number);
    if (shown == shown_.end()) {
      Note(head.position, "HEAD_MISSING",
           absl::StrCat("head ", head.number, " was exported and is not there any more"));
    } else if (!IsSame(shown->second, head)) {
      Note(head.position, "HEAD_DIFFERS",
           absl::StrCat("head ", head.number, " is not the one that was exported"));
    }
    Expect(head);
  }
}

void AuditInspection::CheckHeadsAt(std::int64_t position, absl::string_view hash) {
  const auto expected = expectations_.find(position);
  if (expected == expectations_.end()) return;
  for (const AuditHead& head : expected->second) {
    if (head.hash != hash) {
      Note(position, "HEAD_DIFFERS",
           absl::StrCat("the entry is not the one that head ", head.number, " signed"));
    }
  }
  expectations_.erase(expected);
}

void AuditInspection::Take(const AuditRecord& record) {
  ++entries_;
  if (record.position != last_position_ + 1) {
    Note(
        last_position_ + 1, "MISSING",
        absl::StrCat("entry ", last_position_ + 1, " is not there, ", record.position, " is next"));
  } else if (record.previous_hash != last_hash_) {
    Note(record.position, "UNLINKED", "it does not name the hash of the entry before it");
  }
  if (AuditHashOf(record) != record.hash) {
    Note(record.position, "ALTERED", "its hash is not that of what it says");
  }
  CheckHeadsAt(record.position, record.hash);
  last_position_ = record.position;
  last_hash_ = record.hash;
}

void AuditInspection::End(std::int64_t position, absl::string_view hash) {
  if (position != last_position_ || hash != last_hash_) {
    Note(last_position_ + 1, "CUT",
         absl::StrCat("the log says it has ", position, " entries and ends with ", last_position_));
  }
  for (const auto& [signed_position, heads] : expectations_) {
    Note(signed_position, signed_position > last_position_ ? "CUT" : "HEAD_WITHOUT_ENTRY",
         absl::StrCat("head ", heads.front().number, " signed an entry that is not there"));
  }
}

}  // namespace houbu::identity
