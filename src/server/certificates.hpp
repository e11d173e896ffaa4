/// Whom a TLS check trusts, and what is wrong with a certificate, in words.
///
/// Not done: revocation (CRL, OCSP); the age of the issuers' certificates.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "core/instant.hpp"
#include "core/result.hpp"
#include "health/check.hpp"
#include "server/async.hpp"

namespace rollcall::server {

/// TLS contexts of checks, made once for each file of trusted issuers: to read those of the system
/// takes as long as a hundred probes.
class TlsContexts {
 public:
  /// @return an error where the file cannot be read or has no certificate
  Result<std::shared_ptr<asio::ssl::context>> of(const health::TlsOptions& tls);

  /// The files are read anew.
  void forget() { contexts_.clear(); }

 private:
  std::map<std::pair<bool, std::string>, std::shared_ptr<asio::ssl::context>> contexts_;
};

/// Tells `ssl` whom it speaks to: SNI (RFC 6066 section 3) and the name that its certificate shall
/// have (RFC 9525). An address is never sent as SNI.
bool name_peer(SSL* ssl, const std::string& host);

/// Why a chain was refused: asked within the verify callback.
std::string certificate_problem(X509_STORE_CTX* store, const std::string& host);

/// The last moment of the peer's certificate.
std::optional<WallTime> certificate_end(SSL* ssl);

}  // namespace rollcall::server
