/// RFC 8906 section 3.1.2, "Unknown/Unsupported Type Queries": NOERROR or NXDOMAIN, as for every
/// type.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc8906Section312, ATypeThatNobodyKnowsHasNoData) {
  EXPECT_EQ(Server("").says("example.com", static_cast<Type>(1000)),
            std::string("NOERROR AA\nQUESTION example.com. TYPE1000 IN\n").append(kDenial));
  EXPECT_EQ(Server("").says("no.example.com", static_cast<Type>(1000)),
            std::string("NXDOMAIN AA\nQUESTION no.example.com. TYPE1000 IN\n").append(kDenial));
}

}  // namespace
}  // namespace rollcall::rfc
