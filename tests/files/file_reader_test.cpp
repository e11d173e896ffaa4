#include "files/file_reader.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>
#include <utility>

#include "temporary_folder.hpp"

namespace rollcall::files {
namespace {

class Folder : public testing::Test {
 protected:
  std::string write(const std::string& name, const std::string& text) {
    const std::filesystem::path file = path_ / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
    return file.string();
  }

  TemporaryFolder folder_;
  const std::filesystem::path path_ = folder_.path();
};

TEST_F(Folder, GivesEveryOctet) {
  std::string large(700'001, 'x');
  large[5] = '\0';
  EXPECT_EQ(read_text_file(write("large", large)).value(), large);
  EXPECT_EQ(read_text_file(write("empty", "")).value(), "");
}

TEST_F(Folder, SaysWhyNot) {
  const std::string missing = (path_ / "missing").string();
  EXPECT_EQ(read_text_file(missing).error().message, missing + ": No such file or directory");
  EXPECT_EQ(read_text_file(path_.string()).error().message, path_.string() + ": Is a directory");
}

TEST_F(Folder, IsListed) {
  write("b", "");
  write("a.key", "");
  write("sub/c", "");
  const ReadOptions listing{.limit = 20, .settle = false, .list_folder = true};
  EXPECT_EQ(read_file(path_.string(), listing).value().text, "a.key\nb\nsub\n");
  EXPECT_FALSE(read_file(path_.string(), {.limit = 9, .list_folder = true}));
  EXPECT_FALSE(read_file((path_ / "b").string(), listing));
}

TEST_F(Folder, ALimitHoldsForFilesWithoutASizeToo) {
  const std::string file = write("four", "1234");
  EXPECT_EQ(read_text_file(file, 4).value(), "1234");
  EXPECT_EQ(read_text_file(file, 3).error().message, file + ": larger than 3 octets");
  EXPECT_EQ(read_directly()("/dev/zero", {.limit = 1000}).error().message,
            "/dev/zero: larger than 1000 octets");
}

TEST_F(Folder, OnlyARegularFileIsRead) {
  const std::string fifo = (path_ / "fifo").string();
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  EXPECT_EQ(read_text_file(fifo).error().message, fifo + ": not a regular file, but a FIFO");
  EXPECT_EQ(read_text_file("/dev/zero").error().message,
            "/dev/zero: not a regular file, but a device");
}

TEST_F(Folder, AToolReadsAPipe) {
  const std::string fifo = (path_ / "fifo").string();
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  std::jthread writer([&] { std::ofstream(fifo) << "piped"; });
  EXPECT_EQ(read_directly()(fifo, {})->text, "piped");
}

TEST_F(Folder, ALinkIsFollowedWhereItMayBe) {
  write("real", "text");
  const std::string link = (path_ / "link").string();
  std::filesystem::create_symlink("real", link);
  EXPECT_EQ(read_file(link, {})->text, "text");
  EXPECT_FALSE(read_file(link, {.follow_links = false}));
}

/// A writer appends each time that a piece was read.
TEST_F(Folder, AFileThatGrowsAllTheTimeIsRefused) {
  const std::string file = write("grows", std::string(200'000, 'x'));
  int begun = 0;
  const TextSink sink{.begin = [&](std::size_t) { ++begun; },
                      .add = [&](std::string_view) { std::ofstream(file, std::ios::app) << 'y'; }};
  const auto read = read_file_into(file, {.settle = false}, sink);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().message, file + ": changed while being read");
  EXPECT_EQ(begun, 3);
}

TEST_F(Folder, AFileThatChangedOnceIsReadAgain) {
  const std::string file = write("changes", std::string(1000, 'x'));
  std::string text;
  bool changed = false;
  const TextSink sink{.begin = [&](std::size_t) { text.clear(); },
                      .add =
                          [&](std::string_view octets) {
                            text += octets;
                            if (!std::exchange(changed, true)) write("changes", "new");
                          }};
  ASSERT_TRUE(read_file_into(file, {.settle = false}, sink));
  EXPECT_EQ(text, "new");
}

std::uint64_t inode_of(const std::string& file) {
  struct stat status{};
  return ::stat(file.c_str(), &status) == 0 ? status.st_ino : 0;
}

/// The writer has emptied the file that was read before, and goes on a moment later.
TEST_F(Folder, AFileThatIsRewrittenInPlaceIsWaitedFor) {
  const std::string file = write("zone", "old");
  const std::uint64_t inode = inode_of(file);
  write("zone", "half ");
  std::jthread writer([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    std::ofstream(file, std::ios::app) << "whole";
  });
  EXPECT_EQ(read_file(file, {.last_inode = inode})->text, "half whole");
}

TEST_F(Folder, AFileThatIsWrittenAllTheTimeIsRefused) {
  const std::string file = write("zone", "");
  std::jthread writer([&](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      std::ofstream(file, std::ios::app) << "x";
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
  });
  const auto read = read_file(file, {.last_inode = inode_of(file)});
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().message, file + ": still being written");
}

/// A settled stamp is what a waiting reader would wait for: this one comes back at once.
TEST_F(Folder, AFileThatCameByRenameIsNotWaitedFor) {
  const std::string file = write("zone", "old");
  const std::uint64_t inode = inode_of(file);
  std::filesystem::rename(write("new", "new"), file);
  const auto read = read_file(file, {.last_inode = inode});
  ASSERT_TRUE(read);
  EXPECT_EQ(read->text, "new");
  EXPECT_TRUE(may_be_written(read->stamp));
}

TEST_F(Folder, WhatIsKnownIsNotReadAgain) {
  const std::string file = write("states", "old");
  const auto first = read_file(file, {});
  ASSERT_TRUE(first);
  EXPECT_TRUE(read_file(file, {.known = first->stamp})->unchanged);
  EXPECT_TRUE(read_file(file, {.only_settled = true})->unchanged);
  write("states", "newer");
  EXPECT_EQ(read_file(file, {.settle = false, .known = first->stamp})->text, "newer");
}

TEST_F(Folder, IncludesStandBesideTheirZone) {
  const std::string zone = write("zones/db", "zone");
  write("zones/more/part", "part");
  const std::string elsewhere = write("elsewhere", "else");
  const auto read = reader_beside(zone, read_directly());
  EXPECT_EQ(read(zone).value(), "zone");
  EXPECT_EQ(read("more/part").value(), "part");
  EXPECT_EQ(read(elsewhere).value(), "else");
  EXPECT_FALSE(read("nothing"));
}

TEST(ServicePort, KnowsWhatTheMachineKnows) {
  EXPECT_FALSE(find_service_port("no-such-service-here"));
  EXPECT_FALSE(find_service_port(""));
  if (std::filesystem::exists("/etc/services")) {
    EXPECT_EQ(find_service_port("smtp"), 25);
    EXPECT_EQ(find_service_port("pop3"), 110);
  }
}

}  // namespace
}  // namespace rollcall::files
