#include "probe/certificates.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/pem.h>

#include <cstdlib>

namespace rollcall::probe {
namespace {

using testing::ElementsAre;

/// A self-signed certificate, in PEM.
std::string issuer_pem() {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  const Certificate certificate(X509_new());
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_NAME* const name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("issuer"), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), name);
  X509_set_pubkey(certificate.get(), key.get());
  X509_sign(certificate.get(), key.get(), EVP_sha256());
  const std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new(BIO_s_mem()), BIO_free);
  PEM_write_bio_X509(out.get(), certificate.get());
  char* text = nullptr;
  const long size = BIO_get_mem_data(out.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

std::string error_of(const std::string& pem) {
  const auto read = read_authorities(pem);
  return read ? "" : read.error().message;
}

TEST(Authorities, EachBlockMustBeWhole) {
  const std::string pem = issuer_pem();
  EXPECT_EQ(read_authorities("My company's CA:\n" + pem + "\n" + pem)->size(), 2U);
  EXPECT_EQ(error_of(""), "no certificate found");
  EXPECT_EQ(error_of("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"),
            "PEM block 1 is \"PRIVATE KEY\", not a certificate");
  EXPECT_EQ(error_of(pem + "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
            "PEM block 2 is damaged");
  EXPECT_TRUE(error_of(pem + "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n")
                  .starts_with("PEM block 2 is damaged: "));
  EXPECT_EQ(error_of(pem + "----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
            "a PEM block is damaged: only 1 can be read");
}

class TlsContextsTest : public testing::Test {
 protected:
  TlsContextsTest() { ::unsetenv("SSL_CERT_FILE"); }
  ~TlsContextsTest() override { ::unsetenv("SSL_CERT_FILE"); }

  files::ReadText reader(Result<std::string> text) {
    return [this, text](const std::string& path,
                        const files::ReadOptions&) -> Result<files::FileText> {
      paths_.push_back(path);
      if (!text) return fail(path + ": " + text.error().message);
      return files::FileText{.text = *text};
    };
  }
  int trusted_by(const health::TlsOptions& tls) const {
    const auto context = contexts_.of(tls);
    X509_STORE* const store = SSL_CTX_get_cert_store(context->native_handle());
    return sk_X509_OBJECT_num(X509_STORE_get0_objects(store));
  }

  TlsContexts contexts_;
  std::vector<std::string> paths_;  // that were read
};

TEST_F(TlsContextsTest, TheSystemsIssuersAreReadWithTheConfiguration) {
  ASSERT_TRUE(contexts_.add({}, reader(issuer_pem() + issuer_pem())));
  EXPECT_THAT(paths_, ElementsAre("/etc/ssl/certs/ca-certificates.crt"));
  EXPECT_EQ(trusted_by({}), 2);
}

TEST_F(TlsContextsTest, TheEnvironmentNamesTheSystemsIssuers) {
  ::setenv("SSL_CERT_FILE", "/srv/issuers.pem", 1);
  ASSERT_TRUE(contexts_.add({}, reader(issuer_pem())));
  EXPECT_THAT(paths_, ElementsAre("/srv/issuers.pem"));
}

TEST_F(TlsContextsTest, AMissingOrDamagedFileIsAnError) {
  EXPECT_EQ(contexts_.add({}, reader(fail("No such file or directory"))).error().message,
            "the system's trusted issuers: /etc/ssl/certs/ca-certificates.crt: No such file or "
            "directory (is ca-certificates installed?)");
  EXPECT_EQ(contexts_.add({.ca_file = "own.pem"}, reader("")).error().message,
            "own.pem: no certificate found");
  EXPECT_EQ(contexts_.of({}), nullptr);
}

TEST_F(TlsContextsTest, WithoutVerificationNothingIsRead) {
  ASSERT_TRUE(contexts_.add({.verify = false}, reader("")));
  EXPECT_THAT(paths_, ElementsAre());
  EXPECT_EQ(trusted_by({.verify = false}), 0);
}

TEST_F(TlsContextsTest, OneFileIsReadOnce) {
  const files::ReadText read = reader(issuer_pem());
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(contexts_.add({.ca_file = "own.pem"}, read));
  EXPECT_THAT(paths_, ElementsAre("own.pem"));
  EXPECT_EQ(trusted_by({.ca_file = "own.pem"}), 1);
}

}  // namespace
}  // namespace rollcall::probe
