#include <gtest/gtest.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include "daemon/zone_loader.hpp"

namespace rollcall::daemon {
namespace {

const dns::Name kTransferredName = *dns::Name::parse("example.com");

edit::EditRecord soa_of(std::uint8_t serial) {
  edit::EditRecord soa{kTransferredName, dns::Type::SOA, 60, std::vector<std::uint8_t>(22)};
  for (const auto& [at, value] : {std::pair{5, int{serial}}, {9, 2}, {13, 3}, {17, 4}, {21, 5}}) {
    soa.rdata[static_cast<std::size_t>(at)] = static_cast<std::uint8_t>(value);
  }
  return soa;
}

class TransferredZones : public testing::Test {
 protected:
  TransferredZones() {
    spec_->origin = kTransferredName;
    spec_->file = "zone example.com as transferred";
    spec_->transfer.primaries.push_back({*Endpoint::parse("192.0.2.1:53"), {}});
  }
  LoadedZone build(transfer::Incoming content) {
    return run([&](auto done) { loader_.build(spec_, std::move(content), {}, done); });
  }
  LoadedZone load() {
    return run([&](auto done) { loader_.load({spec_}, {}, done, [] {}); });
  }
  template <class Begin>
  LoadedZone run(Begin begin) {
    LoadedZone result;
    context_.restart();
    auto work = asio::make_work_guard(context_);
    begin([&](LoadedZone loaded) {
      result = std::move(loaded);
      work.reset();
    });
    context_.run();
    return result;
  }
  static transfer::Incoming whole(std::uint8_t serial, const std::string& more = {}) {
    return transfer::WholeZone{serial, "example.com. 60 IN SOA . . " + std::to_string(serial) +
                                           " 2 3 4 5\n 60 IN NS ns.example.com.\n"
                                           "ns.example.com. 60 IN A 192.0.2.1\n" +
                                           more};
  }
  static transfer::Incoming changes(std::uint8_t from, std::uint8_t to) {
    transfer::ChangeStep step{.from = from, .to = to, .edit = {}};
    step.edit.remove.push_back(soa_of(from));
    step.edit.add.push_back(soa_of(to));
    step.edit.add.push_back(
        {*dns::Name::parse("www.example.com"), dns::Type::A, 60, {192, 0, 2, 2}});
    return transfer::Changes{step};
  }

  std::shared_ptr<zone::ZoneSpec> spec_ = std::make_shared<zone::ZoneSpec>();
  asio::io_context context_;
  ZoneLoader loader_{context_.get_executor(), files::read_directly()};
};

TEST_F(TransferredZones, AreBuiltAndGiveTheirText) {
  const LoadedZone loaded = build(whole(7));
  ASSERT_TRUE(loaded.zone);
  EXPECT_EQ(loaded.zone->soa().serial, 7U);
  EXPECT_TRUE(loaded.text);
  EXPECT_FALSE(loaded.content.empty());
}

TEST_F(TransferredZones, AreCheckedAsFilesAre) {
  const LoadedZone loaded = build(whole(7, "example.com. 60 IN NS missing.example.com.\n"));
  EXPECT_FALSE(loaded.zone);
  EXPECT_TRUE(loaded.first_error().starts_with("zone example.com as transferred:"))
      << loaded.first_error();
}

TEST_F(TransferredZones, TakeChangesOfWhatIsServed) {
  const auto before = build(whole(7)).zone;
  const LoadedZone loaded = build(changes(7, 8));
  ASSERT_TRUE(loaded.zone) << loaded.misfit;
  EXPECT_EQ(loaded.zone->soa().serial, 8U);
  EXPECT_EQ(loaded.zone->records(), before->records() + 1);
}

TEST_F(TransferredZones, RefuseChangesThatDoNotFit) {
  EXPECT_EQ(build(changes(7, 8)).misfit, "the changes begin at a serial that is not served");
  const auto before = build(whole(7)).zone;
  EXPECT_EQ(build(changes(6, 8)).misfit, "the changes begin at a serial that is not served");
  const auto after = build(changes(7, 8)).zone;
  transfer::Incoming again = changes(8, 9);
  EXPECT_EQ(build(std::move(again)).misfit, "the changes add www.example.com A, which is there");
}

TEST_F(TransferredZones, AReloadBuildsThemAnewForOtherPoolsAlone) {
  EXPECT_FALSE(load().zone) << "there is no copy";
  const auto before = build(whole(7)).zone;
  EXPECT_TRUE(load().unchanged);
  spec_ = std::make_shared<zone::ZoneSpec>(*spec_);
  spec_->pools.push_back(*dns::Name::parse("ns.example.com"));
  const LoadedZone loaded = load();
  ASSERT_TRUE(loaded.zone);
  EXPECT_EQ(loaded.zone->soa().serial, 7U);
  EXPECT_FALSE(loaded.zone->watched().empty());
  EXPECT_FALSE(loaded.text) << "the copy has it";
}

}  // namespace
}  // namespace rollcall::daemon
