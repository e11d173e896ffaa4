#include "pool/kinds.hpp"

namespace rollcall::pool {

const char* to_string(OverrideKind kind) {
  switch (kind) {
    case OverrideKind::drained:
      return "drained";
    case OverrideKind::forced_up:
      return "forced-up";
    case OverrideKind::forced_down:
      return "forced-down";
    case OverrideKind::automatic:
      break;
  }
  return "auto";
}

const char* to_string(WhenAllDown rule) {
  switch (rule) {
    case WhenAllDown::fail_closed:
      return "fail_closed";
    case WhenAllDown::fallback:
      return "fallback";
    case WhenAllDown::fail_open:
      break;
  }
  return "fail_open";
}

const char* to_string(Tier tier) {
  switch (tier) {
    case Tier::backup:
      return "backup";
    case Tier::fallback:
      return "fallback";
    case Tier::primary:
      break;
  }
  return "primary";
}

}  // namespace rollcall::pool
