/// The journals of all zones: they take each flip, and tell transfers what changed.
#pragma once

#include <memory>
#include <optional>
#include <unordered_map>

#include "dns/name.hpp"
#include "edit/journal.hpp"
#include "roll/effect.hpp"

namespace rollcall::roll {

/// One thread. A zone's journal begins anew with each version of the zone: what changed in its file
/// is not known here.
class Journals : public LiveSink {
 public:
  static constexpr std::size_t kMaxOctets = std::size_t{64} << 20;  // of all zones

  void take(const StoreLive& live) override;
  void forget(const dns::Name& origin);

  /// What changed in the zone between two serials, of which `to` is the newest one that was
  /// published. @return nothing where that is not known
  std::optional<edit::JournalChain> between(const dns::Name& origin, std::uint32_t from,
                                            std::uint32_t to) const;

 private:
  struct Kept {
    std::weak_ptr<const zone::Zone> of;
    edit::Journal journal;
  };

  std::unordered_map<dns::Name, Kept> journals_;
  std::size_t octets_ = 0;
};

}  // namespace rollcall::roll
