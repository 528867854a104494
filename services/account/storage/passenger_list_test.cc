// Passengers and their documents as use cases on a real PostgreSQL.
#include "services/account/app/passenger_list.h"

#include "absl/strings/str_cat.h"
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include "libs/postgres/migrations.h"
#include "libs/testing/manual_clock.h"
#include "libs/testing/run_task.h"
#include "libs/testing/sequential_id_source.h"
#include "libs/testing/test_postgres.h"
#include "services/account/storage/iso_countries.h"
#include "services/account/storage/keyed.h"
#include "services/account/storage/postgres_passenger_store.h"
#include "services/account/storage/schema.h"
#include "services/account/storage/test_consents.h"

namespace houbu::account {
namespace {

constexpr char kAccount[] = "ac-1";

secrets::Key KeyOf(char byte) {
  return secrets::Key::FromBytes(std::string(secrets::Key::kBytes, byte)).value();
}

struct Fixture {
  explicit Fixture(const testing::TestPostgres& database)
      : pool(loop.get_executor(), OptionsOf(database.conninfo())) {
    REQUIRE(testing::RunTask(loop, postgres::Migrate(pool, kMigrations)).ok());
    database.Execute(R"sql(
      INSERT INTO accounts (id, version, phone, phone_index, verification, verification_reason,
                            member, created_at)
      SELECT 'ac-' || n, 1, '', n, 'UNVERIFIED', '', false, '2026-01-01'
      FROM generate_series(1, 2) n)sql");
  }
  ~Fixture() { pool.Close(); }

  static postgres::PoolOptions OptionsOf(const std::string& conninfo) {
    postgres::PoolOptions options;
    options.conninfo = conninfo;
    return options;
  }

  Mutation<Passenger> MutationOf(const std::string& request_id) {
    Mutation<Passenger> mutation;
    mutation.key.caller = "test";
    mutation.key.method = "/m";
    mutation.key.request_id = request_id;
    mutation.key.fingerprint = "f";
    mutation.render = [](const Passenger& passenger) { return passenger.id; };
    return mutation;
  }

  absl::StatusOr<std::string> Add(const std::string& request_id, const DocumentEntry& document,
                                  PassengerType type = PassengerType::kAdult,
                                  const std::string& account = kAccount) {
    Entry entry;
    entry.type = type;
    entry.document = document;
    return testing::RunTask(loop, list.Add(account, entry, MutationOf(request_id)));
  }

  absl::StatusOr<std::string> AddDocument(const std::string& request_id, const std::string& id,
                                          const DocumentEntry& entry) {
    return testing::RunTask(loop, list.AddDocument(kAccount, id, entry, MutationOf(request_id)));
  }

  Passenger Get(const std::string& id) {
    return testing::RunTask(loop, list.Get(kAccount, id)).value();
  }

  boost::asio::io_context loop;
  postgres::Pool pool;
  Vault vault{secrets::FieldCipher::Create({{1, KeyOf('f')}}).value(),
              secrets::BlindIndex(KeyOf('i'))};
  KeyedPseudonyms pseudonyms{secrets::Pseudonym(KeyOf('p'))};
  testing::ManualClock clock;
  testing::SequentialIdSource ids;
  PostgresPassengerStore passengers{pool, vault};
  CountryBook countries = LoadCountries({}).value();
  PostgresConsentStore consent_store{pool};
  Consents consents{consent_store, clock, ids, kTestTexts};
  PassengerList list{passengers, consents, pseudonyms, countries, clock, ids};
};

DocumentEntry CardOf(int number) {
  DocumentEntry entry;
  const std::string digits = absl::StrCat("110000", "19900101", 100 + number);
  entry.document.number = absl::StrCat(digits, std::string(1, ResidentIdCheck(digits)));
  entry.document.full_name = "旅客甲";
  return entry;
}

DocumentEntry PassportOf(const std::string& number) {
  DocumentEntry entry;
  entry.document.type = DocumentType::kPassport;
  entry.document.number = number;
  entry.document.country = "China";
  entry.document.full_name = "LV, KE";
  entry.document.expires = absl::CivilDay(2100, 1, 1);
  entry.document.has_expiry = true;
  entry.document.blank_pages = 7;
  return entry;
}

DocumentEntry EstaOf(const std::string& number) {
  DocumentEntry entry = PassportOf(number);
  entry.document.type = DocumentType::kTravelAuthorisation;
  entry.document.country = "US";
  entry.document.category = "esta";
  entry.document.full_name.clear();
  entry.document.blank_pages = -1;
  return entry;
}

TEST_CASE("a passenger has several documents, each with its own pseudonym",
          "[account][passenger][R-04]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Fixture fixture(*database);
  const std::string id = fixture.Add("a", CardOf(1)).value();
  REQUIRE(fixture.AddDocument("b", id, PassportOf("E12345678")).value() == id);
  REQUIRE(fixture.AddDocument("c", id, EstaOf("AB12")).ok());

  const Passenger passenger = fixture.Get(id);
  CHECK(passenger.version == 3);
  CHECK(passenger.full_name == "旅客甲");
  CHECK(passenger.birth == absl::CivilDay(1990, 1, 1));
  REQUIRE(passenger.documents.size() == 3);
  CHECK(passenger.document.type == DocumentType::kResidentId);
  CHECK(passenger.documents[0].traveller_key == passenger.traveller_key);
  CHECK(passenger.documents[1].document.full_name == "LV, KE");
  CHECK(passenger.documents[1].document.blank_pages == 7);
  CHECK_FALSE(passenger.documents[1].traveller_key.empty());
  CHECK(passenger.documents[1].traveller_key != passenger.traveller_key);
  CHECK(passenger.documents[2].traveller_key.empty());
  CHECK(passenger.documents[2].document.category == "ESTA");

  // The same person in another account is the same person outside.
  Entry entry;
  entry.document = PassportOf("E12345678");
  const std::string other =
      testing::RunTask(fixture.loop, fixture.list.Add("ac-2", entry, fixture.MutationOf("d")))
          .value();
  const Passenger elsewhere =
      testing::RunTask(fixture.loop, fixture.list.Get("ac-2", other)).value();
  CHECK(elsewhere.traveller_key == passenger.documents[1].traveller_key);
}

TEST_CASE("a document is once in an account, and its renewal takes its place",
          "[account][passenger][R-04]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Fixture fixture(*database);
  const std::string first = fixture.Add("a", CardOf(1)).value();
  const std::string second = fixture.Add("b", CardOf(2)).value();
  CHECK(fixture.Add("a", CardOf(1)).value() == first);
  CHECK(ReasonOf(fixture.Add("c", CardOf(1)).status()) == kPassengerExists.reason);
  REQUIRE(fixture.AddDocument("d", first, PassportOf("E12345678")).ok());
  CHECK(fixture.AddDocument("d", first, PassportOf("E12345678")).value() == first);
  CHECK(ReasonOf(fixture.AddDocument("e", second, PassportOf("E12345678")).status()) ==
        kPassengerExists.reason);
  DocumentEntry renewed = PassportOf("E12345678");
  renewed.document.blank_pages = 1;
  const std::string document = fixture.Get(first).documents[1].id;
  REQUIRE(fixture.AddDocument("f", first, renewed).ok());
  REQUIRE(fixture.Get(first).documents.size() == 2);
  CHECK(fixture.Get(first).documents[1].id == document);
  CHECK(fixture.Get(first).documents[1].document.blank_pages == 1);
  // What goes with a document may go with several passengers.
  CHECK(fixture.AddDocument("g", first, EstaOf("AB12")).ok());
  CHECK(fixture.AddDocument("h", second, EstaOf("AB12")).ok());
}

TEST_CASE("who a passenger is stays known", "[account][passenger][R-04]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Fixture fixture(*database);
  const std::string id = fixture.Add("a", CardOf(1)).value();
  const auto remove = [&](const std::string& request_id, const std::string& document) {
    return testing::RunTask(
        fixture.loop,
        fixture.list.RemoveDocument(kAccount, id, document, fixture.MutationOf(request_id)));
  };
  const std::string card = fixture.Get(id).documents[0].id;
  CHECK(ReasonOf(remove("b", card).status()) == kLastDocument.reason);
  CHECK(ReasonOf(remove("c", "pd-none").status()) == kDocumentNotFound.reason);
  REQUIRE(fixture.AddDocument("d", id, EstaOf("AB12")).ok());
  CHECK(ReasonOf(remove("e", card).status()) == kLastDocument.reason);
  REQUIRE(fixture.AddDocument("f", id, PassportOf("E12345678")).ok());
  REQUIRE(remove("g", card).ok());
  CHECK(remove("g", card).ok());
  CHECK(fixture.Get(id).full_name == "LV, KE");
  CHECK(fixture.Get(id).document.type == DocumentType::kPassport);
  // What was removed may be added again.
  CHECK(fixture.AddDocument("h", id, CardOf(1)).ok());
}

TEST_CASE("passengers and documents have a limit each", "[account][passenger][R-04]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Fixture fixture(*database);
  std::string id;
  for (int i = 0; i < kPassengersMax; ++i) {
    id = fixture.Add(absl::StrCat("p", i), CardOf(i)).value();
  }
  CHECK(ReasonOf(fixture.Add("more", CardOf(99)).status()) == kTooManyPassengers.reason);
  CHECK(fixture.Add("other", CardOf(99), PassengerType::kAdult, "ac-2").ok());
  for (int i = 1; i < kDocumentsMax; ++i) {
    REQUIRE(fixture.AddDocument(absl::StrCat("d", i), id, EstaOf(absl::StrCat("AB", i))).ok());
  }
  CHECK(ReasonOf(fixture.AddDocument("one more", id, EstaOf("CD1")).status()) ==
        kTooManyDocuments.reason);
}

TEST_CASE("a passenger is changed by who read it last", "[account][passenger][R-04]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Fixture fixture(*database);
  DocumentEntry given = PassportOf("E12345678");
  given.birth = absl::CivilDay(1950, 5, 5);
  const std::string id = fixture.Add("a", given).value();
  const auto update = [&](const std::string& request_id, const PassengerChange& change) {
    return testing::RunTask(
        fixture.loop, fixture.list.Update(kAccount, id, change, fixture.MutationOf(request_id)));
  };
  PassengerChange change;
  change.etag = "1";
  change.type = PassengerType::kElder;
  change.full_name = "lyu, ke";
  REQUIRE(update("b", change).ok());
  CHECK(update("b", change).ok());
  CHECK(fixture.Get(id).full_name == "LYU, KE");
  CHECK(fixture.Get(id).document.full_name == "LYU, KE");
  CHECK(fixture.Get(id).type == PassengerType::kElder);
  CHECK(ReasonOf(update("c", change).status()) == kPassengerChanged.reason);
  change.etag = "2";
  change.full_name = "旅客";
  change.birth = absl::CivilDay(2000, 1, 1);
  std::vector<std::string> fields;
  for (const Violation& violation : ViolationsOf(update("d", change).status())) {
    fields.push_back(violation.field);
  }
  CHECK(fields == std::vector<std::string>{"full_name", "type"});
}

TEST_CASE("no number, name or birth date stands in the record as it is",
          "[account][passenger][R-17]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Fixture fixture(*database);
  const std::string id = fixture.Add("a", CardOf(1)).value();
  REQUIRE(fixture.AddDocument("b", id, PassportOf("E12345678")).ok());
  const auto dump = testing::RunTask(
      fixture.loop, fixture.pool.Query("SELECT string_agg(p::text || d::text, '') AS whole FROM "
                                       "passengers p JOIN passenger_documents d ON true",
                                       postgres::Parameters()));
  const std::string whole = dump->row(0).Text("whole");
  for (const std::string text : {"E12345678", "LV, KE", "旅客甲", "19900101", "1990-01-01"}) {
    CHECK(whole.find(text) == std::string::npos);
  }
}

}  // namespace
}  // namespace houbu::account
