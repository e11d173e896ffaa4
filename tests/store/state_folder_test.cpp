#include "store/state_folder.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>

#include "captured_log.hpp"
#include "files/folder_path.hpp"
#include "state/sealed_text.hpp"
#include "temporary_folder.hpp"

namespace rollcall::store {
namespace {

namespace fs = std::filesystem;

constexpr uid_t kSomebody = 12345;
constexpr gid_t kTheirs = 12346;

struct stat status_of(const std::string& path) {
  struct stat status{};
  EXPECT_EQ(::lstat(path.c_str(), &status), 0) << path;
  return status;
}

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Takes a capability from this thread, and gives it back.
class WithoutCapability {
 public:
  explicit WithoutCapability(unsigned capability) {
    EXPECT_EQ(::syscall(SYS_capget, &header_, before_.data()), 0);
    auto less = before_;
    less[capability / 32].effective &= ~(1U << capability % 32);
    EXPECT_EQ(::syscall(SYS_capset, &header_, less.data()), 0);
  }
  ~WithoutCapability() { EXPECT_EQ(::syscall(SYS_capset, &header_, before_.data()), 0); }
  WithoutCapability(const WithoutCapability&) = delete;
  WithoutCapability& operator=(const WithoutCapability&) = delete;

 private:
  __user_cap_header_struct header_{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  std::array<__user_cap_data_struct, 2> before_{};
};

class StateFolderTest : public testing::Test {
 protected:
  StateFolder open() const {
    auto folder = StateFolder::open(path_);
    EXPECT_TRUE(folder) << folder.error().message;
    return std::move(*folder);
  }
  /// What somebody puts in the place of a state file: each kind that is not a plain file.
  void plant(const std::string& kind, const std::string& name) const {
    const std::string at = path_ + "/" + name;
    int failed = 0;
    if (kind == "link") failed = ::symlink(victim_.c_str(), at.c_str());
    if (kind == "hard link") failed = ::link(victim_.c_str(), at.c_str());
    if (kind == "fifo") failed = ::mkfifo(at.c_str(), 0600);
    if (kind == "folder") failed = fs::create_directories(at + "/within") ? 0 : -1;
    if (kind == "dangling link") failed = ::symlink((victim_ + ".absent").c_str(), at.c_str());
    ASSERT_EQ(failed, 0) << kind << " " << name;
  }
  void expect_unharmed() const {
    EXPECT_EQ(text_of(victim_), "precious");
    EXPECT_EQ(status_of(victim_).st_mode & 07777, 0600U);
    EXPECT_FALSE(fs::exists(victim_ + ".absent"));
  }
  static constexpr std::array<const char*, 5> kKinds{"link", "hard link", "fifo", "folder",
                                                     "dangling link"};

  inline static const std::map<std::string, std::string> kObjections{
      {"link", "it is a symbolic link"},
      {"dangling link", "it is a symbolic link"},
      {"hard link", "it is a hard link to a file that has another name, too"},
      {"fifo", "it is not a regular file"},
      {"folder", "Is a directory"}};

  TemporaryFolder temporary_;
  const std::string path_ = temporary_.path("state");
  const std::string victim_ = temporary_.write("victim", "precious", 0600);
};

TEST_F(StateFolderTest, ReadsWhatItHasWritten) {
  const StateFolder folder = open();
  EXPECT_FALSE(folder.read("serials")->has_value());
  ASSERT_TRUE(folder.replace("serials", "one"));
  ASSERT_TRUE(folder.replace("serials", "two"));
  EXPECT_EQ(**folder.read("serials"), "two");
  EXPECT_EQ(status_of(path_ + "/serials").st_mode & 07777, 0600U);
  EXPECT_FALSE(fs::exists(path_ + "/serials.new"));
}

TEST_F(StateFolderTest, SaysWhyItCannotBeOpened) {
  const auto opened = StateFolder::open(victim_ + "/state");
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().message,
            "state_dir: cannot open the folder " + victim_ + "/state: Not a directory");
}

TEST_F(StateFolderTest, BelongsToOneServer) {
  const StateFolder first = open();
  const auto second = StateFolder::open(path_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().message, "another server is using state_dir " + path_);
}

TEST_F(StateFolderTest, WhatIsNoPlainFileIsNotRead) {
  const StateFolder folder = open();
  for (const std::string kind : kKinds) {
    plant(kind, "serials");
    const auto text = folder.read("serials");
    ASSERT_FALSE(text) << kind;
    EXPECT_EQ(text.error().message, kObjections.at(kind));
    EXPECT_EQ(folder.set_aside("serials"), "serials.damaged");
    fs::remove_all(path_ + "/serials.damaged");
  }
  expect_unharmed();
}

TEST_F(StateFolderTest, WhatIsPlantedForANewFileIsNotWrittenInto) {
  const StateFolder folder = open();
  for (const std::string kind : kKinds) {
    plant(kind, "serials.new");
    plant(kind, "serials");
    const auto written = folder.replace("serials", "text of " + kind);
    ASSERT_TRUE(written) << kind << ": " << written.error().message;
    EXPECT_EQ(**folder.read("serials"), "text of " + kind);
    expect_unharmed();
    fs::remove(path_ + "/serials");
  }
}

TEST_F(StateFolderTest, AFileIsOpenedOnlyWhereItIsPlain) {
  const StateFolder folder = open();
  for (const std::string kind : kKinds) {
    plant(kind, "zone_copies");
    const auto opened = folder.open_file("zone_copies");
    ASSERT_FALSE(opened) << kind;
    EXPECT_TRUE(opened.error().message.starts_with("cannot open " + path_ + "/zone_copies: "))
        << opened.error().message;
    fs::remove_all(path_ + "/zone_copies");
  }
  expect_unharmed();
  const auto made = folder.open_file("zone_copies");
  ASSERT_TRUE(made) << made.error().message;
  ASSERT_TRUE(folder.write(*made, "text", "zone_copies"));
  EXPECT_EQ(text_of(path_ + "/zone_copies"), "text");
  EXPECT_EQ(status_of(path_ + "/zone_copies").st_mode & 07777, 0600U);
}

TEST_F(StateFolderTest, WhatIsNotFinishedChangesNothing) {
  const StateFolder folder = open();
  ASSERT_TRUE(folder.replace("zone_copies", "old"));
  const auto file = folder.begin_anew("zone_copies");
  ASSERT_TRUE(file);
  ASSERT_TRUE(folder.write(*file, "new", "zone_copies.new"));
  EXPECT_EQ(**folder.read("zone_copies"), "old");
  folder.drop_anew("zone_copies");
  EXPECT_FALSE(fs::exists(path_ + "/zone_copies.new"));
}

TEST_F(StateFolderTest, RemovesOneFile) {
  const StateFolder folder = open();
  ASSERT_TRUE(folder.replace("alerts", "text"));
  ASSERT_TRUE(folder.remove("alerts"));
  EXPECT_FALSE(folder.read("alerts")->has_value());
  EXPECT_TRUE(folder.remove("alerts"));  // it is gone already
}

TEST_F(StateFolderTest, ItsNeighbourHoldsNoLock) {
  auto first = std::make_unique<StateFolder>(open());
  const StateFolder beside = first->beside().value();
  ASSERT_TRUE(beside.replace("alerts", "text"));
  EXPECT_EQ(**first->read("alerts"), "text");
  first.reset();
  EXPECT_TRUE(StateFolder::open(path_));
}

TEST_F(StateFolderTest, KeepsAFewOfWhatIsDamagedAndNoMore) {
  const StateFolder folder = open();
  for (int i = 1; i <= 20; ++i) {
    ASSERT_TRUE(folder.replace("serials", std::to_string(i)));
    ASSERT_TRUE(folder.set_aside("serials"));
  }
  EXPECT_EQ(text_of(path_ + "/serials.damaged"), "1");
  EXPECT_EQ(std::distance(fs::directory_iterator(path_), fs::directory_iterator()), 9);
}

class KeptTwiceTest : public StateFolderTest {
 protected:
  KeptTwiceTest() {
    EXPECT_TRUE(KeptTwice("serials").save(folder_, "example.com. 64\n"));
    KeptTwice again("serials");
    EXPECT_EQ(again.load(folder_).body, "example.com. 64\n");
    EXPECT_TRUE(again.save(folder_, "example.com. 128\n"));
  }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ + "/" + name, std::ios::binary) << text;
  }
  KeptTwice::Loaded load() const { return KeptTwice("serials").load(folder_); }

  const StateFolder folder_ = open();
};

TEST_F(KeptTwiceTest, IsReadBackWithoutAWord) {
  const auto loaded = load();
  EXPECT_EQ(loaded.body, "example.com. 128\n");
  EXPECT_TRUE(loaded.good && !loaded.first && loaded.problems.empty());
}

TEST_F(KeptTwiceTest, OneDamagedFileLosesNothing) {
  const std::string whole = text_of(path_ + "/serials");
  for (const std::string name : {"serials", "serials.old"}) {
    for (const std::string& damaged :
         {std::string(), whole.substr(0, whole.size() - 1), whole.substr(0, 10),
          whole.substr(0, whole.find("end ")), std::string("example.com. 1\n"),
          std::string(5000, '\0'), "\xff" + whole}) {
      write(name, damaged);
      const auto loaded = load();
      EXPECT_EQ(loaded.body, "example.com. 128\n") << name << ": " << damaged;
      ASSERT_EQ(loaded.problems.size(), 1U) << name << ": " << damaged;
      EXPECT_NE(loaded.problems[0].find(path_ + "/" + name + ": "), std::string::npos);
      EXPECT_NE(loaded.problems[0].find("set aside as " + name + ".damaged"), std::string::npos);
      EXPECT_EQ(text_of(path_ + "/" + name + ".damaged"), damaged);
      fs::remove(path_ + "/" + name + ".damaged");
      fs::copy_file(path_ + (name == "serials" ? "/serials.old" : "/serials"), path_ + "/" + name);
    }
  }
}

TEST_F(KeptTwiceTest, AFileThatIsGoneIsSaid) {
  fs::remove(path_ + "/serials");
  const auto loaded = load();
  EXPECT_EQ(loaded.body, "example.com. 128\n");
  ASSERT_EQ(loaded.problems.size(), 1U);
  EXPECT_EQ(loaded.problems[0], path_ + "/serials is missing; the other copy is used");
}

TEST_F(KeptTwiceTest, TheNewerCounts) {
  write("serials", state::seal("serials", 1, "example.com. 64\n"));
  EXPECT_EQ(load().body, "example.com. 128\n");
}

TEST_F(KeptTwiceTest, WhereBothAreDamagedTheirTextIsGiven) {
  write("serials", "");
  write("serials.old", "serials 2\nexample.com. 128\n");
  const auto loaded = load();
  EXPECT_FALSE(loaded.good);
  EXPECT_FALSE(loaded.first);
  EXPECT_EQ(loaded.damaged, (std::vector<std::string>{"", "serials 2\nexample.com. 128\n"}));
  ASSERT_EQ(loaded.problems.size(), 1U);
  EXPECT_TRUE(loaded.problems[0].ends_with("; there is no good copy")) << loaded.problems[0];
}

TEST_F(KeptTwiceTest, AnOlderServersFileIsReadOnce) {
  fs::remove(path_ + "/serials.old");
  write("serials", "example.com. 64\n");
  KeptTwice file("serials");
  const auto loaded = file.load(folder_);
  EXPECT_TRUE(loaded.good && loaded.problems.empty());
  EXPECT_EQ(loaded.body, "example.com. 64\n");
  ASSERT_TRUE(file.save(folder_, loaded.body));
  write("serials", "example.com. 64\n");  // now it is one that was damaged
  EXPECT_EQ(load().problems.size(), 1U);
}

/// Ownership changes only where nobody but root could have put the file. Needs root, as the
/// continuous integration has it.
class GivenFolderTest : public StateFolderTest {
 protected:
  void SetUp() override {
    ASSERT_EQ(::geteuid(), 0U) << "these tests run as root";
    ASSERT_TRUE(fs::create_directory(path_));
    ASSERT_EQ(::chmod(path_.c_str(), 0755), 0);
  }
  uid_t owner(const std::string& name) const { return status_of(path_ + name).st_uid; }
};

TEST_F(GivenFolderTest, RootsFolderAndPlainFilesAreGiven) {
  std::ofstream(path_ + "/serials") << "example.com. 64\n";
  std::ofstream(path_ + "/zone_copies") << "";
  std::ofstream(path_ + "/notes") << "somebody else's";
  ASSERT_TRUE(give_state_folder(path_, kSomebody, kTheirs));
  EXPECT_EQ(owner(""), kSomebody);
  EXPECT_EQ(status_of(path_).st_gid, kTheirs);
  EXPECT_EQ(owner("/serials"), kSomebody);
  EXPECT_EQ(owner("/zone_copies"), kSomebody);
  EXPECT_EQ(owner("/notes"), 0U);
}

/// Without the right to give files away, as on a disk that is read-only.
TEST_F(GivenFolderTest, WhatCannotBeGivenIsSaid) {
  const WithoutCapability capability(CAP_CHOWN);
  const CapturedLog log;
  ASSERT_TRUE(give_state_folder(path_, kSomebody, kTheirs));
  EXPECT_EQ(owner(""), 0U);
  EXPECT_EQ(log.text(), "warning: cannot give " + path_ +
                            " to the user of server.user: Operation not permitted\n");
}

TEST_F(GivenFolderTest, AMissingFolderIsMade) {
  ASSERT_TRUE(give_state_folder(path_ + "/deep/down", kSomebody, kTheirs));
  EXPECT_EQ(owner("/deep"), 0U);
  EXPECT_EQ(owner("/deep/down"), kSomebody);
}

TEST_F(GivenFolderTest, NothingElseIsGivenWhateverStandsThere) {
  for (const std::string kind : kKinds) {
    for (const char* name : {"serials", "overrides", "health", "lock"}) plant(kind, name);
    ASSERT_TRUE(give_state_folder(path_, kSomebody, kTheirs)) << kind;
    EXPECT_EQ(status_of(victim_).st_uid, 0U) << kind;
    for (const char* name : {"/serials", "/overrides"}) EXPECT_EQ(owner(name), 0U) << kind;
    expect_unharmed();
    fs::remove_all(path_);
    SetUp();
  }
}

/// Who owns the folder may have moved another file of root's into it.
TEST_F(GivenFolderTest, InSomebodysFolderNothingIsGiven) {
  ASSERT_EQ(::chown(path_.c_str(), kSomebody, kTheirs), 0);
  std::ofstream(path_ + "/serials") << "moved here";
  ASSERT_TRUE(give_state_folder(path_, kSomebody, kTheirs));
  EXPECT_EQ(owner("/serials"), 0U);
}

TEST_F(GivenFolderTest, AFolderThatOthersMayWriteToStaysRoots) {
  ASSERT_EQ(::chmod(path_.c_str(), 0777), 0);
  std::ofstream(path_ + "/serials") << "planted";
  ASSERT_TRUE(give_state_folder(path_, kSomebody, kTheirs));
  EXPECT_EQ(owner(""), 0U);
  EXPECT_EQ(owner("/serials"), 0U);
}

/// The way there leads through somebody's folder, who can have it lead elsewhere.
TEST_F(GivenFolderTest, AWayThatOthersCanChangeGivesNothing) {
  ASSERT_EQ(::chown(path_.c_str(), kSomebody, kTheirs), 0);
  ASSERT_TRUE(fs::create_directory(temporary_.path("precious")));
  ASSERT_EQ(::symlink(temporary_.path("precious").c_str(), (path_ + "/link").c_str()), 0);
  ASSERT_TRUE(give_state_folder(path_ + "/link", kSomebody, kTheirs));
  EXPECT_EQ(status_of(temporary_.path("precious")).st_uid, 0U);
  ASSERT_TRUE(fs::create_directory(path_ + "/roots"));
  ASSERT_TRUE(give_state_folder(path_ + "/roots", kSomebody, kTheirs));
  EXPECT_EQ(owner("/roots"), 0U);
}

TEST_F(GivenFolderTest, RootsOwnLinkIsFollowed) {
  ASSERT_EQ(::symlink("state", temporary_.path("link").c_str()), 0);
  ASSERT_TRUE(give_state_folder(temporary_.path("link"), kSomebody, kTheirs));
  EXPECT_EQ(owner(""), kSomebody);
}

TEST_F(GivenFolderTest, LinksInACircleAreAnError) {
  ASSERT_EQ(::symlink("two", temporary_.path("one").c_str()), 0);
  ASSERT_EQ(::symlink("one", temporary_.path("two").c_str()), 0);
  const auto opened = files::open_folder(temporary_.path("one"));
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().message.find("Too many levels"), std::string::npos);
}

}  // namespace
}  // namespace rollcall::store
