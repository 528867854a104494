/// Redis servers that a test case owns and may break: single ones, a cluster, Sentinels.
///
/// Each is a process of its own on a free port of the loopback interface, with an empty folder that
/// is removed in the end; none outlives the test program. What cannot be set up fails the case.
#pragma once

#include <sys/types.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "libs/redis/address.h"

namespace houbu::testing {

/// One redis-server process.
class RedisProcess final {
 public:
  /// Starts a server with these settings, each "name value", and waits until it answers. With
  /// `sentinel`, a Sentinel.
  explicit RedisProcess(std::vector<std::string> settings, bool sentinel = false);

  /// Kills it.
  ~RedisProcess();

  RedisProcess(const RedisProcess&) = delete;
  RedisProcess& operator=(const RedisProcess&) = delete;

  /// Where it listens.
  const redis::Address& address() const { return address_; }

  /// Sends one command on a connection of its own; gives the answer, or the error's words. Lists
  /// are written one item a line.
  std::string Ask(const std::vector<std::string>& argv) const;

  /// As Ask; the case fails unless the answer is OK.
  void Do(const std::vector<std::string>& argv) const;

  /// Ends it at once, as kill -9.
  void Kill();

  /// Starts it again, on the same port and folder.
  void Start();

  /// Stops the process without ending it: it holds its connections and says nothing.
  void Freeze();

  /// Lets it go on.
  void Thaw();

 private:
  void WaitUntilUp() const;

  std::string folder_;
  redis::Address address_;
  bool sentinel_;
  pid_t pid_ = -1;
};

/// A cluster: masters that share all slots evenly, and for each one the same number of replicas.
class RedisCluster final {
 public:
  /// How many of what.
  struct Size {
    int masters = 3;
    int replicas = 0;  ///< Of each master.
  };

  /// Sets up a cluster; null, after a word on it, where there is no redis-server program.
  static std::unique_ptr<RedisCluster> OrSkip(Size size);

  /// The masters of the beginning; that of a slot is slot * masters / 16384.
  RedisProcess& master(int number) { return *nodes_[static_cast<std::size_t>(number)]; }

  /// The only replica (of the beginning) of a master.
  RedisProcess& replica_of(int master) {
    return *nodes_[static_cast<std::size_t>(size_.masters + master)];
  }

  /// Which master of the beginning a key belongs to.
  int MasterOf(const std::string& key) const;

  /// Adds a master without slots; gives it.
  RedisProcess& AddEmpty();

  /// Begins to move a slot; the keys are where they were.
  void BeginMove(int slot, RedisProcess& from, RedisProcess& to) const;

  /// Moves one key of a slot that is being moved.
  void MoveKey(const std::string& key, RedisProcess& from, RedisProcess& to) const;

  /// Moves all keys that are left, and ends the move.
  void EndMove(int slot, RedisProcess& from, RedisProcess& to) const;

  /// Where all nodes listen.
  std::vector<redis::Address> addresses() const;

 private:
  explicit RedisCluster(Size size);
  RedisProcess& AddNode();
  void Meet(RedisProcess& node) const;
  void WaitUntilAllKnow(std::size_t nodes) const;

  Size size_;
  std::vector<std::unique_ptr<RedisProcess>> nodes_;
};

/// A master, its replica, and three Sentinels that know them as "index".
class SentinelGroup final {
 public:
  /// The name the Sentinels know the master by.
  static constexpr char kName[] = "index";

  /// Sets them up; null, after a word on it, where there is no redis-server program.
  static std::unique_ptr<SentinelGroup> OrSkip();

  /// Of the beginning.
  RedisProcess& master() { return *servers_[0]; }
  /// Of the beginning.
  RedisProcess& replica() { return *servers_[1]; }
  /// One of three.
  RedisProcess& sentinel(int number) { return *sentinels_[static_cast<std::size_t>(number)]; }

  /// Where the Sentinels listen.
  std::vector<redis::Address> addresses() const;

  /// Has the Sentinels name the replica, which is a master from now on, while the master goes on as
  /// if nothing had happened: what a network that is cut in two looks like.
  void PutReplicaInPlace();

  /// Waits until more than half of the Sentinels name this server.
  void WaitUntilNamed(const RedisProcess& server) const;

 private:
  SentinelGroup();

  std::vector<std::unique_ptr<RedisProcess>> servers_;
  std::vector<std::unique_ptr<RedisProcess>> sentinels_;
};

/// Looks again, 50 times a second, until it is so; after a minute the case fails with `what`.
void WaitUntil(const std::string& what, const std::function<bool()>& look);

}  // namespace houbu::testing
