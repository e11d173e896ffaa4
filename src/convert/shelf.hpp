/// The files that a conversion has at hand: those of the command line, and those that they name.
#pragma once

#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "convert/conversion.hpp"

namespace rollcall::convert {

class Shelf {
 public:
  Shelf(std::span<const SourceFile> sources, const Surroundings& surroundings);

  /// The file that a source names as `path`: the file of the command line with the same last part,
  /// else the first that can be read of `path` in each of `folders` ("" for the working folder).
  Result<SourceFile> find(const std::string& path, const std::vector<std::string>& folders);
  /// Marks a file of the command line as used.
  void use(const SourceFile& source) { used_.insert(&source); }
  /// The files of the command line that nothing has used yet, in their order.
  std::vector<const SourceFile*> unused() const;

 private:
  std::span<const SourceFile> sources_;
  const Surroundings& surroundings_;
  std::map<std::string, const SourceFile*> by_last_part_;
  std::set<const SourceFile*> used_;
};

/// The folder of a file, with its final slash; empty for a file without one.
std::string folder_of(const std::string& file);

}  // namespace rollcall::convert
