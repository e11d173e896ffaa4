/// RFC 2136 section 2.4, "Prerequisite Section": the five forms of a prerequisite, by CLASS and
/// TYPE. What may not stand in one is FORMERR (section 3.2).
#include <gmock/gmock.h>

#include "rfc/updating.hpp"

namespace rollcall::rfc {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const char* const kLines = "a A 192.0.2.7\na A 192.0.2.8\nx.ent TXT x\n";

TEST(Rfc2136Section24, AnRrsetExistsWhateverItsRecords) {
  EXPECT_THAT(outcome(kLines, UpdateMessage().need("A", Class::ANY, Type::A)), IsEmpty());
  EXPECT_THAT(outcome(kLines, UpdateMessage().need("a", Class::ANY, Type::TXT)),
              ElementsAre("NXRRSET"));
}

TEST(Rfc2136Section24, AnRrsetIsExactlyThoseRecords) {
  EXPECT_THAT(outcome(kLines, UpdateMessage()
                                  .need("a", Class::IN, Type::A, "192.0.2.8")
                                  .need("a", Class::IN, Type::A, "192.0.2.7")),
              IsEmpty());
  EXPECT_THAT(outcome(kLines, UpdateMessage().need("a", Class::IN, Type::A, "192.0.2.8")),
              ElementsAre("NXRRSET"));
  EXPECT_THAT(outcome(kLines, UpdateMessage()
                                  .need("a", Class::IN, Type::A, "192.0.2.8")
                                  .need("a", Class::IN, Type::A, "192.0.2.8")),
              ElementsAre("NXRRSET"))
      << "one record, named twice";
  EXPECT_THAT(outcome(kLines, UpdateMessage()
                                  .need("a", Class::IN, Type::A, "192.0.2.7")
                                  .need("a", Class::IN, Type::A, "192.0.2.8")
                                  .need("a", Class::IN, Type::A, "192.0.2.9")),
              ElementsAre("NXRRSET"));
}

TEST(Rfc2136Section24, AnRrsetDoesNotExist) {
  EXPECT_THAT(outcome(kLines, UpdateMessage().need("a", Class::NONE, Type::TXT)), IsEmpty());
  EXPECT_THAT(outcome(kLines, UpdateMessage().need("a", Class::NONE, Type::A)),
              ElementsAre("YXRRSET"));
}

TEST(Rfc2136Section24, ANameIsInUse) {
  EXPECT_THAT(outcome(kLines, UpdateMessage().need("a", Class::ANY, Type::ANY)), IsEmpty());
  EXPECT_THAT(outcome(kLines, UpdateMessage().need("b", Class::ANY, Type::ANY)),
              ElementsAre("NXDOMAIN"));
  EXPECT_THAT(outcome(kLines, UpdateMessage().need("ent", Class::ANY, Type::ANY)),
              ElementsAre("NXDOMAIN"))
      << "an empty non-terminal has no record";
}

TEST(Rfc2136Section24, ANameIsNotInUse) {
  EXPECT_THAT(outcome(kLines, UpdateMessage().need("b", Class::NONE, Type::ANY)), IsEmpty());
  EXPECT_THAT(outcome(kLines, UpdateMessage().need("a", Class::NONE, Type::ANY)),
              ElementsAre("YXDOMAIN"));
}

TEST(Rfc2136Section24, WhatMayNotStandInOneIsAFormatError) {
  const auto is = [](UpdateMessage& message, const char* code) {
    EXPECT_THAT(outcome(kLines, message), ElementsAre(code));
  };
  is(UpdateMessage().need("a", Class::ANY, Type::A, "", 1), "FORMERR");
  is(UpdateMessage().need("a", Class::ANY, Type::A, "192.0.2.7"), "FORMERR");
  is(UpdateMessage().need("a", Class::NONE, Type::A, "192.0.2.7"), "FORMERR");
  is(UpdateMessage().need("a", Class::CH, Type::A), "FORMERR");
  is(UpdateMessage().need("a", Class::IN, Type::ANY), "FORMERR");
  is(UpdateMessage().need("a", Class::IN, Type::A), "FORMERR");
  is(UpdateMessage().need("a", Class::ANY, Type::AXFR), "FORMERR");
  is(UpdateMessage().need("example.org.", Class::ANY, Type::ANY), "NOTZONE");
}

TEST(Rfc2136Section24, AllMustHoldAndNothingIsChangedOtherwise) {
  EXPECT_THAT(outcome(kLines, UpdateMessage()
                                  .need("a", Class::ANY, Type::A)
                                  .need("b", Class::ANY, Type::A)
                                  .add("c", Type::A, "192.0.2.9")),
              ElementsAre("NXRRSET"));
}

}  // namespace
}  // namespace rollcall::rfc
