/// The memory of a draft's nodes and records: blocks that never move, freed together.
///
/// One vector would double as it grows and meanwhile hold everything twice: with a million records
/// that alone was a third of the peak. Pointers into blocks also stay valid.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace rollcall::zone {

class DraftArena {
 public:
  /// A place in the arena, in units of 8 octets; so 32 bits reach over 32 GiB.
  using Ref = std::uint32_t;
  static constexpr Ref kNone = 0xffffffff;

  DraftArena() { add_block(); }

  /// @param octets at most 65,535 and a header; the caller checks full() now and then
  Ref allocate(std::size_t octets) {
    const auto units = static_cast<std::uint32_t>((octets + 7) / 8);
    if (kBlockUnits - used_ < units) add_block();
    const Ref ref = static_cast<Ref>((blocks_.size() - 1) * kBlockUnits + used_);
    used_ += units;
    return ref;
  }

  template <class T>
  T* at(Ref ref) const noexcept {
    return reinterpret_cast<T*>(blocks_[ref / kBlockUnits].get() + ref % kBlockUnits);
  }

  /// True where a Ref might not reach the next allocation.
  bool full() const noexcept { return blocks_.size() >= 0xffffffff / kBlockUnits - 1; }

 private:
  static constexpr std::uint32_t kBlockUnits = 1U << 17;  // 1 MiB: 65,535 octets waste little of it

  void add_block() {
    blocks_.push_back(std::make_unique_for_overwrite<std::uint64_t[]>(kBlockUnits));
    used_ = 0;
  }

  std::vector<std::unique_ptr<std::uint64_t[]>> blocks_;
  std::uint32_t used_ = 0;  // units of the last block
};

}  // namespace rollcall::zone
