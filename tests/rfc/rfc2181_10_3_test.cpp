/// RFC 2181 section 10.3, "MX and NS records": their targets have addresses and are no aliases.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc2181Section103, AnAliasAsTargetIsTold) {
  EXPECT_THAT(said("a CNAME ns\n@ MX 1 a\n"),
              ElementsAre("zone:6:1: warning: example.com MX a.example.com is a CNAME"));
  EXPECT_THAT(said("a CNAME ns\nsub NS a\n"),
              ElementsAre("zone:6:1: warning: sub.example.com NS a.example.com is a CNAME"));
}

TEST(Rfc2181Section103, TheZonesOwnNsMayNotBeOne) {
  EXPECT_THAT(said("a CNAME ns\n@ NS a\n"),
              ElementsAre("zone:6:1: error: example.com NS a.example.com is a CNAME"));
}

}  // namespace
}  // namespace rollcall::rfc
