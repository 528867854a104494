#include "services/account/inspect/confinement.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

namespace houbu::account {
namespace {

/// How a confined child ends that does `attempt` and, where that comes back, exits with 0.
int EndOf(const std::function<void()>& attempt) {
  const pid_t child = fork();
  if (child == 0) {
    if (!ConfineProcess()) _exit(1);
    attempt();
    _exit(0);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  return status;
}

}  // namespace

TEST_CASE("a confined process can do nothing but compute", "[account][attachments][A-21]") {
  struct Row {
    std::string what;
    std::function<void()> attempt;
  };
  const std::vector<Row> rows = {
      {"open a file", [] { open("/etc/passwd", O_RDONLY); }},
      {"make a file", [] { open("/tmp/houbu-confinement", O_CREAT | O_WRONLY, 0600); }},
      {"speak to the network", [] { socket(AF_INET, SOCK_STREAM, 0); }},
      {"speak to a neighbour", [] { socket(AF_UNIX, SOCK_STREAM, 0); }},
      {"start a process", [] { fork(); }},
      {"become a program", [] { execl("/bin/true", "true", static_cast<const char*>(nullptr)); }},
      {"signal its parent", [] { kill(getppid(), SIGTERM); }},
      {"look at its parent", [] { syscall(SYS_ptrace, 0, 0, 0, 0); }},
      {"make memory it can run",
       [] { mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); }},
      {"write elsewhere", [] { (void)!write(STDERR_FILENO, "x", 1); }},
      {"loosen its bounds", [] { prctl(PR_SET_DUMPABLE, 1); }},
  };
  for (const Row& row : rows) {
    INFO(row.what);
    const int status = EndOf(row.attempt);
    CHECK(WIFSIGNALED(status));
    CHECK(WTERMSIG(status) == SIGSYS);
  }
  CHECK(EndOf([] {}) == 0);
}

#ifndef HOUBU_SANITIZED
TEST_CASE("a confined process has bounded memory", "[account][attachments][A-21]") {
  const int status = EndOf([] {
    void* const block = mmap(nullptr, std::size_t{1} << 30, PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    _exit(block == MAP_FAILED ? 42 : 0);
  });
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 42);
}
#endif

}  // namespace houbu::account
