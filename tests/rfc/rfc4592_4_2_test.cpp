/// RFC 4592 section 4.2, "NS RRSet at a Wildcard Domain Name": it has no defined meaning: a zone
/// with one is refused.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc4592Section42, AZoneWithOneIsRefused) {
  EXPECT_THAT(
      said("*.w NS ns\n"),
      ElementsAre("zone:5:1: error: *.w.example.com is a wildcard and must not have NS records"));
}

}  // namespace
}  // namespace rollcall::rfc
