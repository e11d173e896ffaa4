#include "state/copy_text.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <memory>

#include "core/number.hpp"
#include "state/state_text.hpp"

namespace rollcall::state {
namespace {

constexpr std::size_t kMaxParts = 1000;

/// The check of a head, so that a damaged one is noticed.
std::string check_of(std::string_view head) {
  return copy_digest(head, {}).substr(0, 16);
}

}  // namespace

std::string copy_digest(std::string_view origin, std::string_view body) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        EVP_MD_CTX_free);
  std::array<unsigned char, 32> octets{};
  EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr);
  for (const std::string_view text : {origin, std::string_view("\n"), body}) {
    EVP_DigestUpdate(context.get(), text.data(), text.size());
  }
  EVP_DigestFinal_ex(context.get(), octets.data(), nullptr);
  std::string digest;
  for (const unsigned char octet : octets) digest += fmt::format("{:02x}", octet);
  return digest;
}

std::string format_copy_head(const CopyHead& head) {
  std::string line =
      fmt::format("{}{} {} {} {} {}", kCopyMagic, head.origin.name().lowered().to_text(),
                  unix_milliseconds(head.saved), head.parts, head.octets, head.digest);
  line += " " + check_of(line) + "\n";
  return line;
}

Result<CopyHead> parse_copy_head(std::string_view line) {
  if (!line.starts_with(kCopyMagic)) return fail("it is not the head of a copy");
  const std::size_t last = line.rfind(' ');
  if (line.substr(last + 1) != check_of(line.substr(0, last))) return fail("its head is damaged");
  line = line.substr(0, last);
  line.remove_prefix(std::min(line.size(), kCopyMagic.size()));
  const auto name = dns::Name::parse(take_word(line));
  const auto saved = parse_time(take_word(line));
  const auto parts = parse_number<std::size_t>(take_word(line));
  const auto octets = parse_number<std::uint64_t>(take_word(line));
  if (!name || !saved || !parts || *parts > kMaxParts || !octets)
    return fail("its head is damaged");
  return CopyHead{*name, *saved, *parts, *octets, std::string(line)};
}

std::string format_copy_body(const ZoneTexts& texts) {
  std::string body;
  for (const ZoneTexts::Part& part : texts.parts) {
    body += fmt::format("{} {}\n", part.path.size(), part.text.size());
    body += part.path;
    body += part.text;
  }
  return body;
}

std::optional<ZoneTexts> parse_copy_body(std::string_view body, std::size_t parts) {
  ZoneTexts texts;
  while (texts.parts.size() < parts) {
    std::string_view line = body.substr(0, body.find('\n'));
    if (line.size() == body.size()) return std::nullopt;
    body.remove_prefix(line.size() + 1);
    const auto path = parse_number<std::size_t>(take_word(line));
    const auto text = parse_number<std::size_t>(line);
    if (!path || !text || *path > body.size() || *text > body.size() - *path) return std::nullopt;
    texts.parts.push_back(
        {std::string(body.substr(0, *path)), std::string(body.substr(*path, *text))});
    body.remove_prefix(*path + *text);
  }
  if (!body.empty()) return std::nullopt;
  return texts;
}

}  // namespace rollcall::state
