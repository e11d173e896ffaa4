/// RFC 2136 section 2.5, "Update Section": the four forms of an update, by CLASS and TYPE, and what
/// they do (section 3.4.2). What may not stand in one is FORMERR (section 3.4.1).
#include <gmock/gmock.h>

#include "rfc/updating.hpp"

namespace rollcall::rfc {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const char* const kHeld = "a A 192.0.2.7\na A 192.0.2.8\na TXT x\nc CNAME a\n";

TEST(Rfc2136Section25, AddsToAnRrset) {
  EXPECT_THAT(
      outcome(kHeld, UpdateMessage().add("a", Type::A, "192.0.2.9").add("n", Type::TXT, "y")),
      ElementsAre("+a 60 A 192.0.2.9", "+n 60 TXT \"y\""));
  EXPECT_THAT(outcome(kHeld, UpdateMessage().add("a", Type::A, "192.0.2.7")), IsEmpty())
      << "a duplicate";
  EXPECT_THAT(outcome(kHeld, UpdateMessage().add("a", Type::TXT, "x", 5)),
              ElementsAre("+a 5 TXT \"x\"", "-a 60 TXT \"x\""));
}

TEST(Rfc2136Section25, DeletesAnRrset) {
  EXPECT_THAT(outcome(kHeld, UpdateMessage().update("A", Class::ANY, Type::A)),
              ElementsAre("-a 60 A 192.0.2.7", "-a 60 A 192.0.2.8"));
  EXPECT_THAT(outcome(kHeld, UpdateMessage().update("a", Class::ANY, Type::MX)), IsEmpty());
}

TEST(Rfc2136Section25, DeletesAllRrsetsFromAName) {
  EXPECT_THAT(outcome(kHeld, UpdateMessage().update("a", Class::ANY, Type::ANY)),
              ElementsAre("-a 60 A 192.0.2.7", "-a 60 A 192.0.2.8", "-a 60 TXT \"x\""));
}

TEST(Rfc2136Section25, DeletesOneRecord) {
  EXPECT_THAT(outcome(kHeld, UpdateMessage().update("a", Class::NONE, Type::A, "192.0.2.7")),
              ElementsAre("-a 60 A 192.0.2.7"));
  EXPECT_THAT(outcome(kHeld, UpdateMessage().update("a", Class::NONE, Type::A, "192.0.2.1")),
              IsEmpty());
}

TEST(Rfc2136Section25, StepsAreTakenOneAfterTheOther) {
  EXPECT_THAT(outcome(kHeld, UpdateMessage()
                                 .update("a", Class::ANY, Type::A)
                                 .add("a", Type::A, "192.0.2.9")
                                 .add("a", Type::A, "192.0.2.8")),
              ElementsAre("+a 60 A 192.0.2.9", "-a 60 A 192.0.2.7"));
  EXPECT_THAT(
      outcome(kHeld,
              UpdateMessage().add("n", Type::A, "192.0.2.9").update("n", Class::ANY, Type::ANY)),
      IsEmpty());
}

TEST(Rfc2136Section25, AnAliasStandsAlone) {
  EXPECT_THAT(outcome(kHeld, UpdateMessage().add("a", Type::CNAME, "b")), IsEmpty());
  EXPECT_THAT(outcome(kHeld, UpdateMessage().add("c", Type::A, "192.0.2.9")), IsEmpty());
  EXPECT_THAT(outcome(kHeld, UpdateMessage().add("c", Type::CNAME, "b")),
              ElementsAre("+c 60 CNAME b.example.com.", "-c 60 CNAME a.example.com."))
      << "it takes the place of the one that is there";
}

TEST(Rfc2136Section25, TheApexKeepsItsSoaAndAnNs) {
  EXPECT_THAT(outcome("", UpdateMessage().update("@", Class::ANY, Type::SOA)), IsEmpty());
  EXPECT_THAT(outcome("", UpdateMessage().update("@", Class::ANY, Type::NS)), IsEmpty());
  EXPECT_THAT(outcome("@ TXT x\n", UpdateMessage().update("@", Class::ANY, Type::ANY)),
              ElementsAre("-@ 60 TXT \"x\""));
  EXPECT_THAT(outcome("", UpdateMessage()
                              .update("@", Class::NONE, Type::NS, "ns1")
                              .update("@", Class::NONE, Type::NS, "ns2")),
              ElementsAre("-@ 60 NS ns1.example.com."));
  EXPECT_THAT(
      outcome("", UpdateMessage().update("@", Class::NONE, Type::SOA, "ns1 root 10 2 3 4 5")),
      IsEmpty());
}

TEST(Rfc2136Section25, ASoaCountsWhereItsSerialIsHigher) {
  EXPECT_THAT(outcome("", UpdateMessage().add("@", Type::SOA, "ns1 root 11 2 3 4 5")),
              ElementsAre("+@ 60 SOA ns1.example.com. root.example.com. 11 2 3 4 5",
                          "-@ 60 SOA ns1.example.com. root.example.com. 10 2 3 4 5"));
  EXPECT_THAT(outcome("", UpdateMessage().add("@", Type::SOA, "ns1 root 9 2 3 4 99")), IsEmpty());
  EXPECT_THAT(outcome("", UpdateMessage().add("a", Type::SOA, "ns1 root 11 2 3 4 5")), IsEmpty());
}

TEST(Rfc2136Section25, WhatMayNotStandInOneIsAFormatError) {
  const auto is = [](UpdateMessage& message, const char* code) {
    EXPECT_THAT(outcome(kHeld, message), ElementsAre(code));
  };
  is(UpdateMessage().update("a", Class::ANY, Type::A, "", 1), "FORMERR");
  is(UpdateMessage().update("a", Class::ANY, Type::A, "192.0.2.7"), "FORMERR");
  is(UpdateMessage().update("a", Class::ANY, Type::AXFR), "FORMERR");
  is(UpdateMessage().update("a", Class::NONE, Type::A, "192.0.2.7", 1), "FORMERR");
  is(UpdateMessage().update("a", Class::NONE, Type::ANY), "FORMERR");
  is(UpdateMessage().update("a", Class::IN, Type::ANY), "FORMERR");
  is(UpdateMessage().update("a", Class::IN, Type::A), "FORMERR");
  is(UpdateMessage().update("a", Class::CH, Type::A, "192.0.2.7"), "FORMERR");
  is(UpdateMessage().add("example.org.", Type::A, "192.0.2.7"), "NOTZONE");
  UpdateMessage longer;
  longer.add("a", Type::A, "192.0.2.9").octets().push_back(0);
  is(longer, "FORMERR");
  UpdateMessage shorter;
  shorter.add("a", Type::A, "192.0.2.9").octets().pop_back();
  is(shorter, "FORMERR");
}

}  // namespace
}  // namespace rollcall::rfc
