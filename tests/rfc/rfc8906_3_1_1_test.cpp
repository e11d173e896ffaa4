/// RFC 8906 section 3.1.1, "Zone Existence": a server that has no such zone says REFUSED.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc8906Section311, AZoneThatIsNotHereIsRefused) {
  for (const char* name : {"example.net", ".", "com", "xexample.com"}) {
    EXPECT_EQ(Server("").ask({.name = name, .type = Type::SOA}).rcode, unsigned(Rcode::refused));
  }
}

TEST(Rfc8906Section311, AClassThatIsNotServedIsToo) {
  for (const int qclass : {2, 4, 254, 1000}) {
    EXPECT_EQ(Server("").ask({.name = "example.com", .qclass = static_cast<Class>(qclass)}).rcode,
              unsigned(Rcode::refused));
  }
}

}  // namespace
}  // namespace rollcall::rfc
