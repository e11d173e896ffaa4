/// RFC 2181 section 9, "The TC (truncated) header bit": TC where a set that is required does not
/// fit, never for additional data that could be left out.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

std::string addresses(const std::string& owner, int count) {
  std::string records;
  for (int i = 0; i < count; ++i) records += owner + " A 192.0.2." + std::to_string(i) + "\n";
  return records;
}

TEST(Rfc2181Section9, ARequiredSetThatDoesNotFitSetsTc) {
  const Response response =
      Server(addresses("www", 40)).ask({.name = "www.example.com", .edns_size = std::nullopt});
  EXPECT_TRUE(response.tc());
  EXPECT_THAT(response.answer, IsEmpty());  // never a part of a set
}

TEST(Rfc2181Section9, AdditionalDataThatDoesNotFitIsLeftOutWhole) {
  const Response response = Server("@ MX 1 mail\n" + addresses("mail", 40))
                                .ask({.name = "example.com", .type = Type::MX, .edns_size = {}});
  EXPECT_FALSE(response.tc());
  EXPECT_EQ(response.answer.size(), 1U);
  EXPECT_THAT(response.additional, IsEmpty());
}

}  // namespace
}  // namespace rollcall::rfc
