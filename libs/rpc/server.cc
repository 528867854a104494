#include "libs/rpc/server.h"

#include <absl/strings/str_cat.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/impl/server_builder_option.h>
#include <grpcpp/impl/server_builder_plugin.h>
#include <grpcpp/impl/server_initializer.h>
#include <grpcpp/server_builder.h>

#include <set>
#include <utility>

#include "libs/base/clock.h"

namespace houbu::rpc {

namespace {

constexpr int kPingIntervalMinMs = 20 * 1000;
constexpr int kConnectionAgeMaxMs = 5 * 60 * 1000;
constexpr int kConnectionAgeGraceMs = 60 * 1000;

/// Tells the seam which services a server registered, before its ports open.
class LearningPlugin final : public grpc::ServerBuilderPlugin {
 public:
  LearningPlugin(Seam& seam, absl::Status& learned) : seam_(seam), learned_(learned) {}

  std::string name() override { return "houbu_seam"; }
  void InitServer(grpc::ServerInitializer*) override {}
  void ChangeArguments(const std::string&, void*) override {}
  void Finish(grpc::ServerInitializer* initializer) override {
    // gRPC lists a service once per method.
    const std::vector<std::string>& listed = *initializer->GetServiceList();
    const std::set<std::string> names(listed.begin(), listed.end());
    learned_ = seam_.Learn(std::vector<std::string>(names.begin(), names.end()));
  }

 private:
  Seam& seam_;
  absl::Status& learned_;
};

/// Brings the plugin into one builder; gRPC's other way would be for all builders of the process.
class LearningOption final : public grpc::ServerBuilderOption {
 public:
  LearningOption(Seam& seam, absl::Status& learned) : seam_(seam), learned_(learned) {}

  void UpdateArguments(grpc::ChannelArguments*) override {}
  void UpdatePlugins(std::vector<std::unique_ptr<grpc::ServerBuilderPlugin>>* plugins) override {
    plugins->push_back(std::make_unique<LearningPlugin>(seam_, learned_));
  }

 private:
  Seam& seam_;
  absl::Status& learned_;
};

void SetArguments(const ServerOptions& options, grpc::ServerBuilder& builder) {
  builder.SetMaxReceiveMessageSize(options.request_bytes_max);
  // Two processes on one port would each get some of the calls; the second shall fail to start.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                             kPingIntervalMinMs);
  // Clients look up addresses again only when a connection ends, so that new replicas get work.
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS, kConnectionAgeMaxMs);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, kConnectionAgeGraceMs);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const ServerOptions& options, Seam& seam,
                                                      const std::vector<grpc::Service*>& services) {
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  grpc::ServerBuilder builder;
  absl::Status learned = absl::InternalError("gRPC did not list its services");
  int port = 0;
  builder.SetOption(std::make_unique<LearningOption>(seam, learned));
  builder.AddListeningPort(options.address, ServerCredentialsOf(options.tls), &port);
  SetArguments(options, builder);
  for (grpc::Service* service : services) builder.RegisterService(service);
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server != nullptr && !learned.ok()) server->Shutdown();
  if (!learned.ok()) return learned;
  if (server == nullptr || port == 0) {
    return absl::FailedPreconditionError(absl::StrCat("cannot serve on ", options.address));
  }
  return std::unique_ptr<Server>(new Server(std::move(server), port));
}

Server::Server(std::unique_ptr<grpc::Server> server, int port)
    : server_(std::move(server)), port_(port) {}

Server::~Server() { Drain(absl::ZeroDuration()); }

void Server::SetServing(bool serving) {
  server_->GetHealthCheckService()->SetServingStatus(serving);
}

void Server::Drain(absl::Duration grace) {
  if (drained_) return;
  drained_ = true;
  SetServing(false);
  server_->Shutdown(absl::ToChronoTime(SystemClock().Now() + grace));
}

}  // namespace houbu::rpc
