/// One floating address: what is known of the nodes that may have it, and what to ask of which
/// agent next. Values and rules only: TakeOvers (take_overs.hpp) asks, and keeps the time.
///
/// What is known is gathered in rounds. A round begins with a ping of the owner's own address and
/// ends when nothing is left to ask. What a node holds is what its agent has said last.
///
/// The rules:
/// - while the owner lives, the address is the owner's: a taker gives it back as soon as the
///   owner's agent can be asked, or at once where another station answers for the address;
/// - while the owner is dead, one taker has it: the first one whose agent sees the owner dead too;
/// - the owner is dead for us where it answers no ping and, on a link of ours, the kernel has asked
///   for it in vain (ARP, neighbour solicitation);
/// - where that agent sees the owner, nothing is taken: the path from here may be what is broken;
/// - nobody is asked to take the address while another node is known to have it. The agent asks
///   the network itself before it adds the address, for nodes whose agents cannot be asked.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "pool/notice.hpp"
#include "pool/standin_spec.hpp"
#include "roll/effect.hpp"
#include "roll/event.hpp"

namespace rollcall::standin {

using namespace roll;  // stand-ins are told in its words

/// Pings in a row that say that the owner is dead, or lives.
inline constexpr unsigned kOwnerFall = 3;
inline constexpr unsigned kOwnerRise = 2;

enum class Life : std::uint8_t { unknown, alive, dead };
enum class Holds : std::uint8_t { unknown, no, yes };

/// A node that may have the address.
struct Holder {
  IpAddress node;
  Holds holds = Holds::unknown;
  std::optional<Instant> taken = {};  // by an order of ours, and it has it since then
  // Of this round:
  bool asked = false;          // its agent has looked
  bool failed = false;         // its agent could not be asked, or has refused
  bool owner_answers = false;  // as the agent sees it
  bool contested = false;      // another station answers for the address
  std::string why = {};        // it failed
};

/// What is to be asked next.
struct Order {
  NodeTask task{};
  std::size_t holder = 0;  // its place

  bool operator==(const Order&) const = default;
};

class Floating {
 public:
  using Wait = TakeOverFacts::Wait;

  explicit Floating(TakeOverSpec spec);

  const TakeOverSpec& spec() const noexcept { return spec_; }
  Life owner() const noexcept { return owner_; }
  const std::vector<Holder>& holders() const noexcept { return holders_; }  // the owner first

  /// A round begins: nothing has been asked in it yet.
  void begin_round();
  /// A ping of the owner was answered or not.
  void pinged(bool answered);
  /// A ping of the owner has said nothing of it.
  void missed_ping() { answered_ = false; }
  /// An agent has answered an order.
  void answered(const Order& order, const NodeReplied& reply, Instant now);

  /// @param may_take false: nobody is asked to take the address from a dead owner
  /// @return nothing: the round is over
  std::optional<Order> next(bool may_take) const;

  /// The place of the taker that is known to have the address.
  std::optional<std::size_t> taker() const;
  /// Why the address of a dead owner stays where it is, at the end of a round in which it might
  /// have been taken; and by whose word.
  std::pair<Wait, std::size_t> why_waiting() const;
  /// It would be taken if it might be: the owner is dead, and no taker has its address.
  bool is_orphaned() const { return owner_ == Life::dead && !taker(); }

 private:
  std::optional<Order> next_while_alive() const;
  std::optional<Order> next_while_dead(bool may_take) const;

  TakeOverSpec spec_;
  std::vector<Holder> holders_;
  Life owner_ = Life::unknown;
  bool misplaced_ = false;  // the neighbours know the address at a taker that has given it back
  unsigned same_ = 0;       // pings in a row with the same result
  bool counted_ = false;    // their result
  bool answered_ = false;   // the last one, also where it does not count
};

}  // namespace rollcall::standin
