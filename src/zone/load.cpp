#include "zone/load.hpp"

#include "zone/builder.hpp"
#include "zone/draft.hpp"
#include "zone/parser.hpp"
#include "zone/semantic_check.hpp"
#include "zone/source.hpp"

namespace rollcall::zone {

LoadReport load_zone(const ZoneSpec& spec, const ReadFile& read_file, const Cancelled& cancelled,
                     const PoolPlace& place_of) {
  const Cancelled asked = cancelled ? cancelled : [] { return false; };
  Sources sources;
  Findings findings(sources);
  const dns::Name origin = spec.origin;
  Draft draft(origin);
  Parser parser(origin, sources, findings, read_file, asked,
                [&](const ParsedRecord& record) { draft.add(record, findings); });
  parser.parse_file(spec.file, spec.named_at);
  LoadReport report;
  // In a zone that was not read to its end, missing records would only be consequential errors.
  if (!findings.has_errors() && !asked()) draft.finish(findings);
  if (!findings.has_errors() && !asked()) check_zone(draft, spec.file, findings);
  if (!findings.has_errors() && !asked()) {
    ZoneBuilder builder(draft, spec, place_of, findings);
    if (!findings.has_errors()) report.zone = builder.build();
  }
  if (!report.zone && asked()) findings.file_error(spec.file, "the load was cancelled");
  report.diagnostics = findings.take();
  return report;
}

}  // namespace rollcall::zone
