/// The files of state_dir, whoever wrote them: what is read is written and read again as the same,
/// and no seal holds but its own.
#include <cstdint>
#include <string>
#include <string_view>

#include "require.hpp"
#include "state/copy_text.hpp"
#include "state/sealed_text.hpp"
#include "state/state_text.hpp"

namespace {

using namespace rollcall;
using fuzz::require;

void try_copy(std::string_view text) {
  const std::size_t end = text.find('\n');
  if (const auto head = state::parse_copy_head(text.substr(0, end))) {
    const std::string line = state::format_copy_head(*head);
    const auto again = state::parse_copy_head(std::string_view(line).substr(0, line.size() - 1));
    require(again && again->octets == head->octets && again->parts == head->parts,
            "a head is read as it was written");
  }
  for (const std::size_t parts : {0U, 1U, 2U}) {
    const auto texts = state::parse_copy_body(text, parts);
    if (!texts) continue;
    const std::string body = state::format_copy_body(*texts);
    const auto again = state::parse_copy_body(body, parts);
    require(again && state::format_copy_body(*again) == body, "a body is read as it was written");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const WallTime now(std::chrono::hours(24 * 20'000));

  const auto serials = state::parse_serials(text).value;
  require(state::parse_serials(state::format_serials(serials)).value == serials, "serials");
  const auto overrides = state::parse_overrides(text, now).value;
  require(state::parse_overrides(state::format_overrides(overrides, now), now).value == overrides,
          "overrides");
  const auto restarts = state::parse_restarts(text, now).value;
  require(state::parse_restarts(state::format_restarts(restarts, now), now).value == restarts,
          "restarts");
  static_cast<void>(state::parse_health(text, now));

  if (const auto unsealed = state::unseal("serials", text)) {
    require(state::seal("serials", unsealed->number, unsealed->body) == text, "one seal a text");
  }
  std::string lines(text);  // what is sealed is made of whole ones
  if (!lines.empty() && lines.back() != '\n') lines += '\n';
  const auto sealed = state::seal("serials", 7, lines);
  const auto again = state::unseal("serials", sealed);
  require(again && again->body == lines && again->number == 7, "what is sealed is unsealed");
  try_copy(text);
  return 0;
}
