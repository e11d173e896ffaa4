#include "health/certificate.hpp"

#include <gtest/gtest.h>

namespace rollcall::health {
namespace {

using namespace std::chrono;
using namespace std::chrono_literals;

constexpr WallTime kEnd = sys_days(2026y / December / 1) + 12h;

TEST(Certificate, WordsForAnExpiryThatComes) {
  struct CertificateRow {
    WallTime now;
    Duration within;
    std::optional<std::string> words;
  };
  const CertificateRow rows[] = {
      {kEnd - 8 * 24h, 168h, std::nullopt},
      {kEnd - 7 * 24h, 168h, "certificate expires on 2026-12-01, in 7 days"},
      {kEnd - 36h, 168h, "certificate expires on 2026-12-01, in 1 day"},
      {kEnd - 1min, 168h, "certificate expires on 2026-12-01, in less than a day"},
      {kEnd, 168h, "certificate expired on 2026-12-01"},
      {kEnd + 24h, 1s, "certificate expired on 2026-12-01"},
      {kEnd - 1min, 0s, std::nullopt},
      {kEnd + 24h, 0s, std::nullopt},
  };
  for (const CertificateRow& row : rows) {
    EXPECT_EQ(expiry_warning(kEnd, row.now, row.within), row.words) << format_wall_time(row.now);
  }
}

TEST(Certificate, AnExpiryInTheFarFutureOverflowsNothing) {
  EXPECT_EQ(expiry_warning(sys_days(9999y / December / 31), kEnd, 24h * 3650), std::nullopt);
}

TEST(Certificate, WordsForTheRefused) {
  EXPECT_EQ(expired_on(kEnd), "certificate expired on 2026-12-01");
  EXPECT_EQ(not_valid_before(kEnd), "certificate is not valid before 2026-12-01");
}

}  // namespace
}  // namespace rollcall::health
