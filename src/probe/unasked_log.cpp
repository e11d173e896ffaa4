#include "probe/unasked_log.hpp"

#include <spdlog/spdlog.h>

#include "core/counted.hpp"

namespace rollcall::probe {
namespace {

constexpr std::chrono::seconds kGather{1};  // several probes fail together
constexpr std::chrono::minutes kQuiet{1};

}  // namespace

void UnaskedLog::note(const std::string& why) {
  why_ = why;
  ++count_;
  if (!waiting_) tell_soon();
}

void UnaskedLog::tell_soon() {
  waiting_ = true;
  timer_.expires_after(kGather);
  timer_.async_wait([this](const ErrorCode& error) {
    if (error) return;
    spdlog::warn("cannot probe: {}; {} without a result", why_,
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

}  // namespace rollcall::probe
