#include "content/update_decision.hpp"

#include "content_cases.hpp"

namespace rollcall::content {
namespace {

using dns::Rcode;
using testing::ElementsAre;
using testing::IsEmpty;
using transfer::PrerequisiteKind;
using transfer::UpdateKind;

zone::NamePattern pattern(std::vector<std::string> labels) {
  return {.labels = std::move(labels), .text = "pattern"};
}

class DecisionTest : public testing::Test {
 protected:
  UpdateDecision decide(std::vector<transfer::UpdateStep> steps) {
    const transfer::UpdateRequest request{
        .zone = name_of("@"), .prerequisites = prerequisites_, .steps = std::move(steps)};
    return decide_update(request, client_, policy_, zone_, edit::PoolNames(spec_));
  }
  UpdateDecision add(const edit::EditRecord& record) { return decide({{UpdateKind::add, record}}); }
  std::string refusal_of(const edit::EditRecord& record) {
    const UpdateDecision decision = add(record);
    EXPECT_TRUE(decision.made.empty());
    return dns::rcode_name(decision.rcode) + " " + decision.reason;
  }

  zone::ZoneSpec spec_ = spec_of({"pool"});
  ZonePtr zone_ =
      load("www A 192.0.2.2\npool A 192.0.2.3\npool A 192.0.2.4\nt TXT a\nt A 192.0.2.9\n", spec_);
  zone::UpdateClient client_{
      .address = *IpAddress::parse("192.0.2.77"), .can_be_forged = true, .key = name_of("k")};
  zone::UpdateGrant grant_{
      .key = name_of("k"), .prefix = {}, .where = {.file = "r.yaml", .line = 3, .column = 7}};
  zone::UpdatePolicy policy_{{grant_}};
  std::vector<transfer::Prerequisite> prerequisites_;
};

TEST_F(DecisionTest, AnAllowedUpdateMakesTheNextVersion) {
  const UpdateDecision decision = add(record_of("new", "A", {"192.0.2.8"}));
  EXPECT_EQ(decision.rcode, Rcode::noerror);
  ASSERT_TRUE(decision.zone);
  EXPECT_THAT(at(*decision.zone, "new", "A"), ElementsAre("60 192.0.2.8"));
}

TEST_F(DecisionTest, PrerequisitesComeBeforePermission) {
  prerequisites_ = {{PrerequisiteKind::name_in_use, name_of("none"), dns::Type::ANY, {}}};
  policy_.grants[0].names = {pattern({"other"})};
  EXPECT_EQ(add(record_of("new", "A", {"192.0.2.8"})).rcode, Rcode::nxdomain);
}

TEST_F(DecisionTest, EachRefusalNamesItsRule) {
  policy_.grants[0].names = {pattern({"**", "apps"})};
  policy_.grants[0].types = {dns::Type::A, dns::Type::TXT};
  policy_.grants[0].max_ttl = 300;
  EXPECT_EQ(add(record_of("a.b.apps", "A", {"192.0.2.8"})).rcode, Rcode::noerror);
  EXPECT_EQ(refusal_of(record_of("www", "A", {"192.0.2.8"})),
            "REFUSED no entry of allow_update for the key k.example.com covers www.example.com");
  EXPECT_EQ(refusal_of(record_of("x.apps", "MX", {"1", "www"})),
            "REFUSED the key k.example.com may not change MX at x.apps.example.com (allow_update, "
            "r.yaml:3:7)");
  EXPECT_EQ(refusal_of(record_of("x.apps", "A", {"192.0.2.8"}, 301)),
            "REFUSED the TTL 301 of x.apps.example.com is over max_ttl 300 (allow_update, "
            "r.yaml:3:7)");
  EXPECT_EQ(decide({{UpdateKind::delete_name, {name_of("www"), dns::Type::ANY, 0, {}}}}).rcode,
            Rcode::refused);
}

TEST_F(DecisionTest, AWholeNameGoesOnlyWhereAllItsTypesMay) {
  policy_.grants[0].types = {dns::Type::TXT};
  EXPECT_EQ(decide({{UpdateKind::delete_name, {name_of("t"), dns::Type::ANY, 0, {}}}}).rcode,
            Rcode::refused);
  policy_.grants[0].types = {dns::Type::TXT, dns::Type::A};
  const auto gone = decide({{UpdateKind::delete_name, {name_of("t"), dns::Type::ANY, 0, {}}}});
  EXPECT_EQ(gone.made.remove.size(), 2U);
}

TEST_F(DecisionTest, SoaApexNsAndDnssecNeedNameAndType) {
  const edit::EditRecord ns = record_of("@", "NS", {"www"});
  EXPECT_EQ(add(ns).rcode, Rcode::refused);
  policy_.grants[0].types = {dns::Type::NS};
  EXPECT_EQ(add(ns).rcode, Rcode::refused);
  policy_.grants[0].names = {pattern({"**"})};
  EXPECT_EQ(add(ns).rcode, Rcode::refused);
  policy_.grants[0].names.push_back(pattern({}));
  EXPECT_EQ(add(ns).rcode, Rcode::noerror);
  EXPECT_EQ(add(record_of("sub", "NS", {"www"})).rcode, Rcode::noerror) << "a delegation";
}

TEST_F(DecisionTest, APoolNeedsAWordOfItsOwnAndIsBuiltAnew) {
  const edit::EditRecord member = record_of("pool", "A", {"192.0.2.5"});
  EXPECT_EQ(
      refusal_of(member),
      "REFUSED pool.example.com is a pool: this needs pools: true (allow_update, r.yaml:3:7)");
  EXPECT_EQ(add(record_of("pool", "TXT", {"x"})).rcode, Rcode::noerror);
  policy_.grants[0].pools = true;
  const UpdateDecision decision = add(member);
  ASSERT_EQ(decision.rcode, Rcode::noerror);
  EXPECT_FALSE(decision.zone);
  const auto built = rebuilt(*zone_, decision.made, spec_);
  ASSERT_TRUE(built) << built.error().message;
  ASSERT_EQ((*built)->watched().size(), 1U);
  EXPECT_EQ((*built)->watched()[0].records.size(), 3U);
  EXPECT_EQ((*built)->records(), zone_->records() + 1);
  const auto gone = rebuilt(**built, {decision.made.add, {}}, spec_);
  EXPECT_EQ((*gone)->watched()[0].records.size(), 2U);
  EXPECT_FALSE(rebuilt(*zone_, {{record_of("@", "NS", {"ns1"})}, {}}, spec_));
}

TEST_F(DecisionTest, AnAddressAloneCountsWhereItCannotBeForged) {
  policy_.grants[0].key.reset();
  policy_.grants[0].prefix = IpPrefix::parse("192.0.2.0/24");
  EXPECT_EQ(add(record_of("new", "A", {"192.0.2.8"})).rcode, Rcode::refused);
  client_.can_be_forged = false;
  EXPECT_EQ(add(record_of("new", "A", {"192.0.2.8"})).rcode, Rcode::noerror);
  EXPECT_TRUE(policy_.concerns(client_));
  client_.address = *IpAddress::parse("198.51.100.1");
  EXPECT_FALSE(policy_.concerns(client_));
}

TEST_F(DecisionTest, AgesComeFromTheEntryThatAllows) {
  policy_.grants.insert(policy_.grants.begin(), grant_);
  policy_.grants[0].types = {dns::Type::TXT};
  policy_.grants[0].max_age = 60;
  EXPECT_THAT(add(record_of("x", "A", {"192.0.2.8"})).aged, IsEmpty());
  const auto aged = add(record_of("x", "TXT", {"x"})).aged;
  ASSERT_EQ(aged.size(), 1U);
  EXPECT_EQ(aged[0].age, 60U);
}

TEST_F(DecisionTest, WhatWouldBreakTheZoneIsRefusedWithTheReason) {
  EXPECT_EQ(refusal_of(record_of("*", "NS", {"www"})),
            "REFUSED *.example.com is a wildcard and must not have NS records");
}

TEST_F(DecisionTest, ANameserverOfTheZoneKeepsAnAddress) {
  const auto gone = [&](const char* owner, const char* address) {
    return decide({{UpdateKind::delete_record, record_of(owner, "A", {address})}});
  };
  EXPECT_EQ(gone("ns1", "192.0.2.1").reason,
            "ns1.example.com is a nameserver of the zone and needs an address");
  EXPECT_EQ(gone("www", "192.0.2.2").rcode, Rcode::noerror);
  policy_.grants[0].names = {pattern({})};
  policy_.grants[0].types = {dns::Type::NS};
  EXPECT_EQ(add(record_of("@", "NS", {"bare"})).rcode, Rcode::refused);
  EXPECT_EQ(add(record_of("@", "NS", {"www"})).rcode, Rcode::noerror);
  EXPECT_EQ(add(record_of("@", "NS", {"ns.example.net."})).rcode, Rcode::noerror);
}

TEST(NamePattern, StarsStandForLabels) {
  const dns::Name origin = name_of("@");
  const auto matches = [&](std::vector<std::string> labels, std::string_view name) {
    return pattern(std::move(labels)).matches(name_of(name), origin);
  };
  EXPECT_TRUE(matches({}, "@"));
  EXPECT_FALSE(matches({}, "a"));
  EXPECT_TRUE(matches({"*"}, "A"));
  EXPECT_FALSE(matches({"*"}, "a.b"));
  EXPECT_FALSE(matches({"*"}, "@"));
  EXPECT_TRUE(matches({"**"}, "@"));
  EXPECT_TRUE(matches({"_acme-challenge", "**"}, "_acme-challenge"));
  EXPECT_TRUE(matches({"_acme-challenge", "**"}, "_ACME-challenge.www.x"));
  EXPECT_FALSE(matches({"_acme-challenge", "**"}, "x._acme-challenge"));
  EXPECT_TRUE(matches({"**", "apps"}, "a.b.apps"));
  EXPECT_TRUE(matches({"*"}, "*")) << "a wildcard's own label";
}

}  // namespace
}  // namespace rollcall::content
