#include "libs/rpc/access.h"

#include <google/protobuf/descriptor.pb.h>
#include <grpcpp/impl/codegen/rpc_service_method.h>
#include <grpcpp/impl/codegen/service_type.h>

#include <functional>

#include <catch2/catch.hpp>

#include "libs/testing/test_service.h"

#include "houbu/development/v1/clock.pb.h"
#include "houbu/type/v1/access.pb.h"

namespace houbu::rpc {

namespace {

/// A service no proto of ours declares.
class Undeclared final : public grpc::Service {
 public:
  Undeclared() {
    AddMethod(new grpc::internal::RpcServiceMethod("/houbu.test.v1.Undeclared/Do",
                                                   grpc::internal::RpcMethod::NORMAL_RPC, nullptr));
    MarkMethodAsync(0);
  }
};

/// Builds a pool with one file that has one service of one method without options.
void AddBareService(
    google::protobuf::DescriptorPool& pool,
    const std::function<void(google::protobuf::MethodDescriptorProto&)>& change = nullptr) {
  google::protobuf::FileDescriptorProto file;
  file.set_name("bare.proto");
  file.set_package("houbu.test.v1");
  file.set_syntax("proto3");
  file.add_message_type()->set_name("DoRequest");
  google::protobuf::ServiceDescriptorProto* service = file.add_service();
  service->set_name("BareService");
  google::protobuf::MethodDescriptorProto* method = service->add_method();
  method->set_name("Do");
  method->set_input_type(".houbu.test.v1.DoRequest");
  method->set_output_type(".houbu.test.v1.DoRequest");
  if (change != nullptr) change(*method);
  REQUIRE(pool.BuildFile(file) != nullptr);
}

}  // namespace

TEST_CASE("a method without an access option is refused by name", "[rpc][access]") {
  google::protobuf::DescriptorPool pool;
  AddBareService(pool);
  const auto table = AccessTable::For({"houbu.test.v1.BareService"}, pool);
  REQUIRE(table.status().code() == absl::StatusCode::kFailedPrecondition);
  CHECK(std::string(table.status().message()) ==
        "houbu.test.v1.BareService.Do has no (houbu.type.v1.access) option");
}

TEST_CASE("requests may come as a stream, answers may not", "[rpc][access]") {
  struct Row {
    bool requests;
    bool answers;
    bool accepted;
  };
  for (const Row& row : {Row{true, false, true}, Row{false, true, false}, Row{true, true, false}}) {
    google::protobuf::DescriptorPool pool;
    AddBareService(pool, [&row](google::protobuf::MethodDescriptorProto& method) {
      method.mutable_options()->MutableExtension(type::v1::access)->set_public_(true);
      method.set_client_streaming(row.requests);
      method.set_server_streaming(row.answers);
    });
    const auto table = AccessTable::For({"houbu.test.v1.BareService"}, pool);
    REQUIRE(table.ok() == row.accepted);
    if (table.ok()) CHECK(table->rules().front()->streams);
  }
}

TEST_CASE("roles are for operators, and a rule knows them", "[rpc][access][A-2]") {
  google::protobuf::FileDescriptorProto file;
  file.set_name("roles.proto");
  file.set_package("houbu.test.v1");
  file.set_syntax("proto3");
  file.add_message_type()->set_name("DoRequest");
  google::protobuf::ServiceDescriptorProto* service = file.add_service();
  service->set_name("RoleService");
  google::protobuf::MethodDescriptorProto* method = service->add_method();
  method->set_name("Do");
  method->set_input_type(".houbu.test.v1.DoRequest");
  method->set_output_type(".houbu.test.v1.DoRequest");
  type::v1::Access& access = *method->mutable_options()->MutableExtension(type::v1::access);
  access.add_roles("support");
  const google::protobuf::DescriptorPool& generated =
      *google::protobuf::DescriptorPool::generated_pool();
  google::protobuf::DescriptorPool without(&generated);
  REQUIRE(without.BuildFile(file) != nullptr);
  const auto refused = AccessTable::For({"houbu.test.v1.RoleService"}, without);
  CHECK(std::string(refused.status().message()) ==
        "houbu.test.v1.RoleService.Do names roles and lets no operator in");
  access.set_operator_(true);
  google::protobuf::DescriptorPool with(&generated);
  REQUIRE(with.BuildFile(file) != nullptr);
  const auto table = AccessTable::For({"houbu.test.v1.RoleService"}, with);
  REQUIRE(table.ok());
  REQUIRE(table->rules().size() == 1);
  CHECK(table->rules().front()->roles == std::vector<std::string>{"support"});
}

TEST_CASE("a server with a service that says nothing of access does not start", "[rpc][access]") {
  testing::TestService service;
  Undeclared undeclared;
  const absl::Status status = service.Serve(undeclared);
  CHECK(status.code() == absl::StatusCode::kFailedPrecondition);
  CHECK(std::string(status.message()) == "houbu.test.v1.Undeclared is no compiled-in service");
}

TEST_CASE("the table knows the methods by their requests", "[rpc][access]") {
  const auto table =
      AccessTable::For({"houbu.development.v1.ClockService", "grpc.health.v1.Health"});
  REQUIRE(table.ok());
  REQUIRE(table->rules().size() == 2);
  const MethodRule* get = table->Find(development::v1::GetClockRequest::descriptor());
  REQUIRE(get != nullptr);
  CHECK(get->path == "/houbu.development.v1.ClockService/GetClock");
  CHECK(get->operators);
  CHECK_FALSE(get->open);
  CHECK_FALSE(get->account);
  CHECK(get->request_id == nullptr);
  CHECK(table->Find(development::v1::AdvanceClockRequest::descriptor())->request_id != nullptr);
  CHECK(table->Find(development::v1::Clock::descriptor()) == nullptr);
}

TEST_CASE("each kind of caller is let in where its kind is named", "[rpc][access]") {
  MethodRule open;
  open.open = true;
  MethodRule account;
  account.account = true;
  MethodRule operators;
  operators.operators = true;
  MethodRule services;
  services.services = {"slot"};
  const Caller anybody{
      .kind = Caller::Kind::kPublic, .account = "", .service = "gateway", .session = ""};
  const Caller person{.kind = Caller::Kind::kAccount,
                      .account = "accounts/a",
                      .service = "gateway",
                      .session = "s"};
  const Caller slot{
      .kind = Caller::Kind::kService, .account = "", .service = "slot", .session = ""};
  const Caller payment{
      .kind = Caller::Kind::kService, .account = "", .service = "payment", .session = ""};
  const Caller admin{
      .kind = Caller::Kind::kOperator, .account = "", .service = "operator", .session = ""};
  for (const Caller& caller : {anybody, person, slot, payment, admin}) {
    CHECK(CheckAccess(open, caller).ok());
  }
  CHECK(CheckAccess(account, person).ok());
  CHECK(ReasonOf(CheckAccess(account, anybody)) == "SIGN_IN_REQUIRED");
  CHECK(CheckAccess(account, anybody).code() == absl::StatusCode::kUnauthenticated);
  CHECK(ReasonOf(CheckAccess(account, slot)) == "CALLER_NOT_ALLOWED");
  CHECK(ReasonOf(CheckAccess(account, admin)) == "CALLER_NOT_ALLOWED");
  CHECK(CheckAccess(operators, admin).ok());
  CHECK(ReasonOf(CheckAccess(operators, person)) == "CALLER_NOT_ALLOWED");
  CHECK(ReasonOf(CheckAccess(operators, slot)) == "CALLER_NOT_ALLOWED");
  CHECK(CheckAccess(services, slot).ok());
  CHECK(ReasonOf(CheckAccess(services, payment)) == "CALLER_NOT_ALLOWED");
  CHECK(ReasonOf(CheckAccess(services, anybody)) == "CALLER_NOT_ALLOWED");
}

TEST_CASE("a token makes an account only out of a relay's call", "[rpc][authentication]") {
  const Authenticator authenticator(testing::TestService::CheckToken, {"gateway"});
  const std::string gateway = "spiffe://houbu/gateway";
  const absl::StatusOr<Caller> person = authenticator.Identify({{gateway}, {"Bearer good"}});
  REQUIRE(person.ok());
  CHECK(person->kind == Caller::Kind::kAccount);
  CHECK(person->account == "accounts/ac-1");
  CHECK(person->session == "s1");
  const absl::StatusOr<Caller> anybody = authenticator.Identify({{gateway}, {}});
  REQUIRE(anybody.ok());
  CHECK(anybody->kind == Caller::Kind::kPublic);
  const auto reason = [&](const Credentials& credentials) {
    return std::string(ReasonOf(authenticator.Identify(credentials).status()));
  };
  CHECK(reason({{gateway}, {"Basic good"}}) == "AUTHORIZATION_MALFORMED");
  CHECK(reason({{gateway}, {"Bearer good", "Bearer good"}}) == "AUTHORIZATION_MALFORMED");
  CHECK(reason({{gateway}, {""}}) == "AUTHORIZATION_MALFORMED");
  CHECK(reason({{"spiffe://houbu/slot"}, {"Bearer good"}}) == "TOKEN_NOT_ACCEPTED");
  CHECK(reason({{"https://houbu/slot"}, {}}) == "PEER_UNKNOWN");
  CHECK(reason({{}, {"Bearer good"}}) == "PEER_UNKNOWN");
  CHECK(ServiceOfSpiffeId("spiffe://houbu/slot") == "slot");
  for (const char* uri : {"spiffe://houbu/", "spiffe://houbu/a/b", "spiffe://houbu/A",
                          "spiffe://houbu.example/slot", "spiffe:/houbu/slot", ""}) {
    CHECK(ServiceOfSpiffeId(uri).empty());
  }
}

TEST_CASE("an operator's certificate may name a person, and then says who acts", "[rpc][access]") {
  const Authenticator authenticator(TokenCheck(), {"gateway"});
  const auto named = authenticator.Identify({{"spiffe://houbu/operators/first"}, {}});
  REQUIRE(named.ok());
  CHECK(named->kind == Caller::Kind::kOperator);
  CHECK(named->person == "first");
  CHECK(named->service == "operators/first");
  const auto nobody = authenticator.Identify({{"spiffe://houbu/operator"}, {}});
  REQUIRE(nobody.ok());
  CHECK(nobody->kind == Caller::Kind::kOperator);
  CHECK(nobody->person.empty());
  for (const char* uri :
       {"spiffe://houbu/operators/", "spiffe://houbu/operators", "spiffe://houbu/operators/a/b",
        "spiffe://houbu/operators/A", "spiffe://elsewhere/operators/first", ""}) {
    INFO(uri);
    CHECK(PersonOfSpiffeId(uri).empty());
  }
  CHECK(ReasonOf(authenticator.Identify({{"spiffe://houbu/operators/"}, {}}).status()) ==
        "PEER_UNKNOWN");
}

}  // namespace houbu::rpc
