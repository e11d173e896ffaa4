/// RFC 7435: where plain text would do, TLS with a certificate that nobody vouches for is better: a
/// mail server's STARTTLS is taken.
#include "channel/alert_sender.hpp"
#include "real_process.hpp"
#include "rfc/conversation.hpp"
#include "temporary_folder.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc7435, AMailGoesOverStarttlsWithAnUnknownCertificate) {
  const TemporaryFolder dir;
  RealProcess request({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                       "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=unknown", "-days",
                       "2", "-keyout", dir.path("key.pem"), "-out", dir.path("cert.pem")},
                      dir.path("req.log"));
  ASSERT_EQ(request.wait(), 0) << read_all(dir.path("req.log"));
  const std::uint16_t port = free_port();
  const std::string address = "127.0.0.1:" + std::to_string(port);
  // With --tlscert this server takes no mail before STARTTLS.
  const RealProcess smtp(
      {"/usr/bin/python3", "-u", "-m", "aiosmtpd", "-n", "-c", "aiosmtpd.handlers.Debugging",
       "stdout", "--tlscert", dir.path("cert.pem"), "--tlskey", dir.path("key.pem"), "-l", address},
      dir.path("out"));
  ASSERT_TRUE(eventually([&] { return is_listening(port); }));
  channel::AlertSender sender(
      {.nameserver = "ns1",
       .mail =
           channel::MailTarget{.to = {"root@x"}, .from = "rollcall@x", .smtp = "smtp://" + address},
       .batch = {}});
  sender.send({.kind = "dropped", .line = "down", .object = "{}"});
  EXPECT_TRUE(eventually([&] {
    return read_all(dir.path("out")).find("END MESSAGE") != std::string::npos;
  })) << read_all(dir.path("out"));
}

}  // namespace
}  // namespace rollcall::rfc
