#include "convert/yaml_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/letters.hpp"
#include "core/printable.hpp"

namespace rollcall::convert {
namespace {

constexpr std::size_t kColumns = 100;

constexpr bool is_alphanumeric(char c) noexcept {
  return (c >= '0' && c <= '9') || (lowered(c) >= 'a' && lowered(c) <= 'z');
}

/// Texts that have no meaning of their own to YAML, in brackets or outside of them.
bool is_plain(std::string_view text) {
  constexpr std::string_view kInside = "_./@%+-";
  if (text.empty() || same_letters(text, "null")) return false;
  if (!is_alphanumeric(text[0]) && text[0] != '/' && text[0] != '_') return false;
  return std::ranges::all_of(text,
                             [&](char c) { return is_alphanumeric(c) || kInside.contains(c); });
}

void append_line(const Value& value, std::string& out) {
  if (const auto* text = std::get_if<std::string>(&value.content)) {
    out += yaml_scalar(*text);
  } else if (const auto* items = std::get_if<List>(&value.content)) {
    const char* before = "[";
    for (const Value& item : *items) {
      out += before;
      append_line(item, out);
      before = ", ";
    }
    out += items->empty() ? "[]" : "]";
  } else {
    const char* before = "{";
    const Settings& settings = std::get<Settings>(value.content);
    for (const Setting& setting : settings) {
      out += before + yaml_scalar(setting.key) + ": ";
      append_line(setting.value, out);
      before = ", ";
    }
    out += settings.empty() ? "{}" : "}";
  }
}

void append_block(const Settings& settings, std::size_t indent, std::string& out) {
  const std::string margin(indent, ' ');
  for (const auto& [key, value] : settings) {
    const std::string head = margin + yaml_scalar(key) + ":";
    const std::string line = head + " " + yaml_line(value);
    if (line.size() <= kColumns || std::holds_alternative<std::string>(value.content)) {
      out += line + "\n";
    } else if (const auto* inner = std::get_if<Settings>(&value.content)) {
      out += head + "\n";
      append_block(*inner, indent + 2, out);
    } else {
      out += head + "\n";
      for (const Value& item : std::get<List>(value.content)) {
        out += fmt::format("{}  - {}\n", margin, yaml_line(item));
      }
    }
  }
}

bool is_empty(const Value& value) {
  return std::visit([](const auto& content) { return content.empty(); }, value.content);
}

}  // namespace

std::string yaml_scalar(std::string_view text) {
  if (is_plain(text)) return std::string(text);
  std::string out = "\"";
  while (!text.empty()) {
    const std::size_t size = std::max<std::size_t>(character_size(text), 1);
    const std::string_view character = text.substr(0, size);
    const auto octet = static_cast<unsigned char>(text[0]);
    if (octet == '"' || octet == '\\') {
      out += '\\';
      out += character;
    } else if (size == 1 && (octet < ' ' || octet >= 0x7f)) {
      out += fmt::format("\\x{:02x}", octet);
    } else {
      out += character;
    }
    text.remove_prefix(size);
  }
  return out + "\"";
}

std::string yaml_line(const Value& value) {
  std::string out;
  append_line(value, out);
  return out;
}

std::string yaml_document(const Settings& sections) {
  std::string out;
  for (const auto& [key, value] : sections) {
    if (is_empty(value)) continue;
    if (!out.empty()) out += '\n';
    if (const auto* settings = std::get_if<Settings>(&value.content)) {
      out += yaml_scalar(key) + ":\n";
      append_block(*settings, 2, out);
    } else {
      out += fmt::format("{}: {}\n", yaml_scalar(key), yaml_line(value));
    }
  }
  return out;
}

}  // namespace rollcall::convert
