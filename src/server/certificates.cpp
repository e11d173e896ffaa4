#include "server/certificates.hpp"

#include <fmt/format.h>
#include <openssl/x509v3.h>

#include <chrono>
#include <ctime>

#include "core/ip_address.hpp"
#include "health/certificate.hpp"

namespace rollcall::server {
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

Result<std::shared_ptr<asio::ssl::context>> make_context(const health::TlsOptions& tls) {
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
  if (tls.ca_file.empty()) {
    context->set_default_verify_paths(error);
  } else {
    context->load_verify_file(tls.ca_file, error);
  }
  if (error) return fail(fmt::format("{}: {}", tls.ca_file, error.message()));
  return context;
}

}  // namespace

Result<std::shared_ptr<asio::ssl::context>> TlsContexts::of(const health::TlsOptions& tls) {
  const auto [found, fresh] = contexts_.try_emplace({tls.verify, tls.ca_file});
  if (!fresh) return found->second;
  auto context = make_context(tls);
  if (context) {
    found->second = *context;
  } else {
    contexts_.erase(found);  // the file may be better the next time
  }
  return context;
}

bool name_peer(SSL* ssl, const std::string& host) {
  if (IpAddress::parse(host)) {
    return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host.c_str()) == 1;
  }
  SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
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
      return fmt::format("certificate is not for {}", host);
    default:
      break;
  }
  return fmt::format("certificate is not trusted: {}", X509_verify_cert_error_string(problem));
}

std::optional<WallTime> certificate_end(SSL* ssl) {
  const X509* const certificate = SSL_get0_peer_certificate(ssl);
  return certificate == nullptr ? std::nullopt : to_wall_time(X509_get0_notAfter(certificate));
}

}  // namespace rollcall::server
