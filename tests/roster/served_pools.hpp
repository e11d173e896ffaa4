/// A zone with pools, members that are good or bad as the test says, and what people are told.
#pragma once

#include <gmock/gmock.h>

#include <map>
#include <set>

#include "core/wildcard.hpp"
#include "pool/override.hpp"
#include "stage.hpp"
#include "told.hpp"

namespace rollcall::roster {

inline constexpr const char* kTwo = "www A 192.0.2.11\nwww A 192.0.2.12\n";

/// example.com with the pools www (addresses) and mail (exchanges).
class ServedPools : public testing::Test {
 protected:
  void serve(const std::string& tail = kTwo, std::vector<PoolSpec> pools = {pool_of(kWww)}) {
    stage_.configure(std::move(pools), {"example.com"}, guard_);
    load(tail);
    probe();
  }
  void load(const std::string& tail) {
    const bool mail = tail.find("mail") != std::string::npos;
    zone_ = build("example.com", tail, {kWww},
                  mail ? std::vector<std::string>{kMail} : std::vector<std::string>{});
    step(ZoneBuilt{zone_});
  }
  void step(const Event& event) {
    stage_.step(event);
    keep();
  }
  health::Outcome outcome_of(const std::string& member) const {
    if (dead_.contains(member)) return {.good = false, .reason = "refused"};
    if (withdrawn_.contains(member)) return {.good = false, .reason = "maint", .withdrawn = true};
    if (const auto asked = percents_.find(member); asked != percents_.end()) {
      return {.good = true, .reason = {}, .percent = asked->second};
    }
    if (degraded_.contains(member)) return {.good = true, .reason = "slow", .degraded = true};
    return {.good = true, .reason = {}};
  }
  /// A minute in which every member is probed; those in `dead_` fail.
  void probe(Duration time = std::chrono::minutes(1)) {
    const Instant end = stage_.now + time;
    while (stage_.now < end) {
      stage_.wait(std::chrono::milliseconds(500));
      keep();
      for (const StartProbe& started : std::exchange(stage_.probes, {})) {
        step(ProbeDone{started.probe, outcome_of(started.member.to_string())});
      }
    }
  }
  /// A minute in which only these members are dead; keeps what is told of it.
  void die(std::set<std::string> dead, Duration time = std::chrono::minutes(1)) {
    told_.clear();
    alerts_.clear();
    dead_ = std::move(dead);
    probe(time);
  }
  void keep() {
    for (const Effect& effect : stage_.effects) {
      if (const auto* live = std::get_if<StoreLive>(&effect)) {
        store(*live);
        for (const LiveChange& change : live->changes) {
          if (change.shares) shares_[change.watch] = *change.shares;
        }
      }
      if (const auto* saved = std::get_if<SaveOverrides>(&effect)) saved_ = saved->overrides;
      if (const auto* saved = std::get_if<SaveHealth>(&effect)) saved_health_ = saved->health;
      if (const auto* told = std::get_if<Notice>(&effect)) {
        if (!told->logged) told_.push_back(*told);
        if (told->alert) alerts_.push_back(*told);
      }
      if (std::holds_alternative<RestartService>(effect)) ++restarts_;
    }
  }

  /// @return what the operator reads: "ok: ..." or "no: ..."
  std::string say(OverrideKind kind, std::string_view member, OverrideWanted rest = {}) {
    return say_of(kind, {member}, std::move(rest));
  }
  std::string say_of(OverrideKind kind, std::vector<std::string_view> members,
                     OverrideWanted rest = {}) {
    rest.kind = kind;
    for (const std::string_view member : members) {
      if (const auto address = IpAddress::parse(member)) {
        rest.members.emplace_back(*address);
      } else if (is_wildcard(member)) {
        rest.members.emplace_back(MemberPattern{std::string(member)});
      } else {
        rest.members.emplace_back(name_of(member));
      }
    }
    return reply_to(rest);
  }
  std::string reply_to(const Event& event) {
    told_.clear();
    alerts_.clear();
    step(event);
    const auto* done = stage_.told<CommandDone>();
    if (done == nullptr) return "no reply";
    return (done->ok ? "ok: " : "no: ") + done->text;
  }
  /// What is told of a member of www: its probes were refused, or are good again.
  static Told dropped(const std::string& member) {
    return {.kind = NoticeKind::dropped, .name = kWww, .member = member, .reason = "refused"};
  }
  static Told returned(const std::string& member) {
    return {.kind = NoticeKind::returned, .name = kWww, .member = member};
  }
  static OverrideWanted lasting(Duration time) { return {.lasts = time}; }
  static OverrideWanted forced() { return {.force = true}; }

  /// What the RRset's mask lets through, as RDATA positions of the zone file.
  std::vector<std::string> answered(const std::string& owner = kWww) const {
    std::vector<std::string> found;
    for (const zone::WatchedRrset& rrset : zone_->watched()) {
      if (rrset.owner != name_of(owner)) continue;
      const std::uint64_t mask = zone_->watch_table().mask(rrset.id.value);
      for (std::size_t i = 0; i < rrset.records.size(); ++i) {
        if ((mask >> i & 1) == 0) continue;
        const zone::WatchedRecord& record = rrset.records[i];
        found.push_back(record.address ? record.address->to_string()
                                       : record.exchange->to_display());
      }
    }
    return found;
  }
  MemberStatus status_of(std::string_view member) const {
    for (const PoolStatus& pool : stage_.roster->status(stage_.now).pools) {
      for (const MemberStatus& status : pool.members) {
        if (status.address == address_of(member)) return status;
      }
    }
    ADD_FAILURE() << "no member " << member;
    return {};
  }

  static constexpr const char* kWww = "www.example.com";
  static constexpr const char* kMail = "mail.example.com";
  Stage stage_;
  ZonePtr zone_;
  GuardSpec guard_;
  std::set<std::string> dead_;
  std::set<std::string> withdrawn_;  // members whose agents say so
  std::set<std::string> degraded_;
  std::map<std::string, std::uint8_t> percents_;  // of its weight that a member asks for
  std::map<WatchId, zone::Shares> shares_;        // as last stored
  std::vector<Notice> told_;                      // in the log
  std::vector<Notice> alerts_;
  SavedOverrides saved_;
  SavedHealth saved_health_;
  int restarts_ = 0;
};

}  // namespace rollcall::roster
