#include "libs/testing/test_redis_servers.h"

#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include <catch2/catch.hpp>

#include "libs/redis/keys.h"

namespace houbu::testing {
namespace {

constexpr char kProgram[] = "/usr/bin/redis-server";
constexpr char kHost[] = "127.0.0.1";

struct Finish {
  void operator()(redisContext* context) const { redisFree(context); }
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};

// A cluster's servers refuse to have a higher one.
constexpr int kPortMax = 55535;

int AnyFreePort() {
  const int probe = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  const bool bound = bind(probe, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                     getsockname(probe, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  close(probe);
  if (!bound) {
    FAIL("no free port");
  }
  return ntohs(address.sin_port);
}

int FreePort() {
  int port = AnyFreePort();
  while (port > kPortMax) port = AnyFreePort();
  return port;
}

std::string TextOf(const redisReply& reply) {
  if (reply.type == REDIS_REPLY_INTEGER) {
    return absl::StrCat(reply.integer);
  }
  if (reply.type != REDIS_REPLY_ARRAY) {
    return reply.str == nullptr ? std::string() : std::string(reply.str, reply.len);
  }
  std::string text;
  for (std::size_t i = 0; i < reply.elements; ++i) {
    absl::StrAppend(&text, TextOf(*reply.element[i]), "\n");
  }
  return text;
}

bool IsInstalled() {
  if (access(kProgram, X_OK) == 0) {
    return true;
  }
  WARN("SKIPPED: needs " << kProgram);
  return false;
}

// A child runs the program with its output in the folder; it ends with us.
pid_t Spawn(const std::string& folder, bool sentinel) {
  const std::string settings = folder + "/redis.conf";
  const std::string log = folder + "/log";
  const pid_t child = fork();
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    const int out = open(log.c_str(), O_CREAT | O_WRONLY | O_APPEND, 0600);
    dup2(out, STDOUT_FILENO);
    dup2(out, STDERR_FILENO);
    execl(kProgram, kProgram, settings.c_str(), sentinel ? "--sentinel" : nullptr, nullptr);
    _exit(127);
  }
  return child;
}

}  // namespace

void WaitUntil(const std::string& what, const std::function<bool()>& look) {
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (!look()) {
    if (std::chrono::steady_clock::now() > limit) {
      FAIL("waited in vain: " << what);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

// One server --------------------------------------------------------------------------------------

RedisProcess::RedisProcess(std::vector<std::string> settings, bool sentinel) : sentinel_(sentinel) {
  std::string folder = (std::filesystem::temp_directory_path() / "houbu-redis-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) {
    FAIL("no temporary folder");
  }
  folder_ = folder;
  address_ = redis::Address{kHost, FreePort()};
  std::ofstream file(folder_ + "/redis.conf");
  file << "port " << address_.port << "\nbind " << kHost << "\ndir " << folder_ << "\n";
  if (!sentinel_) {
    file << "save \"\"\nappendonly no\nrepl-diskless-sync-delay 0\n";
  }
  for (const std::string& setting : settings) {
    file << setting << "\n";
  }
  file.close();
  Start();
}

RedisProcess::~RedisProcess() {
  Kill();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void RedisProcess::Start() {
  pid_ = Spawn(folder_, sentinel_);
  WaitUntilUp();
}

void RedisProcess::WaitUntilUp() const {
  WaitUntil("a server is up", [this] {
    if (waitpid(pid_, nullptr, WNOHANG) == pid_) {
      std::ifstream log(folder_ + "/log");
      FAIL("redis-server ended: " << std::string(std::istreambuf_iterator<char>(log), {}));
    }
    return Ask({"PING"}) == "PONG";
  });
}

void RedisProcess::Kill() {
  if (pid_ > 0) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }
}

void RedisProcess::Freeze() { kill(pid_, SIGSTOP); }

void RedisProcess::Thaw() { kill(pid_, SIGCONT); }

std::string RedisProcess::Ask(const std::vector<std::string>& argv) const {
  const std::unique_ptr<redisContext, Finish> context(
      redisConnect(address_.host.c_str(), address_.port));
  if (!context || context->err != 0) {
    return "no connection";
  }
  std::vector<const char*> words;
  std::vector<std::size_t> lengths;
  for (const std::string& word : argv) {
    words.push_back(word.data());
    lengths.push_back(word.size());
  }
  const std::unique_ptr<redisReply, Finish> reply(static_cast<redisReply*>(redisCommandArgv(
      context.get(), static_cast<int>(argv.size()), words.data(), lengths.data())));
  return reply ? TextOf(*reply) : std::string("no answer");
}

void RedisProcess::Do(const std::vector<std::string>& argv) const {
  const std::string answer = Ask(argv);
  if (answer != "OK") {
    FAIL(argv.front() << ": " << answer);
  }
}

// A cluster ---------------------------------------------------------------------------------------

std::unique_ptr<RedisCluster> RedisCluster::OrSkip(Size size) {
  return IsInstalled() ? std::unique_ptr<RedisCluster>(new RedisCluster(size)) : nullptr;
}

RedisCluster::RedisCluster(Size size) : size_(size) {
  const int nodes = size.masters * (1 + size.replicas);
  for (int i = 0; i < nodes; ++i) {
    RedisProcess& node = AddNode();
    node.Do({"CLUSTER", "SET-CONFIG-EPOCH", absl::StrCat(i + 1)});
    if (i < size.masters) {
      const int first = (redis::kSlots * i + size.masters - 1) / size.masters;
      const int behind = (redis::kSlots * (i + 1) + size.masters - 1) / size.masters;
      node.Do({"CLUSTER", "ADDSLOTSRANGE", absl::StrCat(first), absl::StrCat(behind - 1)});
    }
    if (i > 0) {
      Meet(node);
    }
  }
  WaitUntilAllKnow(nodes_.size());
  for (int i = size.masters; i < nodes; ++i) {
    RedisProcess& replica = *nodes_[static_cast<std::size_t>(i)];
    const std::string id = master(i % size.masters).Ask({"CLUSTER", "MYID"});
    replica.Do({"CLUSTER", "REPLICATE", id});
  }
  for (int i = size.masters; i < nodes; ++i) {
    RedisProcess& replica = *nodes_[static_cast<std::size_t>(i)];
    WaitUntil("a replica has its master's data", [&replica] {
      return absl::StrContains(replica.Ask({"INFO", "REPLICATION"}), "master_link_status:up");
    });
  }
}

void RedisCluster::Meet(RedisProcess& node) const {
  const RedisProcess& first = *nodes_.front();
  const std::vector<std::string> bus =
      absl::StrSplit(first.Ask({"CONFIG", "GET", "cluster-port"}), '\n');
  node.Do({"CLUSTER", "MEET", kHost, absl::StrCat(first.address().port), bus.at(1)});
}

RedisProcess& RedisCluster::AddNode() {
  // The bus's port is given: the default, ten thousand up, may be another's.
  nodes_.push_back(std::make_unique<RedisProcess>(std::vector<std::string>{
      "cluster-enabled yes", absl::StrCat("cluster-port ", FreePort()), "cluster-node-timeout 1000",
      "cluster-replica-validity-factor 0", "cluster-allow-replica-migration no"}));
  return *nodes_.back();
}

void RedisCluster::WaitUntilAllKnow(std::size_t nodes) const {
  for (const auto& node : nodes_) {
    WaitUntil("the nodes know each other", [&node, nodes] {
      const std::string info = node->Ask({"CLUSTER", "INFO"});
      return absl::StrContains(info, "cluster_state:ok") &&
             absl::StrContains(info, absl::StrCat("cluster_known_nodes:", nodes, "\r"));
    });
  }
}

int RedisCluster::MasterOf(const std::string& key) const {
  return redis::SlotOf(key) * size_.masters / redis::kSlots;
}

RedisProcess& RedisCluster::AddEmpty() {
  RedisProcess& node = AddNode();
  Meet(node);
  WaitUntilAllKnow(nodes_.size());
  return node;
}

void RedisCluster::BeginMove(int slot, RedisProcess& from, RedisProcess& to) const {
  const std::string number = absl::StrCat(slot);
  to.Do({"CLUSTER", "SETSLOT", number, "IMPORTING", from.Ask({"CLUSTER", "MYID"})});
  from.Do({"CLUSTER", "SETSLOT", number, "MIGRATING", to.Ask({"CLUSTER", "MYID"})});
}

void RedisCluster::MoveKey(const std::string& key, RedisProcess& from, RedisProcess& to) const {
  from.Do({"MIGRATE", kHost, absl::StrCat(to.address().port), key, "0", "5000"});
}

void RedisCluster::EndMove(int slot, RedisProcess& from, RedisProcess& to) const {
  const std::string number = absl::StrCat(slot);
  for (;;) {
    std::string key = from.Ask({"CLUSTER", "GETKEYSINSLOT", number, "1"});
    if (key.empty()) {
      break;
    }
    key.pop_back();
    MoveKey(key, from, to);
  }
  const std::string owner = to.Ask({"CLUSTER", "MYID"});
  to.Do({"CLUSTER", "SETSLOT", number, "NODE", owner});
  from.Do({"CLUSTER", "SETSLOT", number, "NODE", owner});
}

std::vector<redis::Address> RedisCluster::addresses() const {
  std::vector<redis::Address> addresses;
  for (const auto& node : nodes_) {
    addresses.push_back(node->address());
  }
  return addresses;
}

// Sentinels ---------------------------------------------------------------------------------------

std::unique_ptr<SentinelGroup> SentinelGroup::OrSkip() {
  return IsInstalled() ? std::unique_ptr<SentinelGroup>(new SentinelGroup()) : nullptr;
}

SentinelGroup::SentinelGroup() {
  servers_.push_back(std::make_unique<RedisProcess>(std::vector<std::string>()));
  const std::string port = absl::StrCat(master().address().port);
  servers_.push_back(std::make_unique<RedisProcess>(
      std::vector<std::string>{absl::StrCat("replicaof ", kHost, " ", port)}));
  WaitUntil("the replica has its master's data", [this] {
    return absl::StrContains(replica().Ask({"INFO", "REPLICATION"}), "master_link_status:up");
  });
  for (int i = 0; i < 3; ++i) {
    sentinels_.push_back(std::make_unique<RedisProcess>(
        std::vector<std::string>{
            absl::StrCat("sentinel monitor ", kName, " ", kHost, " ", port, " 2"),
            absl::StrCat("sentinel down-after-milliseconds ", kName, " 1000"),
            absl::StrCat("sentinel failover-timeout ", kName, " 3000")},
        true));
  }
  for (const auto& sentinel : sentinels_) {
    WaitUntil("the Sentinels know each other and the replica", [&sentinel] {
      const std::string info = sentinel->Ask({"INFO", "SENTINEL"});
      return absl::StrContains(info, "slaves=1,sentinels=3");
    });
  }
}

std::vector<redis::Address> SentinelGroup::addresses() const {
  std::vector<redis::Address> addresses;
  for (const auto& sentinel : sentinels_) {
    addresses.push_back(sentinel->address());
  }
  return addresses;
}

void SentinelGroup::PutReplicaInPlace() {
  const std::string port = absl::StrCat(replica().address().port);
  for (const auto& sentinel : sentinels_) {
    sentinel->Do({"SENTINEL", "REMOVE", kName});
  }
  replica().Do({"REPLICAOF", "NO", "ONE"});
  for (const auto& sentinel : sentinels_) {
    sentinel->Do({"SENTINEL", "MONITOR", kName, kHost, port, "2"});
  }
}

void SentinelGroup::WaitUntilNamed(const RedisProcess& server) const {
  const std::string wanted = absl::StrCat(kHost, "\n", server.address().port, "\n");
  WaitUntil("the Sentinels name a server", [this, &wanted] {
    int named = 0;
    for (const auto& sentinel : sentinels_) {
      named += sentinel->Ask({"SENTINEL", "GET-MASTER-ADDR-BY-NAME", kName}) == wanted ? 1 : 0;
    }
    return named > 1;
  });
}

}  // namespace houbu::testing
