/// The runs of a member: mostly one, which is then stored in the list itself.
#pragma once

#include <memory>
#include <vector>

#include "roll/ids.hpp"

namespace rollcall::roll {

class RunList {
 public:
  using value_type = RunIndex;
  using const_iterator = const RunIndex*;

  const RunIndex* begin() const noexcept { return more_ ? more_->data() : &one_; }
  const RunIndex* end() const noexcept { return begin() + size(); }
  std::size_t size() const noexcept { return more_ ? more_->size() : has_one_ ? 1 : 0; }
  bool empty() const noexcept { return size() == 0; }

  void add(RunIndex run) {
    if (more_) {
      more_->push_back(run);
    } else if (has_one_) {
      more_ = std::make_unique<std::vector<RunIndex>>(std::vector{one_, run});
    } else {
      one_ = run;
      has_one_ = true;
    }
  }

 private:
  RunIndex one_{};  // unused where there are more
  bool has_one_ = false;
  std::unique_ptr<std::vector<RunIndex>> more_;
};

}  // namespace rollcall::roll
