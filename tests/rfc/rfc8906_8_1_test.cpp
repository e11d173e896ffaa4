/// RFC 8906 section 8.1, "Testing: Basic DNS": the queries of section 8.1, and what must and must
/// not come back.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

/// The first line of the response: RCODE and flags.
std::string status(const Question& question, Transport transport = Transport::udp) {
  const std::string text = to_text(Server("").ask(question, transport));
  return text.substr(0, text.find('\n'));
}

TEST(Rfc8906Section81, IsTheServerConfiguredForTheZone) {  // 8.1.1
  EXPECT_EQ(status({"example.com", Type::SOA, std::nullopt, Class::IN, 1, 0}), "NOERROR AA");
}

TEST(Rfc8906Section81, UnknownTypes) {  // 8.1.2
  EXPECT_EQ(status({"example.com", static_cast<Type>(1000), std::nullopt, Class::IN, 1, 0}),
            "NOERROR AA");
}

TEST(Rfc8906Section81, HeaderBits) {  // 8.1.3
  const auto with = [](std::uint16_t flags) {
    return status({"example.com", Type::SOA, std::nullopt, Class::IN, 1, flags});
  };
  EXPECT_EQ(with(0x0010), "NOERROR AA CD");
  EXPECT_EQ(with(0x0020), "NOERROR AA");
  EXPECT_EQ(with(0x0040), "NOERROR AA");
  EXPECT_EQ(with(0x0100), "NOERROR AA RD");
}

TEST(Rfc8906Section81, UnknownOpcodes) {  // 8.1.4
  EXPECT_EQ(hex(Server("").reply(octets("0001 7800 0000 0000 0000 0000"))),
            hex("0001 f804 0000 0000 0000 0000"));
}

TEST(Rfc8906Section81, Tcp) {  // 8.1.5
  EXPECT_EQ(status({"example.com", Type::SOA, std::nullopt, Class::IN, 1, 0}, Transport::tcp),
            "NOERROR AA");
}

}  // namespace
}  // namespace rollcall::rfc
