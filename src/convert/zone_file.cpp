#include "convert/zone_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "core/letters.hpp"
#include "zone/load.hpp"

namespace rollcall::convert {
namespace {

/// Whether a relative path stays below the folder that it starts from.
bool stays_below(std::string_view path) {
  return !path.starts_with('/') && path != ".." && !path.starts_with("../") &&
         path.find("/../") == std::string_view::npos && !path.ends_with("/..");
}

}  // namespace

LoadedZone load_zone_text(const TargetZone& zone, const Surroundings& surroundings) {
  LoadedZone loaded;
  const auto read = [&](const std::string& path) -> Result<std::string> {
    if (path == zone.source) return zone.text;
    if (!path.starts_with('/') && !stays_below(path)) {
      return fail(fmt::format("{}: an included file must be below the zone file's folder", path));
    }
    auto text = surroundings.read_file(path_beside(zone.source, path));
    if (text && !path.starts_with('/')) {
      loaded.included.emplace_back(path_beside(zone.path, path), *text);
    }
    return text;
  };
  zone::LoadReport report = zone::load_zone({zone.origin, zone.source, {}}, read);
  loaded.zone = std::move(report.zone);
  const auto error = std::ranges::find(report.diagnostics, Severity::error, &Diagnostic::severity);
  if (error != report.diagnostics.end()) loaded.problem = to_log_line(*error);
  return loaded;
}

std::string mend_class_words(std::string_view text,
                             const std::function<void(std::uint32_t line)>& report) {
  std::string mended;
  bool has_owner = false;  // the entry before gives an owner, which these lines share
  int depth = 0;           // of parentheses: their lines are no entries of their own
  for (std::uint32_t number = 1; !text.empty(); ++number) {
    const std::size_t size = std::min(text.find('\n'), text.size() - 1) + 1;
    const std::string_view line = text.substr(0, size);
    const bool class_word = line.size() > 3 && same_letters(line.substr(0, 2), "in") &&
                            (line[2] == ' ' || line[2] == '\t');
    if (class_word && has_owner && depth == 0) {
      mended += '\t';
      report(number);
    }
    mended += line;
    const std::string_view code = line.substr(0, line.find(';'));
    if (depth == 0 && code.find_first_not_of(" \t\r\n") != std::string_view::npos) {
      has_owner = !code.starts_with('$');
    }
    depth += static_cast<int>(std::ranges::count(code, '(') - std::ranges::count(code, ')'));
    text.remove_prefix(size);
  }
  return mended;
}

std::string path_beside(std::string_view file, std::string_view path) {
  if (path.starts_with('/')) return std::string(path);
  return fmt::format("{}{}", file.substr(0, file.rfind('/') + 1), path);
}

}  // namespace rollcall::convert
