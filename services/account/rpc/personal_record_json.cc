#include "services/account/rpc/personal_record_json.h"

#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"

#include "libs/base/civil.h"

#include "houbu/type/v1/statement.pb.h"

namespace houbu::account {
namespace {

using nlohmann::ordered_json;

std::string TextOf(absl::Time time) {
  return absl::FormatTime(absl::RFC3339_sec, time, absl::UTCTimeZone());
}

std::string TextOf(absl::string_view text) { return std::string(text.data(), text.size()); }

ordered_json AccountJson(const PersonalRecord& data) {
  ordered_json json;
  json["name"] = NameOf(data.account);
  json["createTime"] = TextOf(data.account.created_at);
  json["phone"] = data.credentials.phone;
  json["email"] = data.credentials.email;
  json["verification"] = TextOf(VerificationName(data.account.verification));
  json["verificationReason"] = data.account.verification_reason;
  json["signsInByResidentId"] = data.credentials.resident_id;
  json["member"] = data.account.member;
  json["hasPassword"] = !data.credentials.password_hash.empty();
  json["hasSecondFactor"] = data.credentials.totp_on;
  return json;
}

ordered_json DocumentJson(const PassengerDocument& held) {
  const Document& document = held.document;
  ordered_json json;
  json["kind"] = TextOf(DocumentTypeName(document.type));
  json["number"] = document.number;
  json["name"] = document.full_name;
  json["country"] = document.country;
  json["category"] = document.category;
  if (document.has_expiry) {
    json["expireDate"] = FormatCivilDay(document.expires);
  }
  if (document.blank_pages >= 0) {
    json["blankPages"] = document.blank_pages;
  }
  json["createTime"] = TextOf(held.created_at);
  return json;
}

ordered_json PassengerJson(const Passenger& passenger) {
  ordered_json json;
  json["name"] = NameOf(passenger);
  json["fullName"] = passenger.full_name;
  json["type"] = type::v1::PassengerType_Name(static_cast<int>(passenger.type));
  if (passenger.birth.has_value()) {
    json["birthDate"] = FormatCivilDay(*passenger.birth);
  }
  json["createTime"] = TextOf(passenger.created_at);
  json["documents"] = ordered_json::array();
  for (const PassengerDocument& held : passenger.documents) {
    json["documents"].push_back(DocumentJson(held));
  }
  return json;
}

ordered_json SessionJson(const Session& session) {
  ordered_json json;
  json["name"] = NameOf(session);
  json["device"] = session.device_display_name;
  json["createTime"] = TextOf(session.created_at);
  json["lastUseTime"] = TextOf(session.last_used_at);
  return json;
}

ordered_json AttachmentJson(const Attachment& attachment) {
  ordered_json json;
  json["name"] = NameOf(attachment);
  json["kind"] = TextOf(NameOf(attachment.kind));
  json["state"] = TextOf(NameOf(attachment.state));
  json["reason"] = attachment.reason;
  json["fileName"] = attachment.file_name;
  json["sizeBytes"] = attachment.size;
  json["createTime"] = TextOf(attachment.created_at);
  return json;
}

ordered_json GuardianshipJson(const Guardianship& guardianship) {
  ordered_json json;
  json["name"] = NameOf(guardianship);
  json["ward"] = absl::StrCat("accounts/", guardianship.account, "/passengers/", guardianship.ward);
  json["kind"] = TextOf(NameOf(guardianship.kind));
  json["state"] = TextOf(NameOf(guardianship.state));
  json["proof"] = guardianship.proof;
  json["createTime"] = TextOf(guardianship.proposed_at);
  return json;
}

ordered_json RestrictionJson(const Restriction& restriction) {
  ordered_json json;
  json["name"] = NameOf(restriction);
  json["level"] = TextOf(NameOf(restriction.level));
  json["reason"] = restriction.reason_code;
  json["description"] = restriction.text;
  json["createTime"] = TextOf(restriction.since);
  if (restriction.until.has_value()) {
    json["expireTime"] = TextOf(*restriction.until);
  }
  return json;
}

ordered_json ConsentJson(const PurposeConsent& consent) {
  ordered_json json;
  json["name"] = NameOf(consent);
  json["purpose"] = TextOf(NameOf(consent.purpose));
  json["textVersion"] = consent.text_version;
  json["channel"] = consent.channel;
  json["createTime"] = TextOf(consent.given_at);
  if (consent.ended_at.has_value()) {
    json["endTime"] = TextOf(*consent.ended_at);
  }
  return json;
}

template <class T>
ExportedFile FileOf(const char* name, const std::vector<T>& things,
                    ordered_json (*write)(const T&)) {
  ordered_json json = ordered_json::array();
  for (const T& thing : things) {
    json.push_back(write(thing));
  }
  return ExportedFile{name, json.dump(2) + "\n"};
}

}  // namespace

std::vector<ExportedFile> FilesOf(const PersonalRecord& data) {
  return {ExportedFile{"account.json", AccountJson(data).dump(2) + "\n"},
          FileOf("passengers.json", data.passengers, PassengerJson),
          FileOf("sessions.json", data.sessions, SessionJson),
          FileOf("attachments.json", data.attachments, AttachmentJson),
          FileOf("guardianships.json", data.guardianships, GuardianshipJson),
          FileOf("restrictions.json", data.restrictions, RestrictionJson),
          FileOf("consents.json", data.consents, ConsentJson)};
}

}  // namespace houbu::account
