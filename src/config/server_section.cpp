// server: addresses, threads, user and names of the nameserver. control: the operator's socket.
#include <fmt/format.h>

#include <algorithm>

#include "config/sections.hpp"
#include "dns/message.hpp"

namespace rollcall::config {
namespace {

constexpr Duration kMaxBusyPoll = std::chrono::milliseconds(10);  // longer wastes a CPU
constexpr unsigned kMaxWorkers = 256;        // threads; more than machines have CPUs
constexpr std::size_t kMaxSocketPath = 107;  // octets: sockaddr_un has 108 with the final zero

std::vector<Endpoint> read_listen(const yaml::Value& value, std::uint16_t port) {
  std::vector<Endpoint> listen;
  const std::vector<yaml::Value> items = value.list();
  for (const yaml::Value& item : items) {
    const std::optional<Endpoint> endpoint = item.endpoint(port);
    if (!endpoint) continue;
    if (std::ranges::find(listen, *endpoint) != listen.end()) {
      item.error(fmt::format("names {} twice", endpoint->to_string()));
    } else {
      listen.push_back(*endpoint);
    }
  }
  if (value.is_list() && items.empty()) value.error("must name at least one address");
  return listen;
}

std::vector<Endpoint> everywhere(std::uint16_t port) {
  return {*Endpoint::parse("0.0.0.0", port), *Endpoint::parse("::", port)};
}

TlsServerOptions read_tls(const yaml::Value& value) {
  const yaml::Section section(value, {"listen", "certificate", "key", "client_ca"});
  TlsServerOptions tls{.listen = everywhere(dns::kTlsPort)};
  if (const auto listen = section.find("listen")) {
    tls.listen = read_listen(*listen, dns::kTlsPort);
    tls.listen_by_default = false;
  }
  tls.certificate = read_file_option(section.need("certificate"));
  tls.key = read_file_option(section.need("key"));
  tls.client_ca = read_file_option(section.find("client_ca"));
  return tls;
}

}  // namespace

void read_server(const std::optional<yaml::Value>& value, ServerOptions& options) {
  options.listen = everywhere(dns::kPort);
  const yaml::Section section(
      value, {"listen", "listen_when_absent", "workers", "state_dir", "user", "nsid", "any",
              "chaos", "cookie_secret_file", "steer_by", "busy_poll", "tls"});
  if (const auto listen = section.find("listen")) {
    options.listen = read_listen(*listen, dns::kPort);
    options.listen_by_default = false;
  }
  if (const auto tls = section.find("tls")) options.tls = read_tls(*tls);
  if (const auto absent = section.find("listen_when_absent")) {
    static constexpr std::string_view kWords[]{"fail", "wait"};
    options.wait_for_absent = absent->one_of("choice", kWords).value_or(0) == 1;
  }
  if (const auto workers = section.find("workers")) {
    if (workers->scalar() != "auto") options.workers = workers->number(1, kMaxWorkers).value_or(0);
  }
  if (const auto steer_by = section.find("steer_by")) {
    static constexpr std::string_view kWords[]{"flow", "cpu"};
    options.steer_by_cpu = steer_by->one_of("way to a worker", kWords).value_or(0) == 1;
    if (options.steer_by_cpu && options.workers != 0) {
      steer_by->error("cpu needs one worker for each CPU: set workers to auto");
    }
  }
  if (const auto busy_poll = section.find("busy_poll")) {
    options.busy_poll = busy_poll->duration(Duration::zero(), kMaxBusyPoll).value_or(Duration{});
  }
  if (const auto state_dir = section.find("state_dir")) {
    options.state_dir = state_dir->file_path().value_or("");
  }
  if (const auto user = section.find("user")) {
    options.user = user->text().value_or("");
    options.user_where = user->where();
  }
  if (const auto nsid = section.find("nsid")) {
    options.nsid = nsid->text().value_or("");
    if (options.nsid.size() > dns::kMaxNsidSize) {
      nsid->error(fmt::format("is longer than {} octets", dns::kMaxNsidSize));
    }
  }
  if (const auto any = section.find("any")) {
    static constexpr std::string_view kWords[]{"hinfo", "all"};
    options.any_in_full = any->one_of("answer to ANY", kWords).value_or(0) == 1;
  }
  if (const auto chaos = section.find("chaos")) {
    options.chaos = read_switch(*chaos, options.chaos);
  }
  if (const auto secret = section.find("cookie_secret_file")) {
    options.cookie_secret_file = secret->file_path().value_or("");
    options.cookie_secret_where = secret->where();
  }
}

void read_control(const std::optional<yaml::Value>& value, ControlOptions& options) {
  const yaml::Section section(value, {"socket"}, {"http", "token_file"});
  const std::optional<yaml::Value> socket = section.find("socket");
  if (!socket) return;
  options.socket = socket->file_path().value_or("");
  if (options.socket.size() > kMaxSocketPath) {
    socket->error(fmt::format("is longer than the {} octets allowed for the path of a socket",
                              kMaxSocketPath));
  }
}

}  // namespace rollcall::config
