/// Record types whose RDATA is not a sequence of plain fields: each family has its own grammar.
#pragma once

#include <string>

#include "core/bytes.hpp"
#include "dns/rdata_words.hpp"
#include "dns/record_type.hpp"

namespace rollcall::dns {

/// The grammar of a descriptor's `special` field, which is the rest of the RDATA.
struct SpecialGrammar {
  bool (*parse)(RdataWords& words);
  bool (*valid)(Bytes rest);
  std::string (*print)(Bytes rest);  // only for valid octets
};

extern const SpecialGrammar kNullGrammar;       // RFC 1035 section 3.3.10
extern const SpecialGrammar kNxtGrammar;        // RFC 2535 section 5.2, behind the next name
extern const SpecialGrammar kA6Grammar;         // RFC 2874 section 3.1.1
extern const SpecialGrammar kLocGrammar;        // RFC 1876
extern const SpecialGrammar kWksGrammar;        // RFC 1035 section 3.4.2, behind the address
extern const SpecialGrammar kAplGrammar;        // RFC 3123
extern const SpecialGrammar kIpseckeyGrammar;   // RFC 4025, behind the precedence
extern const SpecialGrammar kAmtrelayGrammar;   // RFC 8777, behind the precedence
extern const SpecialGrammar kHipGrammar;        // RFC 8005
extern const SpecialGrammar kSvcParamsGrammar;  // RFC 9460, behind priority and target

/// @pre the descriptor of `type` ends in `special`
const SpecialGrammar& special_grammar(Type type) noexcept;

}  // namespace rollcall::dns
