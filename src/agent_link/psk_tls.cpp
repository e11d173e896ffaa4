#include "agent_link/psk_tls.hpp"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>

#include <memory>

namespace rollcall::agent_link {

namespace {

// Both use SHA-256, the hash that an external PSK is bound to (RFC 8446 section 4.2.11).
constexpr const char* kCipherSuites = "TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256";
constexpr std::array<unsigned char, 2> tls_aes_128_gcm_sha256{0x13, 0x01};

/// The keys of a context.
struct Keys {
  std::vector<NamedKey> known;
  NamedKey nobodys;  // random: for identities that are not known
};

void free_keys(void*, void* keys, CRYPTO_EX_DATA*, int, long, void*) {
  delete static_cast<Keys*>(keys);
}

/// The index under which a context has its keys.
int keys_slot() {
  static const int slot = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, free_keys);
  return slot;
}

/// The index under which a server's connection has the key that its client means.
int meant_slot() {
  static const int slot = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return slot;
}

Keys* keys_of(SSL* ssl) {
  return static_cast<Keys*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), keys_slot()));
}

/// The key as OpenSSL takes an external PSK: as a session that never took place.
SSL_SESSION* make_session(SSL* ssl, const PskKey& key) {
  const SSL_CIPHER* cipher = SSL_CIPHER_find(ssl, tls_aes_128_gcm_sha256.data());
  SSL_SESSION* session = SSL_SESSION_new();
  if (cipher != nullptr && session != nullptr &&
      SSL_SESSION_set1_master_key(session, key.octets.data(), key.octets.size()) == 1 &&
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
  const Keys* keys = keys_of(ssl);
  if (keys == nullptr) return 0;
  const NamedKey& first = keys->known.front();
  *session = make_session(ssl, first.key);
  *identity = reinterpret_cast<const unsigned char*>(first.name.data());
  *size = first.name.size();
  return *session != nullptr ? 1 : 0;
}

/// Every key is compared, so that the time does not tell which identities exist.
int find_key(SSL* ssl, const unsigned char* identity, std::size_t size, SSL_SESSION** session) {
  Keys* keys = keys_of(ssl);
  if (keys == nullptr) return 0;
  NamedKey* meant = &keys->nobodys;
  for (NamedKey& key : keys->known) {
    const bool same =
        size == key.name.size() && CRYPTO_memcmp(identity, key.name.data(), size) == 0;
    if (same) meant = &key;
  }
  if (SSL_set_ex_data(ssl, meant_slot(), meant) != 1) return 0;
  *session = make_session(ssl, meant->key);
  return *session != nullptr ? 1 : 0;
}

int refuse_certificate(X509_STORE_CTX* store, void*) {
  X509_STORE_CTX_set_error(store, X509_V_ERR_APPLICATION_VERIFICATION);
  return 0;
}

bool configure(SSL_CTX* context, TlsRole role, const std::vector<NamedKey>& known) {
  auto keys = std::make_unique<Keys>(Keys{.known = known, .nobodys = {}});
  PskKey& nobodys = keys->nobodys.key;
  if (RAND_bytes(nobodys.octets.data(), static_cast<int>(nobodys.octets.size())) != 1) return false;
  if (SSL_CTX_set_ex_data(context, keys_slot(), keys.get()) != 1) return false;
  static_cast<void>(keys.release());  // free_keys() deletes them with the context

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

Result<asio::ssl::context> make_psk_context(TlsRole role, const std::vector<NamedKey>& keys) {
  if (keys.empty()) return fail("no key");
  try {
    asio::ssl::context context(role == TlsRole::server ? asio::ssl::context::tls_server
                                                       : asio::ssl::context::tls_client);
    if (configure(context.native_handle(), role, keys)) return context;
    return fail("OpenSSL does not offer TLS 1.3 with a pre-shared key");
  } catch (const boost::system::system_error& error) {
    return fail(fmt::format("cannot set up TLS: {}", error.what()));
  }
}

bool psk_was_used(SSL* ssl) {
  return SSL_version(ssl) == TLS1_3_VERSION && SSL_session_reused(ssl) == 1;
}

const NamedKey* proven_key(SSL* ssl) {
  return static_cast<const NamedKey*>(SSL_get_ex_data(ssl, meant_slot()));
}

}  // namespace rollcall::agent_link
