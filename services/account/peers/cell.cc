#include "services/account/peers/cell.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>

namespace houbu::account {
namespace {

// What the program exits with when the system refused it its confinement.
constexpr int kNotConfined = 3;
constexpr std::size_t kPiece = std::size_t{64} << 10;
constexpr pid_t kNone = -1;
constexpr int kLastMomentMs = 1000;

// An open file that closes itself.
class File final {
 public:
  explicit File(int number) : number_(number) {}
  ~File() { Close(); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  int number() const { return number_; }
  void Close() {
    if (number_ >= 0) close(number_);
    number_ = -1;
  }

 private:
  int number_;
};

// Starts the program with `end` as its standard input and output and nothing else.
pid_t Start(const std::string& program, int end) {
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&files);
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigset_t all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawn_file_actions_adddup2(&files, end, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&files, end, STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  std::string name = "houbu-inspect";
  std::array<char*, 2> arguments = {name.data(), nullptr};
  std::array<char*, 1> environment = {nullptr};
  pid_t child = kNone;
  const int failure = posix_spawn(&child, program.c_str(), &files, &attributes, arguments.data(),
                                  environment.data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  return failure == 0 ? child : kNone;
}

// The conversation with a running cell.
class Conversation final {
 public:
  Conversation(int line, absl::string_view input, const CellBounds& bounds)
      : line_(line),
        input_(input),
        bounds_(bounds),
        end_(std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(bounds.time)) {
    if (input_.empty()) Hang();
  }

  // Talks until the cell says no more; false when it took too long or said too much.
  bool Run(std::string& said) {
    while (true) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
          end_ - std::chrono::steady_clock::now());
      if (left.count() <= 0) return false;
      pollfd ready{line_, static_cast<short>(input_.empty() ? POLLIN : POLLIN | POLLOUT), 0};
      if (poll(&ready, 1, static_cast<int>(left.count())) < 0 && errno != EINTR) return false;
      if ((ready.revents & POLLOUT) != 0) Speak();
      if ((ready.revents & (POLLIN | POLLHUP | POLLERR)) == 0) continue;
      const Heard heard = Hear(said);
      if (heard != Heard::kSome) return heard == Heard::kEnd;
    }
  }

 private:
  enum class Heard { kSome, kEnd, kTooMuch };

  void Hang() { shutdown(line_, SHUT_WR); }

  void Speak() {
    const ssize_t sent = send(line_, input_.data(), std::min(input_.size(), kPiece), MSG_NOSIGNAL);
    if (sent > 0) {
      input_.remove_prefix(static_cast<std::size_t>(sent));
    } else if (sent < 0 && errno != EAGAIN && errno != EINTR) {
      input_ = "";  // It has heard enough; what it said may still be on its way.
    }
    if (input_.empty()) Hang();
  }

  Heard Hear(std::string& said) {
    const std::size_t before = said.size();
    said.resize(before + kPiece);
    const ssize_t got = recv(line_, said.data() + before, kPiece, 0);
    said.resize(before + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (said.size() > bounds_.said_max) return Heard::kTooMuch;
    if (got > 0) return Heard::kSome;
    // A cell that ends with words of ours unread resets the line: its end as well.
    const bool waits = got < 0 && (errno == EAGAIN || errno == EINTR);
    return waits ? Heard::kSome : Heard::kEnd;
  }

  const int line_;
  absl::string_view input_;
  const CellBounds bounds_;
  const std::chrono::steady_clock::time_point end_;
};

// Makes sure it is gone, and takes its last word. What said its last ends by itself, in a moment.
int Reap(pid_t child, bool is_ending) {
  // glibc 2.36 has a pidfd_open that C++ cannot link to.
  const File process(static_cast<int>(syscall(SYS_pidfd_open, child, 0)));
  if (is_ending && process.number() >= 0) {
    pollfd gone{process.number(), POLLIN, 0};
    while (poll(&gone, 1, kLastMomentMs) < 0 && errno == EINTR) {
    }
  }
  kill(child, SIGKILL);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

}  // namespace

CellEnd RunCell(const std::string& program, absl::string_view input, const CellBounds& bounds) {
  CellEnd end;
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) return end;
  const File ours(ends[0]);
  File theirs(ends[1]);
  fcntl(ours.number(), F_SETFL, O_NONBLOCK);
  const pid_t child = Start(program, theirs.number());
  theirs.Close();
  if (child == kNone) return end;
  Conversation conversation(ours.number(), input, bounds);
  const bool in_time = conversation.Run(end.said);
  const int status = Reap(child, in_time);
  if (!in_time) {
    end.kind = CellEnd::Kind::kTimedOut;
  } else if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
    end.kind = CellEnd::Kind::kAnswered;
  } else if (WIFEXITED(status) && WEXITSTATUS(status) == kNotConfined) {
    end.kind = CellEnd::Kind::kNotStarted;
  } else {
    end.kind = CellEnd::Kind::kCrashed;
  }
  return end;
}

}  // namespace houbu::account
