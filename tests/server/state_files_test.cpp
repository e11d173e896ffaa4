#include "server/state_files.hpp"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <filesystem>

#include "temporary_folder.hpp"

namespace rollcall::server {
namespace {

using namespace std::chrono_literals;

class StateFilesTest : public testing::Test {
 protected:
  void write(const std::string& name, const std::string& text) { folder_.write(name, text, 0644); }
  std::string path() const { return folder_.path("states"); }
  std::string state() {
    const auto states = files_.states_of(path());
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
  std::string changed_;
  StateFiles files_{context_.get_executor(), [this](const std::string& file) { changed_ = file; }};
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

}  // namespace
}  // namespace rollcall::server
