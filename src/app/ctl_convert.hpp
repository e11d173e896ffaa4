/// `rollcallctl convert`: the configuration of another program as Rollcall's.
#pragma once

#include <string>
#include <vector>

namespace rollcall::app {

struct ConvertArguments {
  std::string format;  // a word of convert::kFormatWords
  std::vector<std::string> files;
  std::string folder = ".";  // that gets the result
};

/// Writes the files of the result, with new keys, and prints the report. Overwrites nothing: where
/// one of the files exists, nothing is written.
/// @return the exit code
int run_convert(const ConvertArguments& arguments);

}  // namespace rollcall::app
