/// The messages as people read them: each kind of notice, digests and summaries. The texts are in
/// tests/data/alerts; a difference is shown whole.
#include "alert/batch_text.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

#include "alert/digest.hpp"
#include "alert/sample_notices.hpp"

namespace rollcall::alert {
namespace {

using namespace std::chrono_literals;
using pool::NoticeKind;

std::string golden(const std::string& name) {
  std::ifstream file(std::string(TEST_DATA) + "/alerts/" + name);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string message(Batch batch) {
  batch.at = kNow + 10s;
  return "Subject: " + subject_of(batch, "ns1") + "\n\n" + body_of(batch, "ns1") +
         "----------------------------------------\n";
}

pool::Notice member(NoticeKind kind, std::string reason, pool::NoticeFacts facts) {
  return {.kind = kind,
          .name = dns::Name::parse("www.example.com").value(),
          .member = IpAddress::parse("192.0.2.3"),
          .reason = std::move(reason),
          .facts = std::move(facts)};
}

pool::Notice of_pool(NoticeKind kind, pool::NoticeFacts facts, std::string reason = {}) {
  return {.kind = kind,
          .name = dns::Name::parse("www.example.com").value(),
          .reason = std::move(reason),
          .facts = std::move(facts)};
}

std::vector<pool::Notice> members() {
  using enum NoticeKind;
  using pool::Fate;
  using pool::MemberFacts;
  using pool::RestartFacts;
  return {
      member(dropped, "connection refused",
             MemberFacts{.fate = Fate::left_out, .service = "apache"}),
      member(returned, "", MemberFacts{.fate = Fate::answered}),
      member(degraded, "certificate expires on 2023-11-20", MemberFacts{.fate = Fate::answered}),
      member(not_degraded, "", MemberFacts{}),
      member(restart_asked, "", RestartFacts{.service = "apache"}),
      member(restart_done, "done in 2.1 s", RestartFacts{.service = "apache"}),
      member(restart_failed, "exit status 1\nAH00526: Syntax error on line 3",
             RestartFacts{.service = "apache"}),
      member(restart_waits, "",
             RestartFacts{.service = "apache", .needs = *dns::Name::parse("db.example.com")}),
      member(restart_given_up, "", RestartFacts{.service = "apache", .tries = 3}),
      {.kind = restarts_stopped, .facts = RestartFacts{.tries = 3}},
      {.kind = restarts_go_on, .facts = RestartFacts{}},
      member(override_set, "new disk",
             pool::OverrideFacts{.kind = pool::OverrideKind::drained, .members = {"192.0.2.3"}}),
      member(override_ended, "",
             pool::OverrideFacts{.kind = pool::OverrideKind::drained,
                                 .cause = pool::OverrideFacts::Cause::time_is_up,
                                 .members = {"192.0.2.3"}}),
      member(witness_silent, "no reply within 3s",
             pool::WitnessFacts{.check = "ping", .has_vote = true}),
      member(witness_heard, "", pool::WitnessFacts{.check = "ping", .has_vote = true}),
  };
}

pool::Notice floating(NoticeKind kind, pool::TakeOverFacts facts, std::string reason = {}) {
  facts.owner = IpAddress::parse("192.0.2.2").value();
  return {.kind = kind,
          .member = IpAddress::parse("192.0.2.80"),
          .reason = std::move(reason),
          .facts = std::move(facts)};
}

std::vector<pool::Notice> standins() {
  using enum NoticeKind;
  using pool::ForwardFacts;
  const pool::TakeOverFacts by_taker{.node = IpAddress::parse("192.0.2.3")};
  const ForwardFacts web{.service = "web", .to = IpAddress::parse("192.0.2.4")};
  return {
      floating(take_over_asked, by_taker),
      floating(taken_over, by_taker),
      floating(take_over_failed, by_taker, "ip: RTNETLINK answers: Operation not permitted"),
      floating(take_over_waits,
               {.node = by_taker.node, .wait = pool::TakeOverFacts::Wait::owner_answers}),
      floating(given_back, by_taker),
      floating(not_given_back, by_taker, "cannot connect: Connection refused"),
      {.kind = take_overs_stopped, .facts = pool::TakeOverFacts{}},
      {.kind = take_overs_go_on, .facts = pool::TakeOverFacts{}},
      member(forward_asked, "", web),
      member(forwarded, "", web),
      member(forward_failed, "nft: Operation not permitted", web),
      member(forward_ended, "", ForwardFacts{.service = "web"}),
      {.kind = forwards_stopped, .facts = ForwardFacts{}},
      {.kind = forwards_go_on, .facts = ForwardFacts{}},
  };
}

std::vector<pool::Notice> others() {
  using enum NoticeKind;
  pool::PoolFacts down{.pool = {.of = {0, 0, 2, 0, 0}, .primaries = 2}};
  const Endpoint secondary = Endpoint::parse("192.0.2.53:53", std::nullopt).value();
  return {
      of_pool(all_down, down),
      of_pool(not_all_down, down),
      of_pool(backup_took_over, down),
      of_pool(backup_gave_back, down),
      of_pool(
          zone_served,
          pool::ZoneFacts{.served = pool::ZoneFacts::Served::again, .serial = 7, .records = 12}),
      of_pool(zone_refused, pool::ZoneFacts{.served = pool::ZoneFacts::Served::older},
              "db.example.com:12:3: error: not an address: 192.0.2"),
      {.kind = normal_on, .actor = "alice (uid 1000)", .facts = pool::NormalFacts{}},
      {.kind = normal_off, .actor = "alice (uid 1000)", .facts = pool::NormalFacts{}},
      {.kind = frozen,
       .facts = pool::FreezeFacts{.why = pool::Isolation::mass_drop,
                                  .fallen = 3,
                                  .members = 4,
                                  .window = 10s,
                                  .witnesses = 1}},
      {.kind = thawed, .facts = pool::ThawFacts{}},
      {.kind = state_damaged, .reason = "/var/lib/rollcall/serials: damaged, set aside"},
      {.kind = state_not_kept, .reason = "/var/lib/rollcall/serials: No space left on device"},
      {.kind = state_kept},
      of_pool(secondary_ahead,
              pool::SecondaryFacts{.secondary = secondary, .serial = 9, .ours = 7, .past = 10}),
      of_pool(secondary_lags,
              pool::SecondaryFacts{.secondary = secondary, .serial = 6, .ours = 7, .lag = 60s},
              "NOTIFY: no response"),
      of_pool(secondary_caught_up,
              pool::SecondaryFacts{.secondary = secondary, .serial = 7, .ours = 7}),
      of_pool(zone_expired, pool::ZoneFacts{.served = pool::ZoneFacts::Served::expired},
              "192.0.2.53:53: connect: Connection refused"),
      of_pool(zone_confirmed, pool::ZoneFacts{.served = pool::ZoneFacts::Served::confirmed}),
  };
}

TEST(BatchText, OfEachKindAlone) {
  std::string text;
  std::set<NoticeKind> kinds;
  for (const auto& notices : {members(), standins(), others()}) {
    for (const pool::Notice& notice : notices) {
      Batch batch;
      batch.told = {told_of(notice, kNow)};
      text += message(batch);
      kinds.insert(notice.kind);
    }
  }
  EXPECT_EQ(text, golden("kinds.txt")) << text;
  for (int kind = 0; *pool::to_string(static_cast<NoticeKind>(kind)) != '\0'; ++kind) {
    EXPECT_TRUE(kinds.contains(static_cast<NoticeKind>(kind)))
        << "no text for " << pool::to_string(static_cast<NoticeKind>(kind));
  }
}

std::string pool_at(std::size_t i) {
  return "p" + std::to_string(i) + ".example.com";
}

std::string address(std::size_t i) {
  return "10.0." + std::to_string(i / 250) + "." + std::to_string(i % 250 + 1);
}

Batch digest_of(const std::vector<Told>& notices) {
  Digest digest({.batch = 10s});
  const Instant start{1h};
  for (const Told& told : notices) digest.add(told, start);
  return digest.take(start + 10s);
}

/// One outage is one message.
TEST(BatchText, OfDigests) {
  std::vector<Told> host;
  for (std::size_t i = 0; i < 60; ++i) host.push_back(fall(pool_at(i), "192.0.2.3"));
  std::vector<Told> flaps;
  for (int i = 0; i < 4; ++i) {
    flaps.push_back(fall("www.example.com", "192.0.2.3"));
    flaps.push_back(comeback("www.example.com", "192.0.2.3", kNow + 5s));
  }
  std::vector<Told> site;
  for (std::size_t i = 0; i < 10'000; ++i) {
    site.push_back(fall(pool_at(i / 4), address(i), "no reply within 3s"));
  }
  std::vector<Told> mixed;
  for (std::size_t i = 1; i <= 5; ++i) {
    mixed.push_back(fall("www.example.com", "192.0.2." + std::to_string(i),
                         i == 1 ? "no reply within 3s" : "HTTP status 500"));
  }
  for (const pool::Notice& notice : {members()[4], others()[0], others()[5], others()[11]}) {
    mixed.push_back(told_of(notice, kNow + 2s));
  }
  std::string text;
  for (const auto& notices : {host, flaps, site, mixed}) text += message(digest_of(notices));
  EXPECT_EQ(text, golden("digests.txt")) << text;
}

TEST(BatchText, OfSummariesRemindersAndWhatWasMissed) {
  Batch summary = digest_of({fall("a.example.com", "192.0.2.1"),
                             fall("b.example.com", "192.0.2.2", "no reply within 3s")});
  summary.summary = true;
  Batch reminder = digest_of({fall("a.example.com", "192.0.2.1")});
  reminder.reminder = true;
  Batch missed;
  add_missed(missed.missed,
             digest_of({fall("a.example.com", "192.0.2.1"),
                        comeback("b.example.com", "192.0.2.1", kNow + 1h)}),
             true);
  missed.missed.count += 40;
  EXPECT_EQ(message(summary) + message(reminder) + message(missed), golden("summaries.txt"))
      << message(summary) + message(reminder) + message(missed);
}

TEST(BatchText, IsPrintableAndBounded) {
  std::vector<Told> told;
  for (std::size_t i = 0; i < 1000; ++i) {
    told.push_back(fall(pool_at(i), address(i), std::string(i + 1, 'x') + "\x1b[2J\r\nBcc: a@b"));
  }
  const Batch batch = digest_of(told);
  EXPECT_LE(subject_of(batch, "ns1").size(), kSubjectLimit);
  EXPECT_LE(body_of(batch, "ns1").size(), kBodyLimit);
  for (const std::string& text : {subject_of(batch, "ns1"), body_of(batch, "ns1")}) {
    EXPECT_EQ(text.find_first_of("\x1b\r"), std::string::npos);
  }
  const Batch one = digest_of({told[999]});
  EXPECT_LE(subject_of(one, "ns1").size(), kSubjectLimit);
}

}  // namespace
}  // namespace rollcall::alert
