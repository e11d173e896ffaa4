/// The owners speak of pools, members, events and effects in the words of the two rooms below.
#pragma once

#include "roll/ids.hpp"

namespace rollcall::roster {

using namespace roll;

}  // namespace rollcall::roster
