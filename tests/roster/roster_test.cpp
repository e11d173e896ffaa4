#include "roster/roster.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stage.hpp"
#include "told.hpp"

namespace rollcall::roster {
namespace {

using namespace std::chrono_literals;

constexpr const char* kRosterZone = R"($TTL 60
@ SOA ns root 1 2 3 4 5
@ NS ns
@ MX 10 www
@ MX 20 mail
ns A 192.0.2.250
mail A 192.0.2.25
www 1 A 192.0.2.1
www 1 A 192.0.2.2
www 1 AAAA 2001:db8::1
)";

/// One roster on a clock of the test's own. Probes are answered by hand.
class RosterTest : public testing::Test {
 protected:
  PoolSpec pool_{.name = name_of("www.example.com"),
                 .checks = {{.name = "web",
                             .port = 80,
                             .how = health::TcpCheck{},
                             .interval = 10s,
                             .fast_interval = 2s,
                             .rise = 1,
                             .fall = 1,
                             .jitter = 0}},
                 .restart = "apache",
                 .restart_delay = Duration::zero()};

  ZonePtr build(const std::string& text = kRosterZone) {
    const std::vector<dns::Name> pools{pool_.name};
    auto report = zone::load_zone({name_of("example.com"), "zone", pools},
                                  [&](const std::string&) -> Result<std::string> { return text; });
    EXPECT_TRUE(report.zone);
    return report.zone;
  }

  void start(SavedState saved = {}, const std::string& text = kRosterZone) {
    roster_ = std::make_unique<Roster>(std::move(saved), 1);
    step(Configured{{pool_}, {name_of("example.com")}});
    step(ZoneBuilt{build(text)});
  }

  void step(const Event& event) {
    for (Effect& effect : step_with_disk(*roster_, event, now_)) {
      if (const auto* probe = std::get_if<StartProbe>(&effect)) open_[probe->member] = probe->probe;
      if (const auto* live = std::get_if<StoreLive>(&effect)) store(*live);
      effects_.push_back(std::move(effect));
    }
  }

  void advance(Duration duration) {
    now_ += duration;
    step(Tick{});
  }

  /// Lets the time come at which the member is probed, and answers.
  void probe(std::string_view member, bool good) {
    const IpAddress address = address_of(member);
    for (int i = 0; i < 200 && !open_.contains(address); ++i) advance(100ms);
    ASSERT_TRUE(open_.contains(address)) << member << " is not probed";
    const RunId id = open_.at(address);
    open_.erase(address);
    step(ProbeDone{id, {good, good ? "" : "connection refused"}});
  }

  void first_round() {
    for (const char* member : {"192.0.2.1", "192.0.2.2", "2001:db8::1"}) probe(member, true);
  }

  template <class E>
  std::vector<E> take() {
    std::vector<E> found;
    std::erase_if(effects_, [&](Effect& effect) {
      E* wanted = std::get_if<E>(&effect);
      if (wanted) found.push_back(std::move(*wanted));
      return wanted != nullptr;
    });
    return found;
  }

  std::uint64_t mask(const ZonePtr& zone, dns::Type type) {
    for (const zone::WatchedRrset& rrset : zone->watched()) {
      if (rrset.type == type) return zone->watch_table().mask(rrset.id.value);
    }
    ADD_FAILURE() << "no watched RRset of that type";
    return 0;
  }

  Instant now_{};
  std::unique_ptr<Roster> roster_;
  std::vector<Effect> effects_;
  std::map<IpAddress, RunId> open_;
};

TEST_F(RosterTest, ServesAZoneAfterItsFirstRound) {
  start();
  probe("192.0.2.1", true);
  probe("192.0.2.2", true);
  for (const PublishZone& published : take<PublishZone>()) EXPECT_EQ(published.zone, nullptr);
  probe("2001:db8::1", true);
  const auto published = take<PublishZone>();
  ASSERT_EQ(published.size(), 1U);
  EXPECT_NE(published[0].zone, nullptr);
  EXPECT_EQ(take<SendNotify>().size(), 1U);
}

TEST_F(RosterTest, ServesAZoneAfterFiveSecondsWithoutARound) {
  start();
  take<PublishZone>();
  advance(4900ms);
  EXPECT_TRUE(take<PublishZone>().empty());
  advance(100ms);
  ASSERT_EQ(take<PublishZone>().size(), 1U);
}

TEST_F(RosterTest, ServesAtOnceWithSavedHealthAndKeepsTheDeadOut) {
  SavedState saved;
  for (const char* member : {"192.0.2.1", "192.0.2.2", "2001:db8::1"}) {
    saved.health.members.push_back(
        {pool_.name, address_of(member), "web", std::string_view(member) != "192.0.2.1"});
  }
  start(saved);
  const auto published = take<PublishZone>();
  ASSERT_EQ(published.size(), 2U);
  EXPECT_EQ(published[0].zone, nullptr) << "its serial is not on disk yet";
  ASSERT_NE(published[1].zone, nullptr);
  EXPECT_EQ(mask(published[1].zone, dns::Type::A), 0b10U);
}

TEST_F(RosterTest, CarriesADropIntoMaskSerialNotifyMailAndRestart) {
  start();
  first_round();
  const ZonePtr zone = take<PublishZone>().back().zone;
  take<SendNotify>();
  take<Notice>();
  now_ += 2s;
  probe("192.0.2.1", false);
  EXPECT_EQ(mask(zone, dns::Type::A), 0b10U);
  EXPECT_EQ(mask(zone, dns::Type::AAAA), 0b1U);
  EXPECT_EQ(zone->watch_table().serial(), 2U);
  const auto notified = take<SendNotify>();
  ASSERT_EQ(notified.size(), 1U);
  EXPECT_EQ(notified[0].serial, 2U);
  const auto told = take<Notice>();
  ASSERT_EQ(told.size(), 2U);
  EXPECT_TRUE(told[0].alert);
  EXPECT_THAT(told[0], is_told({.kind = NoticeKind::dropped,
                                .name = "www.example.com",
                                .member = "192.0.2.1",
                                .reason = "connection refused"}));
  EXPECT_EQ(told[1].kind, NoticeKind::restart_asked);
  const auto restart = take<RestartService>();
  ASSERT_EQ(restart.size(), 1U);
  EXPECT_EQ(restart[0].service, "apache");

  step(AgentReplied{restart[0].restart, true, "it took 0.1 s"});
  const auto done = take<Notice>();
  ASSERT_EQ(done.size(), 1U);
  EXPECT_EQ(done[0].kind, NoticeKind::restart_done);
  probe("192.0.2.1", true);
  EXPECT_EQ(mask(zone, dns::Type::A), 0b11U);
  EXPECT_EQ(take<Notice>().at(0).kind, NoticeKind::returned);
}

TEST_F(RosterTest, ProbesAtOnceWhenARestartIsDone) {
  start();
  first_round();
  probe("192.0.2.1", false);
  const auto restart = take<RestartService>();
  ASSERT_EQ(restart.size(), 1U);
  step(AgentReplied{restart[0].restart, true, {}});
  EXPECT_TRUE(open_.contains(address_of("192.0.2.1")));
}

TEST_F(RosterTest, GathersNotifiesIntoOneASecond) {
  start();
  first_round();
  advance(5s);
  take<SendNotify>();
  probe("192.0.2.1", false);
  probe("192.0.2.2", false);
  probe("192.0.2.1", true);
  advance(1s);
  const auto told = take<SendNotify>();
  ASSERT_FALSE(told.empty());
  EXPECT_EQ(told.back().serial, roster_->status(now_).zones.at(0).serial) << "the newest is told";
  EXPECT_LT(told.size(), 1U + 3U + 1U);
  advance(5s);
  EXPECT_TRUE(take<SendNotify>().empty()) << "nothing has changed since";
}

TEST_F(RosterTest, FollowersLeaveOutAPoolWithoutHealthyMembers) {
  start();
  first_round();
  const ZonePtr zone = take<PublishZone>().back().zone;
  const auto follower =
      std::ranges::find(zone->watched(), dns::Type::MX, &zone::WatchedRrset::type);
  ASSERT_NE(follower, zone->watched().end());
  const auto pool_bit = static_cast<unsigned>(
      std::ranges::find_if(follower->records, [](const auto& r) { return r.target.has_value(); }) -
      follower->records.begin());
  for (const char* member : {"192.0.2.1", "192.0.2.2", "2001:db8::1"}) probe(member, false);
  EXPECT_EQ(mask(zone, dns::Type::MX), 0b11U & ~(1U << pool_bit)) << "mail alone is left";
  EXPECT_EQ(mask(zone, dns::Type::A), 0b11U) << "the pool itself fails open";
  probe("192.0.2.2", true);
  EXPECT_EQ(mask(zone, dns::Type::MX), 0b11U);
}

TEST_F(RosterTest, FailsClosedWhereItIsTold) {
  pool_.when_all_down = WhenAllDown::fail_closed;
  start();
  first_round();
  const ZonePtr zone = take<PublishZone>().back().zone;
  for (const char* member : {"192.0.2.1", "192.0.2.2", "2001:db8::1"}) probe(member, false);
  EXPECT_EQ(mask(zone, dns::Type::A), 0U);
  EXPECT_EQ(mask(zone, dns::Type::AAAA), 0U);
  EXPECT_THAT(take<Notice>(),
              testing::Contains(is_told(
                  {.kind = NoticeKind::all_down, .name = "www.example.com"},
                  PoolFacts{with({.primaries = 3, .when_all_down = WhenAllDown::fail_closed},
                                 {{PoolCount::down, 3}})})));
}

TEST_F(RosterTest, OneBadCheckOfSeveralIsEnough) {
  pool_.checks.push_back(pool_.checks[0]);
  pool_.checks[1].name = "tls";
  pool_.checks[1].port = 443;
  start();
  for (int i = 0; i < 60; ++i) {
    advance(100ms);
    for (StartProbe& probe : take<StartProbe>()) {
      const bool bad = probe.check->name == "tls" && probe.member == address_of("192.0.2.1");
      step(ProbeDone{probe.probe, {!bad, bad ? "no handshake" : ""}});
    }
  }
  const Status status = roster_->status(now_);
  ASSERT_EQ(status.pools.size(), 1U);
  EXPECT_EQ(status.pools[0].checks, "web, tls");
  for (const MemberStatus& member : status.pools[0].members) {
    EXPECT_EQ(member.observed, member.address == address_of("192.0.2.1") ? State::down : State::up);
  }
}

TEST_F(RosterTest, AReloadKeepsTheHealthOfMembersThatStay) {
  start();
  first_round();
  probe("192.0.2.1", false);
  take<PublishZone>();
  std::string text = kRosterZone;
  text += "www 1 A 192.0.2.3\n";
  step(ZoneBuilt{build(text)});
  const auto published = take<PublishZone>();
  ASSERT_EQ(published.size(), 1U);
  EXPECT_EQ(mask(published[0].zone, dns::Type::A), 0b110U);
  EXPECT_GT(published[0].zone->watch_table().serial(), 2U);
  probe("192.0.2.3", true);
  EXPECT_EQ(roster_->status(now_).pools.at(0).members.size(), 4U);
}

TEST_F(RosterTest, AReplyToAForgottenProbeChangesNothing) {
  start();
  first_round();
  for (int i = 0; i < 200 && !open_.contains(address_of("192.0.2.1")); ++i) advance(100ms);
  const RunId stray = open_.at(address_of("192.0.2.1"));
  std::string text = kRosterZone;
  text.erase(text.find("www 1 A 192.0.2.1\n"), 18);
  step(ZoneBuilt{build(text)});
  const ZonePtr zone = take<PublishZone>().back().zone;
  const std::uint32_t serial = zone->watch_table().serial();
  step(ProbeDone{stray, {false, "too late"}});
  EXPECT_EQ(zone->watch_table().serial(), serial);
  EXPECT_EQ(mask(zone, dns::Type::A), 0b1U);
}

TEST_F(RosterTest, ARefusedFileKeepsTheOldVersionAndSaysSo) {
  start();
  first_round();
  take<PublishZone>();
  step(ZoneRefused{name_of("example.com"), "zone:3:1: error: no"});
  EXPECT_TRUE(take<PublishZone>().empty());
  EXPECT_EQ(roster_->status(now_).zones.at(0).problem, "zone:3:1: error: no");
  EXPECT_EQ(roster_->status(now_).zones.at(0).state, ZoneState::served);
  const auto told = take<Notice>();
  ASSERT_FALSE(told.empty());
  EXPECT_THAT(told.back(), is_told({.kind = NoticeKind::zone_refused,
                                    .name = "example.com",
                                    .reason = "zone:3:1: error: no"},
                                   ZoneFacts{.served = ZoneFacts::Served::older}));
  EXPECT_TRUE(told.back().alert);
  // One alert until the file is good again.
  step(ZoneRefused{name_of("example.com"), "zone:4:1: error: no"});
  EXPECT_FALSE(take<Notice>().back().alert);
  step(ZoneUnchanged{name_of("example.com")});
  const auto good = take<Notice>();
  ASSERT_FALSE(good.empty());
  EXPECT_EQ(good.back().kind, NoticeKind::zone_served);
  EXPECT_TRUE(good.back().alert);
}

TEST_F(RosterTest, AZoneThatIsGoneAndComesBackDoesNotGoBackInSerial) {
  start();
  first_round();
  probe("192.0.2.1", false);
  const std::uint32_t last = roster_->status(now_).zones.at(0).serial;
  step(Configured{{}, {}});
  EXPECT_EQ(take<DropZone>().size(), 1U);
  EXPECT_TRUE(roster_->status(now_).pools.empty());
  step(Configured{{pool_}, {name_of("example.com")}});
  open_.clear();  // those probes are forgotten
  step(ZoneBuilt{build()});
  EXPECT_EQ(roster_->status(now_).zones.at(0).serial, last) << "nothing new is published yet";
  first_round();
  EXPECT_TRUE(dns::serial_greater(roster_->status(now_).zones.at(0).serial, last));
}

TEST_F(RosterTest, AnOperatorsRestartNeedsNoPatienceButAMember) {
  start();
  first_round();
  step(RestartWanted{roster_->next_restart_id(), address_of("192.0.2.1"), "mysql"});
  const auto asked = take<RestartService>();
  ASSERT_EQ(asked.size(), 1U);
  EXPECT_EQ(asked[0].service, "mysql");
  take<Notice>();
  step(RestartWanted{roster_->next_restart_id(), address_of("192.0.2.99"), "mysql"});
  EXPECT_TRUE(take<RestartService>().empty());
  EXPECT_THAT(take<Notice>(),
              testing::ElementsAre(is_told(
                  {.kind = NoticeKind::restart_failed, .member = "192.0.2.99"},
                  RestartFacts{.service = "mysql", .refusal = RestartFacts::Refusal::no_member})));
}

TEST_F(RosterTest, SavesExactlyWhenItStops) {
  start();
  first_round();
  probe("192.0.2.1", false);
  take<KeepSerial>();
  take<SaveHealth>();
  step(Stopping{});
  const auto kept = take<KeepSerial>();
  ASSERT_EQ(kept.size(), 1U);
  EXPECT_EQ(kept[0].serial.ceiling, roster_->status(now_).zones.at(0).serial);
  const auto saved = take<SaveHealth>();
  ASSERT_EQ(saved.size(), 1U);
  EXPECT_EQ(saved[0].health.members.size(), 3U);
}

}  // namespace
}  // namespace rollcall::roster
