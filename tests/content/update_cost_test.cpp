/// What a large update costs: by its records, not by their square. Counted in allocations, of which
/// each comparison of two RDATAs with names takes some.
#include "content/deltas.hpp"
#include "content_cases.hpp"
#include "counted_allocations.hpp"

namespace rollcall::content {
namespace {

using dns::Rcode;
using transfer::UpdateKind;

constexpr std::size_t kPointers = 2000;  // of one RRset, which a message can still hold

/// Names that differ in case alone come last: each is there already.
std::vector<edit::EditRecord> pointers() {
  std::vector<edit::EditRecord> records;
  for (std::size_t i = 0; i < kPointers; ++i) {
    records.push_back(record_of("@", "PTR", {"h" + std::to_string(1000 + i)}));
  }
  records.push_back(record_of("@", "PTR", {"H1000"}));
  return records;
}

class UpdateCost : public testing::Test {
 protected:
  UpdateDecision decide(const transfer::UpdateRequest& request) {
    const std::size_t before = allocations;
    UpdateDecision decision =
        decide_update(request, client_, policy_, zone_, edit::PoolNames(spec_of()));
    allocations_ = allocations - before;
    return decision;
  }
  transfer::UpdateRequest adding() const {
    transfer::UpdateRequest request{.zone = name_of("@"), .prerequisites = {}, .steps = {}};
    for (const edit::EditRecord& record : pointers()) {
      request.steps.push_back({UpdateKind::add, record});
    }
    return request;
  }

  const ZonePtr zone_ = load("");
  const zone::UpdateClient client_{
      .address = *IpAddress::parse("192.0.2.77"), .can_be_forged = true, .key = name_of("k")};
  zone::UpdatePolicy policy_{{{.key = name_of("k"), .prefix = {}}}};
  std::size_t allocations_ = 0;
};

TEST_F(UpdateCost, WhatIsNotAllowedIsNotWorkedOut) {
  policy_.grants[0].types = {dns::Type::TXT};
  EXPECT_EQ(decide(adding()).rcode, Rcode::refused);
  EXPECT_LT(allocations_, 100U);
}

TEST_F(UpdateCost, AnRrsetGrowsByItsRecords) {
  policy_.grants[0].max_age = 60;
  const UpdateDecision decision = decide(adding());
  EXPECT_EQ(decision.rcode, Rcode::noerror);
  EXPECT_EQ(decision.made.add.size(), kPointers);
  EXPECT_LT(allocations_, 40 * kPointers);
  ASSERT_TRUE(decision.zone);
  const std::size_t before = allocations;
  EXPECT_EQ(
      ZoneDeltas().changes_of(*zone_, *decision.zone, decision.made, decision.aged, {}).size(), 1U);
  EXPECT_LT(allocations - before, 40 * kPointers);
}

/// Anybody with a key may ask that.
TEST_F(UpdateCost, APrerequisiteIsComparedByItsRecords) {
  transfer::UpdateRequest request{.zone = name_of("@"), .prerequisites = {}, .steps = {}};
  for (const edit::EditRecord& record : pointers()) {
    request.prerequisites.push_back(
        {transfer::PrerequisiteKind::rrset_is, record.owner, record.type, record.rdata});
  }
  EXPECT_EQ(decide(request).rcode, Rcode::nxrrset);
  EXPECT_LT(allocations_, 40 * kPointers);
}

}  // namespace
}  // namespace rollcall::content
