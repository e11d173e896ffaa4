#include "store/state_writer.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <filesystem>

#include "saved_state.hpp"
#include "temporary_folder.hpp"

namespace rollcall::store {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr auto kLongest = 60s;  // of a wait: a test that is broken ends

class StateWriterTest : public testing::Test {
 protected:
  StateWriterTest() { begin(); }

  void begin() {
    auto folder = StateFolder::open(path_);
    ASSERT_TRUE(folder) << folder.error().message;
    writer_ = std::make_unique<StateWriter>(
        StateStore(std::move(*folder)), context_.get_executor(),
        [this](WrittenState written) { told_.push_back(std::move(written)); });
  }
  /// Runs until the writer has said something that `enough` is content with.
  template <class Enough>
  bool until(Enough enough) {
    asio::steady_timer limit(context_, kLongest);
    limit.async_wait([](const ErrorCode&) {});
    context_.restart();
    while (context_.run_one() > 0) {
      if (!told_.empty() && enough(told_.back())) return true;
      if (limit.expiry() <= std::chrono::steady_clock::now()) return false;
    }
    return false;
  }
  pool::SavedState state() {
    auto folder = StateFolder::open(path_);
    EXPECT_TRUE(folder) << folder.error().message;
    return StateStore(std::move(*folder)).load(kNow).state;
  }

  TemporaryFolder temporary_;
  const std::string path_ = temporary_.path("state");
  asio::io_context context_;
  std::vector<WrittenState> told_;
  std::unique_ptr<StateWriter> writer_;
};

TEST_F(StateWriterTest, SaysWhatIsOnDisk) {
  writer_->keep_serial(name_of("example.com"), {64, {}});
  const std::uint64_t last = writer_->keep_serial(name_of("example.org"), {7, {}});
  ASSERT_TRUE(until([&](const WrittenState& written) { return written.ticket >= last; }));
  pool::SavedSerials kept;
  for (const WrittenState& written : told_) {
    EXPECT_EQ(written.problems.at("serials"), "");
    for (const auto& [origin, serial] : written.serials) kept[origin] = serial;
  }
  writer_.reset();
  EXPECT_EQ(kept.size(), 2U);
  EXPECT_EQ(state().serials, kept);
}

TEST_F(StateWriterTest, HurryIsForWhatIsRequestedNow) {
  writer_->hurry();  // nothing is wanted yet: it changes nothing
  for (std::uint32_t i = 1; i <= 3; ++i) {
    const std::uint64_t last = writer_->keep_serial(name_of("example.com"), {i, {}});
    writer_->hurry();
    ASSERT_TRUE(until([&](const WrittenState& written) { return written.ticket >= last; }));
    EXPECT_EQ(told_.back().serials.at(name_of("example.com")).ceiling, i);
  }
}

TEST_F(StateWriterTest, TheEndWritesWhatIsLeft) {
  for (std::uint32_t i = 1; i <= 500; ++i) {
    writer_->keep_serial(name_of("example.com"), {i, "content"});
    writer_->save_restarts({{name_of("www.example.com"), *IpAddress::parse("192.0.2.1"), "", 0s}},
                           kNow);
  }
  writer_.reset();
  const pool::SavedState left = state();
  EXPECT_EQ(left.serials.at(name_of("example.com")), (pool::SavedSerial{500, "content"}));
  EXPECT_EQ(left.restarts.size(), 1U);
}

TEST_F(StateWriterTest, TriesAgainUntilThereIsRoom) {
  // Nothing gives way to a folder of folders where its own names for damage are taken as well.
  const auto block = [this](const std::string& name) {
    fs::create_directories(path_ + "/" + name + "/within");
  };
  block("serials.new");
  block("serials.new.damaged");
  for (int i = 2; i <= 9; ++i) block("serials.new.damaged." + std::to_string(i));
  writer_->keep_serial(name_of("example.com"), {64, {}});
  ASSERT_TRUE(
      until([](const WrittenState& written) { return written.problems.contains("serials"); }));
  EXPECT_NE(told_.back().problems.at("serials"), "");
  EXPECT_TRUE(told_.back().serials.empty());
  const std::uint64_t other = writer_->save_health({}, kNow);
  ASSERT_TRUE(until([&](const WrittenState& written) { return written.ticket >= other; }));
  fs::remove_all(path_ + "/serials.new");
  ASSERT_TRUE(until([](const WrittenState& written) { return !written.serials.empty(); }));
  EXPECT_EQ(told_.back().serials.at(name_of("example.com")).ceiling, 64U);
}

TEST_F(StateWriterTest, TheNewestCountsThoughAnOlderOneHasFailed) {
  fs::create_directories(path_ + "/serials.new/within");
  for (int i = 1; i <= 9; ++i) {
    fs::create_directories(path_ + "/serials.new.damaged" +
                           (i == 1 ? "" : "." + std::to_string(i)) + "/within");
  }
  writer_->keep_serial(name_of("example.com"), {64, {}});
  ASSERT_TRUE(
      until([](const WrittenState& written) { return written.problems.contains("serials"); }));
  writer_->keep_serial(name_of("example.com"), {128, {}});
  fs::remove_all(path_ + "/serials.new");
  ASSERT_TRUE(until([](const WrittenState& written) { return !written.serials.empty(); }));
  EXPECT_EQ(told_.back().serials.at(name_of("example.com")).ceiling, 128U);
}

}  // namespace
}  // namespace rollcall::store
