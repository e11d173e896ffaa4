/// A typed view of a YAML document. Each function that reads a value reports errors at its place
/// and continues, so that one run reports everything that must be corrected in a file.
///
/// Limitations: merge keys (`<<`) are unknown keys; a file with several documents is refused.
#pragma once

#include <yaml-cpp/node/node.h>

#include <functional>
#include <initializer_list>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/diagnostic.hpp"
#include "core/instant.hpp"
#include "core/ip_address.hpp"

namespace rollcall::yaml {

inline constexpr std::size_t kMaxValueSize = 4096;          // octets of one value: PATH_MAX
inline constexpr std::size_t kMaxDocumentSize = 16U << 20;  // octets; a hundred thousand pools

/// Collects the errors and warnings about one file.
class Report {
 public:
  explicit Report(std::string file) : file_(std::move(file)) {}

  const std::string& file() const noexcept { return file_; }
  void add(Severity severity, SourcePosition where, std::string message);
  bool has_errors() const noexcept { return errors_ != 0; }
  /// True once there are more errors than are shown: the readers then stop.
  bool full() const noexcept { return errors_ > kMaxDiagnostics; }
  /// In file order, at most kMaxDiagnostics and a last line that says that there are more.
  Diagnostics take();

 private:
  std::string file_;
  Diagnostics diagnostics_;
  std::size_t errors_ = 0;  // including those that were not kept
  std::size_t warnings_ = 0;
};

/// `text` in quotes for a message: shortened, control characters escaped.
std::string in_quotes(std::string_view text);
/// `, did you mean "x"?`, or nothing where no candidate is near.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates);
std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);
/// `path` where it is absolute, else resolved from the folder of `file`. Always contains a slash.
std::string relative_to(const std::string& file, const std::string& path);

struct Entry;

/// One value and the keys that lead to it. Its Report must outlive it.
class Value {
 public:
  Value(const YAML::Node& node, std::string path, Report& report)
      : node_(node), path_(std::move(path)), mark_(node_.Mark()), report_(&report) {}
  /// The value of `key`; an empty value has the place of the key.
  Value(const YAML::Node& node, std::string path, const Value& key)
      : node_(node),
        path_(std::move(path)),
        mark_(node_.IsNull() ? key.mark_ : node_.Mark()),
        report_(key.report_) {}

  /// "server.listen"; empty for the document.
  const std::string& path() const noexcept { return path_; }
  /// How many entries a map has, or a list; 0: it is neither.
  std::size_t size() const;
  SourcePosition where() const;
  /// True for a key without a value and for `~`.
  bool is_nothing() const { return node_.IsNull(); }
  bool is_map() const { return node_.IsMap(); }
  bool is_list() const { return node_.IsSequence(); }
  /// The text of a scalar; nothing for other values. Reports no error.
  std::optional<std::string> scalar() const;

  /// Reports "PATH MESSAGE" at this place.
  void error(std::string_view message) const;
  void warning(std::string_view message) const;
  /// Reports a message without the path.
  void plain_error(std::string message) const;
  void plain_warning(std::string message) const;

  // After an error, which they report, the readers below return nothing (or something empty).

  /// One line without control characters, not empty.
  std::optional<std::string> text() const;
  /// Any scalar, including line ends; may be empty.
  std::optional<std::string> raw_text() const;
  /// A path, relative to the file's folder.
  std::optional<std::string> file_path() const;
  std::optional<unsigned> number(unsigned least, unsigned most) const;
  std::optional<Duration> duration(Duration least, Duration most) const;
  /// @param default_port as for Endpoint::parse; port 0 is refused
  std::optional<Endpoint> endpoint(std::optional<std::uint16_t> default_port) const;
  /// The place of the text in `words`; else "PATH: "x" is no WHAT, did you mean ...".
  std::optional<std::size_t> one_of(std::string_view what,
                                    std::span<const std::string_view> words) const;
  std::vector<Value> list() const;
  /// The pairs of a map with any keys, each key once; incomplete once the report is full.
  std::vector<Entry> entries() const;
  /// Calls `each` with the same pairs, one after the other.
  void for_each_entry(const std::function<void(const Entry&)>& each) const;
  /// True where the report is full.
  bool told_enough() const noexcept { return report_->full(); }

 private:
  void wrong_type(std::string_view wanted) const;

  YAML::Node node_;
  std::string path_;
  YAML::Mark mark_;
  Report* report_;
};

struct Entry {
  std::string key;
  Value key_place;  // for errors about the key itself
  Value value;
};

/// A map with known keys. A missing section has no keys.
class Section {
 public:
  /// Reports keys that are neither `known` nor `later` (part of the contract, but not of this
  /// version: those are reported as such).
  Section(const std::optional<Value>& value, std::initializer_list<std::string_view> known,
          std::initializer_list<std::string_view> later = {});

  std::optional<Value> find(std::string_view key) const;
  /// Reports `PATH needs "key"` where it is missing and the section is a map.
  std::optional<Value> need(std::string_view key) const;

 private:
  std::optional<Value> self_;
  std::map<std::string, Value, std::less<>> values_;
};

/// @return nothing after a syntax error, which is reported
std::optional<Value> read_document(const std::string& text, Report& report);

}  // namespace rollcall::yaml
