/// Every sentence about floating addresses and forwards, as people read it.
#include "pool/standin_text.hpp"

#include <gtest/gtest.h>

#include "pool/pools.hpp"

namespace rollcall::pool {
namespace {

using namespace std::chrono_literals;
using Wait = TakeOverFacts::Wait;

struct StandinSentence {
  Notice notice;
  const char* subject;
  const char* detail = "";
};

void expect_standin(const std::vector<StandinSentence>& rows) {
  for (const StandinSentence& row : rows) {
    EXPECT_EQ(subject_of(row.notice), row.subject);
    EXPECT_EQ(detail_of(row.notice), row.detail);
  }
}

const IpAddress kFloating = address_of("192.0.2.80");
const IpAddress kOwner = address_of("192.0.2.3");
const IpAddress kTaker = address_of("192.0.2.4");

Notice of_address(NoticeKind kind, TakeOverFacts facts, std::string reason = {}) {
  facts.owner = kOwner;
  return {.kind = kind, .member = kFloating, .reason = std::move(reason), .facts = facts};
}
Notice of_port(NoticeKind kind, std::optional<IpAddress> to, std::string reason = {}) {
  return {.kind = kind,
          .name = name_of("www.example.com"),
          .member = kOwner,
          .reason = std::move(reason),
          .facts = ForwardFacts{.service = "web", .to = to}};
}

TEST(StandinText, OfFloatingAddresses) {
  using Kind = NoticeKind;
  expect_standin({
      {of_address(Kind::take_over_asked, {.node = kTaker}),
       "192.0.2.80: asking the agent of 192.0.2.4 to take the address over: its owner 192.0.2.3 is "
       "dead as seen from here and from there"},
      {of_address(Kind::taken_over, {.node = kTaker}),
       "192.0.2.80: 192.0.2.4 has taken the address over from 192.0.2.3",
       "it is given back when 192.0.2.3 is seen again"},
      {of_address(Kind::take_over_failed, {.node = kTaker}, "no route"),
       "192.0.2.80: 192.0.2.4 could not take the address over", "no route"},
      {of_address(Kind::given_back, {.node = kTaker}),
       "192.0.2.80: the owner 192.0.2.3 has the address again, given back by 192.0.2.4"},
      {of_address(Kind::given_back, {}), "192.0.2.80: the owner 192.0.2.3 has the address"},
      {of_address(Kind::not_given_back, {.node = kTaker}, "cannot connect"),
       "192.0.2.80: its owner 192.0.2.3 is back, but has not got the address", "cannot connect"},
      {{.kind = Kind::take_overs_stopped, .facts = TakeOverFacts{}},
       "no address is taken over for 1h: the last 3 attempts have failed",
       "\"rollcallctl thaw --restarts\" ends the stop before"},
      {{.kind = Kind::take_overs_go_on, .facts = TakeOverFacts{}},
       "addresses are taken over again: the time of the stop is up"},
      {{.kind = Kind::take_overs_go_on, .actor = "ann", .facts = TakeOverFacts{}},
       "addresses are taken over again: ann has ended the stop"},
  });
}

TEST(StandinText, OfTheStopOfAllForwards) {
  using Kind = NoticeKind;
  expect_standin({
      {{.kind = Kind::forwards_stopped, .facts = ForwardFacts{}},
       "no port is forwarded for 1h: the last 3 attempts have failed",
       "\"rollcallctl thaw --restarts\" ends the stop before"},
      {{.kind = Kind::forwards_go_on, .facts = ForwardFacts{}},
       "ports are forwarded again: the time of the stop is up"},
      {{.kind = Kind::forwards_go_on, .actor = "ann", .facts = ForwardFacts{}},
       "ports are forwarded again: ann has ended the stop"},
  });
}

TEST(StandinText, OfAnAddressThatNobodyTakes) {
  const auto waits = [](TakeOverFacts facts, std::string reason = {}) {
    return of_address(NoticeKind::take_over_waits, std::move(facts), std::move(reason));
  };
  const char* subject =
      "192.0.2.80: no node takes the address over, although its owner 192.0.2.3 is silent";
  expect_standin({
      {waits({.node = kTaker, .wait = Wait::owner_answers}), subject,
       "192.0.2.4 still sees it: the path from here to it may be broken"},
      {waits({.wait = Wait::just_moved, .left = 3500ms}), subject,
       "it has just moved: it is not taken over again for 4s"},
      {waits({.wait = Wait::frozen}), subject,
       "answers are frozen, or no witness has ever answered: the fault may be here"},
      {waits({.node = kTaker, .wait = Wait::nobody}, "cannot connect"), subject,
       "no taker's agent can be asked: cannot connect"},
  });
}

TEST(StandinText, OfForwards) {
  using Kind = NoticeKind;
  expect_standin({
      {of_port(Kind::forward_asked, kTaker),
       "www.example.com: asking the agent of 192.0.2.3 to lead the port of web to 192.0.2.4"},
      {of_port(Kind::forwarded, kTaker),
       "www.example.com: the port of web on 192.0.2.3 leads to 192.0.2.4"},
      {of_port(Kind::forward_failed, kTaker, "nft: no"),
       "www.example.com: the port of web on 192.0.2.3 could not be led to 192.0.2.4", "nft: no"},
      {of_port(Kind::forward_failed, {}, "nft: no"),
       "www.example.com: the port of web on 192.0.2.3 still leads to another node", "nft: no"},
      {of_port(Kind::forward_ended, {}),
       "www.example.com: the port of web on 192.0.2.3 leads to no other node any more"},
  });
}

}  // namespace
}  // namespace rollcall::pool
