// The messages about a file, and how its words and paths appear in messages and options.
#include <fmt/format.h>

#include <filesystem>

#include "core/nearest.hpp"
#include "yaml/yaml_reader.hpp"

namespace rollcall::yaml {

void Report::add(Severity severity, SourcePosition where, std::string message) {
  std::size_t& count = severity == Severity::error ? errors_ : warnings_;
  if (++count <= kMaxDiagnostics) {
    diagnostics_.push_back({severity, std::move(where), std::move(message)});
  }
}

Diagnostics Report::take() {
  keep_first(diagnostics_, file_, errors_ > kMaxDiagnostics || warnings_ > kMaxDiagnostics);
  return std::move(diagnostics_);
}

std::string in_quotes(std::string_view text) {
  constexpr std::size_t kShown = 80;  // octets; a line of a terminal
  std::string out = "\"";
  for (const char c : text.substr(0, kShown)) {
    const auto octet = static_cast<unsigned char>(c);
    if (octet < 0x20 || octet == 0x7f) {
      out += fmt::format("\\x{:02x}", octet);
    } else {
      out += c;
    }
  }
  out += text.size() > kShown ? "...\"" : "\"";
  return out;
}

std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates) {
  const std::optional<std::string_view> near = nearest_word(word, candidates);
  return near ? fmt::format(", did you mean \"{}\"?", *near) : std::string();
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates) {
  const std::vector<std::string_view> views(candidates.begin(), candidates.end());
  return did_you_mean(word, std::span(views));
}

std::string relative_to(const std::string& file, const std::string& path) {
  const std::filesystem::path folder = std::filesystem::path(file).parent_path();
  std::string resolved = (folder / path).lexically_normal().string();
  if (!resolved.contains('/')) resolved.insert(0, "./");
  return resolved;
}

}  // namespace rollcall::yaml
