#include "services/account/inspect/confinement.h"

#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <csignal>
#include <memory>

namespace houbu::account {
namespace {

constexpr rlim_t kProcessorSeconds = 10;
// Enough for the largest progressive JPEG: its coefficients, its pixels, and those turned around.
[[maybe_unused]] constexpr rlim_t kMemoryBytes = rlim_t{768} << 20;

bool Bound(int resource, rlim_t most) {
  const rlimit limit{most, most};
  return setrlimit(static_cast<__rlimit_resource>(resource), &limit) == 0;
}

bool BoundResources() {
#ifndef HOUBU_SANITIZED
  if (!Bound(RLIMIT_AS, kMemoryBytes)) {
    return false;
  }
#endif
  return Bound(RLIMIT_CPU, kProcessorSeconds) && Bound(RLIMIT_NOFILE, 0) &&
         Bound(RLIMIT_NPROC, 0) && Bound(RLIMIT_FSIZE, 0) && Bound(RLIMIT_CORE, 0) &&
         Bound(RLIMIT_MEMLOCK, 0);
}

// Adds a call that is allowed whatever its arguments.
bool Allow(scmp_filter_ctx filter, int call) {
  return seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0) == 0;
}

// Adds a call whose argument at `at` does not ask for memory that can be run.
bool AllowUnlessRunnable(scmp_filter_ctx filter, int call, unsigned at) {
  return seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 1,
                          SCMP_CMP(at, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) == 0;
}

// Adds a call that is allowed on one open file only.
bool AllowOn(scmp_filter_ctx filter, int call, int file) {
  return seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 1,
                          SCMP_CMP(0, SCMP_CMP_EQ, static_cast<scmp_datum_t>(file))) == 0;
}

bool FilterCalls() {
  const std::unique_ptr<void, decltype(&seccomp_release)> filter(
      seccomp_init(SCMP_ACT_KILL_PROCESS), &seccomp_release);
  if (filter == nullptr) {
    return false;
  }
  bool added = AllowOn(filter.get(), SCMP_SYS(read), 0) &&
               AllowOn(filter.get(), SCMP_SYS(write), 1) &&
               AllowUnlessRunnable(filter.get(), SCMP_SYS(mmap), 2) &&
               AllowUnlessRunnable(filter.get(), SCMP_SYS(mprotect), 2);
  for (const int call : {SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(brk),
                         SCMP_SYS(futex), SCMP_SYS(clock_gettime), SCMP_SYS(getrandom),
                         SCMP_SYS(rt_sigreturn), SCMP_SYS(exit), SCMP_SYS(exit_group)}) {
    added = added && Allow(filter.get(), call);
  }
#ifdef HOUBU_SANITIZED
  // What the sanitizers' own runtime needs to map its shadows and to print what it found.
  for (const int call : {SCMP_SYS(rt_sigprocmask), SCMP_SYS(sigaltstack), SCMP_SYS(gettid),
                         SCMP_SYS(getpid), SCMP_SYS(sched_yield), SCMP_SYS(rt_sigaction),
                         SCMP_SYS(nanosleep), SCMP_SYS(clock_nanosleep)}) {
    added = added && Allow(filter.get(), call);
  }
#endif
  return added && seccomp_load(filter.get()) == 0;
}

}  // namespace

bool ConfineProcess() {
  // Dies with whoever waits for its verdict; cannot be looked into, nor leave an image of itself.
  return prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && prctl(PR_SET_DUMPABLE, 0) == 0 &&
         prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && BoundResources() && FilterCalls();
}

}  // namespace houbu::account
