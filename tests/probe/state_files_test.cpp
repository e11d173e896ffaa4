#include "probe/state_files.hpp"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <filesystem>

#include "captured_log.hpp"
#include "real_process.hpp"
#include "temporary_folder.hpp"

namespace rollcall::probe {
namespace {

using namespace std::chrono_literals;

class StateFilesTest : public testing::Test {
 protected:
  void write(const std::string& name, const std::string& text) { folder_.write(name, text, 0644); }
  /// As if it had been written so long ago.
  static void age(const std::string& file, std::chrono::seconds time) {
    std::filesystem::last_write_time(file, std::filesystem::file_time_type::clock::now() - time);
  }
  std::string path() const { return folder_.path("states"); }
  std::string state() {
    const auto states = run_on(context_, files_.states_of(path(), 10s));
    if (!states) return "unreadable";
    const auto found = (*states)->find("192.0.2.1");
    return found == (*states)->end() ? "none" : found->second.good ? "up" : "down";
  }
  /// Runs until the file was told to have changed; the limit only ends a test that has failed.
  void await_change() {
    while (changed_.empty()) {
      ASSERT_GT(context_.run_one_for(10s), 0U);
    }
    EXPECT_EQ(changed_, path());
    changed_.clear();
  }

  TemporaryFolder folder_;
  asio::io_context context_;
  std::unique_ptr<files::FileReaders> readers_ = files::FileReaders::start(300ms).value();
  std::string changed_;
  StateFiles files_{context_.get_executor(), *readers_,
                    [this](const std::string& file) { changed_ = file; }, 0s};
};

TEST_F(StateFilesTest, AFileThatIsWrittenIsReadAgain) {
  write("states", "192.0.2.1 up\n");
  EXPECT_EQ(state(), "up");
  write("states", "192.0.2.1 down\n");
  await_change();
  EXPECT_EQ(state(), "down");
}

TEST_F(StateFilesTest, AFileThatIsReplacedIsReadAgain) {
  write("states", "192.0.2.1 up\n");
  EXPECT_EQ(state(), "up");
  write("states.new", "192.0.2.1 down\n");
  std::filesystem::rename(folder_.path("states.new"), path());
  await_change();
  EXPECT_EQ(state(), "down");
}

/// The file's own folder has no events for it.
TEST_F(StateFilesTest, AFileBehindALinkIsReadAgain) {
  const TemporaryFolder elsewhere;
  elsewhere.write("real", "192.0.2.1 up\n", 0644);
  std::filesystem::create_symlink(elsewhere.path("real"), path());
  EXPECT_EQ(state(), "up");
  elsewhere.write("real", "192.0.2.1 down\n", 0644);
  age(elsewhere.path("real"), 10s);
  EXPECT_EQ(state(), "down");
  age(elsewhere.path("real"), 5s);  // the same text, and another time
  elsewhere.write("real", "192.0.2.1 up  \n", 0644);
  age(elsewhere.path("real"), 4s);
  EXPECT_EQ(state(), "up");
}

TEST_F(StateFilesTest, WhatMayStillBeWrittenIsNotTaken) {
  const TemporaryFolder elsewhere;
  elsewhere.write("real", "192.0.2.1 up\n", 0644);
  age(elsewhere.path("real"), 10s);
  std::filesystem::create_symlink(elsewhere.path("real"), path());
  EXPECT_EQ(state(), "up");
  elsewhere.write("real", "", 0644);
  EXPECT_EQ(state(), "up") << "its writer has just begun";
}

TEST_F(StateFilesTest, ALinkThatIsNewIsRead) {
  folder_.write("a", "192.0.2.1 up\n", 0644);
  folder_.write("b", "192.0.2.1 down\n", 0644);
  std::filesystem::create_symlink("a", path());
  EXPECT_EQ(state(), "up");
  std::filesystem::remove(path());
  std::filesystem::create_symlink("b", path());
  await_change();
  EXPECT_EQ(state(), "down");
}

TEST_F(StateFilesTest, AReloadReadsEveryFile) {
  write("states", "192.0.2.1 up\n");
  EXPECT_EQ(state(), "up");
  files_.forget();
  EXPECT_EQ(changed_, path());
  EXPECT_EQ(state(), "up");
}

TEST_F(StateFilesTest, WhatARemovedFileSaidHolds) {
  EXPECT_EQ(state(), "unreadable");
  write("states", "192.0.2.1 down\n");
  await_change();
  EXPECT_EQ(state(), "down");
  std::filesystem::remove(path());
  await_change();
  EXPECT_EQ(state(), "down");
  write("states", "192.0.2.1 up\n");
  await_change();
  EXPECT_EQ(state(), "up");
}

TEST_F(StateFilesTest, AFifoIsAnErrorAndWhatWasSaidHolds) {
  write("states", "192.0.2.1 up\n");
  EXPECT_EQ(state(), "up");
  std::filesystem::remove(path());
  ASSERT_EQ(::mkfifo(path().c_str(), 0600), 0);
  await_change();
  {
    const CapturedLog log;
    EXPECT_EQ(state(), "up");
    EXPECT_EQ(log.text(),
              "warning: " + path() + ": not a regular file, but a FIFO: using its last content\n");
  }
  std::filesystem::remove(path());
  write("states", "192.0.2.1 down\n");
  await_change();
  EXPECT_EQ(state(), "down");
}

/// Many probes of one file share one look.
TEST_F(StateFilesTest, ProbesAtOnceGetTheSame) {
  write("states", "192.0.2.1 up\n");
  std::vector<std::shared_ptr<const health::States>> seen;
  for (int i = 0; i < 3; ++i) {
    asio::co_spawn(context_, files_.states_of(path(), 10s),
                   [&](const std::exception_ptr&, auto states) { seen.push_back(*states); });
  }
  while (seen.size() < 3) ASSERT_GT(context_.run_one_for(10s), 0U);
  EXPECT_EQ(seen[0], seen[1]);
  EXPECT_EQ(seen[1], seen[2]);
}

TEST_F(StateFilesTest, AProbeIsNotHeldUpForLongerThanItsLimit) {
  readers_->stop();
  write("states", "192.0.2.1 up\n");
  const auto states = run_on(context_, files_.states_of(path(), 10ms));
  ASSERT_FALSE(states);
  EXPECT_NE(states.error().message.find("not read"), std::string::npos);
}

}  // namespace
}  // namespace rollcall::probe
