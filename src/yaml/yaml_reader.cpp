#include "yaml/yaml_reader.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <unordered_map>

#include "core/nearest.hpp"
#include "core/number.hpp"
#include "yaml/yaml_syntax.hpp"

namespace rollcall::yaml {
namespace {

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

std::string_view kind_of(const YAML::Node& node) {
  switch (node.Type()) {
    case YAML::NodeType::Map:
      return "a map";
    case YAML::NodeType::Sequence:
      return "a list";
    case YAML::NodeType::Scalar:
      return "a single value";
    default:
      return "nothing";
  }
}

SourcePosition position(const std::string& file, const YAML::Mark& mark) {
  if (mark.is_null() || mark.line < 0) return {file, 0, 0};
  return {file, static_cast<std::uint32_t>(mark.line + 1),
          static_cast<std::uint32_t>(mark.column + 1)};
}

/// A hint for "type:http", which is one word in YAML. Addresses and URLs contain colons too.
std::string lost_blank(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == 0 || colon == std::string_view::npos || colon + 1 == text.size()) return {};
  if (text[colon + 1] == ' ' || text[colon + 1] == ':' || text[colon + 1] == '/') return {};
  const bool is_key = std::ranges::all_of(text.substr(0, colon), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  });
  if (!is_key) return {};
  return fmt::format("; a blank is missing after the colon of \"{}\"", text.substr(0, colon + 1));
}

std::string joined(const std::string& path, std::string_view key) {
  return path.empty() ? std::string(key) : fmt::format("{}.{}", path, key);
}

}  // namespace

std::optional<std::string> Value::scalar() const {
  return node_.IsScalar() ? std::optional(node_.Scalar()) : std::nullopt;
}

std::optional<std::string> Value::text() const {
  std::optional<std::string> found = raw_text();
  if (!found) return std::nullopt;
  if (found->empty()) {
    error("needs a value");
    return std::nullopt;
  }
  if (std::ranges::any_of(*found, is_control)) {
    error("must be one line without control characters");
    return std::nullopt;
  }
  return found;
}

std::optional<std::string> Value::raw_text() const {
  if (is_nothing()) {
    error("needs a value");
    return std::nullopt;
  }
  if (!node_.IsScalar()) {
    wrong_type("a single value");
    return std::nullopt;
  }
  if (node_.Scalar().size() > kMaxValueSize) {
    error(fmt::format("is longer than {} octets", kMaxValueSize));
    return std::nullopt;
  }
  return node_.Scalar();
}

std::optional<std::string> Value::file_path() const {
  const std::optional<std::string> found = text();
  if (!found) return std::nullopt;
  return relative_to(report_->file(), *found);
}

std::optional<unsigned> Value::number(unsigned least, unsigned most) const {
  const std::optional<std::string> found = text();
  if (!found) return std::nullopt;
  const std::optional<unsigned> value = parse_number<unsigned>(*found);
  if (value && *value >= least && *value <= most) return value;
  error(
      fmt::format("must be a whole number from {} to {}, not {}", least, most, in_quotes(*found)));
  return std::nullopt;
}

std::optional<Duration> Value::duration(Duration least, Duration most) const {
  const std::optional<std::string> found = text();
  if (!found) return std::nullopt;
  const std::optional<Duration> value = parse_duration(*found);
  if (!value) {
    error(fmt::format("must be a duration such as 500ms, 5s or 10m, not {}", in_quotes(*found)));
    return std::nullopt;
  }
  if (*value < least || *value > most) {
    error(fmt::format("must be from {} to {}, not {}", format_duration(least),
                      format_duration(most), *found));
    return std::nullopt;
  }
  return value;
}

std::optional<Endpoint> Value::endpoint(std::optional<std::uint16_t> default_port) const {
  if (node_.IsSequence() || node_.IsMap()) {  // [::1]:53 without quotes
    error(R"(must be an address; write IPv6 with a port in quotes, as "[::1]:53")");
    return std::nullopt;
  }
  const std::optional<std::string> found = text();
  if (!found) return std::nullopt;
  const std::optional<Endpoint> value = Endpoint::parse(*found, default_port);
  if (value && value->port != 0) return value;
  error(fmt::format(R"(must be an address {}, such as 127.0.0.1:53 or "[::1]:53", not {})",
                    default_port ? "with or without a port" : "with a port", in_quotes(*found)));
  return std::nullopt;
}

std::optional<std::size_t> Value::one_of(std::string_view what,
                                         std::span<const std::string_view> words) const {
  const std::optional<std::string> found = text();
  if (!found) return std::nullopt;
  const auto at = std::ranges::find(words, *found);
  if (at != words.end()) return static_cast<std::size_t>(at - words.begin());
  std::string hint = did_you_mean(*found, words);
  if (hint.empty()) hint = fmt::format(" (there are: {})", fmt::join(words, ", "));
  error(fmt::format("{} is not a valid {}{}", in_quotes(*found), what, hint));
  return std::nullopt;
}

std::vector<Value> Value::list() const {
  std::vector<Value> items;
  if (!node_.IsSequence()) {
    wrong_type("a list");
    return items;
  }
  for (const YAML::Node& item : node_) {
    if (told_enough()) break;
    items.emplace_back(item, path_, *report_);
  }
  return items;
}

std::vector<Entry> Value::entries() const {
  std::vector<Entry> found;
  for_each_entry([&found](const Entry& entry) { found.push_back(entry); });
  return found;
}

void Value::for_each_entry(const std::function<void(const Entry&)>& each) const {
  if (is_nothing()) return;
  if (!node_.IsMap()) return wrong_type("a map");
  std::unordered_map<std::string_view, std::uint32_t> lines;  // the first line of each key
  lines.reserve(node_.size());
  for (const auto& pair : node_) {
    if (told_enough()) return;
    const Value key_place(pair.first, path_, *report_);
    if (!pair.first.IsScalar()) {
      key_place.plain_error("a key must be a single value, not " +
                            std::string(kind_of(pair.first)));
      continue;
    }
    const std::string& key = pair.first.Scalar();
    const auto [first, fresh] = lines.emplace(key, key_place.where().line);
    if (!fresh) {
      key_place.plain_error(fmt::format("{} is defined twice{}; first in line {}", in_quotes(key),
                                        path_.empty() ? "" : " in " + path_, first->second));
      continue;
    }
    each({key, key_place, Value(pair.second, joined(path_, key), key_place)});
  }
}

std::size_t Value::size() const {
  return node_.size();
}

SourcePosition Value::where() const {
  return position(report_->file(), mark_);
}

void Value::error(std::string_view message) const {
  report_->add(Severity::error, where(), fmt::format("{} {}", path_, message));
}

void Value::warning(std::string_view message) const {
  report_->add(Severity::warning, where(), fmt::format("{} {}", path_, message));
}

void Value::plain_error(std::string message) const {
  report_->add(Severity::error, where(), std::move(message));
}

void Value::plain_warning(std::string message) const {
  report_->add(Severity::warning, where(), std::move(message));
}

void Value::wrong_type(std::string_view wanted) const {
  const std::string subject = path_.empty() ? "the file" : path_;
  const std::string hint = node_.IsScalar() ? lost_blank(node_.Scalar()) : std::string();
  plain_error(fmt::format("{} must be {}, not {}{}", subject, wanted, kind_of(node_), hint));
}

Section::Section(const std::optional<Value>& value, std::initializer_list<std::string_view> known,
                 std::initializer_list<std::string_view> later)
    : self_(value) {
  if (!value) return;
  value->for_each_entry([&](const Entry& entry) {
    if (std::ranges::find(later, entry.key) != later.end()) {
      entry.key_place.plain_error(
          fmt::format("{} is not supported in this version", entry.value.path()));
    } else if (std::ranges::find(known, entry.key) == known.end()) {
      const std::string_view word = std::string_view(entry.key).substr(0, entry.key.find(':'));
      const bool glued = std::ranges::find(known, word) != known.end();
      std::string hint =
          glued ? lost_blank(entry.key) : did_you_mean(entry.key, {known.begin(), known.size()});
      if (hint.empty()) hint = fmt::format(" (there are: {})", fmt::join(known, ", "));
      entry.key_place.plain_error(fmt::format("unknown key {}{}{}", in_quotes(entry.key),
                                              self_->path().empty() ? "" : " in " + self_->path(),
                                              hint));
    } else {
      values_.emplace(entry.key, entry.value);
    }
  });
  if (!value->is_map() && !value->is_nothing()) self_.reset();  // reported already
}

std::optional<Value> Section::find(std::string_view key) const {
  const auto found = values_.find(key);
  return found == values_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<Value> Section::need(std::string_view key) const {
  std::optional<Value> found = find(key);
  if (!found && self_) {
    self_->plain_error(fmt::format("{} needs the key \"{}\"",
                                   self_->path().empty() ? "the file" : self_->path(), key));
  }
  return found;
}

std::optional<Value> read_document(const std::string& text, Report& report) {
  if (text.size() > kMaxDocumentSize) {
    report.add(Severity::error, {report.file(), 0, 0},
               fmt::format("the file is larger than {} octets", kMaxDocumentSize));
    return std::nullopt;
  }
  const auto refuse = [&report](SyntaxError error) {
    report.add(Severity::error, {report.file(), error.line, error.column},
               std::move(error.message));
    return std::nullopt;
  };
  try {
    const std::vector<YAML::Node> documents = YAML::LoadAll(text);
    if (auto open = find_open_quote(text)) return refuse(std::move(*open));
    if (documents.size() > 1) {
      report.add(Severity::error, position(report.file(), documents[1].Mark()),
                 "a second YAML document starts here; a configuration may have only one");
      return std::nullopt;
    }
    return Value(documents.empty() ? YAML::Node() : documents.front(), "", report);
  } catch (const YAML::Exception& failure) {
    const SourcePosition where = position(report.file(), failure.mark);
    return refuse(explain_syntax(text, where.line, where.column, failure.msg));
  }
}

}  // namespace rollcall::yaml
