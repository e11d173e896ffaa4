#include "agent_link/psk_keys.hpp"

#include <fmt/format.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <optional>

#include "agent_link/secret_file.hpp"
#include "core/printable.hpp"
#include "core/service_name.hpp"
#include "core/trimmed.hpp"

namespace rollcall::agent_link {

namespace {

constexpr std::size_t kKeyDigits = 64;
constexpr std::size_t kSingleKeyLimit = kKeyDigits + 2;  // and CRLF

std::optional<std::uint8_t> hex_value(char digit) {
  if (digit >= '0' && digit <= '9') return static_cast<std::uint8_t>(digit - '0');
  if (digit >= 'a' && digit <= 'f') return static_cast<std::uint8_t>(digit - 'a' + 10);
  if (digit >= 'A' && digit <= 'F') return static_cast<std::uint8_t>(digit - 'A' + 10);
  return std::nullopt;
}

/// @param line without blanks around it, not empty
Result<NamedKey> parse_key_line(std::string_view line) {
  const std::size_t blank = line.find_first_of(" \t");
  if (blank == std::string_view::npos) {
    return fail(line.size() == kKeyDigits
                    ? "a key without a name: write NAME before the digits"
                    : "expected NAME and 64 hexadecimal digits, separated by a blank");
  }
  const std::string_view name = line.substr(0, blank);
  if (!is_service_name(name)) {
    return fail(
        "invalid name of a key: use letters, digits and \"-_.@\", with a letter or digit "
        "first, at most 64");
  }
  auto key = parse_psk_key(trimmed(line.substr(blank)));
  if (!key) return std::unexpected(key.error());
  return NamedKey{std::string(name), *key};
}

/// Overwrites the text of a file when it is no longer needed.
class SecretText {
 public:
  explicit SecretText(std::string& text) : text_(text) {}
  SecretText(const SecretText&) = delete;
  SecretText& operator=(const SecretText&) = delete;
  ~SecretText() { OPENSSL_cleanse(text_.data(), text_.size()); }

 private:
  std::string& text_;
};

}  // namespace

PskKey::~PskKey() {
  OPENSSL_cleanse(octets.data(), octets.size());
}

Result<PskKey> parse_psk_key(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  if (text.size() != kKeyDigits) {
    return fail(fmt::format("a key has {} hexadecimal digits on one line, not {} characters",
                            kKeyDigits, text.size()));
  }
  PskKey key;
  for (std::size_t i = 0; i < kKeyDigits; i += 2) {
    const auto high = hex_value(text[i]);
    const auto low = hex_value(text[i + 1]);
    if (!high || !low) {
      return fail(fmt::format("a key has {} hexadecimal digits, but character {} is not one",
                              kKeyDigits, high ? i + 2 : i + 1));
    }
    key.octets[i / 2] = static_cast<std::uint8_t>(*high << 4 | *low);
  }
  return key;
}

Result<std::vector<NamedKey>> parse_key_lines(std::string_view text) {
  std::vector<NamedKey> keys;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.starts_with('#')) continue;
    auto key = parse_key_line(line);
    if (!key) return fail(fmt::format("line {}: {}", number, key.error().message));
    if (std::ranges::find(keys, key->name, &NamedKey::name) != keys.end()) {
      return fail(fmt::format("line {}: a second key with the name {}; each key needs its own name",
                              number, key->name));
    }
    if (keys.size() == kMaxKeysOfFile) {
      return fail(fmt::format("line {}: more than {} keys", number, kMaxKeysOfFile));
    }
    keys.push_back(std::move(*key));
  }
  if (keys.empty()) return fail("no key: expected lines with NAME and 64 hexadecimal digits");
  return keys;
}

Result<KeyFile> read_single_key(const std::string& path, const files::ReadText& read) {
  auto file = read(path, {.limit = files::kMaxSecretFile});
  if (!file) return std::unexpected(file.error());
  const SecretText secret(file->text);
  if (file->text.size() > kSingleKeyLimit) {
    return fail(
        fmt::format("{}: a key file has {} hexadecimal digits on one line, and nothing else", path,
                    kKeyDigits));
  }
  auto key = parse_psk_key(file->text);
  if (!key) return fail(fmt::format("{}: {}", path, key.error().message));
  return KeyFile{{{std::string(kUnnamedKey), *key}}, warn_of_mode(path, file->mode)};
}

Result<KeyFile> read_key_lines(const std::string& path, const files::ReadText& read) {
  auto file = read(path, {.limit = files::kMaxSecretFile});
  if (!file) return std::unexpected(file.error());
  const SecretText secret(file->text);
  auto keys = parse_key_lines(file->text);
  if (!keys) return fail(fmt::format("{}: {}", path, keys.error().message));
  return KeyFile{std::move(*keys), warn_of_mode(path, file->mode)};
}

}  // namespace rollcall::agent_link
