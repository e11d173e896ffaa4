/// Zone file text to records. The sink decides where they are kept.
///
/// Limitations: classes other than IN are refused.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/bytes.hpp"
#include "dns/name.hpp"
#include "dns/record_type.hpp"
#include "zone/load.hpp"
#include "zone/source.hpp"
#include "zone/tokenizer.hpp"

namespace rollcall::zone {

/// One record as parsed. Its views are valid during the sink's call.
struct ParsedRecord {
  const dns::Name& owner;
  dns::Type type;
  std::uint32_t ttl;                 // seconds
  Bytes rdata;                       // uncompressed, names in their original case
  SourceMark mark;                   // its first word
  bool owner_is_class_word = false;  // "IN" in the first column: blanks before it may be lost
  bool same_owner = false;           // as the previous record
};

using RecordSink = std::function<void(const ParsedRecord&)>;

/// Reads one zone's file and the files that it includes. Errors go to the findings, and the parser
/// continues with the next entry until no more errors are kept, or the load is cancelled.
class Parser {
 public:
  Parser(const dns::Name& origin, Sources& sources, Findings& findings, const ReadFile& read_file,
         const Cancelled& cancelled, RecordSink sink);

  /// @param named_at the place that names the file, reported where the file cannot be read
  void parse_file(const std::string& file, const SourcePosition& named_at = {});

 private:
  std::string read_limited(const std::string& file, std::string& text);
  void parse_text(std::uint32_t text);
  void parse_entry(const Entry& entry);
  void parse_directive(const Entry& entry);
  void parse_origin(const Entry& entry);
  void parse_default_ttl(const Entry& entry);
  void parse_include(const Entry& entry);
  void parse_generate(const Entry& entry);
  bool generate_record(const Entry& entry, const std::string& owner, const std::string& rdata);
  void parse_record(const Entry& entry);
  bool read_owner(const Entry& entry);
  void set_owner(const std::optional<dns::Name>& owner);
  void set_origin(const dns::Name& origin);
  /// The words between owner and RDATA. False after a reported error.
  struct Middle {
    std::size_t next = 0;  // the first unread word
    std::optional<std::uint32_t> ttl;
    dns::Type type{};
  };
  bool parse_middle(const Entry& entry, Middle& middle);
  bool settle_ttl(Middle& middle, SourceMark mark, Bytes rdata);
  void no_type(const Entry& entry, std::size_t word);
  void warn_of_cut_text(const Entry& entry, dns::Type type, std::size_t first);

  SourceMark mark_of(const dns::Word& word) const;
  /// The word, or the end of the entry where it has no such word.
  SourceMark mark_of(const Entry& entry, std::size_t word) const;
  bool wrong(const Entry& entry, std::size_t word, std::string message);
  bool missing(const Entry& entry, std::size_t word, std::string_view expected);

  Sources& sources_;
  Findings& findings_;
  const ReadFile& read_file_;
  const Cancelled& cancelled_;
  RecordSink sink_;
  dns::Name origin_;
  std::optional<dns::Name> owner_;
  std::string_view owner_text_;               // the word that owner_ was read from; empty: none
  bool owner_was_told_ = false;               // to the sink, with the previous record
  std::optional<std::uint32_t> default_ttl_;  // $TTL, or else the SOA's minimum
  std::optional<std::uint32_t> last_ttl_;     // explicit TTL of an earlier record
  bool told_last_ttl_ = false;
  std::uint32_t text_ = 0;
  const char* text_start_ = nullptr;
  unsigned depth_ = 0;
  std::size_t includes_ = 0;     // of all files
  std::uint64_t octets_ = 0;     // of all texts
  std::uint64_t generated_ = 0;  // records of every $GENERATE
  std::vector<std::uint8_t> rdata_;
};

}  // namespace rollcall::zone
