#include "convert/shelf.hpp"

#include "convert/target.hpp"

namespace rollcall::convert {

Shelf::Shelf(std::span<const SourceFile> sources, const Surroundings& surroundings)
    : sources_(sources), surroundings_(surroundings) {
  for (const SourceFile& source : sources) by_last_part_.emplace(last_part(source.name), &source);
}

Result<SourceFile> Shelf::find(const std::string& path, const std::vector<std::string>& folders) {
  if (const auto given = by_last_part_.find(last_part(path)); given != by_last_part_.end()) {
    use(*given->second);
    return *given->second;
  }
  Result<SourceFile> found = fail(path + ": no such file");
  for (const std::string& folder : folders) {
    const std::string place = path.starts_with('/') ? path : folder + path;
    Result<std::string> text = surroundings_.read_file(place);
    if (text) return SourceFile{place, std::move(*text)};
    found = std::unexpected(text.error());
    if (path.starts_with('/')) break;
  }
  return found;
}

std::vector<const SourceFile*> Shelf::unused() const {
  std::vector<const SourceFile*> left;
  for (const SourceFile& source : sources_) {
    if (!used_.contains(&source)) left.push_back(&source);
  }
  return left;
}

std::string folder_of(const std::string& file) {
  return file.substr(0, file.rfind('/') + 1);
}

}  // namespace rollcall::convert
