#include "convert/gdnsd_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/number.hpp"

namespace rollcall::convert {
namespace {

// gdnsd's defaults (gdnsd.config(5)).
constexpr unsigned kGdnsdInterval = 10;  // seconds
constexpr unsigned kGdnsdRise = 20;
constexpr unsigned kGdnsdFall = 10;
constexpr std::string_view kExtfileFolder = "/var/lib/gdnsd/extfile/";

constexpr unsigned kMostInARow = 100;  // of Rollcall's rise and fall

std::string text_of(const VscfValue& map, std::string_view key, std::string_view otherwise = "") {
  const VscfValue* value = map.find(key);
  return std::string(value != nullptr && value->is_text() ? value->word.text : otherwise);
}

/// A whole number from 1 to 65535; `otherwise` where the key is missing or something else.
unsigned number_of(const VscfValue& map, std::string_view key, unsigned otherwise) {
  const auto number = parse_number<std::uint16_t>(text_of(map, key));
  return number && *number != 0 ? *number : otherwise;
}

/// %%ITEM%% as Rollcall's {address}.
std::string with_address(std::string_view argument) {
  constexpr std::string_view kItem = "%%ITEM%%";
  std::string out;
  for (std::size_t at = 0; at < argument.size();) {
    if (argument.substr(at).starts_with(kItem)) {
      out += "{address}";
      at += kItem.size();
    } else {
      out += argument[at++];
    }
  }
  return out;
}

}  // namespace

void GdnsdChecks::define(const VscfValue& types) {
  for (const VscfEntry& entry : types.entries) {
    if (!types_.emplace(entry.key.text, Type{&entry}).second) {
      target_.left(entry.where(), fmt::format("{} is defined twice", entry.key.text));
    }
  }
}

std::optional<std::string> GdnsdChecks::use(const std::string& name, const SourcePosition& where) {
  const auto found = types_.find(name);
  if (found == types_.end()) {
    if (name != "up") target_.left(where, fmt::format("service type {}: not defined", name));
    return std::nullopt;
  }
  Type& type = found->second;
  if (type.used) return type.check;
  type.used = true;
  auto settings = settings_of(*type.entry);
  if (!settings) return std::nullopt;
  type.check = target_.add_check(name, std::move(*settings));
  target_.taken(type.entry->where(), fmt::format("service type {}: check {}", name, *type.check));
  report_others(*type.entry);
  return type.check;
}

std::optional<Settings> GdnsdChecks::settings_of(const VscfEntry& type) {
  const VscfValue& map = type.value;
  auto settings = probe_of(type, text_of(map, "plugin"));
  if (!settings) return std::nullopt;
  add_times(type, *settings);
  const VscfValue* direct = map.find("direct");
  if (direct != nullptr && direct->is_true()) {
    settings->push_back({"rise", "1"});
    settings->push_back({"fall", "1"});
  } else {
    add_threshold(map, "up_thresh", kGdnsdRise, "rise", *settings);
    add_threshold(map, "down_thresh", kGdnsdFall, "fall", *settings);
  }
  return settings;
}

std::optional<Settings> GdnsdChecks::probe_of(const VscfEntry& type, const std::string& plugin) {
  const std::string& name = type.key.text;
  if (plugin == "http_status") return http_status(type.value);
  if (plugin == "extmon") return extmon(type);
  if (plugin == "extfile") return extfile(type);
  if (plugin == "tcp_connect") {
    const unsigned port = number_of(type.value, "port", 0);
    if (port != 0) return Settings{{"type", "tcp"}, {"port", fmt::format("{}", port)}};
    target_.left(type.where(), fmt::format("service type {}: it has no port", name));
    return std::nullopt;
  }
  target_.left(type.where(),
               fmt::format("service type {}: Rollcall has no check like the plugin {}", name,
                           plugin.empty() ? "(none)" : plugin));
  return std::nullopt;
}

std::optional<Settings> GdnsdChecks::http_status(const VscfValue& map) {
  Settings settings{{"type", "http"}};
  const unsigned port = number_of(map, "port", 80);
  if (port != 80) settings.push_back({"port", fmt::format("{}", port)});
  const std::string path = text_of(map, "url_path", "/");
  if (!is_check_path(path)) {
    target_.left(map.where(), fmt::format("url_path {}: not a path", path));
    return std::nullopt;
  }
  if (path != "/") settings.push_back({"path", path});
  if (const std::string host = text_of(map, "vhost"); is_check_host(host)) {
    settings.push_back({"host", host});
  } else if (!host.empty()) {
    target_.left(map.where(), fmt::format("vhost {}: not the name of a host", host));
  }
  std::string codes;
  const VscfValue* listed = map.find("ok_codes");
  for (const std::string& code : listed ? listed->texts() : std::vector<std::string>{"200"}) {
    const auto status = parse_number<unsigned>(code);
    if (status && *status >= 200 && *status <= 599) {
      codes += fmt::format("{}{}", codes.empty() ? "" : ", ", *status);
    } else {
      target_.left(listed->where(), fmt::format("ok_codes {}: not from 200 to 599", code));
    }
  }
  if (!codes.empty()) settings.push_back({"expect_status", codes});
  return settings;
}

std::optional<Settings> GdnsdChecks::extmon(const VscfEntry& type) {
  const VscfValue* listed = type.value.find("cmd");
  const std::vector<std::string> words = listed ? listed->texts() : std::vector<std::string>{};
  if (words.empty() || !words[0].starts_with('/') ||
      !std::ranges::all_of(
          words, [](const std::string& word) { return word.empty() || is_check_text(word); })) {
    target_.left(type.where(), fmt::format("service type {}: cmd must be texts, a full path first",
                                           type.key.text));
    return std::nullopt;
  }
  List command;
  for (const std::string& word : words) command.emplace_back(with_address(word));
  return Settings{{"type", "exec"}, {"command", std::move(command)}};
}

Settings GdnsdChecks::extfile(const VscfEntry& type) {
  std::string path = text_of(type.value, "file", "extfile");
  if (!is_check_text(path)) path = "extfile";
  if (!path.starts_with('/')) path.insert(0, kExtfileFolder);
  target_.left(type.where(), fmt::format("the format of {}: write \"192.0.2.1 up\" and "
                                         "\"192.0.2.1 down\" instead of \"192.0.2.1 => UP/60\"",
                                         path));
  Settings settings{{"type", "file"}, {"file", path}};
  const VscfValue* down = type.value.find("def_down");
  if (down != nullptr && down->is_true()) settings.push_back({"missing", "down"});
  return settings;
}

/// The interval also counts while the state is in doubt, as gdnsd has no shorter one.
void GdnsdChecks::add_times(const VscfEntry& type, Settings& settings) {
  const unsigned interval = number_of(type.value, "interval", kGdnsdInterval);
  const unsigned timeout = number_of(type.value, "timeout", 0);
  settings.push_back({"interval", fmt::format("{}s", interval)});
  settings.push_back({"fast_interval", fmt::format("{}s", interval)});
  const unsigned timeout_ms = timeout == 0 || timeout >= interval ? interval * 500 : timeout * 1000;
  const bool whole = timeout_ms % 1000 == 0;
  settings.push_back(
      {"timeout", fmt::format("{}{}", whole ? timeout_ms / 1000 : timeout_ms, whole ? "s" : "ms")});
}

void GdnsdChecks::add_threshold(const VscfValue& map, const char* key, unsigned otherwise,
                                const char* as, Settings& settings) {
  const unsigned wanted = number_of(map, key, otherwise);
  settings.push_back({as, fmt::format("{}", std::min(wanted, kMostInARow))});
  if (wanted <= kMostInARow) return;
  target_.left(map.find(key)->where(),
               fmt::format("{} {}: {} counts to {}", key, wanted, as, kMostInARow));
}

void GdnsdChecks::report_others(const VscfEntry& type) {
  static constexpr std::array<std::string_view, 14> kKnown{
      "plugin", "port",      "url_path",    "vhost", "ok_codes", "interval", "timeout",
      "cmd",    "up_thresh", "down_thresh", "file",  "direct",   "def_down", "max_proc"};
  for (const VscfEntry& entry : type.value.entries) {
    const std::string& key = entry.key.text;
    if (key == "max_proc") {
      target_.left(entry.where(), "max_proc: health.max_programs is for all checks");
    } else if (key == "ok_thresh") {
      target_.left(entry.where(), "ok_thresh: one good probe starts the count of fall again");
    } else if (std::ranges::find(kKnown, key) == kKnown.end()) {
      target_.left(entry.where(), fmt::format("{}: Rollcall has no such setting", key));
    }
  }
}

void GdnsdChecks::report_unused() {
  for (const auto& [name, type] : types_) {
    if (type.used) continue;
    target_.left(type.entry->where(),
                 fmt::format("service type {}: nothing that is taken over uses it", name));
  }
}

}  // namespace rollcall::convert
