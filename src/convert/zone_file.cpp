#include "convert/zone_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "core/letters.hpp"
#include "zone/load.hpp"
#include "zone/tokenizer.hpp"

namespace rollcall::convert {
namespace {

/// Whether a relative path stays below the folder that it starts from.
bool stays_below(std::string_view path) {
  return !path.starts_with('/') && path != ".." && !path.starts_with("../") &&
         path.find("/../") == std::string_view::npos && !path.ends_with("/..");
}

class ZoneEditor {
 public:
  ZoneEditor(const SourceFile& source, const dns::Name& origin, const EditEntry& edit)
      : source_(source), text_(source.text), origin_(origin), owner_(origin), edit_(edit) {}

  std::string run() {
    zone::Tokenizer tokenizer(text_);
    zone::Entry entry;
    while (tokenizer.next(entry)) {
      if (!entry.error && !entry.words.empty()) edit(entry);
    }
    return out_ + std::string(text_.substr(copied_));
  }

 private:
  std::size_t offset_of(const dns::Word& word) const {
    return static_cast<std::size_t>(word.text.data() - text_.data());
  }

  void edit(const zone::Entry& entry) {
    const dns::Word& first = entry.words[0];
    const bool directive = !first.quoted && first.text.starts_with('$');
    const bool has_owner = !directive && !entry.leading_blank;
    const std::size_t start = line_start(offset_of(first));
    if (has_owner) {
      if (const auto owner = dns::Name::parse(first.text, origin_)) owner_ = *owner;
    }
    const ZoneEntry given{{source_.name, line_, column_of(first, start)},
                          entry.words,
                          std::size_t{directive || has_owner},
                          origin_,
                          owner_};
    if (const auto lines = edit_(given)) {
      out_ += text_.substr(copied_, start - copied_);
      out_ += *lines;
      copied_ = end_of(entry);
    }
    if (directive && same_letters(first.text, "$ORIGIN") && entry.words.size() > 1) {
      if (const auto origin = dns::Name::parse(entry.words[1].text, origin_)) origin_ = *origin;
    }
  }

  std::size_t end_of(const dns::Word& word) const {
    return offset_of(word) + word.text.size() + (word.quoted ? 1 : 0);
  }

  /// Behind the entry's last word, and behind its closing parenthesis where it has one.
  std::size_t end_of(const zone::Entry& entry) const {
    const std::size_t end = end_of(entry.words.back());
    bool opened = false;  // between words: one in quotes is a text
    for (std::size_t i = 1; i < entry.words.size(); ++i) {
      const std::size_t from = end_of(entry.words[i - 1]);
      opened =
          opened || text_.substr(from, offset_of(entry.words[i]) - from).find('(') != text_.npos;
    }
    const std::size_t close = opened ? text_.find(')', end) : text_.npos;
    return close == text_.npos ? end : close + 1;
  }

  /// The place where the line with `offset` begins; counts lines on the way there.
  std::size_t line_start(std::size_t offset) {
    for (; counted_ < offset; ++counted_) {
      if (text_[counted_] != '\n') continue;
      ++line_;
      line_start_ = counted_ + 1;
    }
    return line_start_;
  }

  std::uint32_t column_of(const dns::Word& word, std::size_t start) const {
    return static_cast<std::uint32_t>(offset_of(word) - start + 1);
  }

  const SourceFile& source_;
  std::string_view text_;
  dns::Name origin_, owner_;
  const EditEntry& edit_;
  std::string out_;
  std::size_t copied_ = 0;   // of text_, into out_
  std::size_t counted_ = 0;  // lines are counted up to here
  std::size_t line_start_ = 0;
  std::uint32_t line_ = 1;
};

}  // namespace

LoadedZone load_zone_text(const TargetZone& zone, const Surroundings& surroundings) {
  LoadedZone loaded;
  const auto read = [&](const std::string& path) -> Result<std::string> {
    if (path == zone.source) return zone.text;
    if (!path.starts_with('/') && !stays_below(path)) {
      return fail(fmt::format("{}: an included file must be below the zone file's folder", path));
    }
    auto text = surroundings.read_file(path_beside(zone.source, path));
    if (text && !path.starts_with('/')) {
      loaded.included.emplace_back(path_beside(zone.path, path), *text);
    }
    return text;
  };
  zone::LoadReport report = zone::load_zone({zone.origin, zone.source, {}}, read);
  loaded.zone = std::move(report.zone);
  const auto error = std::ranges::find(report.diagnostics, Severity::error, &Diagnostic::severity);
  if (error != report.diagnostics.end()) loaded.problem = to_log_line(*error);
  return loaded;
}

std::string mend_class_words(std::string_view text,
                             const std::function<void(std::uint32_t line)>& report) {
  std::string mended;
  bool has_owner = false;  // the entry before gives an owner, which these lines share
  int depth = 0;           // of parentheses: their lines are no entries of their own
  for (std::uint32_t number = 1; !text.empty(); ++number) {
    const std::size_t size = std::min(text.find('\n'), text.size() - 1) + 1;
    const std::string_view line = text.substr(0, size);
    const bool class_word = line.size() > 3 && same_letters(line.substr(0, 2), "in") &&
                            (line[2] == ' ' || line[2] == '\t');
    if (class_word && has_owner && depth == 0) {
      mended += '\t';
      report(number);
    }
    mended += line;
    const std::string_view code = line.substr(0, line.find(';'));
    if (depth == 0 && code.find_first_not_of(" \t\r\n") != std::string_view::npos) {
      has_owner = !code.starts_with('$');
    }
    depth += static_cast<int>(std::ranges::count(code, '(') - std::ranges::count(code, ')'));
    text.remove_prefix(size);
  }
  return mended;
}

std::string path_beside(std::string_view file, std::string_view path) {
  if (path.starts_with('/')) return std::string(path);
  return fmt::format("{}{}", file.substr(0, file.rfind('/') + 1), path);
}

bool is_ttl_or_class(const dns::Word& word) {
  if (word.quoted || word.text.empty()) return false;
  return same_letters(word.text, "IN") || (word.text[0] >= '0' && word.text[0] <= '9');
}

std::string edit_zone(const SourceFile& source, const dns::Name& origin, const EditEntry& edit) {
  return ZoneEditor(source, origin, edit).run();
}

std::string record_line(const dns::Name& owner, std::string_view ttl, std::string_view type,
                        std::string_view data) {
  return fmt::format("{}{}{} IN {} {}", owner.to_text(), ttl.empty() ? "" : " ", ttl, type, data);
}

}  // namespace rollcall::convert
