/// Three nodes on one network, of which one owns a floating address, and the agents on them.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "standin/take_overs.hpp"

namespace rollcall::standin {

using namespace std::chrono_literals;

inline IpAddress at(std::string_view text) {
  return *IpAddress::parse(text);
}

inline const std::string kFloating = "192.0.2.80";
inline const std::string kOwner = "192.0.2.3";
inline const std::string kFirst = "192.0.2.4";
inline const std::string kSecond = "192.0.2.5";

/// What the agents do is done here: they look before they take, as the real ones.
class SmallNetwork {
 public:
  struct Node {
    bool powered = true;
    bool seen = true;    // by the nameserver
    bool linked = true;  // to the other nodes
    bool agent = true;   // its agent runs
    bool stuck = false;  // it cannot change its addresses
    bool holds = false;
  };

  SmallNetwork() { configure({kFirst, kSecond}); }

  void configure(const std::vector<std::string>& takers) {
    TakeOverSpec spec{.address = at(kFloating), .owner = at(kOwner), .takers = {}};
    for (const std::string& taker : takers) spec.takers.push_back(at(taker));
    step.now = now;
    owner.configure({spec});
    settle();
  }

  void run(Duration time) {
    const Instant end = now + time;
    while (now < end) {
      now += 500ms;
      step.now = now;
      while (const auto chore = step.chores.take_due(now)) {
        if (const auto* look = std::get_if<LookAtHolders>(&*chore)) owner.look(look->address);
        if (std::holds_alternative<EndStop>(*chore)) owner.end_stop();
      }
      settle();
    }
  }
  void power(const std::string& node, bool on) {
    nodes[node].powered = on;
    nodes[node].holds = nodes[node].holds && on;  // no node has it at boot
  }
  std::vector<std::string> holding() const {
    std::vector<std::string> found;
    for (const auto& [name, node] : nodes) {
      if (node.holds) found.push_back(name);
    }
    return found;
  }
  FloatingStatus shown() const {
    Status status;
    owner.show(status, now);
    return status.floating.at(0);
  }
  std::vector<NoticeKind> told() {
    std::vector<NoticeKind> kinds;
    for (const Notice& notice : std::exchange(notices, {})) kinds.push_back(notice.kind);
    return kinds;
  }

  std::map<std::string, Node> nodes{{kOwner, {}}, {kFirst, {}}, {kSecond, {}}};
  bool doubtful = false;
  Instant remembered_until{};  // the kernel here has not asked for a silent owner before
  Instant now{1h};
  Step step{7};
  TakeOvers owner{step};
  std::vector<Notice> notices;
  std::vector<AskNode> asked;

 private:
  bool see_each_other(const std::string& a, const std::string& b) {
    return nodes[a].powered && nodes[b].powered && nodes[a].linked && nodes[b].linked;
  }
  /// Another node answers for the address, as this one sees it.
  bool contested(const std::string& name) {
    for (const auto& [other, node] : nodes) {
      if (other != name && node.holds && see_each_other(name, other)) return true;
    }
    return false;
  }

  /// Carries out what is asked, until nothing more is.
  void settle() {
    while (!step.effects.empty()) {
      for (const Effect& effect : std::exchange(step.effects, {})) {
        if (const auto* notice = std::get_if<Notice>(&effect)) notices.push_back(*notice);
        if (const auto* probe = std::get_if<StartProbe>(&effect)) {
          const Node& node = nodes[probe->member.to_string()];
          const bool there = node.powered && node.seen;
          const bool cached = !there && now < remembered_until;
          // As the prober has it: where no ping is answered, the neighbour table decides.
          owner.take(ProbeDone{probe->probe, {.good = there, .yields = cached}}, doubtful);
        }
        if (const auto* ask = std::get_if<AskNode>(&effect)) {
          asked.push_back(*ask);
          owner.take(answer(*ask), doubtful);
        }
        owner.check_invariants();
      }
    }
  }
  NodeReplied answer(const AskNode& ask) {
    const std::string name = ask.node.to_string();
    Node& node = nodes[name];
    NodeReplied reply{.ask = ask.ask};
    if (!node.powered || !node.seen || !node.agent) {
      reply.text = "cannot connect";
      return reply;
    }
    const bool is_owner = name == kOwner;
    reply.ok = true;
    reply.holds = node.holds;
    reply.contested = contested(name);
    reply.owner_answers = is_owner || see_each_other(name, kOwner);
    if (ask.task == NodeTask::look) return reply;
    if (node.stuck) {
      reply.ok = false;
      reply.text = "RTNETLINK answers: Operation not permitted";
    } else if (ask.task == NodeTask::give_back) {
      node.holds = false;
    } else if (!node.holds && (reply.contested || (!is_owner && reply.owner_answers))) {
      reply.ok = false;
      reply.text = reply.contested ? "another node has it" : "its owner answers";
    } else {
      node.holds = true;
    }
    return reply;
  }
};

}  // namespace rollcall::standin
