#include "roll/breaker.hpp"

namespace rollcall::roll {

void Breaker::stop_if_due() {
  if (!policy_.trips(step_.now)) return;
  policy_.stop(step_.now);
  step_.chores.add(*policy_.until(), EndStop{});
  tell(true, {});
}

bool Breaker::resume(const std::string& actor) {
  if (!is_stopped()) return false;
  policy_.end();
  tell(false, actor.empty() ? "an operator" : actor);
  return true;
}

bool Breaker::end_stop() {
  if (!policy_.until() || *policy_.until() > step_.now) return false;  // an operator was faster
  policy_.end();
  tell(false, {});
  return true;
}

void Breaker::tell(bool stopped, const std::string& actor) {
  Notice notice{.alert = true, .actor = actor};
  switch (of_) {
    case Of::restarts:
      notice.kind = stopped ? NoticeKind::restarts_stopped : NoticeKind::restarts_go_on;
      notice.facts = RestartFacts{.tries = stopped ? kBreakerLimit : 0};
      break;
    case Of::take_overs:
      notice.kind = stopped ? NoticeKind::take_overs_stopped : NoticeKind::take_overs_go_on;
      notice.facts = TakeOverFacts{};
      break;
    case Of::forwards:
      notice.kind = stopped ? NoticeKind::forwards_stopped : NoticeKind::forwards_go_on;
      notice.facts = ForwardFacts{};
      break;
  }
  step_.emit(std::move(notice));
}

}  // namespace rollcall::roll
