#include "takeover/check_rights.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "files/file_reader.hpp"
#include "takeover/commands.hpp"
#include "takeover/interfaces.hpp"

namespace rollcall::takeover {
namespace {

constexpr std::size_t kBootFileLimit = 1 << 20;

// Where Debian's ways of configuring a network keep their addresses.
constexpr std::array<const char*, 6> kBootPlaces{"/etc/network/interfaces",
                                                 "/etc/network/interfaces.d",
                                                 "/etc/netplan",
                                                 "/etc/systemd/network",
                                                 "/run/systemd/network",
                                                 "/etc/NetworkManager/system-connections"};

struct BootFile {
  std::string path;
  std::string text;
};

std::vector<BootFile> read_boot_files() {
  namespace fs = std::filesystem;
  std::vector<std::string> paths;
  for (const char* place : kBootPlaces) {
    std::error_code error;
    if (!fs::is_directory(place, error)) {
      paths.emplace_back(place);
      continue;
    }
    for (fs::directory_iterator file(place, error), end; !error && file != end;
         file.increment(error)) {
      paths.push_back(file->path().string());
    }
  }
  std::vector<BootFile> files;
  for (std::string& path : paths) {
    auto file = files::read_file(path, {.limit = kBootFileLimit, .settle = false});
    if (file) files.push_back({std::move(path), std::move(file->text)});
  }
  return files;
}

/// "/etc/network/interfaces:7" where the address stands as a word of its own, outside comments.
std::optional<std::string> place_in(const BootFile& file, const std::string& address) {
  constexpr std::string_view kOfAddresses = "0123456789abcdefABCDEF.:";
  std::size_t number = 0;
  for (std::size_t begin = 0; begin < file.text.size(); ++number) {
    const std::size_t end = std::min(file.text.find('\n', begin), file.text.size());
    std::string_view line = std::string_view(file.text).substr(begin, end - begin);
    begin = end + 1;
    line = line.substr(0, line.find('#'));
    for (std::size_t at = line.find(address); at != std::string_view::npos;
         at = line.find(address, at + 1)) {
      const std::size_t after = at + address.size();
      const bool whole =
          (at == 0 || kOfAddresses.find(line[at - 1]) == std::string_view::npos) &&
          (after == line.size() || kOfAddresses.find(line[after]) == std::string_view::npos);
      if (whole) return fmt::format("{}:{}", file.path, number + 1);
    }
  }
  return std::nullopt;
}

class RightsCheck {
 public:
  Diagnostics check(const NodeRights& rights);

 private:
  void check_floating(const IpAddress& address, const FloatingRight& right);
  void check_forward(const ForwardRight& right);
  void need(const SourcePosition& where, std::initializer_list<const char*> programs);
  void say(const SourcePosition& where, std::string what) {
    found_.push_back({Severity::error, where, std::move(what)});
  }

  Interfaces interfaces_;
  std::vector<BootFile> boot_files_;
  Diagnostics found_;
};

Diagnostics RightsCheck::check(const NodeRights& rights) {
  if (rights.empty()) return {};
  const SourcePosition first = rights.floating.empty() ? rights.forward.begin()->second.where
                                                       : rights.floating.begin()->second.where;
  if (::geteuid() != 0) say(first, "\"floating\" and \"forward\" need an agent that runs as root");
  auto interfaces = read_interfaces();
  if (!interfaces) {
    say(first, interfaces.error().message);
    return std::move(found_);
  }
  interfaces_ = std::move(*interfaces);
  boot_files_ = read_boot_files();
  for (const auto& [address, right] : rights.floating) check_floating(address, right);
  for (const auto& [service, right] : rights.forward) check_forward(right);
  return std::move(found_);
}

void RightsCheck::need(const SourcePosition& where, std::initializer_list<const char*> programs) {
  for (const char* program : programs) {
    const std::string what = fmt::format("{} is not installed", program);
    const bool told = std::ranges::find(found_, what, &Diagnostic::message) != found_.end();
    if (!told && !find_program(program)) say(where, what);
  }
}

void RightsCheck::check_floating(const IpAddress& address, const FloatingRight& right) {
  const std::string text = address.to_string();
  need(right.where, {"ip", "ping"});
  if (address.is_v4()) need(right.where, {"arping"});
  if (!address.is_v4()) need(right.where, {"ndisc6", "ndptool"});
  if (std::ranges::find(interfaces_.names, right.interface) == interfaces_.names.end()) {
    return say(right.where, fmt::format("there is no interface {}", right.interface));
  }
  for (const BootFile& file : boot_files_) {
    if (const auto place = place_in(file, text)) {
      say(right.where,
          fmt::format("{} names {}: no node may have a floating address at boot", *place, text));
    }
  }
  const InterfaceAddress* held = interfaces_.find(address);
  if (held != nullptr && (!held->is_alone() || held->interface != right.interface)) {
    say(right.where,
        fmt::format(
            "{} has {}/{} already, which the agent did not add: no node may have a floating "
            "address at boot",
            held->interface, text, held->prefix));
  }
  const bool at_home = std::ranges::any_of(interfaces_.addresses, [&](const InterfaceAddress& its) {
    return its.interface == right.interface && !its.is_alone() && its.is_neighbour(address);
  });
  if (!at_home) {
    say(right.where, fmt::format("{} is in no network of {}", text, right.interface));
  }
}

void RightsCheck::check_forward(const ForwardRight& right) {
  need(right.where, {"nft"});
  for (const IpAddress& to : right.to) {
    const char* path =
        to.is_v4() ? "/proc/sys/net/ipv4/ip_forward" : "/proc/sys/net/ipv6/conf/all/forwarding";
    const auto on = files::read_file(path, {.limit = 64, .pipes = true, .settle = false});
    if (on && on->text.starts_with('1')) continue;
    say(right.where, fmt::format("the kernel forwards nothing: {} is not 1", path));
    return;
  }
}

}  // namespace

Diagnostics check_rights(const NodeRights& rights) {
  return RightsCheck().check(rights);
}

}  // namespace rollcall::takeover
