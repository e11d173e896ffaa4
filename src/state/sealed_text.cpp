#include "state/sealed_text.hpp"

#include <fmt/format.h>

#include <boost/crc.hpp>

#include "core/number.hpp"

namespace rollcall::state {
namespace {

constexpr std::string_view kEnd = "end ";

std::string head_of(std::string_view name) {
  return fmt::format("{} 2\n", name);
}

std::string end_of(std::uint64_t number, std::string_view before) {
  boost::crc_32_type crc;
  crc.process_bytes(before.data(), before.size());
  const std::string counted = fmt::format("{}{} ", kEnd, number);
  crc.process_bytes(counted.data(), counted.size());
  return fmt::format("{}{:08x}\n", counted, crc.checksum());
}

}  // namespace

std::string seal(std::string_view name, std::uint64_t number, std::string_view body) {
  std::string text = head_of(name);
  text += body;
  text += end_of(number, text);
  return text;
}

bool has_sealed_head(std::string_view name, std::string_view text) {
  return text.starts_with(head_of(name));
}

Result<UnsealedText> unseal(std::string_view name, std::string_view text) {
  if (text.empty()) return fail("empty");
  const std::size_t head = head_of(name).size();
  if (!has_sealed_head(name, text))
    return fail(fmt::format("its first line is not \"{} 2\"", name));
  // The line before the final line end.
  const std::size_t before = text.rfind('\n', text.size() - 2);
  const std::string_view last = text.substr(before + 1);
  if (before + 1 < head || !last.starts_with(kEnd) || !last.ends_with('\n')) {
    return fail("no end mark: truncated");
  }
  const std::string_view digits = last.substr(kEnd.size());
  const auto number = parse_number<std::uint64_t>(digits.substr(0, digits.find(' ')));
  const std::string_view counted = text.substr(0, before + 1);
  if (!number || end_of(*number, counted) != last) return fail("wrong checksum");
  return UnsealedText{counted.substr(head), *number};
}

}  // namespace rollcall::state
