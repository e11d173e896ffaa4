#include "log/log_queue.hpp"

#include <gtest/gtest.h>
#include <spdlog/logger.h>

#include <atomic>
#include <memory>
#include <thread>

#include "io/descriptor.hpp"
#include "real_process.hpp"

namespace rollcall::log {
namespace {

using namespace std::chrono_literals;

class LogQueueTest : public testing::Test {
 protected:
  LogQueueTest() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    reading_ = io::Descriptor(ends[0]);
    writing_ = io::Descriptor(ends[1]);
    queue_ = std::make_shared<LogQueue>(writing_.get());
    logger_ = std::make_unique<spdlog::logger>("test", queue_);
  }
  /// What is there by now.
  std::string read_some() const {
    std::string text(1 << 20, '\0');
    pollfd ready{reading_.get(), POLLIN, 0};
    if (::poll(&ready, 1, 100) <= 0) return {};
    text.resize(static_cast<std::size_t>(::read(reading_.get(), text.data(), text.size())));
    return text;
  }

  io::Descriptor reading_, writing_;
  std::shared_ptr<LogQueue> queue_;
  std::unique_ptr<spdlog::logger> logger_;
};

TEST_F(LogQueueTest, WritesLinesWithTimeAndLevel) {
  logger_->warn("one {}", 1);
  EXPECT_TRUE(queue_->flush_within(10s));
  const std::string text = read_some();
  EXPECT_TRUE(text.ends_with(" warning: one 1\n")) << text;
}

/// Twice the lines that there is room for, and nobody reads.
TEST_F(LogQueueTest, DropsCountsAndTells) {
  const std::string filler(100, 'x');
  for (std::size_t i = 0; i < 2 * kMaxLogLines; ++i) logger_->info("{} {}", i, filler);
  EXPECT_FALSE(queue_->flush_within(10ms));
  std::string text;
  const bool told = eventually([&] {
    text += read_some();
    return text.find("log lines were dropped") != std::string::npos;
  });
  EXPECT_TRUE(told);
  EXPECT_NE(text.find("info: 0 x"), std::string::npos);
  EXPECT_EQ(text.find(fmt::format("info: {} x", 2 * kMaxLogLines - 1)), std::string::npos);
  logger_->info("afterwards");
  EXPECT_TRUE(queue_->flush_within(10s));
  EXPECT_NE(read_some().find("info: afterwards\n"), std::string::npos);
}

TEST_F(LogQueueTest, TheEndIsNotHeldUp) {
  for (int i = 0; i < 5000; ++i) logger_->info("{}", std::string(100, 'x'));
  std::atomic<bool> ended = false;
  std::jthread end([&] {
    logger_.reset();
    queue_.reset();
    ended = true;
  });
  EXPECT_TRUE(eventually([&] { return ended.load(); }));
}

}  // namespace
}  // namespace rollcall::log
