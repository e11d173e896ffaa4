#include "zone/parser.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <utility>

#include "zone/slips.hpp"

namespace rollcall::zone {
namespace {

constexpr std::uint32_t kMaxTtl = 0x7fffffff;  // RFC 2181 section 8

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool same_word(std::string_view word, std::string_view upper) {
  return word.size() == upper.size() &&
         std::equal(word.begin(), word.end(), upper.begin(),
                    [](char a, char b) { return (a >= 'a' && a <= 'z' ? a - 32 : a) == b; });
}

constexpr const char* kCommentHint = "; a comment begins with \";\" in a zone file";

std::string lost_blanks(std::string_view word) {
  return fmt::format("; the line probably lost the blanks before \"{}\"", word);
}

}  // namespace

Parser::Parser(const dns::Name& origin, Sources& sources, Findings& findings,
               const ReadFile& read_file, const Cancelled& cancelled, RecordSink sink)
    : sources_(sources),
      findings_(findings),
      read_file_(read_file),
      cancelled_(cancelled),
      sink_(std::move(sink)),
      origin_(origin) {}

SourceMark Parser::mark_of(const dns::Word& word) const {
  const char* start = word.text.data() - (word.quoted ? 1 : 0);
  return {text_, static_cast<std::uint32_t>(start - text_start_)};
}

SourceMark Parser::mark_of(const Entry& entry, std::size_t word) const {
  if (word < entry.words.size()) return mark_of(entry.words[word]);
  const dns::Word& last = entry.words.back();
  const char* end = last.text.data() + last.text.size() + (last.quoted ? 1 : 0);
  return {text_, static_cast<std::uint32_t>(end - text_start_)};
}

bool Parser::wrong(const Entry& entry, std::size_t word, std::string message) {
  findings_.error(mark_of(entry, word), std::move(message));
  return false;
}

bool Parser::missing(const Entry& entry, std::size_t word, std::string_view expected) {
  const bool there = word < entry.words.size();
  return wrong(entry, word,
               there ? fmt::format("expected {}, found \"{}\"", expected, entry.words[word].text)
                     : fmt::format("expected {}, found the end of the entry", expected));
}

void Parser::parse_file(const std::string& file, const SourcePosition& named_at) {
  std::string text;
  if (std::string problem = read_limited(file, text); !problem.empty()) {
    if (named_at.file.empty()) return findings_.file_error(file, std::move(problem));
    findings_.error_elsewhere(named_at, fmt::format("zone {}: {}", origin_.to_display(), problem));
  } else {
    parse_text(sources_.add(file, std::move(text)));
  }
}

/// @return the error; empty where `text` has the file's text
std::string Parser::read_limited(const std::string& file, std::string& text) {
  Result<std::string> read = read_file_(file);
  if (!read) return std::move(read.error().message);
  octets_ += read->size();
  if (octets_ > kMaxZoneText) return "the zone's files are together larger than 4 GiB";
  text = std::move(*read);
  return {};
}

void Parser::parse_text(std::uint32_t text) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  const std::uint32_t outer = std::exchange(text_, text);
  const char* const outer_start = std::exchange(text_start_, sources_.text(text).data());
  const bool marked = sources_.text(text).starts_with(kByteOrderMark);
  if (marked) {
    findings_.error({text, 0}, "the file begins with a byte order mark: save it as plain text");
  }
  Tokenizer tokenizer(sources_.text(text), marked ? kByteOrderMark.size() : 0);
  Entry entry;
  while (!findings_.full() && !cancelled_() && tokenizer.next(entry)) {
    if (entry.error) {
      findings_.error({text_, entry.error->offset}, std::move(entry.error->message));
    } else {
      parse_entry(entry);
    }
  }
  text_ = outer;
  text_start_ = outer_start;
}

void Parser::parse_entry(const Entry& entry) {
  const dns::Word& first = entry.words.front();
  if (!entry.leading_blank && !first.quoted && first.text.starts_with('$')) {
    parse_directive(entry);
  } else {
    parse_record(entry);
  }
}

void Parser::parse_directive(const Entry& entry) {
  const std::string_view name = entry.words.front().text;
  if (same_word(name, "$ORIGIN")) return parse_origin(entry);
  if (same_word(name, "$TTL")) return parse_default_ttl(entry);
  if (same_word(name, "$INCLUDE")) return parse_include(entry);
  if (same_word(name, "$GENERATE")) return parse_generate(entry);
  missing(entry, 0, "$ORIGIN, $TTL, $INCLUDE or $GENERATE");
}

void Parser::parse_origin(const Entry& entry) {
  if (entry.words.size() < 2) return void(missing(entry, 1, "a domain name"));
  if (entry.words.size() > 2) return void(missing(entry, 2, "the end of $ORIGIN"));
  const Result<dns::Name> name = dns::Name::parse(entry.words[1].text, origin_);
  if (!name) return void(wrong(entry, 1, name.error().message));
  set_origin(*name);
}

void Parser::set_origin(const dns::Name& origin) {
  origin_ = origin;
  owner_text_ = {};  // the same word is now a different name
}

void Parser::parse_default_ttl(const Entry& entry) {
  const auto ttl = entry.words.size() < 2 ? std::nullopt : dns::parse_ttl(entry.words[1].text);
  if (!ttl) return void(missing(entry, 1, "a time in seconds or with units"));
  if (entry.words.size() > 2) return void(missing(entry, 2, "the end of $TTL"));
  if (*ttl > kMaxTtl) {
    findings_.warning(mark_of(entry, 1),
                      fmt::format("TTL {} is above 2147483647 and counts as 0", *ttl));
  }
  default_ttl_ = *ttl > kMaxTtl ? 0 : *ttl;
}

void Parser::parse_include(const Entry& entry) {
  if (entry.words.size() < 2) return void(missing(entry, 1, "a file name"));
  if (entry.words.size() > 3) return void(missing(entry, 3, "the end of $INCLUDE"));
  Result<dns::Name> origin = origin_;
  if (entry.words.size() == 3) origin = dns::Name::parse(entry.words[2].text, origin_);
  if (!origin) return void(wrong(entry, 2, origin.error().message));
  if (depth_ + 1 >= kMaxIncludeDepth) {
    return void(
        wrong(entry, 0,
              fmt::format("$INCLUDE is nested deeper than {} files: do they include each other?",
                          kMaxIncludeDepth)));
  }
  if (++includes_ > kMaxIncludes) {
    return void(wrong(
        entry, 0,
        fmt::format("more than {} $INCLUDE entries in this zone: do files include each other?",
                    kMaxIncludes)));
  }
  const std::string file(entry.words[1].text);
  std::string text;
  if (std::string problem = read_limited(file, text); !problem.empty()) {
    return void(wrong(entry, 1, std::move(problem)));
  }
  // RFC 1035 section 5.1: origin and owner are the same afterwards as before.
  const dns::Name outer_origin = origin_;
  set_origin(*origin);
  const std::optional<dns::Name> outer_owner = owner_;
  ++depth_;
  parse_text(sources_.add(file, std::move(text)));
  --depth_;
  set_origin(outer_origin);
  set_owner(outer_owner);
}

bool Parser::parse_middle(const Entry& entry, Middle& middle) {
  bool has_class = false;
  for (;; ++middle.next) {
    if (middle.next >= entry.words.size()) {
      return missing(entry, middle.next, "a record type");
    }
    const dns::Word& word = entry.words[middle.next];
    if (word.quoted || word.text.empty()) break;
    if (!middle.ttl && is_digit(word.text.front())) {
      middle.ttl = dns::parse_ttl(word.text);
      if (!middle.ttl) break;
      if (*middle.ttl > kMaxTtl) {
        findings_.warning(mark_of(word),
                          fmt::format("TTL {} is above 2147483647 and counts as 0", *middle.ttl));
        middle.ttl = 0;
      }
      continue;
    }
    if (has_class || !dns::may_be_class(word.text)) break;
    const auto record_class = dns::parse_class(word.text);
    if (!record_class) break;
    if (*record_class != dns::Class::IN) {
      return wrong(entry, middle.next,
                   fmt::format("class {} is not served: expected IN", word.text));
    }
    has_class = true;
  }
  const dns::Word& word = entry.words[middle.next];
  const auto type = word.quoted ? std::nullopt : dns::parse_type(word.text);
  if (!type) {
    no_type(entry, middle.next);
    return false;
  }
  if (dns::is_meta(*type)) {
    return wrong(entry, middle.next,
                 fmt::format("type {} is not allowed in a zone", dns::type_name(*type)));
  }
  middle.type = *type;
  ++middle.next;
  return true;
}

/// A line that lost its leading blanks has its class or type in the owner's place.
void Parser::no_type(const Entry& entry, std::size_t word) {
  const std::string_view first = entry.words.front().text;
  const auto type = dns::parse_type(first);  // many hosts are called "mx", few "MX"
  const bool hint =
      !entry.leading_blank && (dns::parse_class(first) || (type && dns::type_name(*type) == first));
  const std::string_view found = entry.words[word].text;
  std::string more;
  if (looks_like_comment(first) || looks_like_comment(found)) {
    more = kCommentHint;
  } else if (hint) {
    more = lost_blanks(first);
  } else if (const auto near = dns::nearest_type(found)) {
    more = fmt::format(", did you mean {}?", *near);
  }
  wrong(entry, word, fmt::format("expected a record type, found \"{}\"{}", found, more));
}

/// A text without quotes ends where ";" begins a comment, and the missing rest goes unnoticed. A
/// ";" directly after a letter was probably not meant as a comment.
void Parser::warn_of_cut_text(const Entry& entry, dns::Type type, std::size_t first) {
  const dns::TypeDescriptor* row = dns::descriptor(type);
  const bool has_text = row != nullptr && (row->fields.back() == dns::Field::character_strings ||
                                           row->fields.back() == dns::Field::rest_as_text);
  if (!has_text) return;
  const std::string_view text = sources_.text(text_);
  for (const dns::Word& word : std::span(entry.words).subspan(first)) {
    const auto end = static_cast<std::size_t>(word.text.data() + word.text.size() - text.data());
    if (word.quoted || word.text.empty() || end >= text.size() || text[end] != ';') continue;
    findings_.warning({text_, static_cast<std::uint32_t>(end)},
                      "\";\" begins a comment here and truncates the text: put the text in quotes");
  }
}

/// As BIND does: $TTL first, then the SOA's minimum if it was needed once, then the previous
/// record.
bool Parser::settle_ttl(Middle& middle, SourceMark mark, Bytes rdata) {
  if (middle.ttl) {
    last_ttl_ = middle.ttl;
  } else if (default_ttl_) {
    middle.ttl = default_ttl_;
  } else if (last_ttl_) {
    middle.ttl = last_ttl_;
    if (!std::exchange(told_last_ttl_, true)) {
      findings_.warning(
          mark,
          fmt::format("no $TTL: records without a TTL get that of the previous record, here {}",
                      *last_ttl_));
    }
  } else if (middle.type == dns::Type::SOA) {
    middle.ttl = default_ttl_ = load_u32(rdata.data() + rdata.size() - 4);
    findings_.warning(mark, fmt::format("no $TTL: records without a TTL get the SOA's minimum, {}",
                                        *default_ttl_));
  } else {
    findings_.error(mark, "no TTL: expected one here, in $TTL, or in an earlier record");
    return false;
  }
  return true;
}

void Parser::parse_record(const Entry& entry) {
  Middle middle;
  const dns::Word& first = entry.words.front();
  bool class_word = false;
  if (!entry.leading_blank) {
    if (!read_owner(entry)) return;
    class_word = dns::may_be_class(first.text) && dns::parse_class(first.text);
    middle.next = 1;
  }
  if (!parse_middle(entry, middle)) return;
  if (!owner_) {
    return void(wrong(
        entry, 0,
        "no owner name: expected one in the first column, because there is no earlier record"));
  }
  rdata_.clear();
  const auto words = std::span(entry.words).subspan(middle.next);
  if (auto parsed = dns::parse_rdata(middle.type, words, origin_, rdata_); !parsed) {
    const std::size_t at = middle.next + parsed.error().word;
    const bool comment = at < entry.words.size() && !entry.words[at].quoted &&
                         looks_like_comment(entry.words[at].text);
    return void(wrong(entry, at, parsed.error().message + (comment ? kCommentHint : "")));
  }
  warn_of_cut_text(entry, middle.type, middle.next);
  const SourceMark mark = mark_of(first);
  if (!settle_ttl(middle, mark, rdata_)) return;
  sink_({*owner_, middle.type, *middle.ttl, rdata_, mark, class_word, owner_was_told_});
  owner_was_told_ = true;
}

/// The same word again is the same name: zone files repeat the owner with each record, and reading
/// names is a third of the work.
bool Parser::read_owner(const Entry& entry) {
  const std::string_view text = entry.words.front().text;
  if (!owner_text_.empty() && text == owner_text_) return true;
  const bool is_first = !owner_;
  if (is_first) owner_.emplace();
  if (const Result<void> read = owner_->assign(text, origin_); !read) {
    if (is_first) owner_.reset();
    return wrong(entry, 0, read.error().message);
  }
  owner_was_told_ = false;
  owner_text_ = text;
  return true;
}

void Parser::set_owner(const std::optional<dns::Name>& owner) {
  owner_ = owner;
  owner_text_ = {};
  owner_was_told_ = false;
}

}  // namespace rollcall::zone
