/// RFC 4592 section 2.2.2, "Empty Non-terminals": a name without records that has names below it
/// exists: no data, no wildcard.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc4592Section222, AnEmptyNonTerminalHasNoData) {
  EXPECT_EQ(Server("a.b TXT t\n* A 192.0.2.5\n").says("b.example.com"),
            std::string("NOERROR AA\nQUESTION b.example.com. A IN\n").append(kDenial));
}

TEST(Rfc4592Section222, ItEndsTheSearchForAWildcard) {
  EXPECT_EQ(Server("a.b TXT t\n* A 192.0.2.5\n").says("q.b.example.com"),
            std::string("NXDOMAIN AA\nQUESTION q.b.example.com. A IN\n").append(kDenial));
}

TEST(Rfc4592Section222, AWildcardMayBeOne) {
  EXPECT_EQ(Server("x.* TXT t\n").says("q.example.com"),
            std::string("NOERROR AA\nQUESTION q.example.com. A IN\n").append(kDenial));
}

}  // namespace
}  // namespace rollcall::rfc
