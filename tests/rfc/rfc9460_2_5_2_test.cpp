/// RFC 9460 section 2.5.2, "ServiceMode": for a pool too, "." stands for the owner.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc9460Section252, ARecordWhoseOwnerIsAPoolFollowsIt) {
  const Server server = server_of({{"example.com",
                                    std::string(kApex) + "r 1 HTTPS 1 .\nr 1 A 192.0.2.2\n",
                                    {"r.example.com"}}});
  std::vector<Type> watched;
  for (const zone::WatchedRrset& set : server.zone().watched()) watched.push_back(set.type);
  EXPECT_THAT(watched, UnorderedElementsAre(Type::A, Type::HTTPS));
}

TEST(Rfc9460Section252, InAliasModeItDoesNot) {
  const Server server = server_of({{"example.com",
                                    std::string(kApex) + "r 1 HTTPS 0 .\nr 1 A 192.0.2.2\n",
                                    {"r.example.com"}}});
  EXPECT_EQ(server.zone().watched().size(), 1U);
}

}  // namespace
}  // namespace rollcall::rfc
