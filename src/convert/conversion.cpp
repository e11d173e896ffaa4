#include "convert/conversion.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "convert/formats.hpp"
#include "convert/shelf.hpp"
#include "convert/target.hpp"
#include "core/printable.hpp"

namespace rollcall::convert {

std::optional<Format> parse_format(std::string_view word) noexcept {
  const auto* const at = std::ranges::find(kFormatWords, word);
  if (at == kFormatWords.end()) return std::nullopt;
  return static_cast<Format>(at - kFormatWords.begin());
}

Result<Conversion, Diagnostics> convert(Format format, std::span<const SourceFile> sources,
                                        const Surroundings& surroundings) {
  Shelf shelf(sources, surroundings);
  Target target(surroundings);
  switch (format) {
    case Format::phonax:
      convert_phonax(shelf, target);
      break;
    case Format::gdnsd:
      convert_gdnsd(shelf, target);
      break;
    case Format::bind:
      convert_bind(shelf, target);
      break;
    case Format::route53:
      convert_route53(shelf, target);
      break;
    case Format::pdns_lua:
      convert_pdns_lua(shelf, target);
      break;
  }
  for (const SourceFile* source : shelf.unused()) {
    target.left({source->name, 0, 0}, "no other file names this one");
  }
  return std::move(target).finish();
}

std::string report_text(const Conversion& conversion) {
  std::string text;
  std::size_t taken = 0;
  for (const ReportLine& line : conversion.report) {
    const Diagnostic told{Severity::warning, line.where,
                          (line.taken ? "taken over: " : "NOT taken over: ") + line.message};
    text += to_log_line(told) + "\n";
    if (line.taken) ++taken;
  }
  return text + fmt::format("{} taken over, {} not\n", taken, conversion.report.size() - taken);
}

}  // namespace rollcall::convert
