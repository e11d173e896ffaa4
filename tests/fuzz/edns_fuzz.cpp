/// Requests with anything behind a good question: what read_query says of them holds.
#include <array>
#include <vector>

#include "dns/query.hpp"
#include "require.hpp"

namespace {

using namespace rollcall;
using fuzz::require;

constexpr std::array<std::uint8_t, 17> kQuestion{0, 0, 1, 0, 1,   0, 0, 0, 0,
                                                 0, 0, 0, 1, 'a', 0, 0, 1};

void check(Bytes packet) {
  dns::Query query;
  const std::optional<dns::QueryError> error = dns::read_query(packet, query);
  if (error == dns::QueryError::silence) return;
  require(query.id == load_u16(packet.data()), "the id is the packet's");
  require(dns::kHeaderSize + query.question_size <= packet.size(), "the question is in the packet");
  if (query.tsig) require(*query.tsig < packet.size(), "the TSIG is in the packet");
  if (error) return;
  require(query.question_size != 0 || !query.edns.cookie.empty(), "it asks something");
  require(query.question_size == 0 || query.name.size() + 4 == query.question_size,
          "the question is name, type and class");
  require(query.edns.version == 0, "another version is an error");
}

}  // namespace

/// @param data the counts of header words 3 to 5, one octet each, then what follows the question
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes input(data, size);
  check(input);
  if (size < 3) return 0;
  std::vector<std::uint8_t> packet(kQuestion.begin(), kQuestion.end());
  packet.push_back(0);
  packet.push_back(1);  // class IN
  for (std::size_t i = 0; i < 3; ++i) packet[dns::header::kAncount + 2 * i + 1] = data[i];
  packet.insert(packet.end(), input.begin() + 3, input.end());
  check(packet);
  return 0;
}
