/// How a listener speaks TLS with those who ask (RFC 7858, RFC 9103).
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>

#include "core/instant.hpp"
#include "core/result.hpp"

namespace rollcall::transport {

/// PEM texts.
struct TlsTexts {
  std::string certificate;  // of the server, and of the authorities between it and the root
  std::string key;
  std::string client_authorities;  // who sign certificates of clients; empty: none are asked for
};

/// Immutable once it is made; any thread.
class TlsContext {
 public:
  /// TLS 1.2 or 1.3; ALPN "dot" (RFC 7858 section 3.1) where the client names any protocol;
  /// sessions are resumed by tickets, never with early data. A ticket is good for all contexts of
  /// this process, so that a new certificate costs no handshakes.
  /// @return an error where the texts are damaged, or the key is of another certificate
  static Result<std::shared_ptr<const TlsContext>> make(const TlsTexts& texts);

  SSL_CTX* native() const noexcept { return context_.get(); }
  /// When the server's certificate expires.
  WallTime ends() const noexcept { return ends_; }

 private:
  struct Free {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  };

  TlsContext() = default;

  std::unique_ptr<SSL_CTX, Free> context_;
  WallTime ends_{};
};

using TlsContextPtr = std::shared_ptr<const TlsContext>;

}  // namespace rollcall::transport
