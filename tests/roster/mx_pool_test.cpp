/// Pools of MX records: the exchanges' addresses are the members.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stage.hpp"
#include "told.hpp"

namespace rollcall::roster {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr const char* kTwoExchanges =
    "mail MX 10 mx1\nmail MX 20 mx2\nmx1 A 192.0.2.11\nmx1 AAAA 2001:db8::11\n"
    "mx2 A 192.0.2.12\n";

PoolSpec mail_pool() {
  PoolSpec pool = pool_of("mail.example.com", {"smtp"});
  pool.checks[0].how = health::TcpCheck{.tls = health::TlsOptions{}};  // verifies its name
  pool.records = PoolRecords::mx;
  return pool;
}

/// example.com with mail as a pool of MX records.
class MxPool : public testing::Test {
 protected:
  void serve(const std::string& tail, std::vector<PoolSpec> pools = {mail_pool()},
             const std::vector<std::string>& address_pools = {}) {
    stage_.configure(std::move(pools), {"example.com"});
    load(tail, address_pools);
    all(true);
  }
  void load(const std::string& tail, const std::vector<std::string>& address_pools = {}) {
    zone_ = build("example.com", tail, address_pools, {"mail.example.com"});
    step(ZoneBuilt{zone_});
  }
  void step(const Event& event) {
    stage_.step(event);
    keep();
  }
  void keep() {
    for (const Effect& effect : stage_.effects) {
      if (const auto* live = std::get_if<StoreLive>(&effect)) store(*live);
    }
  }
  /// Lets every member be probed, and answers: those in `dead_` badly, all others well.
  void round(std::string_view dead) {
    for (int i = 0; i < 12; ++i) {
      stage_.wait(1s);
      keep();
      for (const StartProbe& probe : std::exchange(stage_.probes, {})) {
        const bool good = !dead_.contains(probe.member.to_string()) && dead != "all";
        hosts_.insert(probe.host);
        step(ProbeDone{probe.probe, {good, good ? "" : "refused"}});
        for (const Effect& effect : stage_.effects) {
          if (const auto* told = std::get_if<Notice>(&effect)) told_.push_back(*told);
          if (const auto* asked = std::get_if<RestartService>(&effect)) {
            restarts_.push_back(asked->member.to_string() + " " + asked->service);
          }
        }
      }
    }
  }
  void all(bool good) { round(good ? "" : "all"); }
  void with_dead(std::set<std::string> dead) {
    dead_ = std::move(dead);
    told_.clear();
    round("");
  }

  /// The exchanges that are answered.
  std::vector<std::string> answered(const std::string& owner = "mail.example.com") const {
    std::vector<std::string> names;
    for (const zone::WatchedRrset& rrset : zone_->watched()) {
      if (rrset.owner != name_of(owner) || rrset.type != dns::Type::MX) continue;
      const std::uint64_t mask = zone_->watch_table().mask(rrset.id.value);
      for (std::size_t i = 0; i < rrset.records.size(); ++i) {
        if ((mask >> i & 1) != 0) names.push_back(rrset.records[i].exchange->to_display());
      }
    }
    return names;
  }
  std::vector<std::string> members() const {
    std::vector<std::string> lines;
    for (const PoolStatus& pool : stage_.roster->status(stage_.now).pools) {
      if (pool.records != PoolRecords::mx) continue;
      for (const MemberStatus& member : pool.members) {
        lines.push_back(member.exchange + " " + member.address.to_string() +
                        (member.observed == State::down ? " down" : "") +
                        (member.live ? " live" : ""));
      }
    }
    return lines;
  }
  std::uint32_t serial() const { return zone_->watch_table().serial(); }

  Stage stage_;
  ZonePtr zone_;
  std::set<std::string> dead_;
  std::set<std::string> hosts_;
  std::vector<Notice> told_;
  std::vector<std::string> restarts_;
};

TEST_F(MxPool, MembersAreTheAddressesOfTheExchanges) {
  serve(kTwoExchanges);
  EXPECT_THAT(members(), UnorderedElementsAre("mx1.example.com 192.0.2.11 live",
                                              "mx1.example.com 2001:db8::11 live",
                                              "mx2.example.com 192.0.2.12 live"));
  EXPECT_THAT(hosts_, ElementsAre("mx1.example.com", "mx2.example.com"));
  EXPECT_THAT(answered(), ElementsAre("mx1.example.com", "mx2.example.com"));
}

TEST_F(MxPool, ADeadExchangeLeavesAndReturnsUnderANewSerial) {
  serve(kTwoExchanges);
  const std::uint32_t before = serial();
  with_dead({"192.0.2.12"});
  EXPECT_THAT(answered(), ElementsAre("mx1.example.com"));
  EXPECT_EQ(serial(), before + 1);
  EXPECT_THAT(told_, ElementsAre(is_told({.kind = NoticeKind::dropped,
                                          .name = "mail.example.com",
                                          .member = "192.0.2.12",
                                          .exchange = "mx2.example.com",
                                          .reason = "refused"},
                                         is(Fate::left_out))));
  with_dead({});
  EXPECT_THAT(answered(), ElementsAre("mx1.example.com", "mx2.example.com"));
  EXPECT_EQ(serial(), before + 2);
  EXPECT_THAT(told_, ElementsAre(is_told({.kind = NoticeKind::returned,
                                          .name = "mail.example.com",
                                          .member = "192.0.2.12",
                                          .exchange = "mx2.example.com"},
                                         is(Fate::answered))));
}

TEST_F(MxPool, AnExchangeServesWhileOneOfItsAddressesDoes) {
  serve(kTwoExchanges);
  const std::uint32_t before = serial();
  with_dead({"192.0.2.11"});
  EXPECT_THAT(answered(), ElementsAre("mx1.example.com", "mx2.example.com"));
  EXPECT_EQ(serial(), before) << "no answer has changed";
  EXPECT_THAT(told_, ElementsAre(is_told({.kind = NoticeKind::dropped,
                                          .name = "mail.example.com",
                                          .member = "192.0.2.11",
                                          .exchange = "mx1.example.com",
                                          .reason = "refused"},
                                         is(Fate::exchange_stays))));
  with_dead({"192.0.2.11", "2001:db8::11"});
  EXPECT_THAT(answered(), ElementsAre("mx2.example.com"));
}

TEST_F(MxPool, AllDownIsUpToThePool) {
  serve(kTwoExchanges);
  all(false);
  EXPECT_THAT(answered(), ElementsAre("mx1.example.com", "mx2.example.com"));
  EXPECT_TRUE(stage_.roster->status(stage_.now).pools.at(0).failed_open);
  PoolSpec closed = mail_pool();
  closed.when_all_down = WhenAllDown::fail_closed;
  stage_.configure({closed}, {"example.com"});
  step(ZoneUnchanged{name_of("example.com")});
  EXPECT_THAT(answered(), IsEmpty());
}

TEST_F(MxPool, AnExchangeThatCannotBeProbedStays) {
  serve(std::string(kTwoExchanges) + "mail MX 30 backup.example.net.\nmail MX 40 nowhere\n");
  EXPECT_EQ(members().size(), 5U) << "an operator can drain these two";
  all(false);
  EXPECT_THAT(answered(), ElementsAre("backup.example.net", "nowhere.example.com"));
  EXPECT_FALSE(stage_.roster->status(stage_.now).pools.at(0).failed_open);
}

TEST_F(MxPool, AnExchangeThatIsAPoolFollowsItToo) {
  PoolSpec web = pool_of("mx1.example.com", {"tls"});
  serve(kTwoExchanges, {mail_pool(), web}, {"mx1.example.com"});
  for (int i = 0; i < 12; ++i) {
    stage_.wait(1s);
    for (const StartProbe& probe : std::exchange(stage_.probes, {})) {
      step(ProbeDone{probe.probe, {probe.check->name == "smtp", "refused"}});
    }
  }
  EXPECT_THAT(answered(), ElementsAre("mx2.example.com"));
}

TEST_F(MxPool, RestartsAreAskedOfTheAddress) {
  PoolSpec pool = mail_pool();
  pool.restart = "postfix";
  pool.restart_delay = 0s;
  pool.exchanges[name_of("MX2.example.com")].restart = "exim";
  pool.members[address_of("2001:db8::11")].restart = "";
  serve(kTwoExchanges, {pool});
  with_dead({"192.0.2.11", "2001:db8::11", "192.0.2.12"});
  step(AgentReplied{RestartId{1}, false, "no"});
  round("");  // the next one is probed before its agent is asked
  EXPECT_THAT(restarts_, UnorderedElementsAre("192.0.2.11 postfix", "192.0.2.12 exim"));
}

TEST_F(MxPool, AReloadKeepsTheHealthOfExchangesThatStay) {
  serve(kTwoExchanges);
  with_dead({"192.0.2.12"});
  load("mail MX 10 mx2\nmail MX 20 mx3\nmx2 A 192.0.2.12\nmx3 A 192.0.2.12\n");
  EXPECT_THAT(answered(), ElementsAre("mx3.example.com")) << "mx3 is new: its health is unknown";
  EXPECT_THAT(members(), UnorderedElementsAre("mx2.example.com 192.0.2.12 down",
                                              "mx3.example.com 192.0.2.12 live"));
}

TEST_F(MxPool, SavedHealthKeepsADeadExchangeOut) {
  SavedState saved;
  for (const char* address : {"192.0.2.11", "2001:db8::11", "192.0.2.12"}) {
    saved.health.members.push_back({name_of("mail.example.com"), address_of(address), "smtp",
                                    std::string_view(address) != "192.0.2.12"});
  }
  stage_ = Stage(std::move(saved));
  stage_.configure({mail_pool()}, {"example.com"});
  load(kTwoExchanges);
  EXPECT_THAT(answered(), ElementsAre("mx1.example.com"));
}

TEST_F(MxPool, AnExchangeInAnotherZoneIsFoundThere) {
  stage_.configure({mail_pool()}, {"example.com", "example.net", "deep.example.net"});
  load("mail MX 10 mx.example.net.\nmail MX 20 mx.deep.example.net.\n");
  EXPECT_THAT(members(), UnorderedElementsAre("mx.example.net 0.0.0.0 live",
                                              "mx.deep.example.net 0.0.0.0 live"))
      << "the other zones are not loaded yet: only operators decide";
  stage_.wait(1s);
  EXPECT_THAT(stage_.probes, IsEmpty());
  step(ZoneBuilt{build("example.net", "mx A 192.0.2.21\nmx.deep A 192.0.2.99\n", {})});
  step(ZoneBuilt{build("deep.example.net", "mx A 192.0.2.22\n", {})});
  EXPECT_THAT(members(), UnorderedElementsAre("mx.example.net 192.0.2.21 live",
                                              "mx.deep.example.net 192.0.2.22 live"));
  with_dead({"192.0.2.22"});
  EXPECT_THAT(answered(), ElementsAre("mx.example.net"));
  // The other zone's file moves the exchange: what was known of its old address is gone.
  step(ZoneBuilt{build("deep.example.net", "mx A 192.0.2.23\n", {})});
  EXPECT_THAT(answered(), ElementsAre("mx.example.net", "mx.deep.example.net"));
  EXPECT_THAT(members(), UnorderedElementsAre("mx.example.net 192.0.2.21 live",
                                              "mx.deep.example.net 192.0.2.23 live"));
}

TEST_F(MxPool, AnotherZonesFileBringsNoNewConfigurationWithIt) {
  stage_.configure({mail_pool()}, {"example.com", "example.net"});
  load("mail MX 10 mx.example.net.\n");
  step(ZoneBuilt{build("example.net", "mx A 192.0.2.21\n", {})});
  stage_.configure({}, {"example.com", "example.net"});
  step(ZoneBuilt{build("example.net", "mx A 192.0.2.22\n", {})});
  EXPECT_THAT(members(), ElementsAre("mx.example.net 192.0.2.22 live"));
  step(ZoneUnchanged{name_of("example.com")});
  EXPECT_THAT(members(), IsEmpty());
}

/// A name may move into a zone of its own whose file is loaded first.
TEST_F(MxPool, ANameThatMovesToAnotherZoneIsAPoolOfEach) {
  const PoolSpec web = pool_of("www.sub.example.com");
  const std::string text = "mail MX 10 mx1\nmx1 A 192.0.2.11\n";
  const std::string pool = "A 192.0.2.31\nwww.sub A 192.0.2.32\n";
  stage_.configure({mail_pool(), web}, {"example.com"});
  load(text + "www.sub " + pool, {"www.sub.example.com"});
  all(true);
  with_dead({"192.0.2.31"});
  const zone::Zone& old = *zone_;
  const auto mask_of = [](const zone::Zone& zone, std::string_view name) {
    for (const zone::WatchedRrset& set : zone.watched()) {
      if (set.owner == name_of(name)) return zone.watch_table().mask(set.id.value);
    }
    return std::uint64_t{0};
  };
  ASSERT_EQ(mask_of(old, "www.sub.example.com"), 2U);
  stage_.configure({mail_pool(), web}, {"sub.example.com", "example.com"});
  const ZonePtr sub =
      build("sub.example.com", "www A 192.0.2.31\nwww A 192.0.2.32\n", {"www.sub.example.com"});
  step(ZoneBuilt{sub});
  EXPECT_EQ(mask_of(old, "www.sub.example.com"), 2U) << "what was known there is kept";
  with_dead({"192.0.2.31"});
  EXPECT_EQ(mask_of(*sub, "www.sub.example.com"), 2U);
  load(text);
  step(ZoneUnchanged{name_of("sub.example.com")});
  EXPECT_EQ(mask_of(*sub, "www.sub.example.com"), 2U) << "a reload keeps it";
}

}  // namespace
}  // namespace rollcall::roster
