/// The journals of all zones: they take each flip, and tell transfers what changed.
#pragma once

#include <memory>
#include <optional>
#include <unordered_map>

#include "dns/name.hpp"
#include "edit/journal.hpp"
#include "roll/effect.hpp"

namespace rollcall::roll {

/// One thread. An edit goes into the journal as it is. Where another version of a zone takes the
/// place of another one, the difference of both goes into the journal, if that takes no longer than
/// a flip may wait and the SOA has the same fields but the serial; else the journal begins anew.
class Journals : public LiveSink {
 public:
  static constexpr std::uint64_t kMaxCompared = 20'000;  // records of both: some milliseconds
  static constexpr std::size_t kMaxOctets = std::size_t{64} << 20;  // of all zones

  void take(const StoreLive& live) override;
  void forget(const dns::Name& origin);

  /// What changed in the zone between two serials, of which the second is the newest one that was
  /// published. @return nothing where that is not known
  std::optional<edit::JournalChain> between(const dns::Name& origin,
                                            const edit::Serials& serials) const;

 private:
  struct Kept {
    std::weak_ptr<const zone::Zone> of;
    edit::Journal journal;
  };

  static void change_version(Kept& kept, const StoreLive& live);
  static void edit_version(Kept& kept, const StoreLive& live);

  std::unordered_map<dns::Name, Kept> journals_;
  std::size_t octets_ = 0;
};

}  // namespace rollcall::roll
