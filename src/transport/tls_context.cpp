#include "transport/tls_context.hpp"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include <array>
#include <ctime>
#include <span>
#include <string_view>

#include "core/bytes.hpp"
#include "io/random.hpp"

namespace rollcall::transport {
namespace {

constexpr std::string_view kDot = "dot";
constexpr std::array<unsigned char, 8> kSessionIds{'r', 'o', 'l', 'l', 'c', 'a', 'l', 'l'};

struct FreeBio {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
struct FreeX509 {
  void operator()(X509* certificate) const { X509_free(certificate); }
};
struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};

using TextBio = std::unique_ptr<BIO, FreeBio>;
using OwnedX509 = std::unique_ptr<X509, FreeX509>;

TextBio bio_of(const std::string& text) {
  return TextBio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

/// Why OpenSSL's last call failed.
std::string last_problem() {
  const char* const reason = ERR_reason_error_string(ERR_peek_last_error());
  ERR_clear_error();
  return reason != nullptr ? reason : "not readable";
}

/// A key with a passphrase is refused: nobody is there to type it.
int no_passphrase(char*, int, int, void*) {
  return -1;
}

int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* size,
                    const unsigned char* offered, unsigned offered_size, void*) {
  const std::string_view list(reinterpret_cast<const char*>(offered), offered_size);
  for (std::size_t at = 0; at < list.size();) {
    const auto length = static_cast<unsigned char>(list[at]);
    if (list.substr(at + 1, length) == kDot) {
      *chosen = offered + at + 1;
      *size = length;
      return SSL_TLSEXT_ERR_OK;
    }
    at += 1U + length;
  }
  return SSL_TLSEXT_ERR_ALERT_FATAL;  // no_application_protocol (RFC 7301 section 3.2)
}

Result<void> use_certificate(SSL_CTX* context, const std::string& text, WallTime& ends) {
  const TextBio bio = bio_of(text);
  const OwnedX509 own(PEM_read_bio_X509_AUX(bio.get(), nullptr, no_passphrase, nullptr));
  if (!own) return fail(fmt::format("no certificate: {}", last_problem()));
  if (SSL_CTX_use_certificate(context, own.get()) != 1) return fail(last_problem());
  std::tm parts{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(own.get()), &parts) != 1) return fail(last_problem());
  ends = WallTime(std::chrono::seconds(::timegm(&parts)));
  while (OwnedX509 next{PEM_read_bio_X509(bio.get(), nullptr, no_passphrase, nullptr)}) {
    if (SSL_CTX_add0_chain_cert(context, next.get()) != 1) return fail(last_problem());
    static_cast<void>(next.release());  // the context's now
  }
  const bool whole = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  if (!whole) return fail(fmt::format("a damaged certificate: {}", last_problem()));
  ERR_clear_error();
  return {};
}

Result<void> use_key(SSL_CTX* context, const std::string& text) {
  const TextBio bio = bio_of(text);
  const std::unique_ptr<EVP_PKEY, FreeKey> key(
      PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr));
  if (!key) return fail(fmt::format("no private key: {}", last_problem()));
  if (SSL_CTX_use_PrivateKey(context, key.get()) != 1 || SSL_CTX_check_private_key(context) != 1) {
    return fail(fmt::format("the key is not the certificate's: {}", last_problem()));
  }
  return {};
}

Result<void> ask_for_clients(SSL_CTX* context, const std::string& text) {
  const TextBio bio = bio_of(text);
  std::size_t count = 0;
  while (const OwnedX509 next{PEM_read_bio_X509(bio.get(), nullptr, no_passphrase, nullptr)}) {
    if (X509_STORE_add_cert(SSL_CTX_get_cert_store(context), next.get()) != 1 ||
        SSL_CTX_add_client_CA(context, next.get()) != 1) {
      return fail(last_problem());
    }
    ++count;
  }
  const bool whole = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  if (count == 0 || !whole) return fail(fmt::format("no certificate: {}", last_problem()));
  ERR_clear_error();
  // Resolvers have none: a client without a certificate is a stranger, one with a bad one is ended.
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  return {};
}

/// The same for every context of this process: a reload ends no session.
std::span<unsigned char> ticket_keys() {
  static auto keys = io::need_random<std::array<unsigned char, 80>>();
  return keys;
}

}  // namespace

Result<TlsContextPtr> TlsContext::make(const TlsTexts& texts) {
  ERR_clear_error();
  const std::shared_ptr<TlsContext> made(new TlsContext);
  made->context_.reset(SSL_CTX_new(TLS_server_method()));
  SSL_CTX* const context = made->context_.get();
  if (context == nullptr) return fail(last_problem());
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  // Idle sessions hold no buffers, and what is not written yet may move in memory.
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_read_ahead(context, 1);
  SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
  SSL_CTX_set_session_id_context(context, kSessionIds.data(), kSessionIds.size());
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);  // tickets need none
  SSL_CTX_set_num_tickets(context, 1);
  SSL_CTX_set_tlsext_ticket_keys(context, ticket_keys().data(),
                                 static_cast<int>(ticket_keys().size()));
  if (auto used = use_certificate(context, texts.certificate, made->ends_); !used) {
    return fail("certificate: " + used.error().message);
  }
  if (auto used = use_key(context, texts.key); !used) return fail("key: " + used.error().message);
  if (!texts.client_authorities.empty()) {
    auto used = ask_for_clients(context, texts.client_authorities);
    if (!used) return fail("client_ca: " + used.error().message);
  }
  return TlsContextPtr(made);
}

}  // namespace rollcall::transport
