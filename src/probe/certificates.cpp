#include "probe/certificates.hpp"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <chrono>
#include <cstdlib>
#include <ctime>

#include "core/ip_address.hpp"
#include "health/certificate.hpp"

namespace rollcall::probe {
namespace {

std::optional<WallTime> to_wall_time(const ASN1_TIME* time) {
  std::tm parts{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) return std::nullopt;
  const auto day = std::chrono::year(parts.tm_year + 1900) /
                   std::chrono::month(static_cast<unsigned>(parts.tm_mon + 1)) /
                   std::chrono::day(static_cast<unsigned>(parts.tm_mday));
  return WallTime(std::chrono::sys_days(day)) + std::chrono::hours(parts.tm_hour) +
         std::chrono::minutes(parts.tm_min) + std::chrono::seconds(parts.tm_sec);
}

/// Debian's package ca-certificates keeps it, local issuers included (update-ca-certificates(8)).
constexpr const char* kSystemAuthorities = "/etc/ssl/certs/ca-certificates.crt";

struct FreePem {
  void operator()(void* part) const { OPENSSL_free(part); }
};

/// One block of a PEM text.
struct PemBlock {
  std::unique_ptr<char, FreePem> name, header;
  std::unique_ptr<unsigned char, FreePem> octets;
  long size = 0;
};

/// @return nothing after the last block; an error if the block is damaged
Result<std::optional<PemBlock>> next_block(BIO* text) {
  char* name = nullptr;
  char* header = nullptr;
  unsigned char* octets = nullptr;
  PemBlock block;
  ERR_clear_error();
  const bool read = PEM_read_bio(text, &name, &header, &octets, &block.size) == 1;
  if (!read) {
    const unsigned long error = ERR_peek_last_error();
    ERR_clear_error();
    if (ERR_GET_REASON(error) == PEM_R_NO_START_LINE) return std::nullopt;
    const char* const reason = ERR_reason_error_string(error);
    return fail(reason != nullptr ? reason : "not readable");
  }
  block.name.reset(name);
  block.header.reset(header);
  block.octets.reset(octets);
  return block;
}

std::size_t count_of(std::string_view text, std::string_view word) {
  std::size_t count = 0;
  for (auto at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    ++count;
  }
  return count;
}

/// @return an error if the block is not a certificate; null for a revocation list
Result<Certificate> read_certificate(const PemBlock& block) {
  const std::string_view kind = block.name.get();
  if (kind == PEM_STRING_X509_CRL) return Certificate();
  const bool trusted = kind == PEM_STRING_X509_TRUSTED;
  if (!trusted && kind != PEM_STRING_X509 && kind != PEM_STRING_X509_OLD) {
    return fail(fmt::format("is \"{}\", not a certificate", kind));
  }
  const unsigned char* at = block.octets.get();
  Certificate certificate(trusted ? d2i_X509_AUX(nullptr, &at, block.size)
                                  : d2i_X509(nullptr, &at, block.size));
  ERR_clear_error();
  if (!certificate || at != block.octets.get() + block.size) return fail("is damaged");
  return certificate;
}

bool has_alternative_names(const X509* certificate) {
  return certificate != nullptr && X509_get_ext_by_NID(certificate, NID_subject_alt_name, -1) >= 0;
}

Result<void> trust_file(SSL_CTX* context, const std::string& path, const files::ReadText& read) {
  const auto file = read(path, {.limit = kMaxAuthorityFile});
  if (!file) return std::unexpected(file.error());
  const auto authorities = read_authorities(file->text);
  if (!authorities) return fail(fmt::format("{}: {}", path, authorities.error().message));
  for (const Certificate& authority : *authorities) {
    if (X509_STORE_add_cert(SSL_CTX_get_cert_store(context), authority.get()) != 1) {
      return fail(path + ": OpenSSL does not accept its certificates");
    }
  }
  return {};
}

/// OpenSSL's own way (SSL_CTX_set_default_verify_paths) would look for files during handshakes.
Result<void> trust_system(SSL_CTX* context, const files::ReadText& read) {
  const std::string path = system_authorities();
  if (auto added = trust_file(context, path, read); !added) {
    return fail(fmt::format("the system's trusted issuers: {} (is ca-certificates installed?)",
                            added.error().message));
  }
  return {};
}

Result<std::shared_ptr<asio::ssl::context>> make_context(const health::TlsOptions& tls,
                                                         const files::ReadText& read) {
  auto context = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_client);
  SSL_CTX* const native = context->native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);       // older ones are broken
  SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_OFF);  // each probe sees the certificate
  ErrorCode error;
  if (!tls.verify) {
    context->set_verify_mode(asio::ssl::verify_none, error);
    return context;
  }
  context->set_verify_mode(asio::ssl::verify_peer, error);
  const auto added =
      tls.ca_file.empty() ? trust_system(native, read) : trust_file(native, tls.ca_file, read);
  if (!added) return std::unexpected(added.error());
  return context;
}

}  // namespace

Result<std::vector<Certificate>> read_authorities(const std::string& pem) {
  const std::unique_ptr<BIO, int (*)(BIO*)> text(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
  std::vector<Certificate> found;
  std::size_t blocks = 0;
  while (true) {
    auto block = next_block(text.get());
    if (!block) {
      return fail(fmt::format("PEM block {} is damaged: {}", blocks + 1, block.error().message));
    }
    if (!*block) break;
    ++blocks;
    auto certificate = read_certificate(**block);
    if (!certificate) {
      return fail(fmt::format("PEM block {} {}", blocks, certificate.error().message));
    }
    if (*certificate) found.push_back(std::move(*certificate));
  }
  // A damaged BEGIN or END line hides its whole block.
  if (count_of(pem, "BEGIN ") > blocks || count_of(pem, "-----END ") > blocks) {
    return fail(fmt::format("a PEM block is damaged: only {} can be read", blocks));
  }
  if (found.empty()) return fail("no certificate found");
  return found;
}

std::string system_authorities() {
  const char* const chosen = ::secure_getenv(X509_get_default_cert_file_env());
  return chosen != nullptr ? chosen : kSystemAuthorities;
}

Result<void> TlsContexts::add(const health::TlsOptions& tls, const files::ReadText& read) {
  const auto [found, fresh] = contexts_.try_emplace({tls.verify, tls.ca_file});
  if (!fresh) return {};
  auto context = make_context(tls, read);
  if (!context) {
    contexts_.erase(found);
    return std::unexpected(context.error());
  }
  found->second = *context;
  return {};
}

std::shared_ptr<asio::ssl::context> TlsContexts::of(const health::TlsOptions& tls) const {
  const auto found = contexts_.find({tls.verify, tls.ca_file});
  return found == contexts_.end() ? nullptr : found->second;
}

bool name_peer(SSL* ssl, const std::string& host) {
  if (IpAddress::parse(host)) {
    return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host.c_str()) == 1;
  }
  // RFC 9525 section 2: the common name is not a host name.
  SSL_set_hostflags(ssl,
                    X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  return SSL_set_tlsext_host_name(ssl, host.c_str()) == 1 && SSL_set1_host(ssl, host.c_str()) == 1;
}

std::string certificate_problem(X509_STORE_CTX* store, const std::string& host) {
  const X509* const certificate = X509_STORE_CTX_get_current_cert(store);
  const int problem = X509_STORE_CTX_get_error(store);
  switch (problem) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      if (const auto end = to_wall_time(X509_get0_notAfter(certificate))) {
        return health::expired_on(*end);
      }
      break;
    case X509_V_ERR_CERT_NOT_YET_VALID:
      if (const auto begin = to_wall_time(X509_get0_notBefore(certificate))) {
        return health::not_valid_before(*begin);
      }
      break;
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return has_alternative_names(certificate)
                 ? fmt::format("certificate is not for {}", host)
                 : std::string("certificate has no subjectAltName; its common name does not count");
    default:
      break;
  }
  return fmt::format("certificate is not trusted: {}", X509_verify_cert_error_string(problem));
}

std::optional<WallTime> certificate_end(SSL* ssl) {
  const X509* const certificate = SSL_get0_peer_certificate(ssl);
  return certificate == nullptr ? std::nullopt : to_wall_time(X509_get0_notAfter(certificate));
}

}  // namespace rollcall::probe
