/// Which CPU a thread runs on: server and generator must not share one.
#pragma once

#include <sched.h>

#include <cerrno>
#include <string>
#include <system_error>

namespace rollcall::bench {

inline constexpr int kAnyCpu = -1;

/// Pins the calling thread, and those that it starts later. Throws std::system_error if that is not
/// allowed.
inline void pin_to(int cpu) {
  if (cpu == kAnyCpu) return;
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  if (::sched_setaffinity(0, sizeof set, &set) != 0) {
    throw std::system_error(errno, std::system_category(),
                            "cannot run on CPU " + std::to_string(cpu));
  }
}

/// The CPU with that number among those that the calling thread may use; kAnyCpu if it may use
/// fewer.
inline int nth_cpu(unsigned number) {
  cpu_set_t set;
  if (::sched_getaffinity(0, sizeof set, &set) != 0) return kAnyCpu;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(cpu, &set) && number-- == 0) return cpu;
  }
  return kAnyCpu;
}

}  // namespace rollcall::bench
