#include "setup/tsig_key_file.hpp"

#include <gmock/gmock.h>

#include "dns/tsig.hpp"
#include "setup/key_files.hpp"
#include "temporary_folder.hpp"

namespace rollcall::setup {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kSecret = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
constexpr std::string_view kOctets = "0123456789abcdef0123456789abcdef";

config::KeyOptions options_of(std::string algorithm = {}) {
  config::KeyOptions options;
  options.name = *dns::Name::parse("bind.example");
  options.algorithm = std::move(algorithm);
  options.secret_file = "bind.key";
  return options;
}

std::string statement(const std::string& name, const std::string& algorithm) {
  return "key \"" + name + "\" {\n\talgorithm " + algorithm + ";\n\tsecret \"" + kSecret +
         "\";\n};\n";
}

/// "hmac-sha256 SECRET", or the message.
std::string read(std::string_view text, const config::KeyOptions& options = options_of()) {
  const Result<dns::TsigKey> key = parse_tsig_key(text, options);
  if (!key) return key.error().message;
  EXPECT_EQ(key->name, options.name);
  return std::string(dns::tsig_algorithm_name(key->algorithm)) + " " +
         std::string(key->secret.begin(), key->secret.end());
}

std::string good(const std::string& algorithm) {
  return algorithm + " " + std::string(kOctets);
}

TEST(TsigKeyFile, ALineOfBase64) {
  EXPECT_EQ(read(std::string(kSecret) + "\n"), good("hmac-sha256"));
  EXPECT_EQ(read(std::string("\n  ") + kSecret, options_of("hmac-sha512")), good("hmac-sha512"));
}

TEST(TsigKeyFile, AKeyStatementOfBind) {
  EXPECT_EQ(read(statement("bind.example", "hmac-sha512")), good("hmac-sha512"));
  EXPECT_EQ(read(statement("BIND.example.", "HMAC-SHA256"), options_of("hmac-sha256")),
            good("hmac-sha256"));
  EXPECT_EQ(read(statement("bind.example", "hmac-md5.sig-alg.reg.int")), good("hmac-md5"));
  EXPECT_EQ(read(std::string("# made by hand\n/* key x { */ key bind.example{secret ") + kSecret +
                 ";algorithm hmac-sha1;}; // the end"),
            good("hmac-sha1"));
}

TEST(TsigKeyFile, OfSeveralTheOneOfThatName) {
  EXPECT_EQ(read(statement("a", "hmac-sha1") + statement("bind.example", "hmac-sha384")),
            good("hmac-sha384"));
}

TEST(TsigKeyFile, NameAndAlgorithmMustAgree) {
  EXPECT_EQ(read(statement("other.example", "hmac-sha256") + statement("b", "hmac-sha256")),
            "bind.key has the key other.example, b, but the configuration has bind.example");
  EXPECT_EQ(read(statement("bind.example", "hmac-sha512"), options_of("hmac-sha256")),
            "bind.key has algorithm hmac-sha512, but the configuration has hmac-sha256");
  EXPECT_EQ(read(statement("bind.example", "hmac-sha3")),
            "bind.key: missing or unknown algorithm in the key statement");
  EXPECT_EQ(read("key bind.example { secret AAAA; };"),
            "bind.key: missing or unknown algorithm in the key statement");
  EXPECT_EQ(read("key a..b { algorithm hmac-sha256; secret AAAA; };"),
            "bind.key has the key with an invalid name, but the configuration has bind.example");
}

TEST(TsigKeyFile, WhatIsNoKeyStatement) {
  const std::string wanted =
      "bind.key: expected key \"bind.example\" { algorithm NAME; secret \"BASE64\"; }; and nothing "
      "else";
  EXPECT_EQ(read("key"), wanted);
  EXPECT_EQ(read("key bind.example"), wanted);
  EXPECT_EQ(read("key bind.example {"), wanted);
  EXPECT_EQ(read("key bind.example { secret"), wanted);
  EXPECT_EQ(read("key bind.example { port 53; };"), wanted);
  EXPECT_EQ(read("key bind.example { algorithm hmac-sha256; }"), wanted);
  EXPECT_EQ(read("key x { algorithm hmac-sha256; secret AAAA; }; server 1.2.3.4 {};"), wanted);
  EXPECT_EQ(read("key bind.example { algorithm hmac-sha256; };"),
            "bind.key: the secret of the key statement is not base64");
  EXPECT_EQ(read("key bind.example { algorithm hmac-sha256; secret \"!hidden!\"; };"),
            "bind.key: the secret of the key statement is not base64");
  EXPECT_THAT(read(""), HasSubstr("a TSIG secret is one line of base64"));
  EXPECT_THAT(read("/*"), HasSubstr("a TSIG secret is one line of base64"));
}

class WeakAlgorithms : public testing::Test {
 protected:
  std::vector<std::string> said(const std::string& algorithm, bool allow_md5 = false) {
    config::Options options;
    config::KeyOptions key = options_of(algorithm);
    key.secret_file = folder_.write("bind.key", std::string(kSecret) + "\n", 0600);
    key.allow_md5 = allow_md5;
    key.where = {"r.yaml", 3, 3};
    options.keys = {key};
    std::vector<std::string> lines;
    for (const Diagnostic& diagnostic : check_key_files(options, files::read_directly())) {
      lines.push_back(to_string(diagnostic));
    }
    return lines;
  }

  TemporaryFolder folder_;
};

TEST_F(WeakAlgorithms, AreTold) {
  EXPECT_THAT(said("hmac-sha256"), IsEmpty());
  for (const std::string name : {"hmac-sha1", "hmac-sha224"}) {
    EXPECT_THAT(said(name), ElementsAre("r.yaml:3:3: warning: key bind.example: " + name +
                                        " is weak: use hmac-sha256 if the other side supports it"));
  }
  EXPECT_THAT(
      said("hmac-md5"),
      ElementsAre("r.yaml:3:3: error: key bind.example: hmac-md5 is forbidden: use hmac-sha256, or "
                  "set \"allow_md5: true\" while the other side supports nothing better"));
  EXPECT_THAT(said("hmac-md5", true),
              ElementsAre("r.yaml:3:3: warning: key bind.example: hmac-md5 is weak: use "
                          "hmac-sha256 if the other side supports it"));
}

}  // namespace
}  // namespace rollcall::setup
