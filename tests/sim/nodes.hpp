/// The world's nodes with a floating address, and what their agents do with it and with ports. They
/// have random numbers of their own.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/random.hpp"
#include "roll/effect.hpp"
#include "roll/event.hpp"

namespace rollcall::sim {

class Nodes {
 public:
  explicit Nodes(std::uint64_t seed) : random_(seed) {}

  std::vector<pool::TakeOverSpec> take_overs() const;
  /// A node dies or comes back, or a path to it.
  void upset();
  /// Of a ping; never a whole number of milliseconds with anything else.
  Duration round_trip() { return std::chrono::nanoseconds(1 + 2 * random_.below(400'000'000)); }
  bool answers_ping(const IpAddress& node) const;
  /// Does what the agent is asked for. The reply comes later.
  roll::NodeReplied perform(const roll::AskNode& ask);
  Duration delay();
  /// The reply has come.
  void replied(const roll::NodeReplied& reply);
  /// What was asked wrongly; empty: nothing.
  std::string fault(const roll::AskNode& ask, bool frozen) const;
  /// The server begins anew: nothing is under way.
  void forget_asked() { open_.clear(); }
  std::uint64_t taken() const { return taken_; }

 private:
  struct Node {
    bool powered = true;
    bool seen = true;
    bool linked = true;
    bool holds = false;
  };
  /// Whom a request is about: a floating address, or the port of a member.
  static IpAddress subject_of(const roll::AskNode& ask);

  std::map<IpAddress, Node> nodes_{{*IpAddress::parse("192.0.2.231"), {}},
                                   {*IpAddress::parse("192.0.2.232"), {}},
                                   {*IpAddress::parse("192.0.2.233"), {}}};
  std::map<roll::AskId, IpAddress> open_;
  Random random_;
  std::uint64_t taken_ = 0;
};

}  // namespace rollcall::sim
