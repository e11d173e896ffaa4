/// JSON of the program's own making, with text from outside in it.
#pragma once

#include <boost/json/value.hpp>
#include <string>

namespace rollcall {

/// One line: the value with each of its strings made printable (printable_block of
/// core/printable.hpp), so that it is valid JSON (RFC 8259 section 8.1: UTF-8) whatever was put in.
/// Keys are the program's own.
std::string printable_json(boost::json::value value);

}  // namespace rollcall
