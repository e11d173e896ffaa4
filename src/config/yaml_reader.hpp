/// A typed view of a YAML document. Every way to read a value reports what is wrong with it at its
/// place and goes on, so that one look at a file tells everything that is to be mended.
///
/// Not done: merge keys (`<<`) are unknown keys; of several documents in a file none is read.
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

namespace rollcall::config {

inline constexpr std::size_t kMaxTextSize = 4096;           // octets of one value: PATH_MAX
inline constexpr std::size_t kMaxDocumentSize = 16U << 20;  // octets; a hundred thousand pools

/// Collects what is wrong with one file.
class Report {
 public:
  explicit Report(std::string file) : file_(std::move(file)) {}

  const std::string& file() const noexcept { return file_; }
  void add(Severity severity, SourcePosition where, std::string message);
  bool has_errors() const noexcept { return errors_ != 0; }
  /// True once an error is not shown for those before it: nothing is looked for any longer.
  bool full() const noexcept { return errors_ > kMaxDiagnostics; }
  /// In file order, at most kMaxDiagnostics and a last line that says that there are more.
  Diagnostics take();

 private:
  std::string file_;
  Diagnostics diagnostics_;
  std::size_t errors_ = 0;  // those that were not kept are among them
  std::size_t warnings_ = 0;
};

/// `text` in quotes for a message: shortened, control characters escaped.
std::string in_quotes(std::string_view text);
/// `, did you mean "x"?`, or nothing where no candidate is near.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates);
std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);
/// `path` as it stands where it is absolute, else from the folder of `file`. Always with a slash.
std::string relative_to(const std::string& file, const std::string& path);

struct Entry;

/// One value and the keys that lead to it. Lives no longer than its Report.
class Value {
 public:
  Value(const YAML::Node& node, std::string path, Report& report)
      : node_(node), path_(std::move(path)), mark_(node_.Mark()), report_(&report) {}
  /// The value of `key`: where there is none, its place is the key's.
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
  /// The scalar as it stands, nothing where it is none; reports nothing.
  std::optional<std::string> scalar() const;

  /// Report "PATH MESSAGE" here.
  void error(std::string_view message) const;
  void warning(std::string_view message) const;
  /// Report without the path in front.
  void plain_error(std::string message) const;
  void plain_warning(std::string message) const;

  // What the readers below return where they have reported an error is nothing (or empty).

  /// One line without control characters, not empty.
  std::optional<std::string> text() const;
  /// Any scalar, line ends and all; may be empty.
  std::optional<std::string> raw_text() const;
  /// A path, relative to the file's folder.
  std::optional<std::string> file_path() const;
  std::optional<unsigned> number(unsigned least, unsigned most) const;
  std::optional<Duration> duration(Duration least, Duration most) const;
  /// @param default_port as Endpoint::parse; port 0 is refused
  std::optional<Endpoint> endpoint(std::optional<std::uint16_t> default_port) const;
  /// The place of the text in `words`; else "PATH: "x" is no WHAT, did you mean ...".
  std::optional<std::size_t> one_of(std::string_view what,
                                    std::span<const std::string_view> words) const;
  std::vector<Value> list() const;
  /// The pairs of a map whose keys are free, each key once; not all of them once the report is
  /// full.
  std::vector<Entry> entries() const;
  /// Calls `each` with the same pairs, one after the other.
  void for_each_entry(const std::function<void(const Entry&)>& each) const;
  /// The report is full.
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
  Value key_place;  // for what is wrong with the key itself
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

}  // namespace rollcall::config
