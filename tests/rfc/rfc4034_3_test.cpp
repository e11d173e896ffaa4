/// RFC 4034 section 3, "The RRSIG Resource Record": its TTL is that of the RRset that it covers, so
/// the signatures at one name are no RRset with one TTL.
#include "answer/transfer.hpp"
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

constexpr const char* kTimes = " 20380101000000 20200101000000 1 example.com. AAAA\n";

std::string signature(const std::string& owner, unsigned ttl, const std::string& covered) {
  return owner + " " + std::to_string(ttl) + " IN RRSIG " + covered + " 13 2 300" + kTimes;
}

/// The TTL and the covered type of each RRSIG: "3600 NS".
std::vector<std::string> signatures(const std::vector<std::string>& answer) {
  std::vector<std::string> found;
  for (const std::string& line : answer) {
    const std::size_t at = line.find(" RRSIG ");
    if (at == std::string::npos) continue;
    const std::size_t ttl = line.find(' ') + 1;
    const std::size_t covered = at + 7;
    found.push_back(line.substr(ttl, at - ttl) + " " +
                    line.substr(covered, line.find(' ', covered) - covered));
  }
  return found;
}

const std::string kSigned = signature("@", 300, "SOA") + signature("@", 300, "NS") +
                            "@ 0 NSEC3PARAM 1 0 0 -\n" + signature("@", 0, "NSEC3PARAM") +
                            "@ 86400 TXT x\n" + signature("@", 86400, "TXT");
const auto kAll = UnorderedElementsAre("300 SOA", "300 NS", "0 NSEC3PARAM", "86400 TXT");

TEST(Rfc4034Section3, EachSignatureHasTheTtlOfWhatItCovers) {
  const Server server(kSigned, {.any = answer::AnyAnswer::all});
  EXPECT_THAT(signatures(server.ask({.name = "example.com", .type = Type::RRSIG}).answer), kAll);
  EXPECT_THAT(
      signatures(server.ask({.name = "example.com", .type = Type::ANY}, Transport::tcp).answer),
      kAll);
}

TEST(Rfc4034Section3, TheSameInATransfer) {
  const zone::Catalog catalog =
      answer::load_catalog({{"example.com",
                             std::string(kApex) + kSigned,
                             {},
                             {.secondaries = {{{kClient, 53}, {}}}, .grants = {}}}});
  auto opened = answer::open_transfer(
      catalog, as_read(catalog, make_query({.name = "example.com", .type = Type::AXFR})), kClient,
      kNow);
  ASSERT_TRUE(opened);
  Octets out(dns::kMaxMessageSize);
  out.resize(answer::next_message(*opened, out, kNow));
  EXPECT_THAT(signatures(answer::read_response(out).answer), kAll);
}

TEST(Rfc4034Section3, AnotherTtlIsPutRight) {
  const std::string records = "a 90 TXT x\n" + signature("a", 60, "TXT") + "b 90 TXT x\n" +
                              "b 70 TXT y\n" + signature("b", 90, "TXT");
  EXPECT_THAT(said(records),
              ElementsAre("zone:6:1: warning: TTL 60 of this RRSIG differs from the TTL of the TXT "
                          "records that it covers: using theirs, 90",
                          HasSubstr("zone:8:1: warning: the TTLs of the TXT records"),
                          "zone:9:1: warning: TTL 90 of this RRSIG differs from the TTL of the TXT "
                          "records that it covers: using theirs, 70"));
  const Server server(records);
  EXPECT_THAT(signatures(server.ask({.name = "a.example.com", .type = Type::RRSIG}).answer),
              ElementsAre("90 TXT"));
  EXPECT_THAT(signatures(server.ask({.name = "b.example.com", .type = Type::RRSIG}).answer),
              ElementsAre("70 TXT"));
}

TEST(Rfc4034Section3, SignaturesOfNothingHaveOneTtlForEachType) {
  const std::string records =
      signature("a", 60, "TXT") + signature("a", 50, "MX") + "a 50" + " RRSIG TXT 8 2 300" + kTimes;
  EXPECT_THAT(said(records), ElementsAre("zone:7:1: warning: the TTLs of the RRSIG records at one "
                                         "name differ: using the lowest, 50"));
  EXPECT_THAT(
      signatures(Server(records).ask({.name = "a.example.com", .type = Type::RRSIG}).answer),
      UnorderedElementsAre("50 TXT", "50 TXT", "50 MX"));
}

}  // namespace
}  // namespace rollcall::rfc
