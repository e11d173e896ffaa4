#include "store/copy_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "saved_state.hpp"
#include "store/zone_copies.hpp"
#include "temporary_folder.hpp"

namespace rollcall::store {
namespace {

using namespace std::chrono_literals;

constexpr WallTime kCopyTime{1'700'000'000s};

class CopyFileTest : public testing::Test {
 protected:
  static state::ZoneTexts texts(const std::string& text) {
    return {{{.path = {}, .text = text}, {.path = "included one", .text = "$TTL 1\n" + text}}};
  }
  static std::string copied_text(CopyFile& file, const std::string& origin) {
    const auto copy = file.read(name_of(origin));
    if (!copy) return copy.error().message;
    EXPECT_EQ(copy->texts.parts.size(), 2U);
    EXPECT_EQ(copy->texts.parts[1].path, "included one");
    EXPECT_EQ(copy->texts.parts[1].text, "$TTL 1\n" + copy->texts.parts[0].text);
    return copy->texts.parts[0].text;
  }
  void fill(int zones, const std::string& text) const {
    CopyFile file(state());
    std::vector<dns::StoredName> all;
    for (int i = 0; i < zones; ++i) {
      all.push_back(name_of("z" + std::to_string(i) + ".example"));
      ASSERT_TRUE(file.add(all.back(), kCopyTime, texts(text + std::to_string(i))));
    }
    ASSERT_TRUE(file.flush(all));
  }
  std::string content() const {
    std::ifstream file(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void write(const std::string& content) const {
    std::ofstream(path_, std::ios::binary) << content;
  }
  std::uintmax_t size() const { return std::filesystem::file_size(path_); }

  StateFolder state() const { return state_.beside().value(); }

  TemporaryFolder folder_;
  StateFolder state_ = StateFolder::open(folder_.path()).value();
  std::string path_ = folder_.path("zone_copies");
};

TEST_F(CopyFileTest, HasWhatWasAdded) {
  fill(3, std::string("text with \0 and \xff\n", 18));
  CopyFile file(state());
  EXPECT_EQ(copied_text(file, "z1.example"), std::string("text with \0 and \xff\n", 18) + "1");
  EXPECT_EQ(file.read(name_of("Z1.EXAMPLE"))->saved, kCopyTime);
  EXPECT_EQ(copied_text(file, "other.example"), "there is no copy of it");
}

TEST_F(CopyFileTest, TheSameIsNotWrittenTwice) {
  fill(3, "text");
  const std::uintmax_t once = size();
  fill(3, "text");
  EXPECT_EQ(size(), once);
  CopyFile file(state());
  ASSERT_TRUE(file.add(name_of("z1.example"), kCopyTime, texts("another")));
  EXPECT_GT(size(), once);
  EXPECT_EQ(copied_text(file, "z1.example"), "another");
  CopyFile again(state());
  EXPECT_EQ(copied_text(again, "z1.example"), "another");
}

TEST_F(CopyFileTest, ZonesThatAreConfiguredNoMoreGo) {
  fill(3, "text");
  const std::uintmax_t three = size();
  CopyFile file(state());
  ASSERT_TRUE(file.add(name_of("z0.example"), kCopyTime, texts("text0")));
  ASSERT_TRUE(file.flush({name_of("z0.example"), name_of("z2.example")}));
  EXPECT_LT(size(), three);
  EXPECT_EQ(copied_text(file, "z1.example"), "there is no copy of it");
  EXPECT_EQ(copied_text(file, "z2.example"), "text2");
  CopyFile again(state());
  EXPECT_EQ(copied_text(again, "z0.example"), "text0");
  EXPECT_EQ(content().find("z1.example"), std::string::npos);
}

TEST_F(CopyFileTest, OldCopiesDoNotPileUp) {
  CopyFile file(state());
  const std::string large(300'000, 'x');
  for (int i = 0; i < 50; ++i) {
    ASSERT_TRUE(file.add(name_of("z.example"), kCopyTime, texts(large + std::to_string(i))));
    ASSERT_TRUE(file.flush({name_of("z.example")}));
    EXPECT_LT(size(), 4'000'000U);
  }
  CopyFile again(state());
  EXPECT_EQ(copied_text(again, "z.example"), large + "49");
}

/// Each octet of the middle one is damaged in turn: it is refused, and the others are as they were.
TEST_F(CopyFileTest, WhatIsDamagedIsNotThere) {
  fill(3, "text\nof two lines ");
  const std::string good = content();
  const std::size_t begin = good.find("rollcall-copy z1");
  const std::size_t end = good.find("rollcall-copy z2");
  for (std::size_t at = begin; at < end; ++at) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 0x15);
    write(bad);
    CopyFile file(state());
    EXPECT_EQ(copied_text(file, "z0.example"), "text\nof two lines 0") << at;
    EXPECT_EQ(copied_text(file, "z2.example"), "text\nof two lines 2") << at;
    EXPECT_FALSE(file.read(name_of("z1.example"))) << at;
  }
}

TEST_F(CopyFileTest, ATornEndIsWrittenOver) {
  fill(3, "text");
  const std::string good = content();
  const std::size_t begin = good.find("rollcall-copy z2");
  for (std::size_t size = begin; size < good.size(); ++size) {
    write(good.substr(0, size));
    CopyFile file(state());
    EXPECT_EQ(copied_text(file, "z2.example"), "there is no copy of it") << size;
    ASSERT_TRUE(file.add(name_of("z3.example"), kCopyTime, texts("new")));
    CopyFile again(state());
    EXPECT_EQ(copied_text(again, "z1.example"), "text1") << size;
    EXPECT_EQ(copied_text(again, "z3.example"), "new") << size;
  }
}

TEST_F(CopyFileTest, NoLinkIsFollowed) {
  const std::string target = folder_.path("target");
  std::ofstream(target) << "precious";
  std::filesystem::create_symlink(target, path_);
  CopyFile file(state());
  const auto added = file.add(name_of("z.example"), kCopyTime, texts("text"));
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().message, "cannot open " + path_ + ": Too many levels of symbolic links");
  EXPECT_EQ(std::filesystem::file_size(target), 8U);
}

TEST(ReaderOfACopy, KnowsTheFilesOfTheZoneAlone) {
  const state::ZoneTexts texts{{{.path = {}, .text = "zone"}, {.path = "part", .text = "more"}}};
  const zone::ReadFile read = reader_of(texts, "db.example");
  EXPECT_EQ(*read("db.example"), "zone");
  EXPECT_EQ(*read("part"), "more");
  EXPECT_EQ(read("other").error().message, "other: not in the copy");
}

/// What somebody planted in the way of the new file is not written to.
TEST_F(CopyFileTest, ALinkInTheWayOfTheNewFileIsReplaced) {
  fill(3, "text");
  const std::string target = folder_.path("target");
  std::ofstream(target) << "precious";
  std::filesystem::create_symlink(target, path_ + ".new");
  CopyFile file(state());
  ASSERT_TRUE(file.add(name_of("z0.example"), kCopyTime, texts("text0")));
  ASSERT_TRUE(file.flush({name_of("z0.example")}));
  EXPECT_EQ(std::filesystem::file_size(target), 8U);
  EXPECT_FALSE(std::filesystem::is_symlink(path_));
  CopyFile again(state());
  EXPECT_EQ(copied_text(again, "z0.example"), "text0");
}

}  // namespace
}  // namespace rollcall::store
