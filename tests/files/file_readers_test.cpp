#include "files/file_readers.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/inotify.h>
#include <sys/stat.h>

#include "real_process.hpp"
#include "temporary_folder.hpp"

namespace rollcall::files {
namespace {

using namespace std::chrono_literals;

/// A FIFO that a reader may open as a tool does hangs it: nobody writes there.
constexpr ReadOptions kHanging{.pipes = true};
/// A file that was written a moment ago, and read before, is not waited for.
constexpr ReadOptions kAtOnce{.settle = false};

class FileReadersTest : public testing::Test {
 protected:
  std::string make_fifo(const std::string& name) const {
    ::mkfifo(folder_.path(name).c_str(), 0600);
    return folder_.path(name);
  }
  std::string message(const std::string& path, const ReadOptions& options = {}) {
    const auto read = readers_->read(path, options);
    return read ? "it was read: " + read->text : read.error().message;
  }

  TemporaryFolder folder_;
  asio::io_context context_;
  std::unique_ptr<FileReaders> readers_ = FileReaders::start(200ms).value();
};

TEST_F(FileReadersTest, GiveEveryOctetAndWhoMayRead) {
  std::string large(700'001, 'x');
  large[5] = '\0';
  const auto read = readers_->read(folder_.write("large", large, 0640), {});
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->text, large);
  EXPECT_EQ(read->mode & 07777U, 0640U);
  EXPECT_EQ(message(folder_.write("empty", "", 0600)), "it was read: ");
}

TEST_F(FileReadersTest, SayWhyNot) {
  const std::string missing = folder_.path("missing");
  EXPECT_EQ(message(missing), missing + ": No such file or directory");
  const std::string fifo = make_fifo("fifo");
  EXPECT_EQ(message(fifo), fifo + ": not a regular file, but a FIFO");
  EXPECT_EQ(message(folder_.write("four", "1234", 0600), {.limit = 3}),
            folder_.path("four") + ": larger than 3 octets");
}

TEST_F(FileReadersTest, AHungPathIsGivenUpAndComesBack) {
  const std::string fifo = make_fifo("fifo");
  EXPECT_EQ(message(fifo, kHanging), fifo + ": its file system has not replied within 200ms");
  EXPECT_NE(message(fifo, kHanging).find("has not replied for"), std::string::npos);
  EXPECT_NE(message("/proc/self/comm").find("it was read"), std::string::npos)
      << "another file system";
  const io::Descriptor writer(::open(fifo.c_str(), O_RDWR | O_CLOEXEC | O_NONBLOCK));
  EXPECT_TRUE(eventually([&] {
    // The reader has gone on. This one would hang again, if the path were still given up.
    return message(folder_.write("file", "text", 0600)) == "it was read: text";
  }));
}

TEST_F(FileReadersTest, AHungPathHoldsUpNoOther) {
  const std::string file = folder_.write("file", "text", 0600);
  for (int i = 0; i < 20; ++i) {
    const std::string fifo = make_fifo("fifo");
    const std::function<Result<FileText>()> hang = [this, fifo] {
      return readers_->read(fifo, kHanging);
    };
    asio::co_spawn(context_, readers_->later(fifo, hang),
                   [](const std::exception_ptr&, const auto&) {});
  }
  const std::function<Result<FileText>()> read = [this] {
    return readers_->read("/proc/self/comm", {});
  };
  const auto text = run_on(context_, readers_->later("/proc/self/comm", read));
  EXPECT_TRUE(text) << text.error().message;
}

class ManyFilesTest : public FileReadersTest {
 protected:
  /// What became of each of the files.
  std::vector<std::string> read_all(const std::vector<WantedFile>& files) {
    std::vector<std::string> told;
    readers_->read_all(files, [&](std::size_t place, Result<FileText> file) {
      EXPECT_EQ(place, told.size()) << "in their order";
      told.push_back(file ? file->text : file.error().message);
      return told.size() < wanted_;
    });
    return told;
  }

  std::size_t wanted_ = 1'000'000;
};

TEST_F(ManyFilesTest, ComeInTheirOrder) {
  std::vector<WantedFile> files;
  std::vector<std::string> expected;
  for (std::size_t i = 0; i < 3 * kReadAhead; ++i) {
    const std::string name = std::to_string(i);
    // Some have many messages of text, more than a socket holds; some are missing.
    const std::string text = i % 50 == 7 ? std::string(300'000 + i, 'x') : name;
    const bool missing = i % 10 == 3;
    files.push_back({missing ? folder_.path(name) : folder_.write(name, text, 0600), kAtOnce});
    expected.push_back(missing ? folder_.path(name) + ": No such file or directory" : text);
  }
  EXPECT_EQ(read_all(files), expected);
  EXPECT_EQ(read_all({}), std::vector<std::string>{});
  wanted_ = 2;
  EXPECT_EQ(read_all(files), std::vector<std::string>({expected[0], expected[1]}));
  EXPECT_EQ(message(files[0].path, kAtOnce), "it was read: 0") << "no answer of before is left";
}

TEST_F(ManyFilesTest, OneThatHangsHoldsUpNoOther) {
  const std::string fifo = make_fifo("fifo");
  const std::string good = "/proc/self/comm";  // of another file system
  const std::vector<std::string> told = read_all(
      {{good, kAtOnce}, {fifo, kHanging}, {good, kAtOnce}, {fifo, kHanging}, {good, kAtOnce}});
  ASSERT_EQ(told.size(), 5U);
  for (const std::size_t i : {0, 2, 4}) EXPECT_EQ(told[i], "rollcall-reader\n");
  EXPECT_EQ(told[1], fifo + ": its file system has not replied within 200ms");
  EXPECT_NE(told[3].find("has not replied for"), std::string::npos) << told[3];
}

TEST_F(ManyFilesTest, AreNotReadAtTheEnd) {
  const std::string path = folder_.write("file", "text", 0600);
  readers_->stop();
  const std::string ending = path + ": not read: the program is stopping";
  EXPECT_EQ(read_all({{path, {}}, {path, {}}}), std::vector<std::string>({ending, ending}));
}

TEST_F(FileReadersTest, TheEndWaitsForNothing) {
  readers_ = FileReaders::start().value();
  const std::string fifo = make_fifo("fifo");
  std::string said;
  std::jthread waiting([&] { said = message(fifo, kHanging); });
  std::this_thread::sleep_for(50ms);
  readers_->stop();
  waiting.join();
  EXPECT_EQ(said, fifo + ": not read: the program is stopping");
  EXPECT_EQ(message(fifo), fifo + ": not read: the program is stopping");
}

TEST_F(FileReadersTest, RememberWhichFileTheyReadLast) {
  readers_ = FileReaders::start().value();
  const std::string file = folder_.write("zone", "old", 0600);
  ASSERT_EQ(message(file), "it was read: old");
  folder_.write("zone", "half ", 0600);
  std::jthread writer([&] {
    std::this_thread::sleep_for(200ms);
    std::ofstream(file, std::ios::app) << "whole";
  });
  EXPECT_EQ(message(file), "it was read: half whole");
}

TEST_F(FileReadersTest, LookWithoutReading) {
  const std::string file = folder_.write("file", "text", 0644);
  EXPECT_EQ(readers_->read(file, {.look_for = R_OK})->problem, 0);
  EXPECT_EQ(readers_->read(file, {.look_for = X_OK})->problem, EACCES);
  EXPECT_EQ(readers_->read(folder_.path(), {.look_for = R_OK})->problem, EISDIR);
  EXPECT_EQ(readers_->read(folder_.path("missing"), {.look_for = R_OK})->problem, ENOENT);
}

TEST_F(FileReadersTest, WatchFoldersAndTellLinks) {
  const io::Descriptor inotify(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  const auto watch = readers_->watch_folder(folder_.path(), inotify.get(), IN_CREATE);
  ASSERT_TRUE(watch) << watch.error().message;
  folder_.write("file", "", 0600);
  pollfd event{inotify.get(), POLLIN, 0};
  EXPECT_EQ(::poll(&event, 1, 10'000), 1);
  EXPECT_FALSE(*readers_->is_link(folder_.path("file")));
  std::filesystem::create_symlink("file", folder_.path("link"));
  EXPECT_TRUE(*readers_->is_link(folder_.path("link")));
  EXPECT_FALSE(readers_->is_link(folder_.path("missing")));
  EXPECT_FALSE(readers_->watch_folder(folder_.path("missing"), inotify.get(), IN_CREATE));
}

}  // namespace
}  // namespace rollcall::files
