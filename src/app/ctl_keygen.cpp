#include "app/ctl_keygen.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "agent_link/psk_keys.hpp"
#include "core/bytes.hpp"
#include "core/ip_address.hpp"
#include "core/service_name.hpp"
#include "dns/encoding.hpp"
#include "files/file_reader.hpp"
#include "io/descriptor.hpp"
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
    R"(This is the older form: one key that opens every agent that has it, for agents.key_file.
Better a key for each node: rollcallctl keygen agent ADDRESS
)";

constexpr const char* kNodeHint =
    R"(Keep this line in KEYS_DIR/{0}.key, which agents.keys_dir names, readable for rollcalld alone,
and in the file that "keys" in agent.yaml names on {0}, and nowhere else:
  keys: {{{1}: {{file: {1}.key}}}}
)";

constexpr const char* kFallbackName = "ns1";
constexpr int kHighestSuffix = 99;

std::string lower_hex(Bytes octets) {
  std::string text;
  for (const std::uint8_t octet : octets) text += fmt::format("{:02x}", octet);
  return text;
}

/// The first label of the host's name, where it may be the name of a key.
std::string host_label() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return kFallbackName;
  const std::string whole = name.data();
  const std::string label = whole.substr(0, whole.find('.'));
  return is_service_name(label) ? label : kFallbackName;
}

Result<std::vector<agent_link::NamedKey>> keys_in(const std::string& path) {
  if (::access(path.c_str(), F_OK) != 0 && errno == ENOENT) {
    return std::vector<agent_link::NamedKey>{};
  }
  auto file = agent_link::read_key_lines(path, files::read_file);
  if (!file) return std::unexpected(file.error());
  return std::move(file->keys);
}

/// The name, with a number behind it where the file has such a key already.
Result<std::string> free_name(const std::string& name,
                              const std::vector<agent_link::NamedKey>& taken) {
  const auto is_taken = [&](const std::string& one) {
    return std::ranges::find(taken, one, &agent_link::NamedKey::name) != taken.end();
  };
  if (!is_taken(name)) return name;
  for (int number = 2; number <= kHighestSuffix; ++number) {
    std::string next = fmt::format("{}.{}", name, number);
    if (!is_taken(next) && is_service_name(next)) return next;
  }
  return fail(fmt::format("no name is free after {}", name));
}

/// Adds a line in one write, so that a reader never sees half of it.
Result<void> add_line(const std::string& path, const std::string& line) {
  const io::Descriptor file(::open(
      path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR));
  if (!file) return fail(fmt::format("{}: {}", path, std::strerror(errno)));
  const ssize_t written = ::write(file.get(), line.data(), line.size());
  if (written != static_cast<ssize_t>(line.size())) {
    return fail(fmt::format("{}: {}", path, written < 0 ? std::strerror(errno) : "disk full"));
  }
  return {};
}

/// @return what to print: the line, or what became of it
Result<std::string> make_agent_key(const AgentKeyArguments& arguments) {
  const auto node = IpAddress::parse(arguments.address);
  if (!node) return fail(fmt::format("\"{}\" is not an IP address", arguments.address));
  std::string name = arguments.name.empty() ? host_label() : arguments.name;
  if (!is_service_name(name)) {
    return fail(
        fmt::format("invalid name \"{}\": use letters, digits and \"-_.@\", with a letter or "
                    "digit first",
                    name));
  }
  const Result<std::string> secret = new_secret(KeyKind::agent);
  if (!secret) return std::unexpected(secret.error());
  if (arguments.folder.empty()) return fmt::format("{} {}", name, *secret);
  const std::string path = fmt::format("{}/{}.key", arguments.folder, node->to_string());
  const auto taken = keys_in(path);
  if (!taken) return std::unexpected(taken.error());
  if (taken->size() >= agent_link::kMaxKeysOfFile) {
    return fail(fmt::format("{}: has {} keys already; remove old ones", path, taken->size()));
  }
  auto free = free_name(name, *taken);
  if (!free) return free;
  const Result<std::string> before = files::read_text_file(path, files::kMaxSecretFile);
  const bool cut = before && !before->empty() && !before->ends_with('\n');
  const std::string line = fmt::format("{}{} {}\n", cut ? "\n" : "", *free, *secret);
  if (auto added = add_line(path, line); !added) {
    return std::unexpected(added.error());
  }
  return fmt::format("{}: key {} {}", path, *free,
                     taken->empty() ? "is the only one"
                                    : fmt::format("added; {} stays in use", taken->front().name));
}

}  // namespace

int run_agent_keygen(const AgentKeyArguments& arguments) {
  if (arguments.address.empty()) return run_keygen(KeyKind::agent);
  const Result<std::string> made = make_agent_key(arguments);
  if (!made) {
    log::print_error("rollcallctl: " + made.error().message);
    return 1;
  }
  log::print_out(*made);
  if (std::fflush(stdout) != 0) {
    log::print_error(fmt::format("cannot write the secret: {}", std::strerror(errno)));
    return 1;
  }
  if (arguments.folder.empty()) {
    log::print_error(
        fmt::format(fmt::runtime(kNodeHint), arguments.address, made->substr(0, made->find(' '))));
  }
  return 0;
}

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
