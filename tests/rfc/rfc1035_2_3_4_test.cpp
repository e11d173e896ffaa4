/// RFC 1035 section 2.3.4, "Size limits": labels of 63 octets, names of 255, TTLs that are positive
/// signed 32-bit numbers, UDP messages of 512 octets (section 4.2.1).
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

std::string label(std::size_t size) {
  return std::string(size, 'x');
}

TEST(Rfc1035Section234, ALabelHas63OctetsAtMost) {
  EXPECT_THAT(said(label(63) + " A 192.0.2.1\n"), IsEmpty());
  EXPECT_THAT(said(label(64) + " A 192.0.2.1\n"), ElementsAre(HasSubstr("zone:5:1: error: ")));
}

TEST(Rfc1035Section234, ANameHas255OctetsAtMost) {
  // Each label has its length octet; "example.com." has 13 octets with the root's.
  const std::string most = label(63) + "." + label(63) + "." + label(63) + "." + label(49);
  EXPECT_EQ(name_of(most + ".example.com").size(), 255U);
  EXPECT_THAT(said(most + " A 192.0.2.1\n"), IsEmpty());
  EXPECT_THAT(said(most + "x A 192.0.2.1\n"), ElementsAre(HasSubstr("zone:5:1: error: ")));
}

TEST(Rfc1035Section234, ATtlIsAPositiveSigned32BitNumber) {
  EXPECT_EQ(Server("w 2147483647 A 192.0.2.2\n").ask(Question{"w.example.com"}).answer.at(0),
            "w.example.com. 2147483647 A 192.0.2.2");
}

}  // namespace
}  // namespace rollcall::rfc
