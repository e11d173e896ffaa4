#include "edit/editor.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "core/random.hpp"
#include "dns/name_hash.hpp"
#include "dns/rdata_text.hpp"
#include "edit/edited_node.hpp"
#include "zone/load.hpp"
#include "zone/zone_walk.hpp"

namespace rollcall::edit {
namespace {

using zone::NodeHeader;
using zone::RrsetHeader;
using ZonePtr = std::shared_ptr<const zone::Zone>;

const char* const kOrigin = "example.com";

dns::Name name_of(std::string_view text) {
  return dns::Name::parse(text, *dns::Name::parse(kOrigin)).value();
}

EditRecord record_of(std::string_view owner, std::string_view type, std::uint32_t ttl,
                     std::vector<std::string> words) {
  EditRecord record{name_of(owner), *dns::parse_type(type), ttl, {}};
  std::vector<dns::Word> parsed;
  for (const std::string& word : words) parsed.push_back({word, false});
  const auto read = dns::parse_rdata(record.type, parsed, name_of("@"), record.rdata);
  EXPECT_TRUE(read) << read.error().message;
  return record;
}

/// @return null where the text has errors
ZonePtr load(const std::string& text, const std::vector<dns::Name>& pools = {}) {
  return zone::load_zone({name_of("@"), "zone", pools},
                         [&](const std::string&) -> Result<std::string> { return text; })
      .zone;
}

const std::string kHead = "$TTL 60\n@ SOA ns1 root 1 2 3 4 5\n@ NS ns1\nns1 A 192.0.2.1\n";

std::string text_of(const RrsetHeader& rrset) {
  std::string text = std::to_string(static_cast<unsigned>(rrset.type)) + " ";
  for (const std::uint32_t number :
       {std::uint32_t{rrset.count}, rrset.ttl, rrset.size, std::uint32_t{rrset.record_size},
        std::uint32_t{rrset.origin_pointer}, rrset.watch}) {
    text += std::to_string(number) + " ";
  }
  return text + std::string(as_text(rrset.records()));
}

std::string text_of(const NodeHeader& node) {
  std::string text = dns::Name::from_wire(node.name())->to_text() + " flags " +
                     std::to_string(node.flags) + " children " + std::to_string(node.children);
  const RrsetHeader* rrset = node.first();
  for (unsigned i = 0; i < node.rrsets; ++i, rrset = zone::next_rrset(rrset)) {
    text += "\n  " + text_of(*rrset);
  }
  return text;
}

/// All that queries and transfers can see of a zone's content.
std::vector<std::string> content(const zone::Zone& zone) {
  std::vector<std::string> all{"records " + std::to_string(zone.records()) + ", names " +
                               std::to_string(zone.names()) + ", minimum " +
                               std::to_string(zone.soa().minimum)};
  zone::ZoneWalk walk(zone);
  while (const NodeHeader* node = walk.next()) {
    EXPECT_EQ(zone.find(dns::hash_name(node->name()), node->name()), node);
    all.push_back(text_of(*node));
  }
  return all;
}

class EditorTest : public testing::Test {
 protected:
  void start(const std::string& tail, const std::vector<dns::Name>& pools = {}) {
    zone_ = load(kHead + tail, pools);
    ASSERT_NE(zone_, nullptr);
    zone::ZoneSpec spec{name_of("@"), "zone", pools};
    pools_.emplace(spec);
  }
  /// "invalid: ...", "rebuild", or nothing.
  std::string apply(const ZoneEdit& edit) {
    auto edited = apply_edit(zone_, edit, *pools_);
    if (!edited && edited.error().kind == EditRefusal::rebuild) return "rebuild";
    if (!edited) return "invalid: " + edited.error().message;
    zone_ = edited->zone;
    made_ = std::move(edited->made);
    return "";
  }
  void expect_as(const std::string& tail) {
    const ZonePtr anew = load(kHead + tail);
    ASSERT_NE(anew, nullptr);
    EXPECT_EQ(content(*zone_), content(*anew));
  }

  ZonePtr zone_;
  std::optional<PoolNames> pools_;
  ZoneEdit made_;
};

TEST_F(EditorTest, AnRrsetComesAndGoes) {
  start("a A 192.0.2.2\n");
  EXPECT_EQ(apply({.add = {record_of("b", "A", 60, {"192.0.2.3"}),
                           record_of("b", "A", 60, {"192.0.2.4"})}}),
            "");
  expect_as("a A 192.0.2.2\nb A 192.0.2.4\nb A 192.0.2.3\n");
  EXPECT_EQ(made_.add.size(), 2U);
  EXPECT_EQ(apply({.remove = {record_of("B", "A", 0, {"192.0.2.3"})}}), "");
  expect_as("a A 192.0.2.2\nb A 192.0.2.4\n");
  EXPECT_EQ(apply({.remove = {record_of("b", "A", 0, {"192.0.2.4"})}}), "");
  expect_as("a A 192.0.2.2\n");
  EXPECT_TRUE(zone_->overlay().size() <= 1) << "only the apex differs from the base";
}

TEST_F(EditorTest, WhatChangesNothingMakesNoVersion) {
  start("a A 192.0.2.2\nm MX 10 Mail\n");
  const ZonePtr before = zone_;
  EXPECT_EQ(
      apply({.remove = {record_of("b", "A", 0, {"192.0.2.2"}), record_of("a", "TXT", 0, {"x"})},
             .add = {record_of("a", "A", 60, {"192.0.2.2"}),
                     record_of("m", "MX", 60, {"10", "mAIL"})}}),
      "");
  EXPECT_EQ(zone_, before);
  EXPECT_TRUE(made_.empty());
}

/// RFC 4343 section 4.1: for transfers, which have owners as their source wrote them.
TEST_F(EditorTest, KeepsTheCaseOfOwners) {
  start("WwW A 192.0.2.2\n");
  const auto spelled = [&](const char* name) {
    const dns::Name lower = name_of(name).lowered();
    return spelled_name(*zone_->find(dns::hash_name(lower.wire()), lower.wire())).to_text();
  };
  EXPECT_EQ(spelled("www"), "WwW.example.com.");
  EXPECT_EQ(apply({.add = {record_of("www", "A", 60, {"192.0.2.3"}),
                           record_of("Host.SUB", "A", 60, {"192.0.2.3"})}}),
            "");
  EXPECT_EQ(spelled("www"), "WwW.example.com.");
  EXPECT_EQ(spelled("host.sub"), "Host.SUB.example.com.");
  EXPECT_EQ(made_.add.at(0).owner.to_text(), "Host.SUB.example.com.");
  zone_ = zone_->compacted();
  EXPECT_EQ(spelled("www"), "WwW.example.com.");
  EXPECT_EQ(spelled("host.sub"), "Host.SUB.example.com.");
  EXPECT_EQ(apply({.remove = {record_of("www", "A", 0, {"192.0.2.2"}),
                              record_of("www", "A", 0, {"192.0.2.3"})},
                   .add = {record_of("wWw", "TXT", 60, {"x"})}}),
            "");
  EXPECT_EQ(made_.remove.at(0).owner.to_text(), "WwW.example.com.");
  EXPECT_EQ(spelled("www"), "wWw.example.com.");
}

TEST_F(EditorTest, TheTtlOfTheLastRecordIsThatOfItsRrset) {
  start("a 60 A 192.0.2.2\n");
  EXPECT_EQ(apply({.add = {record_of("a", "A", 5, {"192.0.2.3"})}}), "");
  expect_as("a 5 A 192.0.2.2\na 5 A 192.0.2.3\n");
  EXPECT_EQ(made_.remove.size(), 1U) << "the old one goes under its old TTL";
  EXPECT_EQ(made_.add.size(), 2U);
}

TEST_F(EditorTest, EmptyNonTerminalsComeAndGoWithWhatIsBelow) {
  start("");
  EXPECT_EQ(apply({.add = {record_of("x.y.z", "TXT", 60, {"x"})}}), "");
  expect_as("x.y.z TXT x\n");
  EXPECT_EQ(apply({.add = {record_of("w.z", "TXT", 60, {"x"})}}), "");
  EXPECT_EQ(apply({.remove = {record_of("x.y.z", "TXT", 0, {"x"})}}), "");
  expect_as("w.z TXT x\n");
  EXPECT_EQ(apply({.remove = {record_of("w.z", "TXT", 0, {"x"})}}), "");
  expect_as("");
}

TEST_F(EditorTest, ACutThatComesHidesWhatIsBelow) {
  const std::string below = "deep.b.a TXT x\nb.a NS ns.other.\nns.a A 192.0.2.3\n*.a TXT y\n";
  start(below);
  EXPECT_EQ(apply({.add = {record_of("a", "NS", 60, {"ns.a"})}}), "");
  expect_as(below + "a NS ns.a\n");
  EXPECT_EQ(apply({.add = {record_of("new.b.a", "TXT", 60, {"x"})}}), "");
  expect_as(below + "a NS ns.a\nnew.b.a TXT x\n");
  EXPECT_EQ(apply({.remove = {record_of("a", "NS", 0, {"ns.a"})}}), "");
  expect_as(below + "new.b.a TXT x\n");
}

TEST_F(EditorTest, TheSoaIsReadAnew) {
  start("");
  EXPECT_EQ(apply({.remove = {record_of("@", "SOA", 0, {"ns1", "root", "1", "2", "3", "4", "5"})},
                   .add = {record_of("@", "SOA", 7, {"ns1", "hm", "9", "2", "3", "4", "77"})}}),
            "");
  EXPECT_EQ(zone_->soa().minimum, 77U);
  EXPECT_EQ(zone_->soa().ttl, 7U);
  EXPECT_EQ(zone_->soa().rname.name(), name_of("hm"));
}

TEST_F(EditorTest, SaysWhichRuleAnEditBreaks) {
  start("a A 192.0.2.2\n");
  EXPECT_EQ(apply({.add = {record_of("a", "CNAME", 60, {"b"})}}),
            "invalid: a.example.com has a CNAME and other data (A)");
  EXPECT_EQ(
      apply({.add = {record_of("b", "CNAME", 60, {"a"}), record_of("b", "CNAME", 60, {"c"})}}),
      "invalid: b.example.com has 2 CNAME records: expected one");
  EXPECT_EQ(apply({.remove = {record_of("@", "NS", 0, {"ns1"})}}),
            "invalid: example.com must have an NS record");
  EXPECT_EQ(apply({.add = {record_of("@", "SOA", 60, {"ns1", "x", "1", "2", "3", "4", "5"})}}),
            "invalid: example.com must have one SOA record");
  EXPECT_EQ(apply({.add = {record_of("a", "SOA", 60, {"ns1", "x", "1", "2", "3", "4", "5"})}}),
            "invalid: SOA record at a.example.com: expected it at the apex, example.com");
  EXPECT_EQ(apply({.add = {record_of("*", "NS", 60, {"ns1"})}}),
            "invalid: *.example.com is a wildcard and must not have NS records");
  ZoneEdit large;
  for (int i = 0; i < 300; ++i) {
    large.add.push_back(record_of("t", "TXT", 60, {std::string(250, 'x') + std::to_string(i)}));
  }
  EXPECT_TRUE(apply(large).starts_with("invalid: the TXT records of t.example.com take "));
  expect_as("a A 192.0.2.2\n");
}

TEST_F(EditorTest, WhatAPoolIsMadeOfIsBuiltAnew) {
  const std::vector<dns::Name> pools{name_of("www"), name_of("*.w")};
  start("www A 192.0.2.2\nwww A 192.0.2.3\n*.w A 192.0.2.4\nm MX 5 www\na A 192.0.2.9\n", pools);
  EXPECT_EQ(apply({.remove = {record_of("www", "A", 0, {"192.0.2.2"})}}), "rebuild");
  EXPECT_EQ(apply({.add = {record_of("www", "AAAA", 60, {"2001:db8::1"})}}), "rebuild");
  EXPECT_EQ(apply({.add = {record_of("m", "MX", 60, {"9", "elsewhere.org."})}}), "rebuild");
  EXPECT_EQ(apply({.add = {record_of("n", "MX", 60, {"9", "www"})}}), "rebuild");
  EXPECT_EQ(apply({.add = {record_of("n", "MX", 60, {"9", "x.w"})}}), "rebuild");
  EXPECT_EQ(apply({.add = {record_of("x.w", "TXT", 60, {"x"})}}), "rebuild") << "names follow *.w";
  EXPECT_EQ(apply({.add = {record_of("www", "TXT", 60, {"x"})}}), "") << "no record of the pool";
  EXPECT_EQ(apply({.add = {record_of("n", "MX", 60, {"9", "a"})}}), "");
  EXPECT_EQ(zone_->watched().size(), 3U);
}

TEST_F(EditorTest, TooMuchBelowACutIsBuiltAnew) {
  start("$GENERATE 1-4200 h$.a A 192.0.2.1\n");
  EXPECT_EQ(apply({.add = {record_of("a", "NS", 60, {"ns1"})}}), "rebuild");
  EXPECT_EQ(apply({.add = {record_of("a", "TXT", 60, {"x"})}}), "");
}

TEST_F(EditorTest, AZoneIsCompactedWhileItIsEdited) {
  start("a A 192.0.2.2\nb A 192.0.2.3\n");
  EXPECT_EQ(apply({.remove = {record_of("b", "A", 0, {"192.0.2.3"})},
                   .add = {record_of("c.d", "TXT", 60, {"x"}), record_of("e", "TXT", 60, {"x"})}}),
            "");
  const ZonePtr made_of = zone_;
  const ZonePtr compacted = made_of->compacted();
  EXPECT_TRUE(compacted->overlay().empty());
  EXPECT_EQ(content(*compacted), content(*made_of));
  EXPECT_EQ(
      apply({.remove = {record_of("c.d", "TXT", 0, {"x"}), record_of("a", "A", 0, {"192.0.2.2"})},
             .add = {record_of("b", "A", 60, {"192.0.2.4"})}}),
      "");
  zone_ = zone_->moved_onto({*made_of, *compacted});
  EXPECT_EQ(zone_->overlay().size(), 5U) << "apex, a, b, c.d and d";
  expect_as("b A 192.0.2.4\ne TXT x\n");
}

// --- random edits beside a zone that is built from the same content
// ---------------------------------

/// What a zone should contain: "owner TYPE RDATA" to its TTL.
class Model {
 public:
  void take(const ZoneEdit& edit) {
    for (const EditRecord& record : edit.remove) records_.erase(key(record));
    for (const EditRecord& record : edit.add) {
      records_[key(record)] = record.ttl;
      const auto [owner, type, rdata] = key(record);
      for (auto& [other, ttl] : records_) {
        if (std::get<0>(other) == owner && std::get<1>(other) == type) ttl = record.ttl;
      }
    }
  }
  std::string text() const {
    std::string text = kHead;
    for (const auto& [key, ttl] : records_) {
      const auto& [owner, type, rdata] = key;
      text += owner + " " + std::to_string(ttl) + " " + type + " " + rdata + "\n";
    }
    return text;
  }
  const auto& records() const { return records_; }

 private:
  using Key = std::tuple<std::string, std::string, std::string>;
  static Key key(const EditRecord& record) {
    return {record.owner.lowered().to_text(), dns::type_name(record.type),
            dns::rdata_to_text(record.type, record.rdata)};
  }

  std::map<Key, std::uint32_t> records_;
};

class RandomEdits {
 public:
  explicit RandomEdits(std::uint64_t seed) : random_(seed) {}

  ZoneEdit next() {
    ZoneEdit edit;
    for (std::uint64_t i = 1 + random_.below(4); i > 0; --i) {
      const EditRecord record = draw();
      (random_.below(5) < 2 ? edit.remove : edit.add).push_back(record);
    }
    return edit;
  }

 private:
  std::string name(bool may_be_wildcard) {
    std::string text;
    for (std::uint64_t labels = 1 + random_.below(3); labels > 0; --labels) {
      const bool wildcard = may_be_wildcard && text.empty() && random_.below(6) == 0;
      if (!text.empty()) text += '.';
      text += wildcard ? "*" : std::string(1, static_cast<char>('a' + random_.below(3)));
    }
    return text;
  }
  EditRecord draw() {
    const auto ttl = static_cast<std::uint32_t>(random_.below(3) * 60);
    const std::string last = std::to_string(random_.below(3));
    switch (random_.below(8)) {
      case 0:
        return record_of(name(false), "NS", ttl, {name(false)});
      case 1:
        return record_of(name(true), "CNAME", ttl, {name(true)});
      case 2:
        return record_of(name(false), "DNAME", ttl, {name(false)});
      case 3:
        return record_of(name(true), "MX", ttl, {last, name(false)});
      case 4:
        return record_of(name(true), "TXT", ttl, {"t" + last});
      case 5:
        return record_of("@", "TXT", ttl, {"t" + last});
      default:
        return record_of(name(true), "A", ttl, {"192.0.2." + last});
    }
  }

  Random random_;
};

TEST(RandomEdits, LeadWhereTheContentLeads) {
  constexpr int kSequences = 10'000;
  constexpr int kEdits = 5;
  unsigned taken = 0, refused = 0;
  for (int sequence = 0; sequence < kSequences; ++sequence) {
    RandomEdits edits(static_cast<std::uint64_t>(sequence));
    Model model;
    ZonePtr zone = load(model.text());
    const PoolNames none{zone::ZoneSpec{name_of("@"), "zone"}};
    for (int i = 0; i < kEdits; ++i) {
      const ZoneEdit edit = edits.next();
      Model next = model;
      next.take(edit);
      const ZonePtr anew = load(next.text());
      const auto edited = apply_edit(zone, edit, none);
      ASSERT_EQ(edited.has_value(), anew != nullptr)
          << "sequence " << sequence << ":\n"
          << next.text() << (edited ? "" : edited.error().message);
      if (!edited) {
        ++refused;
        continue;
      }
      ++taken;
      if (i == kEdits / 2) {
        const ZonePtr compacted = zone->compacted();
        zone = edited->zone->moved_onto({*zone, *compacted});
      } else {
        zone = edited->zone;
      }
      model = next;
      ASSERT_EQ(content(*zone), content(*anew)) << "sequence " << sequence << ":\n" << next.text();
    }
  }
  EXPECT_GT(taken, refused);
  EXPECT_GT(refused, 1000U);
}

}  // namespace
}  // namespace rollcall::edit
