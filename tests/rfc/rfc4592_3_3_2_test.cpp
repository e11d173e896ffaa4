/// RFC 4592 section 3.3.2, "Type Matching": a wildcard without the type has no data; CNAME matches
/// every type.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc4592Section332, AWildcardWithoutTheTypeHasNoData) {
  EXPECT_EQ(Server("* TXT t\n").says("q.example.com"),
            std::string("NOERROR AA\nQUESTION q.example.com. A IN\n").append(kDenial));
}

}  // namespace
}  // namespace rollcall::rfc
