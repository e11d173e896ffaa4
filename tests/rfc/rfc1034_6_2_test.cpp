/// RFC 1034 section 6.2, "Example standard queries": the questions of sections 6.2.1 to 6.2.8 to a
/// server of the root and EDU zones of section 6.1.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

constexpr const char* kRoot = R"(
@ 86400 SOA SRI-NIC.ARPA. HOSTMASTER.SRI-NIC.ARPA. 870611 1800 300 604800 86400
               NS     A.ISI.EDU.
               NS     C.ISI.EDU.
               NS     SRI-NIC.ARPA.
MIL.           NS     SRI-NIC.ARPA.
               NS     A.ISI.EDU.
EDU.           NS     SRI-NIC.ARPA.
               NS     C.ISI.EDU.
SRI-NIC.ARPA.  A      26.0.0.73
               A      10.0.0.51
               MX     0 SRI-NIC.ARPA.
               HINFO  DEC-2060 TOPS20
ACC.ARPA.      A      26.6.0.65
               HINFO  PDP-11/70 UNIX
               MX     10 ACC.ARPA.
USC-ISIC.ARPA. CNAME  C.ISI.EDU.
73.0.0.26.IN-ADDR.ARPA. PTR SRI-NIC.ARPA.
A.ISI.EDU.     A      26.3.0.103
C.ISI.EDU.     A      10.0.0.52
)";
constexpr const char* kEdu = R"(
@ 86400 SOA SRI-NIC.ARPA. HOSTMASTER.SRI-NIC.ARPA. 870729 1800 300 604800 86400
               NS     SRI-NIC.ARPA.
               NS     C.ISI.EDU.
C.ISI          A      10.0.0.52
)";
const std::string kRootSoa =
    ". 86400 SOA SRI-NIC.ARPA. HOSTMASTER.SRI-NIC.ARPA. 870611 1800 300 604800 86400";

class Rfc1034Section62 : public testing::Test {
 protected:
  Response ask(const char* name, Type type) {
    const Response response =
        server_.ask({.name = name, .type = type, .edns_size = std::nullopt, .flags = 0});
    EXPECT_EQ(response.flags & ~0xf, response.aa() ? 0x8400 : 0x8000);
    return response;
  }
  Server server_ = server_of({{".", kRoot}, {"EDU", kEdu}}, {.any = answer::AnyAnswer::all});
};

TEST_F(Rfc1034Section62, Query1AsksForAddresses) {
  const Response response = ask("SRI-NIC.ARPA", Type::A);
  EXPECT_TRUE(response.aa());
  EXPECT_THAT(response.answer, UnorderedElementsAre("SRI-NIC.ARPA. 86400 A 26.0.0.73",
                                                    "SRI-NIC.ARPA. 86400 A 10.0.0.51"));
}

TEST_F(Rfc1034Section62, Query2AsksForEverything) {
  EXPECT_THAT(
      ask("SRI-NIC.ARPA", Type::ANY).answer,
      UnorderedElementsAre("SRI-NIC.ARPA. 86400 A 26.0.0.73", "SRI-NIC.ARPA. 86400 A 10.0.0.51",
                           "SRI-NIC.ARPA. 86400 MX 0 SRI-NIC.ARPA.",
                           "SRI-NIC.ARPA. 86400 HINFO \"DEC-2060\" \"TOPS20\""));
}

TEST_F(Rfc1034Section62, Query3AsksForMail) {
  const Response response = ask("SRI-NIC.ARPA", Type::MX);
  EXPECT_THAT(response.answer, ElementsAre("SRI-NIC.ARPA. 86400 MX 0 SRI-NIC.ARPA."));
  EXPECT_THAT(response.additional, UnorderedElementsAre("SRI-NIC.ARPA. 86400 A 26.0.0.73",
                                                        "SRI-NIC.ARPA. 86400 A 10.0.0.51"));
}

TEST_F(Rfc1034Section62, Query4AsksForDataThatIsNotThere) {
  const Response response = ask("SRI-NIC.ARPA", Type::NS);
  EXPECT_TRUE(response.aa());
  EXPECT_EQ(response.rcode, 0U);
  EXPECT_THAT(response.answer, IsEmpty());
}

TEST_F(Rfc1034Section62, Query5AsksForANameThatIsMistyped) {
  const Response response = ask("SIR-NIC.ARPA", Type::A);
  EXPECT_TRUE(response.aa());
  EXPECT_EQ(response.rcode, unsigned(Rcode::nxdomain));
  EXPECT_THAT(response.authority, ElementsAre(kRootSoa));
}

TEST_F(Rfc1034Section62, Query6IsReferred) {
  const Response response = ask("BRL.MIL", Type::A);
  EXPECT_FALSE(response.aa());
  EXPECT_THAT(response.answer, IsEmpty());
  EXPECT_THAT(response.authority,
              UnorderedElementsAre("MIL. 86400 NS SRI-NIC.ARPA.", "MIL. 86400 NS A.ISI.EDU."));
  EXPECT_THAT(response.additional, UnorderedElementsAre("A.ISI.EDU. 86400 A 26.3.0.103",
                                                        "SRI-NIC.ARPA. 86400 A 26.0.0.73",
                                                        "SRI-NIC.ARPA. 86400 A 10.0.0.51"));
}

TEST_F(Rfc1034Section62, Query7FollowsAnAliasIntoTheNextZone) {
  const Response response = ask("USC-ISIC.ARPA", Type::A);
  EXPECT_TRUE(response.aa());
  EXPECT_THAT(response.answer,
              ElementsAre("USC-ISIC.ARPA. 86400 CNAME C.ISI.EDU.", "C.ISI.EDU. 86400 A 10.0.0.52"));
}

TEST_F(Rfc1034Section62, Query8AsksForTheAliasItself) {
  EXPECT_THAT(ask("USC-ISIC.ARPA", Type::CNAME).answer,
              ElementsAre("USC-ISIC.ARPA. 86400 CNAME C.ISI.EDU."));
}

}  // namespace
}  // namespace rollcall::rfc
