/// Makes text from outside (services, zone files, operators, strangers) safe to show on a terminal,
/// in a log line, in JSON and in a mail.
///
/// Replaced by a visible escape are: octets that are not UTF-8 (`\xff`), control characters
/// U+0000..U+001F, U+007F and U+0080..U+009F (`\x1b`, `\n`, `\u009b`), the controls of writing
/// direction U+061C, U+200E, U+200F, U+202A..U+202E and U+2066..U+2069, and the separators U+2028
/// and U+2029 (`\u202e`). A backslash stays as it is: people read the escapes, no decoder does.
/// Printable text stays unchanged, so that a second pass does nothing.
#pragma once

#include <string>
#include <string_view>

namespace rollcall {

/// One line.
std::string printable(std::string_view text);

/// Lines: line ends stay (CR LF becomes LF), and so do tabs.
std::string printable_block(std::string_view text);

/// Whether printable() leaves the text as it is.
bool is_printable(std::string_view text) noexcept;

/// The octets of the well-formed UTF-8 character at the start of `text`; 0 where there is none.
std::size_t character_size(std::string_view text) noexcept;

}  // namespace rollcall
