/// Pools under the isolation guard, with witnesses.
#pragma once

#include <fmt/format.h>

#include <functional>

#include "served_pools.hpp"

namespace rollcall::roster {

class GuardedPools : public ServedPools {
 protected:
  void serve_many(int count) {
    std::string tail;
    for (int i = 1; i <= count; ++i) tail += fmt::format("www A 192.0.2.{}\n", 10 + i);
    PoolSpec pool = pool_of(kWww);
    pool.restart = "apache";
    serve(tail, {pool});
  }
  void add_witness(const std::string& address) {
    guard_.witnesses.push_back({address_of(address), check_of("gateway")});
  }
  std::set<std::string> first(int count) {
    std::set<std::string> members;
    for (int i = 1; i <= count; ++i) members.insert(fmt::format("192.0.2.{}", 10 + i));
    return members;
  }
  /// Waits until a probe of this member or witness is under way; the others give good answers.
  void wait_for_probe_of(const std::string& member) {
    const auto is_its = [&](const StartProbe& probe) { return probe.member == address_of(member); };
    for (int i = 0; i < 2000 && std::ranges::none_of(stage_.probes, is_its); ++i) {
      stage_.wait(std::chrono::milliseconds(10));
      keep();
      std::vector<StartProbe> others;
      std::ranges::remove_copy_if(stage_.probes, std::back_inserter(others), is_its);
      std::erase_if(stage_.probes, std::not_fn(is_its));
      for (const StartProbe& probe : others) step(ProbeDone{probe.probe, {true, ""}});
    }
    ASSERT_TRUE(std::ranges::any_of(stage_.probes, is_its)) << member;
  }
  void answer(const std::string& member, bool good) {
    stage_.answer(member, good);
    keep();
  }
  bool is_probed(const std::string& member) const {
    return std::ranges::any_of(
        stage_.probes, [&](const StartProbe& probe) { return probe.member == address_of(member); });
  }
  std::optional<FreezeStatus> frozen() const { return stage_.roster->status(stage_.now).frozen; }
  std::ptrdiff_t alerts_of(NoticeKind kind) const { return count_of(alerts_, kind); }
};

}  // namespace rollcall::roster
