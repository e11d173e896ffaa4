/// RFC 8906 section 8.2, "Testing: Extended DNS": the queries of section 8.2, and what must and
/// must not come back.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

/// The response without its question.
std::string said_to(const Question& question) {
  Question plain = question;
  plain.name = "example.com";
  plain.type = Type::SOA;
  plain.flags = 0;
  Response response = Server("").ask(plain);
  response.question.clear();
  for (const auto& option : response.opt.value().options) {
    response.answer.push_back("option " + std::to_string(static_cast<unsigned>(option.code)));
  }
  return to_text(response);
}

const std::string kSoa =
    "ANSWER example.com. 300 SOA ns.example.com. root.example.com. 7 3600 600 86400 60\n";

TEST(Rfc8906Section82, MinimalEdns) {  // 8.2.1
  EXPECT_EQ(said_to({}), "NOERROR AA EDNS\n" + kSoa);
}

TEST(Rfc8906Section82, AnUnknownVersion) {  // 8.2.2
  EXPECT_EQ(said_to({.opt_ttl = 1 << 16}), "BADVERS EDNS\n");
}

TEST(Rfc8906Section82, UnknownOptions) {  // 8.2.3
  EXPECT_EQ(said_to({.options = {{static_cast<EdnsOption>(100), {}}}}), "NOERROR AA EDNS\n" + kSoa);
}

TEST(Rfc8906Section82, UnknownFlags) {  // 8.2.4
  EXPECT_EQ(said_to({.opt_ttl = 0x0040}), "NOERROR AA EDNS\n" + kSoa);
}

TEST(Rfc8906Section82, AnUnknownVersionWithFlags) {  // 8.2.5
  EXPECT_EQ(said_to({.opt_ttl = 1 << 16 | 0x0040}), "BADVERS EDNS\n");
}

TEST(Rfc8906Section82, AnUnknownVersionWithOptions) {  // 8.2.6
  EXPECT_EQ(said_to({.options = {{static_cast<EdnsOption>(100), {}}}, .opt_ttl = 1 << 16}),
            "BADVERS EDNS\n");
}

TEST(Rfc8906Section82, Dnssec) {  // 8.2.8
  EXPECT_EQ(said_to({.opt_ttl = 0x8000}), "NOERROR AA EDNS DO\n" + kSoa);
}

TEST(Rfc8906Section82, SeveralOptionsThatAreDefined) {  // 8.2.9
  EXPECT_EQ(said_to({.options = {{EdnsOption::nsid, {}},
                                 {static_cast<EdnsOption>(8), octets("0001 00 00")},
                                 {EdnsOption::expire, {}},
                                 {EdnsOption::cookie, octets("0102030405060708")}}}),
            "NOERROR AA EDNS\n" + kSoa + "ANSWER option 10\nANSWER option 9\n");
}

}  // namespace
}  // namespace rollcall::rfc
