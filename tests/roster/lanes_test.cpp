/// How many probes are under way at once: those of programs are counted apart.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "roster/stage.hpp"

namespace rollcall::roster {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::SizeIs;

class Lanes : public testing::Test {
 protected:
  /// A pool of six programs and one of six connections.
  void configure(std::size_t max_probes, std::size_t max_programs) {
    PoolSpec plugins = pool_of("exec.a.b", {"plugin"});
    plugins.checks[0].how = health::ExecCheck{{"/bin/plugin"}};
    Configured event{.pools = {plugins, pool_of("web.a.b")},
                     .origins = {name_of("a.b")},
                     .max_probes = max_probes,
                     .max_programs = max_programs};
    step(event);
  }
  void load(const std::string& pools = "exec web") {
    std::string text;
    std::vector<std::string> names;
    for (const std::string name : {"exec", "web"}) {
      if (pools.find(name) == std::string::npos) continue;
      names.push_back(name + ".a.b");
      for (int i = 1; i <= 6; ++i) text += name + " A 192.0.2." + std::to_string(i) + "\n";
    }
    step(ZoneBuilt{build("a.b", text, names)});
  }
  void step(const Event& event) {
    stage_.step(event);
    for (const StartProbe& probe : std::exchange(stage_.probes, {})) {
      open_[probe.check->name].push_back(probe);
    }
  }
  void wait(Duration time) {
    stage_.now += time;
    step(Tick{});
  }
  /// The oldest of these probes ends.
  void end(const std::string& check) {
    const StartProbe probe = open_[check].front();
    open_[check].erase(open_[check].begin());
    step(ProbeDone{probe.probe, {.good = true, .reason = {}}});
  }

  Stage stage_;
  std::map<std::string, std::vector<StartProbe>> open_;
};

TEST_F(Lanes, ProgramsTakeNoPlaceOfOtherProbes) {
  configure(4, 2);
  load();
  wait(2s);
  EXPECT_THAT(open_["plugin"], SizeIs(2));
  EXPECT_THAT(open_["web"], SizeIs(4));
  for (int i = 0; i < 3; ++i) end("web");  // the programs hang
  EXPECT_THAT(open_["plugin"], SizeIs(2));
  EXPECT_THAT(open_["web"], SizeIs(3)) << "four of six, three have ended, and two have followed";
}

TEST_F(Lanes, ProgramsThatWaitStartInTheOrderInWhichTheyWereDue) {
  configure(100, 6);
  load();
  wait(2s);
  ASSERT_THAT(open_["plugin"], SizeIs(6));
  std::vector<std::uint64_t> due;
  for (const StartProbe& probe : open_["plugin"]) due.push_back(probe.probe.value);

  Stage other;
  std::swap(stage_, other);
  open_.clear();
  configure(100, 1);
  load();
  wait(2s);
  std::vector<std::uint64_t> started;
  while (started.size() < due.size()) {
    ASSERT_THAT(open_["plugin"], SizeIs(1));
    started.push_back(open_["plugin"][0].probe.value);
    end("plugin");
  }
  EXPECT_EQ(started, due) << "the same seed makes the same times";
}

TEST_F(Lanes, AForgottenProgramKeepsItsPlaceUntilItEnds) {
  configure(100, 2);
  load();
  wait(2s);
  ASSERT_THAT(open_["plugin"], SizeIs(2));
  load("web");  // the pool has gone
  load();
  wait(2s);
  EXPECT_THAT(open_["plugin"], SizeIs(2));
  end("plugin");
  EXPECT_THAT(open_["plugin"], SizeIs(2)) << "one has ended, another has begun";
  end("plugin");
  end("plugin");
  EXPECT_THAT(open_["plugin"], SizeIs(2));
}

}  // namespace
}  // namespace rollcall::roster
