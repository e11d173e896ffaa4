#include "log/log_format.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/ostream_sink.h>

#include <sstream>

namespace rollcall::log {
namespace {

TEST(LogFormat, AMessageIsOnePrintableLine) {
  std::ostringstream out;
  spdlog::logger log("test", std::make_shared<spdlog::sinks::ostream_sink_mt>(out));
  log.set_formatter(log_formatter());
  log.warn("{} is down: {}", "192.0.2.1", "\x1b[2J\xC2\x9B\nforged line\xff");
  EXPECT_THAT(out.str(), testing::MatchesRegex("[0-9]+-[0-9]+-[0-9]+T[0-9:.]+ warning: .*\n"));
  EXPECT_THAT(out.str(),
              testing::EndsWith("192.0.2.1 is down: \\x1b[2J\\u009b\\nforged line\\xff\n"));
}

}  // namespace
}  // namespace rollcall::log
