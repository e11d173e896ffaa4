/// What a member is: made in one place (Roster::view), read by all owners. One word for each kind
/// of "up": observed (by probes), judged (after the guard), counted (after overrides and returns),
/// live (answered).
#pragma once

#include <cstdint>

#include "pool/kinds.hpp"
#include "roll/ids.hpp"

namespace rollcall::roll {

struct MemberView {
  State observed = State::unknown;
  State judged = State::unknown;
  OverrideKind override_kind = OverrideKind::automatic;
  bool up = true;          // by an operator's word, else as it is judged
  bool kept_back = false;  // judged up, but left out because of its past
  bool counted = true;     // up, and not kept back
  Tier tier = Tier::primary;
  unsigned share = 100;  // of the answers (shares.hpp)

  /// The guard holds the member: it turned down, and is answered as before.
  bool is_held() const noexcept { return observed == State::down && judged != State::down; }
  bool is_drained() const noexcept { return override_kind == OverrideKind::drained; }
};

class MemberViews {
 public:
  virtual ~MemberViews() = default;
  virtual MemberView view(MemberRef ref) const = 0;
  /// Everything is answered, whatever policy says.
  virtual bool is_normal() const = 0;
};

}  // namespace rollcall::roll
