/// Configurations of other programs: any text is refused with a place, or gives a configuration
/// that Rollcall reads without an error.
///
/// The first octet chooses the format. Lines "=== NAME" begin the next file.
#include <string>
#include <vector>

#include "config/options.hpp"
#include "convert/conversion.hpp"
#include "core/printable.hpp"
#include "require.hpp"

namespace {

using namespace rollcall;
using fuzz::require;

std::vector<convert::SourceFile> files_of(std::string_view text) {
  constexpr std::string_view kMark = "=== ";
  std::vector<convert::SourceFile> files{{"first", ""}};
  while (!text.empty()) {
    const std::size_t size = std::min(text.find('\n'), text.size() - 1) + 1;
    std::string_view line = text.substr(0, size);
    text.remove_prefix(size);
    if (!line.starts_with(kMark)) {
      files.back().text += line;
      continue;
    }
    line.remove_prefix(kMark.size());
    files.push_back({std::string(line.substr(0, line.find('\n'))), ""});
  }
  if (files.front().text.empty() && files.size() > 1) files.erase(files.begin());
  return files;
}

std::optional<std::uint16_t> port_of(const std::string& service) {
  return service.size() == 4 ? std::optional<std::uint16_t>(80) : std::nullopt;
}

bool stays_in_folder(const std::string& path) {
  return !path.empty() && path[0] != '/' && ("/" + path + "/").find("/../") == std::string::npos;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto format = static_cast<convert::Format>(data[0] % convert::kFormatWords.size());
  const std::string text(as_text(Bytes(data + 1, size - 1)));
  // $GENERATE may well ask for millions of records: that is slow, not wrong.
  if (text.find("GENERATE") != std::string::npos && size > 200) return 0;
  const std::vector<convert::SourceFile> files = files_of(text);
  const convert::Surroundings surroundings{
      .read_file = [](const std::string& path) -> Result<std::string> {
        return fail(path + ": no such file");
      },
      .service_port = port_of};
  const auto made = convert::convert(format, files, surroundings);
  if (!made) {
    require(has_errors(made.error()), "refused with a reason");
    return 0;
  }
  for (const auto& [path, file] : made->files) require(stays_in_folder(path), "in the folder");

  const std::string& yaml = made->files.at("rollcall.yaml").text;
  const auto parsed = config::parse_options(yaml, "rollcall.yaml", port_of);
  if (!parsed.options) {
    for (const Diagnostic& one : parsed.diagnostics)
      std::fputs((to_string(one) + "\n").c_str(), stderr);
    std::fputs(yaml.c_str(), stderr);
  }
  require(parsed.options.has_value(), "Rollcall reads the result");
  return 0;
}
