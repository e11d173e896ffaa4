#include "alert/named_fields.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "alert/batch_text.hpp"
#include "alert/matters.hpp"
#include "core/nearest.hpp"
#include "core/printable_json.hpp"

namespace rollcall::alert {
namespace {

/// Where a value may begin: a field at `offset`, or a word in braces that is none.
struct Braced {
  std::size_t offset = std::string_view::npos;
  std::string_view word;
};

Braced next_braced(std::string_view text, std::size_t from) {
  for (std::size_t at = from; (at = text.find('{', at)) != std::string_view::npos; ++at) {
    const std::size_t end = text.find_first_not_of("abcdefghijklmnopqrstuvwxyz_", at + 1);
    if (end != std::string_view::npos && end > at + 1 && text[end] == '}') {
      return {at, text.substr(at + 1, end - at - 1)};
    }
  }
  return {};
}

/// The place of the name in kFieldNames; its size where it is none.
std::size_t place_of(std::string_view name) {
  return static_cast<std::size_t>(std::ranges::find(kFieldNames, name) - kFieldNames.begin());
}

constexpr std::array<std::string_view, 8> kShells{"sh",  "bash", "dash", "ash",
                                                  "ksh", "zsh",  "mksh", "busybox"};
constexpr std::array<std::string_view, 6> kInterpreters{"python3", "python", "perl",
                                                        "ruby",    "awk",    "env"};

bool runs_scripts(std::string_view program) {
  const std::string_view name = program.substr(program.rfind('/') + 1);
  return std::ranges::find(kShells, name) != kShells.end() ||
         std::ranges::find(kInterpreters, name) != kInterpreters.end();
}

/// Whether the argument is the script of an interpreter's -c or -e, or what it would run first.
bool is_script(const std::vector<std::string>& command, std::size_t index) {
  if (!runs_scripts(command[0])) return false;
  if (index == 1) return true;
  const std::string& before = command[index - 1];
  return before.size() > 1 && before[0] == '-' && before[1] != '-' &&
         (before.back() == 'c' || before.back() == 'e');
}

}  // namespace

FieldValues field_values(const Batch& batch, const std::string& nameserver) {
  const std::vector<Matter> matters = matters_of(batch);
  static const Told kNothing{.kind = "missed"};
  const Told& first = matters.empty() ? kNothing : *matters.front().told.front();
  return {nameserver,
          subject_of(batch, nameserver),
          body_of(batch, nameserver),
          first.kind,
          pool::to_string(first.level),
          std::string(status_of(first)),
          std::to_string(count_of(batch)),
          format_wall_time(batch.at),
          batch.id,
          first.name,
          first.host};
}

std::string escaped(std::string_view value, Escape escape) {
  if (escape == Escape::none) return std::string(value);
  if (escape == Escape::json) {
    const std::string quoted = printable_json(boost::json::value(value));
    return quoted.substr(1, quoted.size() - 2);
  }
  std::string text;
  for (const char c : value) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    text += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return text;
}

std::string filled(std::string_view text, const FieldValues& values, Escape escape) {
  std::string result;
  std::size_t done = 0;
  for (Braced braced = next_braced(text, 0); braced.offset != std::string_view::npos;
       braced = next_braced(text, done)) {
    const std::size_t end = braced.offset + braced.word.size() + 2;
    result.append(text.substr(done, braced.offset - done));
    const std::size_t place = place_of(braced.word);
    result += place < values.size() ? escaped(values[place], escape)
                                    : std::string(text.substr(braced.offset, end - braced.offset));
    done = end;
  }
  return result.append(text.substr(done));
}

std::optional<TextFault> find_unknown_field(std::string_view text) {
  for (Braced braced = next_braced(text, 0); braced.offset != std::string_view::npos;
       braced = next_braced(text, braced.offset + 1)) {
    if (place_of(braced.word) < kFieldNames.size()) continue;
    const auto near = nearest_word(braced.word, kFieldNames);
    std::string all;
    for (const std::string_view name : kFieldNames) all += fmt::format(" {{{}}}", name);
    return TextFault{braced.offset, fmt::format("unknown field {{{}}}{}", braced.word,
                                                near ? fmt::format(", did you mean {{{}}}?", *near)
                                                     : " (there are:" + all + ")")};
  }
  return std::nullopt;
}

std::optional<TextFault> find_json_fault(std::string_view text) {
  // Samples of the same size keep every offset. Only a number may stand outside of quotes.
  std::string sample(text);
  for (Braced braced = next_braced(text, 0); braced.offset != std::string_view::npos;
       braced = next_braced(text, braced.offset + 1)) {
    if (place_of(braced.word) == kFieldNames.size()) continue;
    std::fill_n(sample.begin() + static_cast<std::ptrdiff_t>(braced.offset), braced.word.size() + 2,
                braced.word == "count" ? '1' : 'x');
  }
  boost::json::stream_parser parser;
  boost::system::error_code error;
  const std::size_t read = parser.write_some(sample, error);
  if (!error) parser.finish(error);
  if (!error && sample.find_first_not_of(" \t\r\n", read) != std::string::npos) {
    error = boost::json::error::extra_data;
  }
  if (!error) return std::nullopt;
  return TextFault{std::min(read, text.size()), "not JSON: " + error.message()};
}

std::size_t find_field(std::string_view text) {
  for (Braced braced = next_braced(text, 0); braced.offset != std::string_view::npos;
       braced = next_braced(text, braced.offset + 1)) {
    if (place_of(braced.word) < kFieldNames.size()) return braced.offset;
  }
  return std::string_view::npos;
}

std::optional<std::string> argument_fault(const std::vector<std::string>& command,
                                          std::size_t index) {
  const std::string& argument = command[index];
  if (const auto unknown = find_unknown_field(argument)) return unknown->message;
  const std::size_t at = find_field(argument);
  if (at == std::string::npos) return std::nullopt;
  if (index == 0) return "the program must not contain a field: a value would choose what is run";
  const std::string_view before = std::string_view(argument).substr(0, at);
  if (before.starts_with('-') && before.find('=') == std::string_view::npos) {
    return "a value would become an option: write the option and its value as two arguments, or as "
           "--option={subject}";
  }
  if (is_script(command, index)) {
    return "a value would become a part of the script: pass it as an argument of its own, e.g. "
           "[/bin/sh, -c, 'page \"$1\"', page, \"{subject}\"]";
  }
  return std::nullopt;
}

std::vector<std::string> filled_command(const std::vector<std::string>& command,
                                        const FieldValues& values) {
  std::vector<std::string> argv;
  argv.reserve(command.size());
  for (const std::string& argument : command) {
    std::string text = argv.empty() ? argument : filled(argument, values, Escape::none);
    if (text.starts_with('-') && find_field(argument) == 0) text.insert(0, " ");
    std::erase(text, '\0');
    argv.push_back(std::move(text));
  }
  return argv;
}

}  // namespace rollcall::alert
