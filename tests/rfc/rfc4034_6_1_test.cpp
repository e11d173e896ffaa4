/// RFC 4034 section 6.1, "Canonical DNS Name Order": label by label from the right, as lower-case
/// octets; the example's nine names.
#include "rfc/conversation.hpp"
#include "zone/zone_walk.hpp"

namespace rollcall::rfc {
namespace {

constexpr const char* kInOrder[] = {"example",         "a.example",      "yljkjljk.a.example",
                                    "Z.a.example",     "zABC.a.EXAMPLE", "z.example",
                                    "\\001.z.example", "*.z.example",    "\\200.z.example"};

TEST(Rfc4034Section61, TheExampleIsInOrder) {
  for (std::size_t i = 0; i < std::size(kInOrder); ++i) {
    for (std::size_t j = 0; j < std::size(kInOrder); ++j) {
      const int order = dns::canonical_compare(name_of(kInOrder[i]), name_of(kInOrder[j]));
      EXPECT_EQ(order, i < j ? -1 : i > j ? 1 : 0) << kInOrder[i] << " " << kInOrder[j];
    }
  }
}

TEST(Rfc4034Section61, AZoneKeepsItsNamesInThisOrder) {
  std::string text = "$TTL 1\n@ SOA a b 1 2 3 4 5\n@ NS x.\n";
  for (std::size_t i = std::size(kInOrder); i-- > 1;)
    text += std::string(kInOrder[i]) + ". TXT t\n";
  const Server server = server_of({{"example", text}});
  std::vector<std::string> names;
  zone::ZoneWalk walk(server.zone());
  while (const auto* node = walk.next()) {
    names.push_back(dns::Name::from_wire(node->name())->to_text());
  }
  EXPECT_THAT(names, ElementsAre("example.", "a.example.", "yljkjljk.a.example.", "z.a.example.",
                                 "zabc.a.example.", "z.example.", "\\001.z.example.",
                                 "*.z.example.", "\\200.z.example."));
}

}  // namespace
}  // namespace rollcall::rfc
