/// The one thread on which dynamic updates change zones, and the order in which versions follow.
///
/// Every version of a zone goes over this desk: a file that was loaded, an update, a compaction. So
/// an update is always made of the newest one. Updates that come together make one batch: decided
/// one after the other, one write to the journal, one version of each zone, then the replies. A
/// batch whose journal cannot be written is undone and refused.
///
/// Limitations: a zone whose pools an update changes is built anew on this thread, and other
/// updates wait meanwhile.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <variant>
#include <vector>

#include "answer/update_door.hpp"
#include "content/journal_entry.hpp"
#include "content/update_decision.hpp"
#include "dns/name_hash.hpp"
#include "dns/stored_name.hpp"
#include "edit/pool_names.hpp"
#include "log/stranger_log.hpp"
#include "store/update_journal.hpp"
#include "zone/zone_spec.hpp"

namespace rollcall::update {

using content::ZonePtr;

inline constexpr std::size_t kMaxWaiting = 4096;  // updates; of 64 KiB each at most, over TCP
inline constexpr std::size_t kMaxWaitingOctets = std::size_t{16} << 20;  // of their packets
/// Of what updates have made of all files. state_dir must hold it twice; a start reads it whole.
inline constexpr std::size_t kMaxJournal = std::size_t{96} << 20;
/// How long a batch waits until its versions are answered. It is in the journal by then.
inline constexpr std::chrono::seconds kPublishLimit{5};
inline constexpr std::size_t kCompactAbove = 8192;  // names in the overlay (zone/overlay.hpp)

/// A new version of a zone.
struct Publication {
  ZonePtr zone;
  edit::ZoneEdit made;   // of the version before; empty: the same content in other memory
  bool rebuilt = false;  // with pools bound anew; `made` is empty
};

/// Any thread may call these; none waits.
struct DeskOutlets {
  /// Publishes the versions in this order, then calls `done`.
  std::function<void(std::vector<Publication>, std::function<void()> done)> publish;
  /// Why the journal cannot be written; empty: it can be written again.
  std::function<void(std::string)> journal_told;
  /// Makes `zone` compact elsewhere, and calls `done` with the result.
  std::function<void(ZonePtr zone, std::function<void(ZonePtr)> done)> compact;
};

class UpdateDesk : public answer::UpdateSink {
 public:
  /// @param zones what the journal has
  UpdateDesk(store::UpdateJournal journal, content::DeltasByZone zones, DeskOutlets outlets);
  /// Makes the updates that wait, then ends.
  ~UpdateDesk() override;
  UpdateDesk(const UpdateDesk&) = delete;
  UpdateDesk& operator=(const UpdateDesk&) = delete;

  bool take(answer::WaitingUpdate update) override;
  void tell_refused(const IpAddress& client, std::string line) override;

  /// A zone's file has been loaded: what updates have made of it is laid over it.
  /// @param done called on the desk's thread, before any later version is published
  /// @param done.changed the version is not the file's
  using Adopted = std::function<void(ZonePtr zone, bool changed)>;
  void adopt(zone::ZoneSpecPtr spec, ZonePtr zone, Adopted done);
  /// The zone is no longer served. What updates made of it stays in the journal.
  void drop(const dns::Name& origin);
  /// Called on the desk's thread, behind all that it was given before.
  void then(std::function<void()> done);
  /// @param done a copy of what updates have made of the zone, on the desk's thread
  void look(const dns::Name& origin, std::function<void(content::ZoneDeltas)> done);
  /// Forgets what updates have made of the zone; its file must be loaded next.
  /// @param done the number of RRsets that they had changed, or why the journal was not written
  void flush(const dns::Name& origin, std::function<void(Result<std::size_t>)> done);

 private:
  struct Held {
    ZonePtr head;  // the newest version
    zone::ZoneSpecPtr spec;
    edit::PoolNames pools;
    std::uint64_t build = 0;  // which one, for a compaction of an older one
    bool compacting = false;
  };
  struct Answer {
    answer::WaitingUpdate waiting;
    dns::Rcode rcode = dns::Rcode::noerror;
    std::string reason;
    std::optional<answer::ExtendedError> extended_error;
  };
  struct Touched {
    ZonePtr before;
    std::vector<edit::ZoneEdit> made;
    bool rebuilt = false;
    std::vector<content::DeltaChanges> undo;
  };
  using ByZone = std::unordered_map<dns::Name, Touched>;
  struct Batch {
    std::vector<Answer> answers;
    ByZone zones;
    std::string entries;  // for the journal
  };
  struct Line {
    IpAddress client;
    std::string text;
  };
  using Chore = std::function<void()>;
  using Item = std::variant<answer::WaitingUpdate, Line, Chore>;

  bool add(Item item, std::size_t octets);
  std::optional<std::deque<Item>> wait();
  void run();
  void handle(answer::WaitingUpdate waiting);
  Answer decide(answer::WaitingUpdate waiting);
  bool accept(const dns::Name& origin, Held& held, content::UpdateDecision& decision,
              std::string& problem);
  void end_aged();
  void commit();
  Result<void> write_journal();
  void undo();
  void publish();
  void tell(const Answer& answer);
  void reply(Answer& answer);
  bool reply_again(answer::WaitingUpdate& waiting);
  void remember(const std::vector<std::uint8_t>& packet, Bytes reply);
  void shorten_journal();
  std::size_t live_octets() const;
  void find_next_end();

  void adopt_now(const zone::ZoneSpecPtr& spec, const ZonePtr& zone, const Adopted& done);
  ZonePtr lay_over(const Held& held, const content::DeltaMerge& merged) const;
  void compact(const dns::Name& origin, Held& held);
  void compacted(const dns::Name& origin, std::uint64_t build, const ZonePtr& made_of,
                 const ZonePtr& compacted);

  // The thread's own.
  store::UpdateJournal journal_;
  content::DeltasByZone deltas_;
  const DeskOutlets outlets_;
  std::unordered_map<dns::StoredName, Held, dns::NameHash, std::equal_to<>> zones_;
  Batch batch_;
  std::unordered_map<std::string, std::vector<std::uint8_t>> replied_;  // by the signed request
  std::deque<const std::string*> replied_order_;                        // into it, oldest first
  std::size_t replied_octets_ = 0;                                      // of requests and replies
  std::optional<WallTime> next_end_;                                    // of a record that ages
  WallTime aged_not_before_{};  // when the next records may go
  std::uint64_t builds_ = 0;
  bool failing_ = false;  // the last write to the journal
  log::StrangerLog log_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Item> items_;
  std::size_t updates_waiting_ = 0;
  std::size_t octets_waiting_ = 0;
  bool ending_ = false;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace rollcall::update
