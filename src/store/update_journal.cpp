#include "store/update_journal.hpp"

#include <fmt/format.h>
#include <unistd.h>

namespace rollcall::store {
namespace {

const std::string kUpdates = "updates";

}  // namespace

std::string UpdateJournal::read(std::string& problem) {
  auto text = folder_.read(kUpdates);
  if (!text) {
    const auto aside = folder_.set_aside(kUpdates);
    problem = fmt::format("{}/{}: {}; {}", folder_.path(), kUpdates, text.error().message,
                          aside ? "set aside as " + *aside : aside.error().message);
    return {};
  }
  std::string octets = std::move(*text).value_or("");
  size_ = octets.size();
  return octets;
}

std::string UpdateJournal::cut(std::string_view text, std::size_t good) {
  const auto aside = folder_.set_aside(kUpdates);
  const auto kept = replace(text.substr(0, good));
  return fmt::format("{}{}", aside ? "the whole file is kept as " + *aside : aside.error().message,
                     kept ? "" : "; " + kept.error().message);
}

Result<void> UpdateJournal::open() {
  if (file_) return {};
  auto file = folder_.open_file(kUpdates);
  if (!file) return std::unexpected(file.error());
  const ::off_t end = ::lseek(file->get(), static_cast<::off_t>(size_), SEEK_SET);
  if (end < 0) return folder_.failed("write", kUpdates);
  file_ = std::move(*file);
  return {};
}

Result<void> UpdateJournal::append(std::string_view entries) {
  if (auto opened = open(); !opened) return opened;
  auto written = folder_.write(file_, entries, kUpdates);
  if (written && ::fdatasync(file_.get()) != 0) written = folder_.failed("write", kUpdates);
  if (written) {
    size_ += entries.size();
    return {};
  }
  // Half an entry must not stand before later ones. After a failed fdatasync nothing is known of
  // the file's pages: the descriptor is not used again.
  [[maybe_unused]] const int cut = ::ftruncate(file_.get(), static_cast<::off_t>(size_));
  file_ = {};
  return written;
}

Result<void> UpdateJournal::replace(std::string_view text) {
  auto replaced = folder_.replace(kUpdates, text);
  if (!replaced) return replaced;
  file_ = {};
  size_ = text.size();
  return {};
}

}  // namespace rollcall::store
