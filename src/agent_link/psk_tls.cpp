#include "agent_link/psk_tls.hpp"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/ssl.h>
#include <sys/stat.h>

#include <memory>
#include <optional>

#include "agent_link/secret_file.hpp"

namespace rollcall::agent_link {

namespace {

// Both use SHA-256, the hash that an external PSK is bound to (RFC 8446 section 4.2.11).
constexpr const char* kCipherSuites = "TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256";
constexpr std::array<unsigned char, 2> tls_aes_128_gcm_sha256{0x13, 0x01};

constexpr std::size_t kKeyDigits = 64;
constexpr std::size_t kKeyFileLimit = kKeyDigits + 2;  // and CRLF

std::optional<std::uint8_t> hex_value(char digit) {
  if (digit >= '0' && digit <= '9') return static_cast<std::uint8_t>(digit - '0');
  if (digit >= 'a' && digit <= 'f') return static_cast<std::uint8_t>(digit - 'a' + 10);
  if (digit >= 'A' && digit <= 'F') return static_cast<std::uint8_t>(digit - 'A' + 10);
  return std::nullopt;
}

void free_key(void*, void* key, CRYPTO_EX_DATA*, int, long, void*) {
  delete static_cast<PskKey*>(key);
}

/// The index under which a context keeps its copy of the key.
int key_slot() {
  static const int slot = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, free_key);
  return slot;
}

/// The key as OpenSSL takes an external PSK: as a session that never took place.
SSL_SESSION* make_session(SSL* ssl) {
  const auto* key = static_cast<PskKey*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), key_slot()));
  const SSL_CIPHER* cipher = SSL_CIPHER_find(ssl, tls_aes_128_gcm_sha256.data());
  SSL_SESSION* session = SSL_SESSION_new();
  if (key != nullptr && cipher != nullptr && session != nullptr &&
      SSL_SESSION_set1_master_key(session, key->octets.data(), key->octets.size()) == 1 &&
      SSL_SESSION_set_cipher(session, cipher) == 1 &&
      SSL_SESSION_set_protocol_version(session, TLS1_3_VERSION) == 1) {
    return session;
  }
  SSL_SESSION_free(session);
  return nullptr;
}

int offer_key(SSL* ssl, const EVP_MD* digest, const unsigned char** identity, std::size_t* size,
              SSL_SESSION** session) {
  // After a HelloRetryRequest the hash is settled; ours is SHA-256 or the handshake ends here.
  if (digest != nullptr && EVP_MD_get_type(digest) != NID_sha256) return 0;
  *session = make_session(ssl);
  *identity = reinterpret_cast<const unsigned char*>(kPskIdentity.data());
  *size = kPskIdentity.size();
  return *session != nullptr ? 1 : 0;
}

int find_key(SSL* ssl, const unsigned char* identity, std::size_t size, SSL_SESSION** session) {
  *session = nullptr;
  if (size != kPskIdentity.size() || CRYPTO_memcmp(identity, kPskIdentity.data(), size) != 0) {
    return 1;  // no such key: without a certificate the handshake cannot go on
  }
  *session = make_session(ssl);
  return *session != nullptr ? 1 : 0;
}

int refuse_certificate(X509_STORE_CTX* store, void*) {
  X509_STORE_CTX_set_error(store, X509_V_ERR_APPLICATION_VERIFICATION);
  return 0;
}

bool configure(SSL_CTX* context, TlsRole role, const PskKey& key) {
  auto copy = std::make_unique<PskKey>(key);
  if (SSL_CTX_set_ex_data(context, key_slot(), copy.get()) != 1) return false;
  static_cast<void>(copy.release());  // free_key() deletes it with the context

  if (SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) != 1 ||
      SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION) != 1 ||
      SSL_CTX_set_ciphersuites(context, kCipherSuites) != 1) {
    return false;
  }
  SSL_CTX_clear_options(context, SSL_OP_ALLOW_NO_DHE_KEX);  // psk_dhe_ke only
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_max_early_data(context, 0);
  if (SSL_CTX_set_num_tickets(context, 0) != 1) return false;

  if (role == TlsRole::server) {
    SSL_CTX_set_psk_find_session_callback(context, find_key);
  } else {
    SSL_CTX_set_psk_use_session_callback(context, offer_key);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_cert_verify_callback(context, refuse_certificate, nullptr);
  }
  return true;
}

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

Result<PskKeyFile> read_psk_key_file(const std::string& path, const files::ReadText& read) {
  auto file = read(path, {.limit = files::kMaxSecretFile});
  if (!file) return std::unexpected(file.error());
  if (file->text.size() > kKeyFileLimit) {
    return fail(
        fmt::format("{}: a key file has {} hexadecimal digits on one line, and nothing else", path,
                    kKeyDigits));
  }
  auto key = parse_psk_key(file->text);
  OPENSSL_cleanse(file->text.data(), file->text.size());
  if (!key) return fail(fmt::format("{}: {}", path, key.error().message));

  return PskKeyFile{*key, warn_of_mode(path, file->mode)};
}

Result<asio::ssl::context> make_psk_context(TlsRole role, const PskKey& key) {
  try {
    asio::ssl::context context(role == TlsRole::server ? asio::ssl::context::tls_server
                                                       : asio::ssl::context::tls_client);
    if (configure(context.native_handle(), role, key)) return context;
    return fail("OpenSSL does not offer TLS 1.3 with a pre-shared key");
  } catch (const boost::system::system_error& error) {
    return fail(fmt::format("cannot set up TLS: {}", error.what()));
  }
}

bool psk_was_used(SSL* ssl) {
  return SSL_version(ssl) == TLS1_3_VERSION && SSL_session_reused(ssl) == 1;
}

}  // namespace rollcall::agent_link
