/// RFC 2181 section 10.1, "CNAME resource records": a name has one CNAME, and nothing beside it.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc2181Section101, ANameHasOneCname) {
  EXPECT_THAT(said("a CNAME b\na CNAME c\n"),
              ElementsAre("zone:6:1: error: a.example.com has 2 CNAME records: expected one"));
}

TEST(Rfc2181Section101, NothingStandsBesideIt) {
  EXPECT_THAT(said("a CNAME b\na A 192.0.2.2\n"),
              ElementsAre("zone:6:1: error: a.example.com has a CNAME and other data (A)"));
}

}  // namespace
}  // namespace rollcall::rfc
