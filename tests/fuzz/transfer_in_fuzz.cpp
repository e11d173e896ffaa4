/// A transfer from anybody: it is refused, or its text is read by the loader word by word, whether
/// or not the zone can be served; changes fit the zone or are refused with a reason.
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "require.hpp"
#include "transfer/incoming.hpp"
#include "transfer/zone_text.hpp"
#include "zone/load.hpp"

namespace {

using namespace rollcall;
using fuzz::require;

const dns::Name& origin() {
  static const dns::Name name = *dns::Name::parse("example.com");
  return name;
}

zone::LoadReport load(const std::string& text) {
  return zone::load_zone({origin(), "zone", {}},
                         [&](const std::string&) -> Result<std::string> { return text; });
}

/// A header with that many answers, and the question.
std::vector<std::uint8_t> begin_message(bool changes, std::uint8_t answers) {
  std::vector<std::uint8_t> message(dns::kHeaderSize);
  store_u16(message.data() + dns::header::kFlags, dns::flag::kQr);
  store_u16(message.data() + dns::header::kQdcount, 1);
  message[dns::header::kAncount + 1] = answers;
  const Bytes name = origin().wire();
  message.insert(message.end(), name.begin(), name.end());
  for (const int octet : {0, changes ? 251 : 252, 0, 1}) {
    message.push_back(static_cast<std::uint8_t>(octet));
  }
  return message;
}

void check(transfer::Incoming content, const zone::Zone& zone) {
  if (const auto* whole = std::get_if<transfer::WholeZone>(&content)) {
    const zone::LoadReport report = load(whole->text);
    if (report.zone) require(report.zone->soa().serial == whole->serial, "the serial is the SOA's");
    for (const Diagnostic& diagnostic : report.diagnostics) {
      require(diagnostic.message.find("expected") == std::string::npos, "each line is a record");
    }
  }
  if (const auto* changes = std::get_if<transfer::Changes>(&content)) {
    require(!changes->empty() && changes->front().from == 10, "changes begin at our serial");
    const auto text = transfer::changed_text(zone, *changes);
    require(text || !text.error().message.empty(), "a refusal has a reason");
  }
}

}  // namespace

/// @param data whether it is IXFR; then messages: the number of answers, the length, the octets
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::shared_ptr<const zone::Zone> zone =
      load("$TTL 60\n@ SOA ns1 root 10 2 3 4 5\n@ NS ns1\nns1 A 192.0.2.1\n").zone;
  if (size < 1) return 0;
  const bool changes = (data[0] & 1) != 0;
  std::optional<std::uint32_t> serial;
  if (changes) serial = 10;
  transfer::IncomingTransfer incoming({origin(), 0, serial}, {});
  for (std::size_t at = 1; at + 3 <= size;) {
    const std::size_t length = std::min<std::size_t>(load_u16(data + at + 1), size - at - 3);
    std::vector<std::uint8_t> message = begin_message(changes, data[at]);
    message.insert(message.end(), data + at + 3, data + at + 3 + length);
    at += 3 + length;
    const Result<bool> done = incoming.take(message, WallTime());
    if (!done) {
      require(!done.error().message.empty(), "an error has a reason");
      return 0;
    }
    if (!*done) continue;
    check(std::move(incoming).content(), *zone);
    return 0;
  }
  return 0;
}
