#include "dns/name.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "core/random.hpp"
#include "dns/name_hash.hpp"

namespace rollcall::dns {
namespace {

using testing::ElementsAre;

Name name(std::string_view text) {
  return *Name::parse(text, Name());
}

std::string error_of(std::string_view text, const Name& origin = Name()) {
  const Result<Name> parsed = Name::parse(text, origin);
  return parsed ? "" : parsed.error().message;
}

TEST(Name, TheRootIsTheDefault) {
  EXPECT_THAT(Name().wire(), ElementsAre(0));
  EXPECT_TRUE(Name().is_root());
  EXPECT_EQ(Name().label_count(), 0U);
  EXPECT_EQ(Name().to_text(), ".");
  EXPECT_EQ(Name().to_display(), ".");
  EXPECT_EQ(Name().parent(), Name());
  EXPECT_EQ(name("."), Name());
}

TEST(Name, ParsesRelativeAndAbsoluteNames) {
  const Name origin = name("example.com.");
  EXPECT_THAT(name("a.bc.").wire(), ElementsAre(1, 'a', 2, 'b', 'c', 0));
  EXPECT_EQ(Name::parse("www", origin)->to_text(), "www.example.com.");
  EXPECT_EQ(Name::parse("www.", origin)->to_text(), "www.");
  EXPECT_EQ(Name::parse("@", origin)->to_text(), "example.com.");
  EXPECT_EQ(Name::parse("\\@", origin)->to_text(), "\\@.example.com.");
  EXPECT_EQ(Name::parse("a.b")->to_text(), "a.b.");
  EXPECT_EQ(name("a.b").to_display(), "a.b");
}

TEST(Name, EscapesKeepDotsAndOctetsInLabels) {
  EXPECT_THAT(name("a\\.b\\046\\000").wire(), ElementsAre(5, 'a', '.', 'b', '.', 0, 0));
  EXPECT_EQ(name("a\\.b\\007\\255\\\\ c").to_text(), "a\\.b\\007\\255\\\\\\032c.");
}

TEST(Name, SaysWhatIsWrong) {
  EXPECT_EQ(error_of(""), "expected a domain name, found nothing");
  EXPECT_EQ(error_of("a..b"), "\"a..b\" is not a domain name: it has an empty label");
  EXPECT_EQ(error_of(".a"), "\".a\" is not a domain name: it has an empty label");
  EXPECT_EQ(error_of(".."), "\"..\" is not a domain name: it has an empty label");
  EXPECT_THAT(error_of("a\\"), testing::HasSubstr("an escape is"));
  EXPECT_THAT(error_of("a\\256"), testing::HasSubstr("an escape is"));
  EXPECT_EQ(error_of(std::string(63, 'x')), "");
  EXPECT_THAT(error_of(std::string(64, 'x')),
              testing::HasSubstr("a label has more than 63 octets"));
}

TEST(Name, MayHave255OctetsAndNoMore) {
  const std::string label = std::string(63, 'x') + ".";
  const std::string most = label + label + label + std::string(61, 'y') + ".";
  EXPECT_EQ(name(most).size(), 255U);
  EXPECT_EQ(name(most.substr(0, most.size() - 1)).size(), 255U);
  EXPECT_THAT(error_of(label + label + label + std::string(62, 'y') + "."),
              testing::HasSubstr("more than 255 octets"));
  EXPECT_THAT(error_of(label + label + label + std::string(62, 'y')),
              testing::HasSubstr("more than 255 octets"));
  EXPECT_THAT(error_of(label + label + label + "y", name(label)),
              testing::HasSubstr("with its origin it has more than 255 octets"));
  EXPECT_EQ(name(most).child(as_bytes("a")).error(), NameError::name_too_long);
  std::string many;
  for (int i = 0; i < 127; ++i) many += "a.";
  EXPECT_EQ(name(many).label_count(), 127U);
  EXPECT_NE(error_of(many + "a."), "");
}

TEST(Name, ReadsOneWholeWireName) {
  const std::vector<std::uint8_t> good{1, 'a', 0};
  EXPECT_EQ(*Name::from_wire(good), name("a."));
  EXPECT_EQ(Name::from_wire({}).error(), NameError::truncated);
  EXPECT_EQ(Name::from_wire(Bytes(good).first(2)).error(), NameError::truncated);
  const std::vector<std::uint8_t> more{1, 'a', 0, 0};
  EXPECT_EQ(Name::from_wire(more).error(), NameError::name_too_long);
  const std::vector<std::uint8_t> pointer{0xc0, 0};
  EXPECT_EQ(Name::from_wire(pointer).error(), NameError::label_too_long);
}

TEST(Name, ComparesWithoutCaseAndKeepsIt) {
  EXPECT_EQ(name("WwW.Example"), name("wWw.eXAMPLE"));
  EXPECT_FALSE(name("www.example") == name("wwx.example"));
  EXPECT_FALSE(name("a\\.b") == name("a.b"));
  EXPECT_EQ(name("WwW").to_text(), "WwW.");
  EXPECT_EQ(name("WwW[").lowered().to_text(), "www[.");
  EXPECT_EQ(std::hash<Name>{}(name("A.b")), std::hash<Name>{}(name("a.B")));
}

TEST(Name, KnowsItsAncestors) {
  EXPECT_TRUE(name("a.B.c").is_at_or_below(name("b.C")));
  EXPECT_TRUE(name("b.c").is_at_or_below(name("b.c")));
  EXPECT_TRUE(name("b.c").is_at_or_below(Name()));
  EXPECT_FALSE(name("ab.c").is_at_or_below(name("b.c")));
  EXPECT_FALSE(name("c").is_at_or_below(name("b.c")));
  EXPECT_FALSE(name("x\\001b.c").is_at_or_below(name("b.c")));  // looks like it from its end
  EXPECT_EQ(name("a.b.c").parent(), name("b.c"));
  EXPECT_TRUE(name("*.a").is_wildcard());
  EXPECT_FALSE(name("**.a").is_wildcard());
  EXPECT_FALSE(name("a.*").is_wildcard());
  EXPECT_EQ(*name("b").child(as_bytes("a.")), name("a\\..b"));
  EXPECT_EQ(name("b").child({}).error(), NameError::label_too_long);
}

TEST(Name, DecodesCompressedNames) {
  // offset 2: "b.", 5: "a" + pointer to 2, 9: pointer to 5
  const std::vector<std::uint8_t> message{9, 9, 1, 'b', 0, 1, 'a', 0xc0, 2, 0xc0, 5, 7};
  const auto first = decode_name(message, 2);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->name, name("b"));
  EXPECT_EQ(first->consumed, 3U);
  const auto second = decode_name(message, 5);
  EXPECT_EQ(second->name, name("a.b"));
  EXPECT_EQ(second->consumed, 4U);
  const auto third = decode_name(message, 9);
  EXPECT_EQ(third->name, name("a.b"));
  EXPECT_EQ(third->consumed, 2U);
}

TEST(Name, RefusesBadCompression) {
  const auto error = [](std::vector<std::uint8_t> message, std::size_t offset) {
    return decode_name(message, offset).error();
  };
  EXPECT_EQ(error({0xc0, 0}, 0), NameError::loop);          // to itself
  EXPECT_EQ(error({0xc0, 2, 0}, 0), NameError::loop);       // forwards
  EXPECT_EQ(error({1, 'a', 0xc0, 0}, 0), NameError::loop);  // into the name that it ends
  EXPECT_EQ(error({0xc0}, 0), NameError::truncated);
  EXPECT_EQ(error({2, 'a'}, 0), NameError::truncated);
  EXPECT_EQ(error({1, 'a'}, 0), NameError::truncated);
  EXPECT_EQ(error({0}, 1), NameError::truncated);
  EXPECT_EQ(error({0x40, 'a', 0}, 0), NameError::label_too_long);
  EXPECT_EQ(error({0x80, 'a', 0}, 0), NameError::label_too_long);
  std::vector<std::uint8_t> message(256, 1);
  message.push_back(0);
  EXPECT_EQ(error(message, 0), NameError::name_too_long);
}

TEST(Name, CanonicalOrderIsThatOfRfc4034) {  // section 6.1
  const std::vector<std::string> sorted{"example",         "a.example",      "yljkjljk.a.example",
                                        "Z.a.example",     "zABC.a.EXAMPLE", "z.example",
                                        "\\001.z.example", "*.z.example",    "\\200.z.example"};
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    for (std::size_t k = 0; k < sorted.size(); ++k) {
      EXPECT_EQ(canonical_compare(name(sorted[i]), name(sorted[k])), i == k ? 0 : (i < k ? -1 : 1))
          << sorted[i] << ' ' << sorted[k];
    }
  }
}

TEST(Name, TheHashOfANameIsMadeFromThoseOfItsSuffixes) {
  EXPECT_EQ(hash_name(Name().wire()), kRootHash);
  const std::uint64_t parent = hash_name(name("example.com").wire());
  const Bytes label = as_bytes(
      "\x11"
      "a-label-of-17-oct");
  EXPECT_EQ(hash_name(name("a-label-of-17-oct.example.com").wire()),
            hash_label(parent, label.data()));
}

TEST(Name, WhatIsReadBackIsWhatWasWritten) {
  Random random(11);
  for (int round = 0; round < 2000; ++round) {
    Name original;
    for (std::uint32_t labels = random.below(8); labels > 0; --labels) {
      std::vector<std::uint8_t> label(1 + random.below(20));
      for (std::uint8_t& octet : label) octet = static_cast<std::uint8_t>(random.next());
      original = *original.child(label);
    }
    const Result<Name> again = Name::parse(original.to_text(), name("some.origin"));
    ASSERT_TRUE(again) << original.to_text();
    EXPECT_TRUE(std::ranges::equal(again->wire(), original.wire())) << original.to_text();
    EXPECT_TRUE(std::ranges::equal(decode_name(original.wire(), 0)->name.wire(), original.wire()));
  }
}

}  // namespace
}  // namespace rollcall::dns
