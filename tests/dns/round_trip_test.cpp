/// Properties: what is written is read back as it was, whatever the octets.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "dns/encoding.hpp"
#include "dns/name.hpp"
#include "dns/query_name.hpp"

namespace rollcall::dns {
namespace {

using Octets = std::vector<std::uint8_t>;

/// One valid uncompressed name, labels of any octets.
rc::Gen<Octets> any_wire_name() {
  const auto label =
      rc::gen::mapcat(rc::gen::inRange<std::size_t>(1, kMaxLabelSize + 1), [](std::size_t size) {
        return rc::gen::container<Octets>(size, rc::gen::arbitrary<std::uint8_t>());
      });
  return rc::gen::map(rc::gen::container<std::vector<Octets>>(label),
                      [](const std::vector<Octets>& labels) {
                        Octets wire;
                        for (const Octets& octets : labels) {
                          if (wire.size() + octets.size() + 2 > kMaxNameSize) break;
                          wire.push_back(static_cast<std::uint8_t>(octets.size()));
                          wire.insert(wire.end(), octets.begin(), octets.end());
                        }
                        wire.push_back(0);
                        return wire;
                      });
}

Octets octets_of(Bytes bytes) {
  return {bytes.begin(), bytes.end()};
}

RC_GTEST_PROP(RoundTrip, ANameAsTextIsReadBackAsItWas, ()) {
  const Octets wire = *any_wire_name();
  const auto name = Name::from_wire(wire);
  RC_ASSERT(name.has_value());
  const auto again = Name::parse(name->to_text());
  RC_ASSERT(again.has_value());
  RC_ASSERT(octets_of(again->wire()) == wire);
}

RC_GTEST_PROP(RoundTrip, ANameBehindAPointerIsTheOneThatItPointsTo, ()) {
  const Octets wire = *any_wire_name();
  const Octets before = *rc::gen::container<Octets>(12, rc::gen::arbitrary<std::uint8_t>());
  Octets message = before;
  message.insert(message.end(), wire.begin(), wire.end());
  const std::size_t pointer = message.size();
  message.insert(message.end(), {1, 'x', 0xc0, 12});
  const auto decoded = decode_name(message, pointer);
  if (wire.size() + 2 > kMaxNameSize) {
    RC_ASSERT(!decoded.has_value());
    return;
  }
  RC_ASSERT(decoded.has_value());
  RC_ASSERT(decoded->consumed == 4U);
  RC_ASSERT(octets_of(decoded->name.parent().wire()) == wire);
}

RC_GTEST_PROP(RoundTrip, TheTwoReadersOfNamesAgree, ()) {
  Octets message = *rc::gen::arbitrary<Octets>();
  // Mostly what nearly is a name.
  if (*rc::gen::inRange(0, 4) != 0) {
    message = *any_wire_name();
    if (*rc::gen::arbitrary<bool>()) {
      const auto at = *rc::gen::inRange<std::size_t>(0, message.size());
      message[at] = *rc::gen::arbitrary<std::uint8_t>();
    }
  }
  QueryName query;
  const std::size_t size = query.read(message, 0);
  const auto decoded = decode_name(message, 0);
  if (size == 0) {  // a pointer at the start of a message leads nowhere
    RC_ASSERT(!decoded.has_value());
    return;
  }
  RC_ASSERT(decoded.has_value());
  RC_ASSERT(decoded->consumed == size);
  RC_ASSERT(octets_of(query.suffix(0)) == octets_of(decoded->name.lowered().wire()));
  RC_ASSERT(query.labels() == decoded->name.label_count());
}

RC_GTEST_PROP(RoundTrip, CanonicalOrderIsAnOrder, ()) {
  std::vector<Name> names;
  for (const Octets& wire : *rc::gen::container<std::vector<Octets>>(3, any_wire_name())) {
    names.push_back(*Name::from_wire(wire));
  }
  const Name &a = names[0], &b = names[1], &c = names[2];
  RC_ASSERT(canonical_compare(a, a) == 0);
  RC_ASSERT(canonical_compare(a, b) == -canonical_compare(b, a));
  RC_ASSERT((canonical_compare(a, b) == 0) == (a == b));
  if (canonical_compare(a, b) <= 0 && canonical_compare(b, c) <= 0) {
    RC_ASSERT(canonical_compare(a, c) <= 0);
  }
  // RFC 4034 section 6.1: a name sorts before all names below it.
  if (!a.is_root()) RC_ASSERT(canonical_compare(a.parent(), a) < 0);
}

RC_GTEST_PROP(RoundTrip, OctetsAsTextAreReadBackAsTheyWere, (const Octets& octets)) {
  Octets hex, base64, base32;
  RC_ASSERT(from_hex(to_hex(octets), hex));
  RC_ASSERT(hex == octets);
  RC_ASSERT(from_base64(to_base64(octets), base64));
  RC_ASSERT(base64 == octets);
  RC_ASSERT(from_base32hex(to_base32hex(octets), base32));
  RC_ASSERT(base32 == octets);
}

}  // namespace
}  // namespace rollcall::dns
