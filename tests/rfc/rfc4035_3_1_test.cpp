/// RFC 4035 section 3.1, "Authoritative Name Servers": a question for RRSIG is one for a type like
/// any other, and a zone without signatures has none.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc4035Section31, AZoneWithoutSignaturesHasNoData) {
  EXPECT_EQ(Server("").says("example.com", Type::RRSIG),
            std::string("NOERROR AA\nQUESTION example.com. RRSIG IN\n").append(kDenial));
}

TEST(Rfc4035Section31, WhatStandsInTheZoneIsServed) {
  EXPECT_THAT(shown("RRSIG A 5 3 60 20300101000000 20290101000000 1 example.com. AQAB"),
              testing::StartsWith("RRSIG A 5 3 60 20300101000000"));
}

}  // namespace
}  // namespace rollcall::rfc
