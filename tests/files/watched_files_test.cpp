#include "files/watched_files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <fstream>

#include "captured_log.hpp"
#include "real_process.hpp"
#include "temporary_folder.hpp"

namespace rollcall::files {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

using ::testing::ElementsAre;

class WatchedFilesTest : public testing::Test {
 protected:
  std::string write(const std::string& name, const std::string& text) {
    return folder_.write(name, text, 0644);
  }
  /// Runs until the watch has begun: then one change of the file is told.
  void begin(const std::string& path) {
    files_.watch("zone", {path});
    ASSERT_TRUE(run_until(context_, [&] {
      std::ofstream(path, std::ios::app) << "; seen yet?\n";
      return told_.contains("zone");
    }));
    settle();
  }
  /// Runs until all that was noted has been told.
  void settle() {
    const auto end = std::chrono::steady_clock::now() + 100ms;
    run_until(context_, [&] { return std::chrono::steady_clock::now() > end; });
    told_.clear();
  }
  bool is_told(const std::string& owner = "zone") {
    return run_until(context_, [&] { return told_.contains(owner); });
  }

  TemporaryFolder folder_;
  asio::io_context context_;
  std::unique_ptr<FileReaders> readers_ = FileReaders::start(300ms).value();
  std::set<std::string> told_;
  std::size_t times_told_ = 0;
  WatchedFiles files_{
      context_.get_executor(),
      *readers_,
      [this](std::set<std::string> owners) {
        ++times_told_;
        told_.merge(owners);
      },
      {.quiet = 10ms, .most = 50ms, .gone = 20ms, .link_look = 20ms, .retry = 20ms}};
};

TEST_F(WatchedFilesTest, TellAFileThatIsWrittenInPlace) {
  const std::string path = write("db", "1");
  begin(path);
  write("db", "2");
  EXPECT_TRUE(is_told());
}

TEST_F(WatchedFilesTest, TellAFileThatAnotherTakesThePlaceOf) {
  const std::string path = write("db", "1");
  begin(path);
  fs::rename(write("db.new", "2"), path);
  EXPECT_TRUE(is_told());
}

TEST_F(WatchedFilesTest, TellAFileThatAnEditorMovesAwayAndWritesAgain) {
  const std::string path = write("db", "1");
  begin(path);
  fs::rename(path, path + "~");
  write("db", "2");
  EXPECT_TRUE(is_told());
}

TEST_F(WatchedFilesTest, TellAFileThatIsRemoved) {
  const std::string path = write("db", "1");
  begin(path);
  fs::remove(path);
  EXPECT_TRUE(is_told());
}

TEST_F(WatchedFilesTest, SayNothingOfAFileWhileItIsWritten) {
  const std::string path = write("db", "1");
  begin(path);
  std::ofstream writer(path, std::ios::app);
  writer << "half" << std::flush;
  const auto end = std::chrono::steady_clock::now() + 100ms;
  run_until(context_, [&] { return std::chrono::steady_clock::now() > end; });
  EXPECT_FALSE(told_.contains("zone"));
  writer.close();
  EXPECT_TRUE(is_told());
}

TEST_F(WatchedFilesTest, SayNothingOfOtherFilesOfTheFolder) {
  const std::string path = write("db", "1");
  begin(path);
  write("db.swp", "2");
  settle();
  EXPECT_THAT(told_, ElementsAre());
}

TEST_F(WatchedFilesTest, TellManyChangesTogether) {
  files_.watch("b", {folder_.path("b")});
  files_.watch("c", {folder_.path("b"), folder_.path("c")});
  begin(write("db", "1"));
  times_told_ = 0;
  for (int i = 0; i < 100; ++i) {
    write("b", std::to_string(i));
    write("c", std::to_string(i));
  }
  ASSERT_TRUE(is_told("b"));
  EXPECT_THAT(told_, ElementsAre("b", "c"));
  EXPECT_EQ(times_told_, 1U);
}

TEST_F(WatchedFilesTest, TellALinkThatLeadsElsewhere) {
  fs::create_directory(folder_.path("1"));
  fs::create_directory(folder_.path("2"));
  write("1/db", "1");
  write("2/db", "2");
  fs::create_directory_symlink("1", folder_.path("now"));
  fs::create_symlink("now/db", folder_.path("db"));
  files_.watch("link", {folder_.path("db")});
  begin(write("other", ""));
  fs::create_directory_symlink("2", folder_.path("next"));
  fs::rename(folder_.path("next"), folder_.path("now"));  // nothing happens to the name "db"
  EXPECT_TRUE(is_told("link"));
}

TEST_F(WatchedFilesTest, TellAFileThatBecomesALink) {
  const std::string path = write("db", "1");
  begin(path);
  write("elsewhere", "2");
  fs::remove(path);
  fs::create_symlink("elsewhere", path);
  ASSERT_TRUE(is_told());
  settle();
  write("elsewhere", "3 octets and more");
  EXPECT_TRUE(is_told());
}

TEST_F(WatchedFilesTest, WatchAFolderAgainThatWasRemovedAndMade) {
  const CapturedLog log;
  fs::create_directory(folder_.path("zones"));
  const std::string path = write("zones/db", "1");
  begin(path);
  fs::remove_all(folder_.path("zones"));
  ASSERT_TRUE(is_told());
  ASSERT_TRUE(run_until(context_, [&] {
    return log.text().find("changes are not seen, another try in 20ms: " + folder_.path("zones/") +
                           ": No such file or directory") != std::string::npos;
  })) << log.text();
  settle();
  fs::create_directory(folder_.path("zones"));
  write("zones/db", "2");
  EXPECT_TRUE(is_told());
  EXPECT_NE(log.text().find(folder_.path("zones/") + ": watched again"), std::string::npos);
}

TEST_F(WatchedFilesTest, ForgetWhatIsNoLongerWatched) {
  const std::string path = write("db", "1"), included = write("included", "1");
  begin(path);
  files_.watch("zone", {path, included});
  EXPECT_EQ(files_.size(), 2U);
  files_.watch("zone", {path});
  EXPECT_EQ(files_.size(), 1U);
  files_.watch("other", {included});
  files_.keep_only({"other"});
  EXPECT_EQ(files_.size(), 1U);
  write("db", "2");
  settle();
  EXPECT_THAT(told_, ElementsAre());
}

TEST_F(WatchedFilesTest, TakeTensOfThousands) {
  for (int i = 0; i < 20'000; ++i) {
    const std::string name = std::to_string(i);
    files_.watch(name, {folder_.path(name)});
  }
  const std::string last = write("19999", "1");
  EXPECT_TRUE(run_until(context_, [&] {
    write("19999", "2");
    return told_.contains("19999");
  }));
}

}  // namespace
}  // namespace rollcall::files
