/// Any octets made printable: valid UTF-8 without controls, whatever they are.
#include <algorithm>
#include <string>

#include "core/printable.hpp"
#include "require.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rollcall;
  using fuzz::require;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const std::string line = printable(text);
  require(is_printable(line), "a line is printable");
  require(printable(line) == line, "a second time changes nothing");
  require(is_printable(text) == (line == text), "what is printable is left as it is");
  require(line.find('\x1b') == std::string::npos, "no escape reaches a terminal");
  std::string block = printable_block(text);
  require(printable_block(block) == block, "a second time changes nothing of a block");
  std::erase_if(block, [](char c) { return c == '\n' || c == '\t'; });
  require(is_printable(block), "the lines of a block are printable");
  return 0;
}
