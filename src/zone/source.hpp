/// The texts from which a zone is loaded, places in them, and findings about them.
#pragma once

#include <compare>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "core/diagnostic.hpp"

namespace rollcall::zone {

/// A place in a text that is cheap to keep for every record; its line is counted on demand.
struct SourceMark {
  std::uint32_t text = 0;    // index into Sources
  std::uint32_t offset = 0;  // octets

  auto operator<=>(const SourceMark&) const = default;
};

inline constexpr std::size_t kMaxZoneText = 0xffffffff;  // the reach of SourceMark's offset

/// The texts read so far. They do not move: views into them are valid as long as this object.
class Sources {
 public:
  /// @param text at most kMaxZoneText octets
  std::uint32_t add(std::string name, std::string text);
  std::string_view text(std::uint32_t index) const { return texts_[index].text; }
  const std::string& name(std::uint32_t index) const { return texts_[index].name; }
  /// Columns count octets.
  SourcePosition position(SourceMark mark) const;

 private:
  struct Text {
    std::string name;
    std::string text;
  };
  std::deque<Text> texts_;
};

inline constexpr std::size_t kMaxParseErrors = 20;  // more than a screen does not help
inline constexpr std::size_t kMaxWarnings = 20;     // further ones are only counted

/// Collects the errors and warnings about a zone: at most the first 20 of each.
class Findings {
 public:
  explicit Findings(const Sources& sources) : sources_(sources) {}

  void error(SourceMark mark, std::string message);
  void warning(SourceMark mark, std::string message);
  /// About a whole file, or a file that could not be read.
  void file_error(std::string file, std::string message);
  void file_warning(std::string file, std::string message);
  /// About a place in a file other than the zone's.
  void error_elsewhere(SourcePosition where, std::string message);
  void warning_elsewhere(SourcePosition where, std::string message);

  bool has_errors() const noexcept { return errors_ > 0; }
  /// True where one more error would not be kept.
  bool full() const noexcept { return errors_ >= kMaxParseErrors; }

  /// In the order of the texts, those about a whole file last; positions are counted here.
  Diagnostics take();

 private:
  struct Finding {
    bool whole_file = false;
    SourceMark mark;
    Severity severity = Severity::error;
    SourcePosition elsewhere;  // of a finding without a mark
    std::string message;
  };
  void add(Finding finding);

  const Sources& sources_;
  std::vector<Finding> findings_;
  std::size_t errors_ = 0;
  std::size_t warnings_ = 0;
};

}  // namespace rollcall::zone
