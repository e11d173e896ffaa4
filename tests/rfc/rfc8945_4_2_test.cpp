/// RFC 8945 section 4.2, "TSIG Record Format": class ANY, TTL 0; algorithm, time, fudge, MAC,
/// original ID, error, other data.
#include "rfc/conversation.hpp"
#include "rfc/signed_conversation.hpp"

namespace rollcall::rfc {
namespace {

constexpr std::size_t kTsigAt = 12 + 13 + 4;         // behind header and question
constexpr std::size_t kKeyName = 1 + 3 + 1 + 7 + 1;  // octets of "key.example"

unsigned rcode_after(std::size_t at, std::uint8_t octet) {
  Octets request = signed_request();
  request[kTsigAt + kKeyName + at] = octet;
  return signed_server().ask(request).rcode;
}

TEST(Rfc8945Section42, ClassIsAnyAndTtlIsZero) {
  EXPECT_EQ(rcode_after(3, 255), unsigned(Rcode::noerror));
  EXPECT_EQ(rcode_after(3, 1), unsigned(Rcode::formerr));
  EXPECT_EQ(rcode_after(7, 1), unsigned(Rcode::formerr));
}

TEST(Rfc8945Section42, ItsLengthsFit) {
  EXPECT_EQ(rcode_after(9, 60), unsigned(Rcode::formerr));   // RDLENGTH, 61
  EXPECT_EQ(rcode_after(32, 33), unsigned(Rcode::formerr));  // MAC size, 32
}

TEST(Rfc8945Section42, ItIsNoTypeToAskForOrToServe) {
  EXPECT_EQ(Server("").ask({.name = "example.com", .type = Type::TSIG}).rcode,
            unsigned(Rcode::formerr));
  EXPECT_THAT(said("r TSIG \\# 0\n"), ElementsAre(HasSubstr("type TSIG is not allowed in a zone")));
}

}  // namespace
}  // namespace rollcall::rfc
