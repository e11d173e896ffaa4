/// The texts that a zone is loaded from, places in them, and what is found there.
#pragma once

#include <compare>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "core/diagnostic.hpp"

namespace rollcall::zone {

/// A place in a text that is cheap to keep for every record; its line is counted when asked for.
struct SourceMark {
  std::uint32_t text = 0;    // index into Sources
  std::uint32_t offset = 0;  // octets

  auto operator<=>(const SourceMark&) const = default;
};

inline constexpr std::size_t kMaxTextSize = 0xffffffff;  // what an offset of SourceMark can reach

/// The texts read so far. They stay where they are: views into them are good as long as this lives.
class Sources {
 public:
  /// @param text at most kMaxTextSize octets
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

inline constexpr std::size_t kMaxParseErrors = 20;  // more than a screen helps nobody
inline constexpr std::size_t kMaxWarnings = 20;     // of these the rest is counted

/// Collects what is wrong with a zone: 20 errors and 20 warnings at the most, the first ones.
class Findings {
 public:
  explicit Findings(const Sources& sources) : sources_(sources) {}

  void error(SourceMark mark, std::string message);
  void warning(SourceMark mark, std::string message);
  /// About a whole file, or a file that could not be read.
  void file_error(std::string file, std::string message);
  void file_warning(std::string file, std::string message);
  /// About a place in another file than the zone's.
  void error_elsewhere(SourcePosition where, std::string message);
  void warning_elsewhere(SourcePosition where, std::string message);

  bool has_errors() const noexcept { return errors_ > 0; }
  /// True where one more error would not be kept.
  bool full() const noexcept { return errors_ >= kMaxParseErrors; }

  /// In the order of the texts, what is about a whole file behind; positions are counted here.
  Diagnostics take();

 private:
  struct Finding {
    bool whole_file = false;
    SourceMark mark;
    Severity severity = Severity::error;
    SourcePosition elsewhere;  // of one that is about no mark
    std::string message;
  };
  void add(Finding finding);

  const Sources& sources_;
  std::vector<Finding> findings_;
  std::size_t errors_ = 0;
  std::size_t warnings_ = 0;
};

}  // namespace rollcall::zone
