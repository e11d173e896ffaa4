#include "setup/key_files.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "agent_link/secret_file.hpp"
#include "core/trimmed.hpp"
#include "dns/encoding.hpp"
#include "dns/tsig.hpp"
#include "files/file_reader.hpp"
#include "setup/tsig_key_file.hpp"

namespace rollcall::setup {

Result<dns::TsigKey> read_tsig_key(const config::KeyOptions& options, const files::ReadText& read) {
  const auto file = read(options.secret_file, {.limit = files::kMaxSecretFile});
  if (!file) return std::unexpected(file.error());
  return parse_tsig_key(file->text, options);
}

Result<answer::CookieSecret> read_cookie_secret(const std::string& path,
                                                const files::ReadText& read) {
  answer::CookieSecret secret{};
  const auto file = read(path, {.limit = files::kMaxSecretFile});
  if (!file) return std::unexpected(file.error());
  std::vector<std::uint8_t> octets;
  if (!dns::from_hex(trimmed(file->text), octets) || octets.size() != secret.size()) {
    return fail(fmt::format("{}: a cookie secret is 32 hex digits", path));
  }
  std::ranges::copy(octets, secret.begin());
  return secret;
}

namespace {

void warn_of_file(const std::string& path, const SourcePosition& where, const files::ReadText& read,
                  Diagnostics& found) {
  const auto file = read(path, {.limit = files::kMaxSecretFile});
  if (!file) return;
  std::string warning = agent_link::warn_of_mode(path, file->mode);
  if (!warning.empty()) found.push_back({Severity::warning, where, std::move(warning)});
}

/// RFC 8945 section 6: reports a key with a weak algorithm.
void judge_algorithm(const config::KeyOptions& options, const dns::TsigKey& key,
                     Diagnostics& found) {
  if (!dns::is_weak(key.algorithm)) return;
  const std::string_view name = dns::tsig_algorithm_name(key.algorithm);
  if (key.algorithm == dns::TsigAlgorithm::hmac_md5 && !options.allow_md5) {
    found.push_back({Severity::error, options.where,
                     fmt::format("key {}: {} is forbidden: use hmac-sha256, or set \"allow_md5: "
                                 "true\" while the other side supports nothing better",
                                 options.name.to_display(), name)});
    return;
  }
  found.push_back({Severity::warning, options.where,
                   fmt::format("key {}: {} is weak: use hmac-sha256 if the other side supports it",
                               options.name.to_display(), name)});
}

constexpr std::size_t kMaxPem = 1024UL * 1024;  // octets; the system's issuers have 220 KB

std::string text_of(const config::FileOption& file, const files::ReadText& read,
                    Diagnostics& found) {
  if (file.path.empty()) return {};
  auto text = read(file.path, {.limit = kMaxPem});
  if (text) return std::move(text->text);
  found.push_back({Severity::error, file.where, text.error().message});
  return {};
}

void warn_of_end(const config::FileOption& certificate, WallTime ends, WallTime now,
                 Diagnostics& found) {
  if (ends - now > kCertificateWarning) return;
  found.push_back(
      {Severity::warning, certificate.where,
       fmt::format("{}: the certificate {} {}", certificate.path,
                   ends < now ? "was good until" : "is good only until", format_wall_time(ends))});
}

}  // namespace

Diagnostics check_key_files(const config::Options& options, const files::ReadText& read) {
  constexpr std::size_t kWeakSecret = 16;  // octets; RFC 8945 section 8
  Diagnostics found;
  for (const config::KeyOptions& options_of_key : options.keys) {
    const Result<dns::TsigKey> key = read_tsig_key(options_of_key, read);
    if (!key) {
      found.push_back({Severity::error, options_of_key.where, key.error().message});
      continue;
    }
    judge_algorithm(options_of_key, *key, found);
    if (key->secret.size() < kWeakSecret) {
      found.push_back({Severity::warning, options_of_key.where,
                       fmt::format("{}: a secret of {} octets can be guessed",
                                   options_of_key.secret_file, key->secret.size())});
    }
    warn_of_file(options_of_key.secret_file, options_of_key.where, read, found);
  }
  if (const std::string& file = options.server.cookie_secret_file; !file.empty()) {
    if (const auto secret = read_cookie_secret(file, read); !secret) {
      found.push_back(
          {Severity::error, options.server.cookie_secret_where, secret.error().message});
    }
  }
  if (const std::string& file = options.server.cookie_secret_file; !file.empty()) {
    warn_of_file(file, options.server.cookie_secret_where, read, found);
  }
  return found;
}

Diagnostics read_server_tls(const config::TlsServerOptions& options, const files::ReadText& read,
                            WallTime now, transport::TlsContextPtr& context) {
  Diagnostics found;
  const transport::TlsTexts texts{.certificate = text_of(options.certificate, read, found),
                                  .key = text_of(options.key, read, found),
                                  .client_authorities = text_of(options.client_ca, read, found)};
  if (has_errors(found)) return found;
  auto made = transport::TlsContext::make(texts);
  if (!made) {
    found.push_back({Severity::error, options.certificate.where,
                     fmt::format("server.tls: {}", made.error().message)});
    return found;
  }
  warn_of_end(options.certificate, (*made)->ends(), now, found);
  const auto key = read(options.key.path, {.limit = kMaxPem});
  if (key) {
    std::string warning = agent_link::warn_of_mode(options.key.path, key->mode);
    if (!warning.empty()) {
      found.push_back({Severity::warning, options.key.where, std::move(warning)});
    }
  }
  context = std::move(*made);
  return found;
}

}  // namespace rollcall::setup
