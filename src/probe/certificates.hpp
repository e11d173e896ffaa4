/// The issuers that TLS checks trust, and messages about bad certificates.
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
#include "files/file_reader.hpp"
#include "health/check.hpp"
#include "io/async.hpp"

namespace rollcall::probe {

inline constexpr std::size_t kMaxAuthorityFile = std::size_t{4} << 20;  // octets; all of Mozilla's
                                                                        // take 220 KiB

struct FreeCertificate {
  void operator()(X509* certificate) const { X509_free(certificate); }
};
using Certificate = std::unique_ptr<X509, FreeCertificate>;

/// The certificates of a PEM text. Every block must be a whole certificate or a revocation list,
/// which is skipped; text between the blocks is ignored.
/// @return an error also if there is none
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
  /// @return an error if its file cannot be read or read_authorities() refuses it
  Result<void> add(const health::TlsOptions& tls, const files::ReadText& read);

  /// Takes over the contexts of `before` that have not been added here: a zone whose new file was
  /// refused keeps its old probes.
  void merge(TlsContexts before) { contexts_.merge(before.contexts_); }

  /// @return null if it was not added
  std::shared_ptr<asio::ssl::context> of(const health::TlsOptions& tls) const;

 private:
  std::map<std::pair<bool, std::string>, std::shared_ptr<asio::ssl::context>> contexts_;
};

/// Sets the peer's name: the SNI that is sent (RFC 6066 section 3) and the name that the
/// certificate must have (RFC 9525). An address is never sent as SNI.
bool name_peer(SSL* ssl, const std::string& host);

/// Why a chain was refused. Call it within the verify callback.
std::string certificate_problem(X509_STORE_CTX* store, const std::string& host);

/// When the peer's certificate expires.
std::optional<WallTime> certificate_end(SSL* ssl);

}  // namespace rollcall::probe
