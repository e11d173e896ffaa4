/// Configurations of other nameservers and monitors, as Rollcall's: text in, text out.
///
/// Limitations: the conversion reads each file once, from front to back; what one of its statements
/// means under another version of the program that wrote it is not considered.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/diagnostic.hpp"
#include "core/result.hpp"

namespace rollcall::convert {

enum class Format : std::uint8_t { phonax, gdnsd, bind, route53, pdns_lua };

/// The words of the command line, in the order of Format.
inline constexpr std::array<std::string_view, 5> kFormatWords{"phonax", "gdnsd", "bind", "route53",
                                                              "pdns-lua"};

std::optional<Format> parse_format(std::string_view word) noexcept;

struct SourceFile {
  std::string name;  // a path, for messages and for paths beside it
  std::string text;
};

/// What the caller looks up for a conversion.
struct Surroundings {
  /// Reads a file that one of the sources names: a zone file, or an included one.
  std::function<Result<std::string>(const std::string& path)> read_file;
  /// The port of a service by services(5).
  std::function<std::optional<std::uint16_t>(const std::string& name)> service_port;
};

struct OutputFile {
  std::string text;
  bool secret = false;  // for the eyes of its owner alone

  bool operator==(const OutputFile&) const = default;
};

/// One statement of a source, and what has become of it.
struct ReportLine {
  SourcePosition where;
  bool taken = false;
  std::string message;
};

struct Conversion {
  std::map<std::string, OutputFile> files;  // by path, relative to the target folder
  std::vector<std::vector<std::string>> agent_keys;  // for each new key of an agent: its files
  std::vector<ReportLine> report;           // file by file, in the order of their lines
};

/// Errors are places that cannot be read at all. What can be read but not taken over is in the
/// report. Never throws for any content of a file; takes time linear in the texts.
Result<Conversion, Diagnostics> convert(Format format, std::span<const SourceFile> sources,
                                        const Surroundings& surroundings);

/// The report as lines of text, with a summary at the end.
std::string report_text(const Conversion& conversion);

}  // namespace rollcall::convert
