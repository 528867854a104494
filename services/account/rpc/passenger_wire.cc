#include "services/account/rpc/passenger_wire.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/rpc/validate.h"
#include "libs/rpc/wire.h"

namespace houbu::account {
namespace {

constexpr int kMrzLinesMax = 3;
constexpr int kMrzLineMax = 200;

static_assert(static_cast<int>(PassengerType::kElder) == type::v1::PASSENGER_TYPE_ELDER &&
              static_cast<int>(PassengerType::kDisabledServiceman) ==
                  type::v1::PASSENGER_TYPE_DISABLED_SERVICEMAN);

DocumentType TypeOf(v1::DocumentType wire) {
  // v1::DOCUMENT_TYPE_RESIDENT_ID is 1, the others follow in the order of kDocumentTypes.
  return kDocumentTypes.at(static_cast<std::size_t>(wire) - 1);
}

/// Reads the fields that both requests have; `number` and `name` may be left out where a zone is
/// given, `name` where it is the passenger's.
template <class Request>
void ReadDocument(const Request& request, bool needs_name, Violations& violations,
                  DocumentEntry& entry) {
  const bool typed = request.mrz_lines().empty();
  if (typed && needs_name) {
    rpc::RequireText(violations, "full_name", request.full_name(), 200);
  } else {
    rpc::AllowText(violations, "full_name", request.full_name(), 200);
  }
  rpc::RequireEnum<v1::DocumentType>(violations, "document_type", request.document_type(),
                                     v1::DocumentType_IsValid);
  if (typed) {
    rpc::RequireText(violations, "document_number", request.document_number(), 60);
  } else {
    rpc::AllowText(violations, "document_number", request.document_number(), 60);
  }
  rpc::AllowText(violations, "country_code", request.country_code(), 100);
  if (request.has_expire_date()) {
    entry.document.expires =
        rpc::RequireDate(violations, "expire_date", true, request.expire_date());
    entry.document.has_expiry = true;
  }
  if (request.has_blank_pages()) {
    entry.document.blank_pages = request.blank_pages();
    rpc::RequireInRange(violations, "blank_pages", request.blank_pages(), {0, 200});
  }
  if (request.mrz_lines_size() > kMrzLinesMax) {
    violations.Add("mrz_lines", "must be the two or three lines of one document");
  }
  for (const std::string& line : request.mrz_lines()) {
    if (line.size() > kMrzLineMax) {
      violations.Add("mrz_lines", "has a line that is longer than any document's");
      break;
    }
    entry.mrz_lines.push_back(line);
  }
  if (!violations.empty()) return;
  entry.document.type = TypeOf(request.document_type());
  entry.document.number = request.document_number();
  entry.document.country = request.country_code();
  entry.document.full_name = request.full_name();
}

v1::PassengerDocument ToWire(const Passenger& passenger, const PassengerDocument& held,
                             absl::CivilDay today) {
  const Document& document = held.document;
  v1::PassengerDocument wire;
  wire.set_name(NameOf(passenger, held));
  *wire.mutable_create_time() = rpc::ToWire(held.created_at);
  wire.set_type(ToWire(document.type));
  wire.set_masked_number(MaskedNumber(document.number));
  wire.set_masked_full_name(MaskedName(document.full_name));
  wire.set_country_code(document.country);
  if (document.has_expiry) {
    *wire.mutable_expire_date() = rpc::ToWire(document.expires);
  }
  wire.set_state(HoldsOn(document, today) ? v1::PassengerDocument::STATE_VALID
                                          : v1::PassengerDocument::STATE_EXPIRED);
  wire.set_category(document.category);
  if (document.blank_pages >= 0) {
    wire.set_blank_pages(document.blank_pages);
  }
  return wire;
}

}  // namespace

v1::DocumentType ToWire(DocumentType type) {
  v1::DocumentType wire = v1::DOCUMENT_TYPE_UNSPECIFIED;
  v1::DocumentType_Parse(absl::StrCat("DOCUMENT_TYPE_", DocumentTypeName(type)), &wire);
  return wire;
}

absl::StatusOr<Entry> FromWire(const v1::CreatePassengerRequest& request) {
  Violations violations;
  Entry entry;
  rpc::RequireName(violations, "parent", request.parent(), "accounts/{account}");
  rpc::RequireEnum<type::v1::PassengerType>(violations, "type", request.type(),
                                            type::v1::PassengerType_IsValid);
  if (request.has_birth_date()) {
    entry.document.birth = rpc::RequireDate(violations, "birth_date", true, request.birth_date());
  }
  ReadDocument(request, /*needs_name=*/true, violations, entry.document);
  if (!violations.empty()) {
    return violations.ToStatus();
  }
  entry.type = static_cast<PassengerType>(request.type());
  return entry;
}

absl::StatusOr<PassengerChange> FromWire(const v1::UpdatePassengerRequest& request) {
  Violations violations;
  PassengerChange change;
  rpc::RequireText(violations, "etag", request.etag(), 40);
  rpc::AllowText(violations, "full_name", request.full_name(), 200);
  if (!type::v1::PassengerType_IsValid(request.type())) {
    violations.Add("type", "is not a known value");
  }
  if (request.has_birth_date()) {
    change.birth = rpc::RequireDate(violations, "birth_date", true, request.birth_date());
  }
  if (!violations.empty()) {
    return violations.ToStatus();
  }
  change.etag = request.etag();
  change.full_name = request.full_name();
  if (request.type() != type::v1::PASSENGER_TYPE_UNSPECIFIED) {
    change.type = static_cast<PassengerType>(request.type());
  }
  return change;
}

absl::StatusOr<DocumentEntry> FromWire(const v1::AddPassengerDocumentRequest& request) {
  Violations violations;
  DocumentEntry entry;
  rpc::AllowText(violations, "category", request.category(), 60);
  ReadDocument(request, /*needs_name=*/false, violations, entry);
  if (!violations.empty()) {
    return violations.ToStatus();
  }
  entry.document.category = request.category();
  return entry;
}

v1::Passenger ToWire(const Passenger& passenger, absl::CivilDay today) {
  v1::Passenger wire;
  wire.set_name(NameOf(passenger));
  wire.set_etag(absl::StrCat(passenger.version));
  *wire.mutable_create_time() = rpc::ToWire(passenger.created_at);
  wire.set_masked_full_name(MaskedName(passenger.full_name));
  wire.set_type(static_cast<type::v1::PassengerType>(passenger.type));
  wire.set_document_type(ToWire(passenger.document.type));
  wire.set_masked_document_number(MaskedNumber(passenger.document.number));
  for (const PassengerDocument& held : passenger.documents) {
    *wire.add_documents() = ToWire(passenger, held, today);
  }
  wire.set_birth_date_known(passenger.birth.has_value());
  return wire;
}

}  // namespace houbu::account
