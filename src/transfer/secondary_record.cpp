#include "transfer/secondary_record.hpp"

namespace rollcall::transfer {

const char* to_string(TakenTransfer::Kind kind) {
  switch (kind) {
    case TakenTransfer::Kind::whole:
      return "whole";
    case TakenTransfer::Kind::changes:
      return "changes";
    case TakenTransfer::Kind::up_to_date:
      break;
  }
  return "up_to_date";
}

}  // namespace rollcall::transfer
