#include "files/trusted_path.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files/file_readers.hpp"
#include "temporary_folder.hpp"

namespace rollcall::files {
namespace {

class TrustedPath : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(::geteuid(), 0U) << "this test runs as root";
    ::mkdir(dir_.path("init.d").c_str(), 0755);
    script_ = dir_.script("init.d/web", "exit\n");
  }
  std::string found(const std::string& name) {
    const auto path = find_trusted_path(dir_.path(name));
    return path ? *path : path.error().message;
  }
  static constexpr const char* kWhy = ": anyone with write access could make root run anything";

  TemporaryFolder dir_;
  std::string script_;
};

TEST_F(TrustedPath, OfAFileAndAFolderThatOnlyRootCanChange) {
  EXPECT_EQ(found("init.d/web"), script_);
  EXPECT_EQ(found("init.d"), dir_.path("init.d"));
  EXPECT_EQ(found("init.d/../init.d/./web"), script_);
  EXPECT_EQ(find_trusted_path("/").value(), "/");
}

TEST_F(TrustedPath, TellsWhatCannotBeRun) {
  EXPECT_EQ(found("init.d/none"), dir_.path("init.d/none") + ": No such file or directory");
  EXPECT_EQ(found("init.d/web/x"), script_ + ": Not a directory");
  dir_.write("init.d/text", "x", 0644);
  EXPECT_EQ(found("init.d/text"), dir_.path("init.d/text") + ": is not executable");
  ::mkfifo(dir_.path("init.d/pipe").c_str(), 0755);
  EXPECT_EQ(found("init.d/pipe"), dir_.path("init.d/pipe") + ": is not a regular file");
}

TEST_F(TrustedPath, RefusesAFileThatOthersCanChange) {
  for (const mode_t mode : {0757, 0775, 0777}) {
    ::chmod(script_.c_str(), mode);
    const std::string who = (mode & S_IWOTH) != 0 ? "everybody" : "group 0";
    EXPECT_EQ(found("init.d/web"), script_ + ": is writable by " + who + kWhy);
  }
  ::chmod(script_.c_str(), 0755);
  ASSERT_EQ(::chown(script_.c_str(), 12345, 0), 0);
  EXPECT_EQ(found("init.d/web"), script_ + ": belongs to user 12345" + kWhy);
}

TEST_F(TrustedPath, RefusesAFolderThatOthersCanChange) {
  const std::string folder = dir_.path("init.d");
  ::chmod(folder.c_str(), 0777);
  EXPECT_EQ(found("init.d/web"), folder + ": is writable by everybody" + kWhy);
  ::chmod(folder.c_str(), 01777);
  EXPECT_EQ(found("init.d/web"), script_) << "with the sticky bit they cannot replace a file";
  ::chmod(folder.c_str(), 0755);
  ASSERT_EQ(::chown(dir_.path().c_str(), 12345, 0), 0);
  EXPECT_EQ(found("init.d/web"), dir_.path() + ": belongs to user 12345" + kWhy)
      << "also further above";
}

TEST_F(TrustedPath, FollowsLinksOfRootToFoldersAlone) {
  ASSERT_EQ(::symlink("init.d", dir_.path("rc.d").c_str()), 0);
  EXPECT_EQ(found("rc.d/web"), script_);
  ASSERT_EQ(::symlink(dir_.path("init.d").c_str(), dir_.path("absolute").c_str()), 0);
  EXPECT_EQ(found("absolute/web"), script_);
  ASSERT_EQ(::symlink("web", dir_.path("init.d/link").c_str()), 0);
  EXPECT_EQ(found("init.d/link"), dir_.path("init.d/link") + ": is a symbolic link");
  ASSERT_EQ(::symlink("round", dir_.path("round").c_str()), 0);
  EXPECT_EQ(found("round/web"), dir_.path("round") + ": Too many levels of symbolic links");
  ASSERT_EQ(::lchown(dir_.path("rc.d").c_str(), 12345, 0), 0);
  EXPECT_EQ(found("rc.d/web"), dir_.path("rc.d") + ": belongs to user 12345" + kWhy);
}

TEST_F(TrustedPath, AReaderFindsItToo) {
  const auto readers = FileReaders::start().value();
  const auto read = [&](const std::string& path) {
    return readers->read(path, {.settle = false, .trusted = true});
  };
  EXPECT_EQ(read(dir_.path("init.d/./web"))->text, script_);
  ::chmod(script_.c_str(), 0757);
  EXPECT_EQ(read(script_).error().message, script_ + ": is writable by everybody" + kWhy);
}

}  // namespace
}  // namespace rollcall::files
