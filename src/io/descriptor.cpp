#include "io/descriptor.hpp"

namespace rollcall::io {
namespace {

rlim_t soft_limit() noexcept {
  rlimit limit{};
  return ::getrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : RLIM_INFINITY;
}

const rlim_t at_start = soft_limit();  // before main()

}  // namespace

rlim_t starting_descriptor_limit() noexcept {
  return at_start;
}

}  // namespace rollcall::io
