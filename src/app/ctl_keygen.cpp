#include "app/ctl_keygen.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>

#include "core/bytes.hpp"
#include "dns/encoding.hpp"
#include "io/random.hpp"
#include "log/print.hpp"

namespace rollcall::app {
namespace {

constexpr std::size_t kSecretSize = 32;  // octets: 256 bits, the output of HMAC-SHA256

constexpr std::string_view kTsigHint =
    R"(Keep this line in the file that keys.NAME.secret_file names, readable for rollcalld alone:
  umask 077; rollcallctl keygen tsig > NAME.key
The secondary needs the same name and secret, in BIND's named.conf as
  key "NAME" { algorithm hmac-sha256; secret "THIS LINE"; };
)";

constexpr std::string_view kAgentHint =
    R"(Keep this line in the file that agents.key_file names, readable for rollcalld alone, and in
the key_file of rollcall-agent on every node:
  umask 077; rollcallctl keygen agent > agent.key
)";

std::string lower_hex(Bytes octets) {
  std::string text;
  for (const std::uint8_t octet : octets) text += fmt::format("{:02x}", octet);
  return text;
}

}  // namespace

Result<std::string> new_secret(KeyKind kind) {
  const auto secret = io::random_value<std::array<std::uint8_t, kSecretSize>>();
  if (!secret) return fail(io::no_random(secret.error()));
  return kind == KeyKind::tsig ? dns::to_base64(*secret) : lower_hex(*secret);
}

int run_keygen(KeyKind kind) {
  const Result<std::string> text = new_secret(kind);
  if (!text) {
    log::print_error(text.error().message);
    return 1;
  }
  log::print_out(*text);
  if (std::fflush(stdout) != 0) {
    log::print_error(fmt::format("cannot write the secret: {}", std::strerror(errno)));
    return 1;
  }
  log::print_error(kind == KeyKind::tsig ? kTsigHint : kAgentHint);
  return 0;
}

}  // namespace rollcall::app
