#include "services/account/rpc/passenger_wire.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "libs/base/refusal.h"

namespace houbu::account {
namespace {

const absl::CivilDay kToday(2026, 11, 21);

std::vector<std::string> FieldsOf(const absl::Status& status) {
  std::vector<std::string> fields;
  for (const Violation& violation : ViolationsOf(status)) fields.push_back(violation.field);
  return fields;
}

TEST_CASE("every malformed field of a new passenger is named at once",
          "[account][passenger][R-04]") {
  v1::CreatePassengerRequest request;
  request.set_parent("accounts/ac-1");
  request.mutable_expire_date()->set_year(2026);
  request.mutable_birth_date()->set_month(13);
  request.set_blank_pages(-1);
  CHECK(FieldsOf(FromWire(request).status()) ==
        std::vector<std::string>{"type", "birth_date", "full_name", "document_type",
                                 "document_number", "expire_date", "blank_pages"});
  request.set_type(static_cast<type::v1::PassengerType>(99));
  request.set_document_type(static_cast<v1::DocumentType>(99));
  request.set_full_name(std::string(201, 'A'));
  request.set_document_number("1\n2");
  CHECK(FieldsOf(FromWire(request).status()).size() == 7);
}

TEST_CASE("with a zone only the kinds are required", "[account][passenger][R-04]") {
  v1::CreatePassengerRequest request;
  request.set_parent("accounts/ac-1");
  request.set_type(type::v1::PASSENGER_TYPE_ELDER);
  request.set_document_type(v1::DOCUMENT_TYPE_PASSPORT);
  request.add_mrz_lines("P<CHN");
  request.add_mrz_lines("E12345678");
  const absl::StatusOr<Entry> entry = FromWire(request);
  REQUIRE(entry.ok());
  CHECK(entry->type == PassengerType::kElder);
  CHECK(entry->document.mrz_lines.size() == 2);
  CHECK(entry->document.document.type == DocumentType::kPassport);
  CHECK(entry->document.document.blank_pages == -1);
  request.add_mrz_lines("");
  request.add_mrz_lines("");
  CHECK(FieldsOf(FromWire(request).status()) == std::vector<std::string>{"mrz_lines"});
  request.clear_mrz_lines();
  request.add_mrz_lines(std::string(201, '<'));
  CHECK(FieldsOf(FromWire(request).status()) == std::vector<std::string>{"mrz_lines"});
}

TEST_CASE("a change says what it is based on", "[account][passenger][R-04]") {
  v1::UpdatePassengerRequest request;
  CHECK(FieldsOf(FromWire(request).status()) == std::vector<std::string>{"etag"});
  request.set_etag("3");
  const absl::StatusOr<PassengerChange> change = FromWire(request);
  REQUIRE(change.ok());
  CHECK_FALSE(change->type.has_value());
  CHECK_FALSE(change->birth.has_value());
  CHECK(change->full_name.empty());
}

TEST_CASE("each kind of document is the same on both sides of the wire", "[account][passenger]") {
  for (const DocumentType type : kDocumentTypes) {
    v1::AddPassengerDocumentRequest request;
    request.set_document_type(ToWire(type));
    request.set_document_number("1");
    const absl::StatusOr<DocumentEntry> entry = FromWire(request);
    REQUIRE(entry.ok());
    CHECK(entry->document.type == type);
  }
  CHECK(v1::DocumentType_ARRAYSIZE == static_cast<int>(kDocumentTypes.size()) + 1);
}

TEST_CASE("answers have no name, number or date of birth", "[account][passenger][R-17]") {
  Passenger passenger;
  passenger.id = "pg-1";
  passenger.account = "ac-1";
  passenger.full_name = "LI, YIMING";
  passenger.birth = absl::CivilDay(1990, 1, 1);
  PassengerDocument held;
  held.id = "pd-1";
  held.traveller_key = "pseudonym";
  held.document.type = DocumentType::kPassport;
  held.document.number = "E12345678";
  held.document.country = "CN";
  held.document.full_name = "LI, YIMING";
  held.document.expires = absl::CivilDay(2026, 11, 20);
  held.document.has_expiry = true;
  passenger.documents.push_back(held);
  TakeFirst(passenger);
  const v1::Passenger wire = ToWire(passenger, kToday);
  const std::string bytes = wire.SerializeAsString();
  for (const char* const secret : {"YIMING", "E12345678", "12345678", "1990", "pseudonym"}) {
    CHECK(bytes.find(secret) == std::string::npos);
  }
  REQUIRE(wire.documents_size() == 1);
  CHECK(wire.documents(0).name() == "accounts/ac-1/passengers/pg-1/documents/pd-1");
  CHECK(wire.documents(0).state() == v1::PassengerDocument::STATE_EXPIRED);
  CHECK_FALSE(wire.documents(0).has_blank_pages());
  CHECK(ToWire(passenger, kToday - 1).documents(0).state() == v1::PassengerDocument::STATE_VALID);
  CHECK(wire.birth_date_known());
}

}  // namespace
}  // namespace houbu::account
