/// What a member's DNS server says to a check, and a secondary to the question for its serial: a
/// packet is judged or is none of ours, and a judgement says why.
#include <array>
#include <cstdint>
#include <span>

#include "answer/soa_query.hpp"
#include "dns/record_type.hpp"
#include "health/dns_exchange.hpp"
#include "require.hpp"

namespace {

using namespace rollcall;
using fuzz::require;

health::DnsCheck check_of(const char* expect, const char* reject) {
  health::DnsCheck check;
  check.query = "www.example.com";
  check.type = static_cast<std::uint16_t>(dns::Type::A);
  if (*expect != '\0') check.expect = *health::TextPattern::regex(expect);
  if (*reject != '\0') check.reject = health::TextPattern(reject);
  return check;
}

}  // namespace

/// @param data a packet; the checks' own question is put before it, too, so that it is answered
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::array checks{check_of("", ""), check_of("192", ""), check_of("", "down")};
  static const dns::Name origin = *dns::Name::parse("example.com");
  constexpr std::uint16_t id = 0x1234;
  const std::span<const std::uint8_t> said(data, size);
  std::vector<std::uint8_t> reply = health::write_question(checks[0], id, false);
  reply[2] |= 0x80;  // QR
  reply[6] = size > 0 ? data[0] : 0;
  reply[7] = size > 1 ? data[1] : 0;  // ANCOUNT
  reply.insert(reply.end(), said.begin(), said.end());
  for (const Bytes packet : {Bytes(said), Bytes(reply)}) {
    for (const health::DnsCheck& check : checks) {
      const auto judged = health::judge_reply(check, id, packet);
      if (!judged) continue;
      require(*judged || !judged->error().message.empty(), "a bad reply has a reason");
      static_cast<void>(health::is_truncated(packet));
      static_cast<void>(health::refuses_edns(check, packet));
    }
    static_cast<void>(answer::read_soa_serial(origin, id, packet));
  }
  return 0;
}
