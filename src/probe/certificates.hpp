/// Whom a TLS check trusts, and what is wrong with a certificate, in words.
///
/// Not done: revocation (CRL, OCSP); the age of the issuers' certificates.
#pragma once

#include <openssl/x509.h>

#include <boost/asio/ssl/context.hpp>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/instant.hpp"
#include "core/result.hpp"
#include "health/check.hpp"
#include "io/async.hpp"
#include "io/file_reader.hpp"

namespace rollcall::probe {

inline constexpr std::size_t kMaxAuthorityFile = std::size_t{4} << 20;  // octets; all of Mozilla's
                                                                        // take 220 KiB

struct FreeCertificate {
  void operator()(X509* certificate) const { X509_free(certificate); }
};
using Certificate = std::unique_ptr<X509, FreeCertificate>;

/// The certificates of a PEM text, every block of which must be whole and be one (or a revocation
/// list, which is passed over). Text between the blocks is free.
/// @return an error also where there is none
Result<std::vector<Certificate>> read_authorities(const std::string& pem);

/// The file with the issuers that this system trusts: SSL_CERT_FILE of the environment, as for
/// openssl(1), or Debian's /etc/ssl/certs/ca-certificates.crt.
std::string system_authorities();

/// TLS contexts of checks, one for each file of trusted issuers: reading the system's file takes as
/// long as a hundred probes. They are made when the configuration is read, so that no probe waits
/// for a disk, and a damaged file is an error of the configuration.
class TlsContexts {
 public:
  /// Reads what this check needs.
  /// @return an error where its file cannot be read, or read_authorities() refuses it
  Result<void> add(const health::TlsOptions& tls, const io::ReadText& read);

  /// Keeps those of `before` that have not been added here: probes of a zone whose new file was
  /// refused go on as they were.
  void merge(TlsContexts before) { contexts_.merge(before.contexts_); }

  /// @return null where it was not added
  std::shared_ptr<asio::ssl::context> of(const health::TlsOptions& tls) const;

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

}  // namespace rollcall::probe
