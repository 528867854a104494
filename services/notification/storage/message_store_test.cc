// Intake, inbox and deliveries on a real PostgreSQL, with carriers that fail as told.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include "libs/postgres/migrations.h"
#include "libs/testing/manual_clock.h"
#include "libs/testing/run_task.h"
#include "libs/testing/sequential_id_source.h"
#include "libs/testing/test_postgres.h"
#include "services/notification/app/contact_book.h"
#include "services/notification/app/dispatch.h"
#include "services/notification/app/message_intake.h"
#include "services/notification/app/retention.h"
#include "services/notification/storage/postgres_contact_store.h"
#include "services/notification/storage/postgres_message_store.h"
#include "services/notification/storage/schema.h"

namespace houbu::notification {
namespace {

/// Takes every delivery, or answers with the failure it is told to.
class FakeCarrier final : public Carrier {
 public:
  Task<void> Carry(Delivery delivery) override {
    carried.push_back(std::move(delivery));
    co_return failure;
  }

  std::vector<Delivery> carried;
  absl::Status failure;
};

secrets::FieldCipher CipherOf(char byte) {
  const std::string bytes(secrets::Key::kBytes, byte);
  return secrets::FieldCipher::Create({{1, secrets::Key::FromBytes(bytes).value()}}).value();
}

/// Everything but the handlers, on one database.
struct Fixture {
  explicit Fixture(const std::string& conninfo) : pool(loop.get_executor(), OptionsOf(conninfo)) {
    REQUIRE(testing::RunTask(loop, postgres::Migrate(pool, kMigrations)).ok());
  }
  ~Fixture() { pool.Close(); }

  static postgres::PoolOptions OptionsOf(const std::string& conninfo) {
    postgres::PoolOptions options;
    options.conninfo = conninfo;
    return options;
  }

  template <class T>
  Mutation<T> MutationOf(const std::string& request_id) {
    Mutation<T> mutation;
    mutation.key.caller = "services/test";
    mutation.key.method = "/m";
    mutation.key.request_id = request_id;
    mutation.key.fingerprint = "f";
    mutation.render = [request_id](const T&) { return absl::StrCat("answer to ", request_id); };
    return mutation;
  }

  absl::StatusOr<std::string> Tell(const std::string& request_id) {
    News news;
    news.account = "accounts/ac-1";
    news.event = Event::kPaid;
    news.subject = "bookings/bk-1";
    news.parameters["amount"] = "20.00";
    return testing::RunTask(loop, intake.Tell(std::move(news), MutationOf<Message>(request_id)));
  }

  boost::asio::io_context loop;
  postgres::Pool pool;
  secrets::FieldCipher cipher = CipherOf('k');
  testing::ManualClock clock;
  testing::SequentialIdSource ids;
  PostgresContactStore contacts{pool, cipher};
  PostgresMessageStore messages{pool, cipher};
  FakeCarrier sms;
  FakeCarrier email;
  ContactBook book{contacts, clock};
  MessageIntake intake{messages, contacts, clock, ids, [] {}};
  Dispatch dispatch{messages, Carriers{sms, email}, clock, DeliveryPolicy()};
};

TEST_CASE("a message reaches the inbox and each chosen channel once",
          "[notification][W-09][W-09n][X-07]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Fixture fixture(database->conninfo());
  REQUIRE(testing::RunTask(fixture.loop, fixture.book.UpdateAddresses(
                                             "accounts/ac-1", "+8619900000001", "a@example.com",
                                             fixture.MutationOf<Contact>("c-1")))
              .ok());
  CHECK(fixture.Tell("r-1").value() == "answer to r-1");
  CHECK(fixture.Tell("r-1").value() == "answer to r-1");
  for (const Channel channel : {Channel::kSms, Channel::kEmail, Channel::kSms}) {
    REQUIRE(testing::RunTask(fixture.loop, fixture.dispatch.SendDue(channel)).ok());
  }
  REQUIRE(fixture.sms.carried.size() == 1);
  CHECK(fixture.sms.carried[0].recipient == "+8619900000001");
  REQUIRE(fixture.email.carried.size() == 1);
  CHECK(fixture.email.carried[0].recipient == "a@example.com");
  CHECK(absl::StrContains(fixture.email.carried[0].body, "20.00"));
  Page page;
  page.size = 10;
  const auto inbox =
      testing::RunTask(fixture.loop, fixture.intake.ListMessages("accounts/ac-1", page)).value();
  REQUIRE(inbox.size() == 1);
  CHECK(inbox[0].text.title == "支付成功");
}

TEST_CASE("a channel that was away gets the message later under the same id",
          "[notification][W-09n]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Fixture fixture(database->conninfo());
  REQUIRE(testing::RunTask(fixture.loop,
                           fixture.book.UpdateAddresses("accounts/ac-1", "+8619900000001", "",
                                                        fixture.MutationOf<Contact>("c-1")))
              .ok());
  REQUIRE(fixture.Tell("r-1").ok());
  fixture.sms.failure = absl::UnavailableError("away");
  REQUIRE(testing::RunTask(fixture.loop, fixture.dispatch.SendDue(Channel::kSms)).ok());
  REQUIRE(testing::RunTask(fixture.loop, fixture.dispatch.SendDue(Channel::kSms)).ok());
  CHECK(fixture.sms.carried.size() == 1);  // the second round came too early
  fixture.sms.failure = absl::OkStatus();
  fixture.clock.Advance(absl::Minutes(5));
  REQUIRE(testing::RunTask(fixture.loop, fixture.dispatch.SendDue(Channel::kSms)).ok());
  REQUIRE(fixture.sms.carried.size() == 2);
  CHECK(MessageIdOf(fixture.sms.carried[0]) == MessageIdOf(fixture.sms.carried[1]));
  Page page;
  page.size = 10;
  const auto delivered =
      testing::RunTask(fixture.loop, fixture.intake.ListDeliveries(DeliveryState::kDelivered, page))
          .value();
  REQUIRE(delivered.size() == 1);
  CHECK(delivered[0].attempts == 2);
}

TEST_CASE("addresses and codes are not readable in the database", "[notification][R-17]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Fixture fixture(database->conninfo());
  REQUIRE(testing::RunTask(fixture.loop, fixture.book.UpdateAddresses(
                                             "accounts/ac-1", "+8619900000001", "a@example.com",
                                             fixture.MutationOf<Contact>("c-1")))
              .ok());
  CodeDispatch dispatch;
  dispatch.recipient = "+8619900000001";
  dispatch.code = "012345";
  REQUIRE(testing::RunTask(
              fixture.loop,
              fixture.intake.SendCode(std::move(dispatch), fixture.MutationOf<Delivery>("d-1")))
              .ok());
  const auto rows =
      testing::RunTask(
          fixture.loop,
          fixture.pool.Query("SELECT encode(phone, 'escape') || encode(email, 'escape') AS dump "
                             "FROM contacts UNION ALL SELECT encode(recipient, 'escape') || "
                             "encode(body, 'escape') AS dump FROM deliveries"))
          .value();
  REQUIRE(rows.rows() == 2);
  for (int i = 0; i < rows.rows(); ++i) {
    const std::string dump = rows.row(i).Text("dump");
    CHECK_FALSE(absl::StrContains(dump, "19900000001"));
    CHECK_FALSE(absl::StrContains(dump, "example.com"));
    CHECK_FALSE(absl::StrContains(dump, "012345"));
  }
}

TEST_CASE("deliveries that ended are kept for a while, others for as long as they wait",
          "[notification][R-17]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Fixture fixture(database->conninfo());
  REQUIRE(testing::RunTask(fixture.loop, fixture.book.UpdateAddresses(
                                             "accounts/ac-1", "+8619900000001", "a@example.com",
                                             fixture.MutationOf<Contact>("c-1")))
              .ok());
  REQUIRE(fixture.Tell("r-1").ok());
  REQUIRE(testing::RunTask(fixture.loop, fixture.dispatch.SendDue(Channel::kSms)).ok());
  Retention retention(fixture.messages, fixture.clock, absl::Hours(24 * 30));
  const auto count = [&](DeliveryState state) {
    Page page;
    page.size = 10;
    return testing::RunTask(fixture.loop, fixture.intake.ListDeliveries(state, page))
        .value()
        .size();
  };
  fixture.clock.Advance(absl::Hours(24 * 29));
  REQUIRE(testing::RunTask(fixture.loop, retention.Round()).ok());
  CHECK(count(DeliveryState::kDelivered) == 1);
  fixture.clock.Advance(absl::Hours(24 * 2));
  REQUIRE(testing::RunTask(fixture.loop, retention.Round()).ok());
  CHECK(count(DeliveryState::kDelivered) == 0);
  CHECK(count(DeliveryState::kPending) == 1);
}

}  // namespace
}  // namespace houbu::notification
