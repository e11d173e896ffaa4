#include "alert/webhook_body.hpp"

#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "alert/batch_json.hpp"
#include "alert/sample_notices.hpp"

namespace rollcall::alert {
namespace {

namespace json = boost::json;
using testing::HasSubstr;

Batch batch_of(std::vector<Told> told) {
  Batch batch{.id = "run-1", .at = kNow};
  batch.told = std::move(told);
  return batch;
}

std::vector<json::value> bodies(HookForm form, const Batch& batch) {
  std::vector<json::value> parsed;
  for (const std::string& body : webhook_bodies(form, batch, "ns1")) {
    parsed.push_back(json::parse(body));
  }
  return parsed;
}

std::string text_at(const json::value& value, const char* pointer) {
  return std::string(value.at_pointer(pointer).as_string());
}

TEST(WebhookBody, WithoutATemplateIsTheWhole) {
  Batch batch = batch_of({fall("www.example.com", "192.0.2.1")});
  batch.more = {{"dropped", 2}};
  EXPECT_EQ(
      webhook_bodies({}, batch, "ns1").at(0),
      R"({"id":"run-1","nameserver":"ns1","time":"2023-11-14T22:13:20.000Z","level":"warning",)"
      R"("subject":"[ns1] www.example.com: 192.0.2.1 is down: connection refused; and 2 more",)"
      R"("text":"www.example.com: 192.0.2.1 is down: connection refused\n)"
      R"(  since:  2023-11-14 22:13:20 UTC\n  done:   it is left out of the answers\n)"
      R"(  next:   if it stays down, its agent is asked to restart apache; it counts as up again )"
      R"(when its probes succeed\n  to act: rollcallctl status --pool www.example.com\n\n)"
      R"(only counted: 2 more of the kind \"dropped\"\n\n)"
      R"(nameserver ns1, 2023-11-14 22:13:20 UTC\n","count":3,"reminder":false,"summary":false,)"
      R"("notices":[{"kind":"dropped","status":"firing","level":"warning",)"
      R"("subject":"www.example.com: 192.0.2.1 is down: connection refused",)"
      R"("detail":"it is left out of the answers",)"
      R"("next":"if it stays down, its agent is asked to restart apache; it counts as up again )"
      R"(when its probes succeed","command":"rollcallctl status --pool www.example.com",)"
      R"("time":"2023-11-14T22:13:20.000Z","first":"2023-11-14T22:13:20.000Z","changes":1,)"
      R"("name":"www.example.com","member":"192.0.2.1","reason":"connection refused",)"
      R"("fate":"left_out","override":"auto","tier":"primary"}],"more":{"dropped":2}})");
}

TEST(WebhookBody, OfSlackEscapesWhatSlackWouldRead) {
  const auto body = bodies({.kind = HookTemplate::slack},
                           batch_of({fall("www.example.com", "192.0.2.1", "<!channel> ``` & x")}));
  EXPECT_THAT(text_at(body.at(0), "/text"), HasSubstr("&lt;!channel&gt; ``` &amp; x\n```\n"));
  EXPECT_THAT(text_at(body.at(0), "/text"), HasSubstr("&lt;!channel&gt; ''' &amp; x\n  since:"));
}

TEST(WebhookBody, OfTeamsIsACardWithoutMarkdown) {
  const auto body = bodies({.kind = HookTemplate::teams},
                           batch_of({fall("www.example.com", "192.0.2.1", "[x](http://evil)")}));
  EXPECT_EQ(text_at(body.at(0), "/attachments/0/content/body/0/type"), "RichTextBlock");
  EXPECT_EQ(text_at(body.at(0), "/attachments/0/content/body/0/inlines/0/text"),
            "[ns1] www.example.com: 192.0.2.1 is down: [x](http://evil)");
}

TEST(WebhookBody, OfPagerDutyIsAnIncidentForEachHost) {
  const HookForm form{.kind = HookTemplate::pagerduty, .routing_key = "R0"};
  auto body =
      bodies(form, batch_of({fall("a.example.com", "192.0.2.1"), fall("b.example.com", "192.0.2.1"),
                             fall("a.example.com", "192.0.2.2")}));
  ASSERT_EQ(body.size(), 2U);
  EXPECT_EQ(text_at(body[0], "/routing_key"), "R0");
  EXPECT_EQ(text_at(body[0], "/event_action"), "trigger");
  EXPECT_EQ(text_at(body[0], "/dedup_key"), "ns1/dropped/192.0.2.1");
  EXPECT_EQ(text_at(body[0], "/payload/summary"),
            "[ns1] 192.0.2.1: down in 2 pools: connection refused");
  EXPECT_EQ(text_at(body[0], "/payload/severity"), "warning");

  Told back = comeback("a.example.com", "192.0.2.1");
  back.still_open = true;  // b is down there
  body = bodies(form, batch_of({back, comeback("a.example.com", "192.0.2.2")}));
  EXPECT_EQ(text_at(body.at(0), "/event_action"), "trigger");
  EXPECT_EQ(text_at(body.at(1), "/event_action"), "resolve");
  EXPECT_EQ(text_at(body.at(1), "/dedup_key"), "ns1/dropped/192.0.2.2");
}

TEST(WebhookBody, OfPagerDutyIsBoundedAndEndsEveryIncident) {
  std::vector<Told> told;
  for (int i = 1; i <= 100; ++i) {
    told.push_back(fall("a.example.com", "192.0.2." + std::to_string(i)));
  }
  for (int i = 101; i <= 150; ++i) {
    told.push_back(comeback("a.example.com", "192.0.2." + std::to_string(i)));
  }
  const auto body = bodies({.kind = HookTemplate::pagerduty}, batch_of(told));
  EXPECT_EQ(body.size(), kPagesOfABatch + 50 + 1);
  EXPECT_EQ(text_at(body.back(), "/payload/summary"),
            "[ns1] a.example.com: 80 members down: connection refused");
}

TEST(WebhookBody, OfAlertmanagerKeepsTheLabelsFromBeginToEnd) {
  const HookForm form{.kind = HookTemplate::alertmanager};
  const auto begin = bodies(form, batch_of({fall("a.example.com", "192.0.2.1")})).at(0);
  Told back = comeback("a.example.com", "192.0.2.1");
  back.lasted = std::chrono::minutes(3);
  const auto end = bodies(form, batch_of({back})).at(0);
  EXPECT_EQ(json::serialize(begin.at_pointer("/0/labels")),
            R"({"alertname":"RollcallDropped","nameserver":"ns1","pool":"a.example.com",)"
            R"("member":"192.0.2.1","severity":"warning"})");
  EXPECT_EQ(begin.at_pointer("/0/labels"), end.at_pointer("/0/labels"));
  EXPECT_EQ(text_at(begin, "/0/startsAt"), "2023-11-14T22:13:20.000Z");
  EXPECT_EQ(text_at(begin, "/0/endsAt"), "2023-11-21T22:13:20.000Z");
  EXPECT_EQ(text_at(end, "/0/startsAt"), "2023-11-14T22:10:20.000Z");
  EXPECT_EQ(text_at(end, "/0/endsAt"), "2023-11-14T22:13:20.000Z");
}

TEST(WebhookBody, OfOnesOwnTextIsEscapedForItsType) {
  const Batch batch = batch_of({fall("a.example.com", "192.0.2.1", "say \"no\"")});
  EXPECT_EQ(
      webhook_bodies({.kind = HookTemplate::text, .text = R"({"m":"{subject}"})"}, batch, "ns1"),
      (std::vector<std::string>{R"({"m":"[ns1] a.example.com: 192.0.2.1 is down: say \"no\""})"}));
  EXPECT_EQ(
      webhook_bodies(
          {.kind = HookTemplate::text, .text = "{kind} {member}", .content_type = "text/plain"},
          batch, "ns1"),
      (std::vector<std::string>{"dropped 192.0.2.1"}));
}

TEST(WebhookBody, IsBounded) {
  std::vector<Told> told;
  for (int i = 0; i < 2000; ++i) {
    told.push_back(
        fall("p" + std::to_string(i) + ".example.com", "192.0.2.1", std::string(400, 'x')));
  }
  const json::value body = bodies({}, batch_of(told)).at(0);
  EXPECT_EQ(body.at("notices").as_array().size(), kNoticesInJson);
  EXPECT_EQ(body.at_pointer("/more/dropped").as_int64(), 1500);
}

/// What their makers publish of the forms of PagerDuty (Events API v2), Teams and Slack, for each
/// kind of notice and for the largest batch.
TEST(WebhookBody, KeepsToThePublishedForms) {
  const std::string longest(20'000, 'x');
  std::vector<Told> told;
  for (int kind = 0; *pool::to_string(static_cast<pool::NoticeKind>(kind)) != '\0'; ++kind) {
    for (int i = 0; i < 30; ++i) {
      const pool::Notice notice{.kind = static_cast<pool::NoticeKind>(kind),
                                .member = IpAddress::parse("192.0.2." + std::to_string(i)),
                                .exchange = longest,
                                .reason = longest,
                                .actor = longest};
      told.push_back(told_of(notice, kNow));
    }
  }
  std::vector<Batch> batches{batch_of(told)};
  for (const Told& one : told) batches.push_back(batch_of({one}));
  for (const Batch& batch : batches) {
    const HookForm pager{.kind = HookTemplate::pagerduty, .routing_key = std::string(32, 'R')};
    for (const std::string& text : webhook_bodies(pager, batch, "ns1")) {
      EXPECT_LE(text.size(), 512U * 1024);
      const json::value event = json::parse(text);
      EXPECT_LE(text_at(event, "/dedup_key").size(), 255U);
      if (text_at(event, "/event_action") == "resolve") continue;
      EXPECT_EQ(text_at(event, "/event_action"), "trigger");
      EXPECT_THAT(text_at(event, "/payload/severity"),
                  testing::AnyOf("critical", "error", "warning", "info"));
      EXPECT_FALSE(text_at(event, "/payload/source").empty());
      EXPECT_FALSE(text_at(event, "/payload/summary").empty());
      EXPECT_LE(text_at(event, "/payload/summary").size(), 1024U);
    }
    const std::string card = webhook_bodies({.kind = HookTemplate::teams}, batch, "ns1").at(0);
    EXPECT_LE(card.size(), 28U * 1024);
    EXPECT_EQ(text_at(json::parse(card), "/type"), "message");
    EXPECT_EQ(text_at(json::parse(card), "/attachments/0/contentType"),
              "application/vnd.microsoft.card.adaptive");
    const auto slack = webhook_bodies({.kind = HookTemplate::slack}, batch, "ns1").at(0);
    EXPECT_LE(text_at(json::parse(slack), "/text").size(), 40'000U);
  }
}

}  // namespace
}  // namespace rollcall::alert
