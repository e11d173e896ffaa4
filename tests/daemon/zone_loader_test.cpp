#include "daemon/zone_loader.hpp"

#include <gtest/gtest.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <fstream>

#include "temporary_folder.hpp"

namespace rollcall::daemon {
namespace {

class ZoneLoaderTest : public testing::Test {
 protected:
  ZoneLoaderTest() { write(""); }

  void write(const std::string& tail) const {
    std::ofstream(folder_.path("db"))
        << "$TTL 60\n@ SOA ns root 1 2 3 4 5\n@ NS ns\nns A 192.0.2.1\n"
        << tail;
  }

  LoadedZone load(std::function<Diagnostics(const zone::Zone&)> check = {}) {
    LoadedZone result;
    context_.restart();
    auto work = asio::make_work_guard(context_);
    loader_.load(
        {std::make_shared<zone::ZoneSpec>(zone::ZoneSpec{origin_, folder_.path("db")})},
        {.check = std::move(check)}, [&](LoadedZone loaded) { result = std::move(loaded); },
        [&] { work.reset(); });
    context_.run();
    return result;
  }

  const dns::Name origin_ = *dns::Name::parse("example.com");
  TemporaryFolder folder_;
  asio::io_context context_;
  int read_ = 0;  // files whose text was wanted
  ZoneLoader loader_{context_.get_executor(),
                     [this](const std::string& path, const files::ReadOptions& options) {
                       auto file = files::read_directly()(path, options);
                       if (file && !file->unchanged) ++read_;
                       return file;
                     }};
};

TEST_F(ZoneLoaderTest, TellsWhatIsUnchanged) {
  EXPECT_NE(load().zone, nullptr);
  LoadedZone again = load();
  EXPECT_EQ(again.zone, nullptr);
  EXPECT_TRUE(again.unchanged);
  write("www A 192.0.2.2\n");
  EXPECT_NE(load().zone, nullptr);
  write("www A nonsense\n");
  again = load();
  EXPECT_FALSE(again.unchanged);
  EXPECT_TRUE(has_errors(again.diagnostics));
  write("www A 192.0.2.2\n");
  EXPECT_TRUE(load().unchanged);
}

TEST_F(ZoneLoaderTest, ReadsNothingOfAZoneWhoseFilesAreAsTheyWere) {
  const auto settle = [&] {
    using namespace std::chrono_literals;
    std::filesystem::last_write_time(folder_.path("db"),
                                     std::filesystem::file_time_type::clock::now() - 10s);
  };
  settle();
  const std::shared_ptr<const zone::Zone> served = load().zone;
  ASSERT_NE(served, nullptr);
  EXPECT_EQ(read_, 1);
  EXPECT_TRUE(load().unchanged);
  EXPECT_EQ(read_, 1);

  // The configuration may have changed: it is held against the zone that is served.
  const zone::Zone* checked = nullptr;
  const LoadedZone warned = load([&](const zone::Zone& zone) -> Diagnostics {
    checked = &zone;
    return {{Severity::warning, {}, "a member that is not there"}};
  });
  EXPECT_EQ(checked, served.get());
  EXPECT_TRUE(warned.unchanged);
  EXPECT_EQ(warned.diagnostics.size(), 1U);
  EXPECT_EQ(read_, 1);
  const LoadedZone refused = load(
      [](const zone::Zone&) -> Diagnostics { return {{Severity::error, {}, "it must not be"}}; });
  EXPECT_FALSE(refused.unchanged);
  EXPECT_EQ(refused.zone, nullptr);

  write("www A 192.0.2.2\n");
  settle();
  EXPECT_NE(load().zone, nullptr);
}

TEST_F(ZoneLoaderTest, AFileThatMayStillBeWrittenIsReadAgain) {
  const std::shared_ptr<const zone::Zone> served = load().zone;
  EXPECT_TRUE(load().unchanged);
  EXPECT_EQ(read_, 2);
}

TEST_F(ZoneLoaderTest, AZoneThatWasDroppedIsNew) {
  EXPECT_NE(load().zone, nullptr);
  loader_.forget(origin_);
  EXPECT_NE(load().zone, nullptr);
}

TEST_F(ZoneLoaderTest, WhatIsThrownRefusesTheZone) {
  const LoadedZone refused =
      load([](const zone::Zone&) -> Diagnostics { throw std::runtime_error("out of memory"); });
  EXPECT_EQ(refused.zone, nullptr);
  EXPECT_FALSE(refused.unchanged);
  ASSERT_EQ(refused.diagnostics.size(), 1U);
  EXPECT_EQ(to_string(refused.diagnostics[0]), folder_.path("db: error: out of memory"));
  EXPECT_NE(load().zone, nullptr);
}

}  // namespace
}  // namespace rollcall::daemon
