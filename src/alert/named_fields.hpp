/// `{subject}` and the other fields that texts and arguments of the configuration may name. Other
/// braces stay as they are.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "alert/batch.hpp"

namespace rollcall::alert {

inline constexpr std::array<std::string_view, 11> kFieldNames{
    "nameserver", "subject", "body", "kind", "level", "status",
    "count",      "time",    "id",   "pool", "member"};

/// The values by name. Where a batch has several notices, `kind`, `status`, `pool` and `member` are
/// those of the gravest one.
using FieldValues = std::array<std::string, kFieldNames.size()>;
FieldValues field_values(const Batch& batch, const std::string& nameserver);

/// How a value is written into a text.
enum class Escape : std::uint8_t {
  none,
  json,  // between quotes
  form,  // application/x-www-form-urlencoded
};

std::string escaped(std::string_view value, Escape escape);
/// One pass: a value that looks like a field stays as it is.
std::string filled(std::string_view text, const FieldValues& values, Escape escape);

/// A place in the text where something is wrong.
struct TextFault {
  std::size_t offset = 0;
  std::string message;
};
/// Finds `{sbuject}`: a word in braces that is no field.
std::optional<TextFault> find_unknown_field(std::string_view text);
/// Whether the text is JSON once its fields are filled in.
std::optional<TextFault> find_json_fault(std::string_view text);
/// The first field: its offset, or npos.
std::size_t find_field(std::string_view text);

/// What is wrong with a program's argument at `index` of `command`, the program being the first: a
/// value must not become a program, an option or a part of a script.
std::optional<std::string> argument_fault(const std::vector<std::string>& command,
                                          std::size_t index);
/// The arguments with their fields filled in. An argument that a value begins, and that would begin
/// with "-", gets a blank before it, so that it is no option.
std::vector<std::string> filled_command(const std::vector<std::string>& command,
                                        const FieldValues& values);

}  // namespace rollcall::alert
