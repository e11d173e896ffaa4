#include "server/state_store.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "temporary_folder.hpp"

namespace rollcall::server {
namespace {

using namespace std::chrono_literals;

constexpr WallTime kNow{1'795'348'800s};

dns::Name name_of(std::string_view text) {
  return *dns::Name::parse(text);
}

/// A state folder of the test's own.
class StateStoreTest : public testing::Test {
 protected:
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ + "/" + name) << text;
  }

  TemporaryFolder temporary_;
  const std::string folder_ = temporary_.path();
};

TEST_F(StateStoreTest, TheLastLineOfAZoneCounts) {
  {
    auto store = StateStore::open(folder_);
    ASSERT_TRUE(store && store->load(kNow));
    ASSERT_TRUE(store->keep_serial(name_of("Example.com"), 64));
    ASSERT_TRUE(store->keep_serial(name_of("example.org"), 5));
    ASSERT_TRUE(store->keep_serial(name_of("example.com"), 128));
  }
  auto store = StateStore::open(folder_);
  const auto saved = store->load(kNow);
  ASSERT_TRUE(saved);
  EXPECT_EQ(saved->serial_ceilings.at(name_of("example.com")), 128U);
  EXPECT_EQ(saved->serial_ceilings.at(name_of("example.org")), 5U);
}

TEST_F(StateStoreTest, BelongsToOneServer) {
  const auto first = StateStore::open(folder_);
  ASSERT_TRUE(first);
  const auto second = StateStore::open(folder_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().message, "another server uses state_dir " + folder_);
}

TEST_F(StateStoreTest, ForeignLinesAreAnErrorAndATornOneIsNot) {
  for (const char* text :
       {"\n", "example.com\n", "example.com 1 2\n", "example.com x\n", "a..b 1\n"}) {
    write("serials", text);
    auto store = StateStore::open(folder_);
    const auto saved = store->load(kNow);
    ASSERT_FALSE(saved) << text;
    EXPECT_NE(saved.error().message.find("none of mine"), std::string::npos);
  }
  write("serials", "example.com 7\nexample.com 71");
  auto store = StateStore::open(folder_);
  const auto saved = store->load(kNow);
  ASSERT_TRUE(saved);
  EXPECT_EQ(saved->serial_ceilings.at(name_of("example.com")), 7U);
}

/// A disk that fills up in the middle of a line.
TEST_F(StateStoreTest, AHalfWrittenLineIsTakenBack) {
  {
    auto store = StateStore::open(folder_);
    ASSERT_TRUE(store && store->load(kNow));
    ASSERT_TRUE(store->keep_serial(name_of("example.com"), 64));
    rlimit whole{};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &whole), 0);
    const rlimit full{20, whole.rlim_max};  // "example.com. 64\n" has 16 octets
    const auto before = std::signal(SIGXFSZ, SIG_IGN);
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &full), 0);
    const auto failed = store->keep_serial(name_of("example.com"), 128);
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &whole), 0);
    std::signal(SIGXFSZ, before);
    EXPECT_FALSE(failed);
    ASSERT_TRUE(store->keep_serial(name_of("example.com"), 192));
  }
  auto store = StateStore::open(folder_);
  const auto saved = store->load(kNow);
  ASSERT_TRUE(saved) << saved.error().message;
  EXPECT_EQ(saved->serial_ceilings.size(), 1U);
  EXPECT_EQ(saved->serial_ceilings.at(name_of("example.com")), 192U);
}

TEST_F(StateStoreTest, IsGivenToAUser) {
  auto store = StateStore::open(folder_);
  ASSERT_TRUE(store && store->load(kNow));
  EXPECT_TRUE(store->give_to(::geteuid(), ::getegid()));  // there is no health file yet
  std::filesystem::remove_all(folder_);
  std::ofstream(folder_) << "a file where the folder was";
  const auto given = store->give_to(::geteuid(), ::getegid());
  ASSERT_FALSE(given);
  EXPECT_NE(given.error().message.find("cannot give away"), std::string::npos);
}

TEST_F(StateStoreTest, HealthIsReadBackWhileItIsFresh) {
  roster::SavedHealth health;
  health.members.push_back(
      {name_of("www.example.com"), *IpAddress::parse("192.0.2.1"), "web", true});
  health.members.push_back(
      {name_of("www.example.com"), *IpAddress::parse("2001:db8::1"), "web", false});
  auto store = StateStore::open(folder_);
  ASSERT_TRUE(store && store->load(kNow));
  ASSERT_TRUE(store->save_health(health, kNow));
  EXPECT_EQ(store->load(kNow)->health, health);
  for (roster::SavedMember& member : health.members) member.age = 10min;
  EXPECT_EQ(store->load(kNow + 10min)->health, health);
  EXPECT_EQ(store->load(kNow + 10min + 1ms)->health, roster::SavedHealth{});
  EXPECT_EQ(store->load(kNow - 1ms)->health, roster::SavedHealth{});
  write("health", "nonsense\n\n");
  EXPECT_EQ(store->load(kNow)->health, roster::SavedHealth{});
  std::filesystem::remove(folder_ + "/health");
  std::filesystem::create_directory(folder_ + "/health");
  EXPECT_EQ(store->load(kNow)->health, roster::SavedHealth{});
}

TEST(SavedHealth, WitnessesAreKeptHoweverOldTheyAre) {
  const roster::SavedHealth health{
      .members = {{name_of("www.example.com"), *IpAddress::parse("192.0.2.1"), "web", true}},
      .witnesses = {{*IpAddress::parse("2001:db8::1"), "my ping"}}};
  const std::string text = format_health(health, kNow);
  EXPECT_EQ(parse_health(text, kNow), health);
  const auto later = parse_health(text, kNow + 11min);
  ASSERT_TRUE(later);
  EXPECT_TRUE(later->members.empty());
  EXPECT_EQ(later->witnesses, health.witnesses);
}

TEST(SavedHealth, ACheckMayHaveBlanksInItsName) {
  const roster::SavedHealth health{
      {{name_of("www.example.com"), *IpAddress::parse("192.0.2.1"), "my  own check ", true},
       {name_of("www.example.com"), *IpAddress::parse("192.0.2.1"), "web", false}}};
  EXPECT_EQ(parse_health(format_health(health, kNow), kNow), health);
}

TEST(SavedHealth, EachMemberHasAnAgeOfItsOwn) {
  const dns::Name www = name_of("www.example.com");
  const IpAddress address = *IpAddress::parse("192.0.2.1");
  const roster::SavedHealth health{
      {{.pool = www, .address = address, .check = "a", .up = true},
       {.pool = www, .address = address, .check = "b", .up = true, .kept_back = true},
       {.pool = www, .address = address, .check = "c", .up = false, .age = 4min}}};
  const std::string text = format_health(health, kNow);
  EXPECT_EQ(parse_health(text, kNow), health);
  roster::SavedHealth later = health;
  later.members.pop_back();
  for (roster::SavedMember& member : later.members) member.age = 7min;
  EXPECT_EQ(parse_health(text, kNow + 7min), later);
}

TEST(SavedHealth, ADamagedLineIsNamed) {
  const auto error = [](const std::string& text) {
    const auto health = parse_health(text, kNow);
    return health ? "none" : health.error().message;
  };
  const std::string head = format_health({}, kNow);
  EXPECT_EQ(error(head), "none");
  EXPECT_EQ(error(""), "it is empty");
  EXPECT_EQ(error("saved"), "line 1 has no end");
  EXPECT_EQ(error("\xff\x01\n"), "line 1 is not \"saved UNIX-MILLISECONDS\" but \"??\"");
  for (const char* time : {"now", "-1", "9000000000001", "-16651395270709551"}) {
    EXPECT_EQ(error(std::string("saved ") + time + "\n"),
              std::string("line 1 is not \"saved UNIX-MILLISECONDS\" but \"saved ") + time + "\"");
  }
  for (const char* line : {"", "upp www.example.com. 192.0.2.1 web", "up www.example.com.",
                           "up www.example.com. 192.0.2.1", "up www.example.com. 192.0.2.1 ",
                           "up www.example.com. 192.0.2 web", "up a..b 192.0.2.1 web"}) {
    EXPECT_EQ(
        error(head + "down www.example.com. 192.0.2.1 web\n" + line + "\n"),
        std::string("line 3 is not \"up|down|kept POOL ADDRESS CHECK\" but \"") + line + "\"");
  }
}

TEST_F(StateStoreTest, OverridesAreReadBackWithWhatIsLeftOfThem) {
  roster::SavedOverrides said;
  said.members.push_back({name_of("www.example.com"), *IpAddress::parse("192.0.2.1"), "",
                          roster::OverrideKind::drained, 30min, "new disk, then reboot"});
  said.members.push_back({name_of("example.com"), *IpAddress::parse("2001:db8::1"),
                          "mx1.example.com", roster::OverrideKind::forced_up, std::nullopt, ""});
  said.normal = true;
  said.normal_left = 10min;
  auto store = StateStore::open(folder_);
  ASSERT_TRUE(store && store->load(kNow));
  ASSERT_TRUE(store->save_overrides(said, kNow));
  EXPECT_EQ(store->load(kNow)->overrides, said);

  const auto later = store->load(kNow + 10min)->overrides;
  EXPECT_FALSE(later.normal);
  ASSERT_EQ(later.members.size(), 2U);
  EXPECT_EQ(later.members[0].left, 20min);
  EXPECT_EQ(store->load(kNow + 30min)->overrides.members.size(), 1U) << "what has ended is gone";
}

TEST_F(StateStoreTest, AnOverrideThatIsOverStaysSoThoughTheCalendarIsSetBack) {
  roster::SavedOverrides said;
  for (const Duration left : {Duration(10min), Duration(1h)}) {
    said.members.push_back({name_of("www.example.com"), *IpAddress::parse("192.0.2.1"), "",
                            roster::OverrideKind::drained, left, ""});
  }
  said.normal = true;
  said.normal_left = 5min;
  auto store = StateStore::open(folder_);
  ASSERT_TRUE(store && store->load(kNow));
  ASSERT_TRUE(store->save_overrides(said, kNow));
  ASSERT_TRUE(store->load(kNow + 20min));
  const auto set_back = store->load(kNow)->overrides;
  EXPECT_FALSE(set_back.normal);
  ASSERT_EQ(set_back.members.size(), 1U);
  EXPECT_EQ(set_back.members[0].left, Duration(1h));
}

TEST_F(StateStoreTest, ForeignOverridesAreAnError) {
  for (const char* text : {
           "\n",
           "nonsense\n",
           "auto www.example.com. 192.0.2.1 - - \n",
           "drained a..b 192.0.2.1 - - \n",
           "drained www.example.com. 192.0.2 - - \n",
           "drained www.example.com. 192.0.2.1\n",
           "drained www.example.com. 192.0.2.1 - soon \n",
           "drained www.example.com. 192.0.2.1 - -5 \n",
           "drained www.example.com. 192.0.2.1 - 99999999999999999 \n",
           "drained www.example.com. 192.0.2.1 - - no end",
           "normal\n",
           "normal on\n",
       }) {
    write("overrides", text);
    auto store = StateStore::open(folder_);
    const auto saved = store->load(kNow);
    ASSERT_FALSE(saved) << text;
    EXPECT_NE(saved.error().message.find("overrides holds a line that is none of mine"),
              std::string::npos)
        << saved.error().message;
  }
}

}  // namespace
}  // namespace rollcall::server
