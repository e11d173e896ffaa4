/// The file state_dir/updates: the journal of dynamic updates (content/journal_entry.hpp has its
/// form). Entries are appended, and on disk when append() returns. One thread at a time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "io/descriptor.hpp"
#include "store/state_folder.hpp"

namespace rollcall::store {

class UpdateJournal {
 public:
  explicit UpdateJournal(StateFolder folder) : folder_(std::move(folder)) {}

  /// The file's octets; none where there is no file. What cannot be read is set aside.
  /// @param problem for people; stays empty where all is well
  std::string read(std::string& problem);
  /// Keeps the first `good` octets and moves the rest to updates.damaged.
  /// @return for people, where the rest went
  std::string cut(std::string_view text, std::size_t good);

  /// Where it fails, the file is as before.
  Result<void> append(std::string_view entries);
  /// Another text in the place of the whole file.
  Result<void> replace(std::string_view text);

  std::uint64_t size() const noexcept { return size_; }  // octets

 private:
  Result<void> open();

  StateFolder folder_;
  io::Descriptor file_;  // open for appending; none: not opened yet, or replaced
  std::uint64_t size_ = 0;
};

}  // namespace rollcall::store
