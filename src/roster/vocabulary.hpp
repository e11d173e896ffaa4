/// The owners use the names of the two rooms below for pools, members, events and effects.
#pragma once

#include "roll/ids.hpp"

namespace rollcall::roster {

using namespace roll;

}  // namespace rollcall::roster
