#include "daemon/end_guard.hpp"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include "log/log_queue.hpp"

namespace rollcall::daemon {

EndGuard::EndGuard() {
  signals_.async_wait([this](const ErrorCode& error, int) {
    if (error) return;
    limit_.expires_after(kEndLimit);
    limit_.async_wait([](const ErrorCode& ended) {
      if (ended) return;
      spdlog::error("not stopped within {}: exiting at once", format_duration(kEndLimit));
      log::flush_log();
      ::_exit(0);  // without destructors: they would wait for whatever hangs
    });
  });
  thread_ = std::thread([this] { context_.run(); });
}

EndGuard::~EndGuard() {
  context_.stop();
  thread_.join();
}

}  // namespace rollcall::daemon
