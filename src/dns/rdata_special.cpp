#include "dns/rdata_special.hpp"

namespace rollcall::dns {

const SpecialGrammar& special_grammar(Type type) noexcept {
  switch (static_cast<unsigned>(type)) {
    case 10:
      return kNullGrammar;
    case 11:
      return kWksGrammar;
    case 29:
      return kLocGrammar;
    case 30:
      return kNxtGrammar;
    case 38:
      return kA6Grammar;
    case 42:
      return kAplGrammar;
    case 45:
      return kIpseckeyGrammar;
    case 55:
      return kHipGrammar;
    case 260:
      return kAmtrelayGrammar;
    default:
      return kSvcParamsGrammar;  // SVCB and HTTPS
  }
}

}  // namespace rollcall::dns
