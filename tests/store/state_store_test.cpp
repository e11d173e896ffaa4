#include "store/state_store.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "captured_log.hpp"
#include "saved_state.hpp"
#include "state/sealed_text.hpp"
#include "temporary_folder.hpp"

namespace rollcall::store {
namespace {

using namespace std::chrono_literals;

/// A state folder of the test's own.
class StateStoreTest : public testing::Test {
 protected:
  StateStore open() const {
    auto folder = StateFolder::open(folder_);
    EXPECT_TRUE(folder) << folder.error().message;
    return StateStore(std::move(*folder));
  }
  /// What the next run of the server finds. The state, without a word of damage.
  pool::SavedState state(WallTime now = kNow) const {
    const LoadedState loaded = open().load(now);
    EXPECT_TRUE(loaded.problems.empty()) << loaded.problems.at(0);
    return loaded.state;
  }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ + "/" + name, std::ios::binary) << text;
  }
  std::string read(const std::string& name) const {
    std::ifstream file(folder_ + "/" + name);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void cut_at_line(const std::string& name, int lines) const {
    std::string text = read(name);
    std::size_t end = 0;
    for (int i = 0; i < lines; ++i) end = text.find('\n', end) + 1;
    write(name, text.substr(0, end));
  }

  TemporaryFolder temporary_;
  const std::string folder_ = temporary_.path();
};

TEST_F(StateStoreTest, TheLastWordOnAZoneCounts) {
  {
    StateStore store = open();
    ASSERT_TRUE(store.load(kNow).problems.empty());
    ASSERT_TRUE(store.keep_serials({{name_of("Example.com"), {64, {}}}}));
    ASSERT_TRUE(store.keep_serials({{name_of("example.org"), {5, "0123abcd"}}}));
    ASSERT_TRUE(store.keep_serials({{name_of("example.com"), {128, {}}}}));
  }
  const pool::SavedSerials kept = state().serials;
  EXPECT_EQ(kept, (pool::SavedSerials{{name_of("example.com"), {128, {}}},
                                      {name_of("example.org"), {5, "0123abcd"}}}));
}

TEST_F(StateStoreTest, SerialsThatAreCutOrEmptiedGoBackToNoOldOne) {
  {
    StateStore store = open();
    ASSERT_TRUE(store.keep_serials({{name_of("example.com"), {66, {}}}}));
    ASSERT_TRUE(store.keep_serials({{name_of("example.org"), {7, {}}}}));
  }
  for (const int lines : {0, 1, 2, 3}) {
    cut_at_line("serials", lines);
    LoadedState loaded = open().load(kNow);
    EXPECT_EQ(loaded.problems.size(), 1U) << lines;
    EXPECT_EQ(loaded.state.serials.at(name_of("example.com")).ceiling, 66U) << lines;
    EXPECT_EQ(loaded.state.serials.at(name_of("example.org")).ceiling, 7U) << lines;
    EXPECT_EQ(state().serials, loaded.state.serials) << "it is mended";
  }
}

TEST_F(StateStoreTest, OfTwoDamagedCopiesTheLaterSerialCounts) {
  {
    StateStore store = open();
    ASSERT_TRUE(store.keep_serials({{name_of("example.com"), {66, "0123"}}}));
  }
  write("serials", "serials 2\nexample.com. 66\nexample.org. 8\nexample.net. 1");
  write("serials.old", "serials 2\nexample.com. 130 abcd\n\xff\n");
  const LoadedState loaded = open().load(kNow);
  EXPECT_EQ(loaded.problems.size(), 1U);
  EXPECT_EQ(loaded.state.serials, (pool::SavedSerials{{name_of("example.com"), {130, {}}},
                                                      {name_of("example.org"), {8, {}}}}));
  EXPECT_EQ(state().serials, loaded.state.serials);
}

TEST_F(StateStoreTest, AnOlderServersSerialsAreRead) {
  write("serials", "example.com. 7\nexample.org. 1\nexample.com. 71\n");
  EXPECT_EQ(state().serials, (pool::SavedSerials{{name_of("example.com"), {71, {}}},
                                                 {name_of("example.org"), {1, {}}}}));
  // It wrote a line at a time: one without an end was not used yet, others it never wrote.
  for (const char* text : {"\n", "example.com\n", "example.com x\n", "a..b 1\n", "example.com 7"}) {
    write("serials", std::string("example.org. 1\n") + text);
    const LoadedState loaded = open().load(kNow);
    EXPECT_EQ(loaded.state.serials.size(), 1U) << text;
    ASSERT_EQ(loaded.problems.size(), 1U) << text;
    EXPECT_NE(loaded.problems[0].find("serials: 1 unrecognised line ignored; the first is \""),
              std::string::npos);
    std::filesystem::remove(folder_ + "/serials.old");
  }
}

TEST_F(StateStoreTest, HealthIsReadBackWhileItIsFresh) {
  pool::SavedHealth health;
  health.members.push_back(
      {name_of("www.example.com"), *IpAddress::parse("192.0.2.1"), "web", true});
  health.members.push_back(
      {name_of("www.example.com"), *IpAddress::parse("2001:db8::1"), "web", false});
  StateStore store = open();
  ASSERT_TRUE(store.save_health(health, kNow));
  EXPECT_EQ(store.load(kNow).state.health, health);
  for (pool::SavedMember& member : health.members) member.age = 10min;
  EXPECT_EQ(store.load(kNow + 10min).state.health, health);
  EXPECT_EQ(store.load(kNow + 10min + 1ms).state.health, pool::SavedHealth{});
  EXPECT_EQ(store.load(kNow - 1ms).state.health, pool::SavedHealth{});
  ASSERT_EQ(read("health").substr(0, 9), "health 2\n");
  for (const std::string& text : {std::string("nonsense\n\n"), read("health").substr(0, 40)}) {
    write("health", text);
    const CapturedLog log;
    EXPECT_EQ(store.load(kNow).state.health, pool::SavedHealth{});
    EXPECT_THAT(log.text(), testing::StartsWith("warning: " + folder_ + "/health: "));
    EXPECT_THAT(log.text(),
                testing::EndsWith(": saved health is not used, members are unknown until "
                                  "they are probed\n"));
    EXPECT_EQ(read("health.damaged"), text);
    std::filesystem::remove(folder_ + "/health.damaged");
  }
  std::filesystem::create_directory(folder_ + "/health");
  const LoadedState loaded = store.load(kNow);
  EXPECT_EQ(loaded.state.health, pool::SavedHealth{});
  EXPECT_TRUE(loaded.problems.empty()) << "nobody need be woken for it";
  ASSERT_TRUE(store.save_health(health, kNow));
  EXPECT_EQ(store.load(kNow).state.health.members.size(), 2U);
}

TEST(SavedHealth, WitnessesAreKeptHoweverOldTheyAre) {
  const pool::SavedHealth health{
      .members = {{name_of("www.example.com"), *IpAddress::parse("192.0.2.1"), "web", true}},
      .witnesses = {{*IpAddress::parse("2001:db8::1"), "my ping"}}};
  const std::string text = state::format_health(health, kNow);
  EXPECT_EQ(state::parse_health(text, kNow), health);
  const auto later = state::parse_health(text, kNow + 11min);
  ASSERT_TRUE(later);
  EXPECT_TRUE(later->members.empty());
  EXPECT_EQ(later->witnesses, health.witnesses);
}

TEST(SavedHealth, ACheckMayHaveBlanksInItsName) {
  const pool::SavedHealth health{
      {{name_of("www.example.com"), *IpAddress::parse("192.0.2.1"), "my  own check ", true},
       {name_of("www.example.com"), *IpAddress::parse("192.0.2.1"), "web", false}}};
  EXPECT_EQ(state::parse_health(state::format_health(health, kNow), kNow), health);
}

TEST(SavedHealth, EachMemberHasAnAgeOfItsOwn) {
  const dns::Name www = name_of("www.example.com");
  const IpAddress address = *IpAddress::parse("192.0.2.1");
  const pool::SavedHealth health{
      {{.pool = www, .address = address, .check = "a", .up = true},
       {.pool = www, .address = address, .check = "b", .up = true, .kept_back = true},
       {.pool = www, .address = address, .check = "c", .up = false, .age = 4min}}};
  const std::string text = state::format_health(health, kNow);
  EXPECT_EQ(state::parse_health(text, kNow), health);
  pool::SavedHealth later = health;
  later.members.pop_back();
  for (pool::SavedMember& member : later.members) member.age = 7min;
  EXPECT_EQ(state::parse_health(text, kNow + 7min), later);
}

TEST(SavedHealth, ADamagedLineIsNamed) {
  const auto error = [](const std::string& text) {
    const auto health = state::parse_health(text, kNow);
    return health ? "none" : health.error().message;
  };
  const std::string head = state::format_health({}, kNow);
  EXPECT_EQ(error(head), "none");
  EXPECT_EQ(error(""), "empty");
  EXPECT_EQ(error("saved"), "line 1 is incomplete");
  EXPECT_EQ(error("\xff\x01\n"), "line 1 is not \"saved UNIX-MILLISECONDS\" but \"\\xff\\x01\"");
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

class SavedOverridesTest : public StateStoreTest {
 protected:
  SavedOverridesTest() {
    said_.members.push_back({name_of("www.example.com"), *IpAddress::parse("192.0.2.1"), "",
                             pool::OverrideKind::drained, 30min, "new disk, then reboot"});
    said_.members.push_back({name_of("example.com"), *IpAddress::parse("2001:db8::1"),
                             "mx1.example.com", pool::OverrideKind::forced_up, std::nullopt, ""});
    said_.normal = true;
    said_.normal_left = 10min;
  }
  void save() const { ASSERT_TRUE(open().save_overrides(said_, kNow)); }

  pool::SavedOverrides said_;
};

TEST_F(SavedOverridesTest, AreReadBackWithWhatIsLeftOfThem) {
  save();
  EXPECT_EQ(state().overrides, said_);
  const auto later = state(kNow + 10min).overrides;
  EXPECT_FALSE(later.normal);
  ASSERT_EQ(later.members.size(), 2U);
  EXPECT_EQ(later.members[0].left, 20min);
  EXPECT_EQ(state(kNow + 30min).overrides.members.size(), 1U) << "what has ended is gone";
}

TEST_F(SavedOverridesTest, WhatIsOverStaysSoThoughTheCalendarIsSetBack) {
  said_.members[1].left = 1h;
  said_.normal_left = 5min;
  save();
  state(kNow + 20min);
  const auto set_back = state(kNow).overrides;
  EXPECT_FALSE(set_back.normal);
  ASSERT_EQ(set_back.members.size(), 2U);
  EXPECT_EQ(set_back.members[0].left, Duration(10min)) << "what was left, not 30 minutes again";
}

TEST_F(SavedOverridesTest, ACalendarThatIsSetBackMakesNoDrainLonger) {
  save();
  const auto back = state(kNow - 24h * 400).overrides;
  EXPECT_EQ(back, said_);
  EXPECT_EQ(state(kNow - 24h * 400 + 10min).overrides.members[0].left, Duration(20min))
      << "counted by the calendar as it is now";
}

TEST_F(SavedOverridesTest, AnOlderServersFileIsRead) {
  write("overrides",
        "normal 1795349400000\n"
        "drained www.example.com. 192.0.2.1 - 1795350600000 new disk, then reboot\n"
        "forced-up example.com. 2001:db8::1 mx1.example.com - \n");
  EXPECT_EQ(state().overrides, said_);
}

TEST_F(SavedOverridesTest, LinesThatCanBeReadHoldWhereNoCopyIsGood) {
  save();
  cut_at_line("overrides", 2);
  write("overrides.old", "");
  LoadedState loaded = open().load(kNow);
  EXPECT_TRUE(loaded.state.overrides.normal);
  EXPECT_TRUE(loaded.state.overrides.members.empty());
  EXPECT_EQ(loaded.problems.size(), 2U);
  said_.normal = false;
  said_.normal_left.reset();
  save();
  write("overrides", read("overrides") + "nonsense\n");
  cut_at_line("overrides.old", 1);
  loaded = open().load(kNow);
  EXPECT_EQ(loaded.state.overrides, said_);
  EXPECT_EQ(state().overrides, said_) << "it is mended";
}

TEST_F(SavedOverridesTest, ForeignLinesAreLeftOutAndSaid) {
  for (const char* line : {
           "",
           "nonsense",
           "auto www.example.com. 192.0.2.1 - - ",
           "drained a..b 192.0.2.1 - - ",
           "drained www.example.com. 192.0.2 - - ",
           "drained www.example.com. 192.0.2.1",
           "drained www.example.com. 192.0.2.1 - soon ",
           "drained www.example.com. 192.0.2.1 - -5 ",
           "drained www.example.com. 192.0.2.1 - 99999999999999999 ",
           "drained www.example.com. 192.0.2.1 - 1795349400000+ ",
           "drained www.example.com. 192.0.2.1 - 1795349400000+-1 ",
           "normal",
           "normal on",
       }) {
    write("overrides", std::string(line) + "\ndrained www.example.com. 192.0.2.7 - - good\n");
    const LoadedState loaded = open().load(kNow);
    ASSERT_EQ(loaded.problems.size(), 1U) << line;
    EXPECT_NE(loaded.problems[0].find("overrides: 1 unrecognised line ignored; the first is \"" +
                                      std::string(line) + "\""),
              std::string::npos)
        << loaded.problems[0];
    ASSERT_EQ(loaded.state.overrides.members.size(), 1U) << line;
    EXPECT_EQ(loaded.state.overrides.members[0].reason, "good");
    std::filesystem::remove(folder_ + "/overrides.old");
  }
}

TEST_F(StateStoreTest, TransfersAreReadBack) {
  pool::SavedTransfers saved;
  saved[name_of("a.example")] = {kNow - 1min, kNow + 2h};
  saved[name_of("b.example")] = {kNow - 3h, kNow - 1min};
  ASSERT_TRUE(open().save_transfers(saved));
  EXPECT_EQ(state().transfers, saved);
}

TEST_F(StateStoreTest, RestartsAreReadBackWithTheirAge) {
  const std::vector<pool::SavedRestart> asked{
      {name_of("www.example.com"), *IpAddress::parse("192.0.2.1"), "", 2min},
      {name_of("example.com"), *IpAddress::parse("192.0.2.2"), "mx1.example.com", 0s}};
  ASSERT_TRUE(open().save_restarts(asked, kNow));
  EXPECT_EQ(state().restarts, asked);
  EXPECT_EQ(state(kNow + 1min).restarts[0].age, Duration(3min));
  EXPECT_EQ(state(kNow - 24h).restarts[0].age, Duration(0s)) << "the calendar was set back";
  ASSERT_TRUE(open().save_restarts({{asked[0].pool, asked[0].address, "", 1500us}}, kNow));
  EXPECT_EQ(state().restarts[0].age, Duration(1ms)) << "never older than it is";
}

/// A disk on which nothing can be written.
TEST_F(StateStoreTest, WhatCannotBeWrittenIsSaidAndReadAllTheSame) {
  write("overrides", "drained www.example.com. 192.0.2.7 - 1795349400000 good\n");
  std::filesystem::create_directory(folder_ + "/overrides.new");
  std::filesystem::create_directory(folder_ + "/overrides.new/full");
  for (int i = 1; i <= 9; ++i) {
    const std::string aside =
        folder_ + "/overrides.new.damaged" + (i == 1 ? "" : "." + std::to_string(i));
    std::filesystem::create_directory(aside);
    std::filesystem::create_directory(aside + "/full");
  }
  const LoadedState loaded = open().load(kNow);
  EXPECT_EQ(loaded.state.overrides.members.size(), 1U);
  ASSERT_EQ(loaded.problems.size(), 1U);
  EXPECT_NE(loaded.problems[0].find("cannot remove"), std::string::npos) << loaded.problems[0];
}

}  // namespace
}  // namespace rollcall::store
