#include "server/shortage.hpp"

#include <spdlog/spdlog.h>

#include <cerrno>

#include "core/counted.hpp"

namespace rollcall::server {
namespace {

constexpr std::chrono::seconds kGather{1};  // one comes seldom alone
constexpr std::chrono::minutes kQuiet{1};

}  // namespace

bool is_shortage(int error) noexcept {
  switch (error) {
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
    case EAGAIN:  // fork(): as many processes as there may be
      return true;
    default:
      return false;
  }
}

bool is_shortage(const ErrorCode& error) noexcept {
  return (error.category() == boost::system::system_category() ||
          error.category() == boost::system::generic_category()) &&
         is_shortage(error.value());
}

void ShortageLog::note(const std::string& why) {
  why_ = why;
  ++count_;
  if (!waiting_) tell_soon();
}

void ShortageLog::tell_soon() {
  waiting_ = true;
  timer_.expires_after(kGather);
  timer_.async_wait([this](const ErrorCode& error) {
    if (error) return;
    spdlog::warn("cannot probe: {}; {} left without an outcome", why_,
                 counted(count_, "probe was", "probes were"));
    count_ = 0;
    timer_.expires_after(kQuiet);
    timer_.async_wait([this](const ErrorCode& over) {
      if (over) return;
      waiting_ = false;
      if (count_ > 0) tell_soon();
    });
  });
}

}  // namespace rollcall::server
