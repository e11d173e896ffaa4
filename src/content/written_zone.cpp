#include "content/written_zone.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "dns/rdata_text.hpp"
#include "edit/edited_node.hpp"
#include "zone/parser.hpp"
#include "zone/source.hpp"

namespace rollcall::content {
namespace {

/// A record of the file that an update may have changed.
struct FileRecord {
  RrsetKey key;
  dns::Name owner;
  std::uint32_t ttl = 0;
  std::vector<std::uint8_t> rdata;
  zone::SourceMark mark;
};

/// An entry of the text, and what becomes of it.
struct TextEntry {
  std::size_t begin = 0, end = 0;  // octets, the line end included
  dns::Name owner;
  bool has_owner = false;  // in its first column
  bool goes = false;
  std::string behind;  // lines that come after it
};

/// The end of the entry that begins there: the line end outside of quotes and parentheses.
std::size_t end_of_entry(std::string_view text, std::size_t at) {
  int depth = 0;
  for (bool quoted = false, comment = false; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '\n') {
      comment = false;
      if (depth <= 0 && !quoted) return at + 1;
    } else if (comment) {
      continue;
    } else if (c == '\\') {
      ++at;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted) {
      comment = c == ';';
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
    }
  }
  return text.size();
}

bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

class ZoneWriter {
 public:
  ZoneWriter(const zone::ZoneSpec& spec, const std::string& text, const ZoneDeltas& deltas)
      : spec_(spec), text_(text) {
    deltas.for_each([&](const RrsetKey& key, const Delta& delta) {
      PackedRecords now = unpacked_records(delta.now);
      if (!now.empty() || !delta.base.empty()) wanted_[key] = std::move(now);
    });
  }

  Result<std::string> run(const zone::ReadFile& read) {
    if (auto parsed = parse(read); !parsed) return std::unexpected(parsed.error());
    for (auto& [key, now] : wanted_) {
      if (auto done = write_rrset(key, now); !done) return std::unexpected(done.error());
    }
    return put_together();
  }

 private:
  Result<void> parse(const zone::ReadFile& read) {
    zone::Sources sources;
    zone::Findings findings(sources);
    const zone::ReadFile whole = [&](const std::string& path) -> Result<std::string> {
      return path == spec_.file ? Result<std::string>(text_) : read(path);
    };
    const zone::Cancelled never = [] { return false; };
    zone::Parser parser(spec_.origin, sources, findings, whole, never,
                        [this](const zone::ParsedRecord& record) { take(record); });
    parser.parse_file(spec_.file);
    return findings.has_errors() ? fail("the file has errors") : Result<void>();
  }
  void take(const zone::ParsedRecord& record) {
    if (record.mark.text == 0) add_entry(record);
    RrsetKey key = rrset_key(record.owner, record.type);
    if (!wanted_.contains(key)) return;
    const Bytes rdata = record.rdata;
    records_[std::move(key)].push_back(
        {{}, record.owner, record.ttl, {rdata.begin(), rdata.end()}, record.mark});
  }
  void add_entry(const zone::ParsedRecord& record) {
    const std::size_t line = text_.rfind('\n', record.mark.offset);
    const bool first = line == std::string::npos || record.mark.offset == 0;
    const std::size_t begin = first ? 0 : line + 1;
    TextEntry& entry = entries_[begin];
    entry.begin = begin;
    entry.end = end_of_entry(text_, begin);
    entry.owner = record.owner;
    entry.has_owner = !is_blank(text_[begin]);
  }
  TextEntry* entry_of(const FileRecord& record) {
    if (record.mark.text != 0) return nullptr;
    auto after = entries_.upper_bound(record.mark.offset);
    if (after == entries_.begin()) return nullptr;
    TextEntry& entry = std::prev(after)->second;
    const bool generated = std::string_view(text_).substr(entry.begin).starts_with('$');
    return generated ? nullptr : &entry;
  }

  Result<void> write_rrset(const RrsetKey& key, PackedRecords now) {
    const auto [owner, type] = *read_rrset_key(key);
    TextEntry* last = nullptr;
    const std::vector<FileRecord>& there = records_[key];
    // Records that stay keep their lines where the whole RRset keeps its TTL.
    const bool same_ttl = std::ranges::all_of(there, [&](const FileRecord& record) {
      return now.empty() || record.ttl == now.front().ttl;
    });
    for (const FileRecord& record : there) {
      const auto stays = std::ranges::find_if(now, [&](const PackedRecordView& one) {
        return edit::same_rdata(type, one.rdata, record.rdata);
      });
      TextEntry* const entry = entry_of(record);
      if (stays != now.end() && same_ttl) {
        now.erase(stays);
        if (entry != nullptr) last = entry;
        continue;
      }
      if (entry == nullptr) {
        return fail(
            fmt::format("{} {} is made by $GENERATE or by an included file: change it there",
                        owner.to_display(), dns::type_name(type)));
      }
      entry->goes = true;
      last = entry;
    }
    std::string& lines = last != nullptr ? last->behind : at_end_;
    for (const PackedRecordView& record : now) {
      lines += fmt::format("{} {} IN {} {}\n", owner.to_text(), record.ttl, dns::type_name(type),
                           dns::rdata_to_text(type, record.rdata));
    }
    return {};
  }

  /// An entry without an owner has that of the entry before, which may have gone.
  std::string put_together() const {
    std::string out;
    std::size_t at = 0;
    bool owner_gone = false;
    for (const auto& [begin, entry] : entries_) {
      if (begin < at) continue;  // a record of the same entry: $GENERATE
      out.append(text_, at, begin - at);
      at = entry.end;
      if (!entry.goes) {
        if (owner_gone && !entry.has_owner) out += entry.owner.to_text();
        owner_gone = false;
        out.append(text_, begin, entry.end - begin);
      } else {
        owner_gone |= entry.has_owner;
      }
      if (entry.behind.empty()) continue;
      if (!out.empty() && out.back() != '\n') out += '\n';
      out += entry.behind;
      owner_gone = false;
    }
    out.append(text_, at);
    if (at_end_.empty()) return out;
    if (!out.empty() && out.back() != '\n') out += '\n';
    return out + at_end_;
  }

  const zone::ZoneSpec& spec_;
  const std::string& text_;
  std::map<RrsetKey, PackedRecords> wanted_;
  std::map<RrsetKey, std::vector<FileRecord>> records_;
  std::map<std::size_t, TextEntry> entries_;  // by where they begin
  std::string at_end_;
};

}  // namespace

Result<std::string> written_zone(const zone::ZoneSpec& spec, const std::string& text,
                                 const ZoneDeltas& deltas, const zone::ReadFile& read) {
  auto written = ZoneWriter(spec, text, deltas).run(read);
  if (!written) return written;
  const auto load = [&](const std::string& its) {
    return zone::load_zone(spec,
                           [&](const std::string& path) -> Result<std::string> {
                             return path == spec.file ? Result<std::string>(its) : read(path);
                           })
        .zone;
  };
  const ZonePtr before = load(text);
  const ZonePtr after = load(*written);
  if (!before || !after) return fail("the changes do not make a valid file: change it by hand");
  // All that updates changed is in the file now, and nothing else is another one.
  const auto expected = rebuilt(*before, deltas.merge(*before).edit, spec);
  if (!expected || !same_records(**expected, *after)) {
    return fail(
        "the file is written in a way that cannot be changed line by line: change it by hand");
  }
  return written;
}

}  // namespace rollcall::content
