/// Conversions of a few lines.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "convert/conversion.hpp"
#include "core/diagnostic.hpp"
#include "diagnostic_lines.hpp"

namespace rollcall::convert {

/// A zone that loads, with three addresses of www.
inline const std::string kZone = R"($TTL 60
@ IN SOA ns1 root 1 3600 600 86400 60
@ IN NS ns1
ns1 IN A 192.0.2.53
www IN A 192.0.2.1
www IN A 192.0.2.2
www IN A 192.0.2.3
)";

/// A machine that knows three services and has the files of `disk`.
inline Result<Conversion, Diagnostics> convert_files(Format format,
                                                     const std::vector<SourceFile>& sources,
                                                     std::map<std::string, std::string> disk = {}) {
  const Surroundings surroundings{
      .read_file = [&](const std::string& path) -> Result<std::string> {
        const auto found = disk.find(path);
        if (found == disk.end()) return fail(path + ": No such file or directory");
        return found->second;
      },
      .service_port = [](const std::string& name) -> std::optional<std::uint16_t> {
        if (name == "smtp") return 25;
        if (name == "http") return 80;
        if (name == "pop3") return 110;
        return std::nullopt;
      }};
  return convert(format, sources, surroundings);
}

/// The text of rollcall.yaml without its first line, or the errors.
inline std::string yaml_of(const Result<Conversion, Diagnostics>& conversion) {
  if (!conversion) {
    std::string errors;
    for (const std::string& line : lines_of(conversion.error())) errors += line + "\n";
    return errors;
  }
  const std::string& text = conversion->files.at("rollcall.yaml").text;
  return text.substr(text.find('\n') + 1);
}

/// The report, a line each: "+" for what is taken over, "-" for what is not.
inline std::vector<std::string> report_of(const Result<Conversion, Diagnostics>& conversion) {
  std::vector<std::string> lines;
  if (!conversion) return lines_of(conversion.error());
  for (const ReportLine& line : conversion->report) {
    lines.push_back((line.taken ? "+ " : "- ") +
                    to_log_line({Severity::warning, line.where, line.message}));
  }
  return lines;
}

}  // namespace rollcall::convert
