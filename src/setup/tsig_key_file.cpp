#include "setup/tsig_key_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <string>
#include <vector>

#include "core/letters.hpp"
#include "dns/encoding.hpp"
#include "dns/tsig.hpp"

namespace rollcall::setup {
namespace {

constexpr std::string_view kBlank = " \t\r\n\f\v";
constexpr std::string_view kMarks = "{};";  // each one is a word of its own
constexpr const char* kDefaultAlgorithm = "hmac-sha256";

/// The size of a comment of named.conf at `at`: #, // or between /* and */; 0: none.
std::size_t comment_size(std::string_view text, std::size_t at) {
  const std::string_view rest = text.substr(at);
  if (rest.starts_with("/*")) return std::min(rest.find("*/", 2), rest.size() - 2) + 2;
  if (rest.starts_with("#") || rest.starts_with("//"))
    return std::min(rest.find('\n'), rest.size());
  return 0;
}

/// The words of named.conf, without quotes and comments.
std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  for (std::size_t at = 0; at < text.size();) {
    if (kBlank.contains(text[at])) {
      ++at;
    } else if (const std::size_t comment = comment_size(text, at)) {
      at += comment;
    } else if (text[at] == '"') {
      const std::size_t end = std::min(text.find('"', at + 1), text.size());
      words.push_back(text.substr(at + 1, end - at - 1));
      at = end + 1;
    } else if (kMarks.contains(text[at])) {
      words.push_back(text.substr(at++, 1));
    } else {
      const std::size_t start = at;
      while (at < text.size() && !kBlank.contains(text[at]) && !kMarks.contains(text[at])) ++at;
      words.push_back(text.substr(start, at - start));
    }
  }
  return words;
}

struct KeyStatement {
  std::string_view name;
  std::string_view algorithm;
  std::string_view secret;
};

/// Reads `key NAME { algorithm A; secret S; };` from the words at `at`, and moves `at` past it.
std::optional<KeyStatement> read_statement(const std::vector<std::string_view>& words,
                                           std::size_t& at) {
  const auto is = [&](std::string_view word) { return at < words.size() && words[at] == word; };
  const auto take = [&](std::string_view word) { return is(word) && (++at, true); };
  if (!take("key") || at == words.size()) return std::nullopt;
  KeyStatement statement{.name = words[at++], .algorithm = {}, .secret = {}};
  if (!take("{")) return std::nullopt;
  while (!is("}")) {
    if (at + 2 >= words.size() || words[at + 2] != ";") return std::nullopt;
    if (words[at] == "algorithm") {
      statement.algorithm = words[at + 1];
    } else if (words[at] == "secret") {
      statement.secret = words[at + 1];
    } else {
      return std::nullopt;
    }
    at += 3;
  }
  ++at;
  if (!take(";")) return std::nullopt;
  return statement;
}

Result<dns::TsigKey> key_of(const KeyStatement& statement, const config::KeyOptions& options) {
  const std::string& file = options.secret_file;
  const auto algorithm = dns::parse_tsig_algorithm(lowered(statement.algorithm));
  if (!algorithm) {
    return fail(fmt::format("{}: missing or unknown algorithm in the key statement", file));
  }
  if (!options.algorithm.empty() && dns::parse_tsig_algorithm(options.algorithm) != algorithm) {
    return fail(fmt::format("{} has algorithm {}, but the configuration has {}", file,
                            dns::tsig_algorithm_name(*algorithm), options.algorithm));
  }
  dns::TsigKey key{options.name, *algorithm, {}};
  if (!dns::from_base64(statement.secret, key.secret) || key.secret.empty()) {
    return fail(fmt::format("{}: the secret of the key statement is not base64", file));
  }
  return key;
}

Result<dns::TsigKey> parse_statements(const std::vector<std::string_view>& words,
                                      const config::KeyOptions& options) {
  std::string others;
  for (std::size_t at = 0; at < words.size();) {
    const std::optional<KeyStatement> statement = read_statement(words, at);
    if (!statement) {
      return fail(fmt::format(
          "{}: expected key \"{}\" {{ algorithm NAME; secret \"BASE64\"; }}; and nothing else",
          options.secret_file, options.name.to_display()));
    }
    const auto name = dns::Name::parse(statement->name);
    if (name && *name == options.name) return key_of(*statement, options);
    if (!name) continue;
    others += fmt::format("{}{}", others.empty() ? "" : ", ", name->to_display());
  }
  return fail(fmt::format("{} has the key {}, but the configuration has {}", options.secret_file,
                          others.empty() ? "with an invalid name" : others,
                          options.name.to_display()));
}

}  // namespace

Result<dns::TsigKey> parse_tsig_key(std::string_view text, const config::KeyOptions& options) {
  const std::vector<std::string_view> words = words_of(text);
  if (!words.empty() && words[0] == "key") return parse_statements(words, options);
  const std::string& algorithm = options.algorithm.empty() ? kDefaultAlgorithm : options.algorithm;
  dns::TsigKey key{options.name, *dns::parse_tsig_algorithm(algorithm), {}};
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first != std::string_view::npos) {
    text = text.substr(first, text.find_last_not_of(kBlank) - first + 1);
  }
  if (!dns::from_base64(text, key.secret) || key.secret.empty()) {
    return fail(
        fmt::format("{}: a TSIG secret is one line of base64 (rollcallctl keygen tsig makes "
                    "one) or BIND's key \"NAME\" {{ ... }};",
                    options.secret_file));
  }
  return key;
}

}  // namespace rollcall::setup
