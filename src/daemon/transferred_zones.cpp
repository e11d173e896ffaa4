/// ZoneLoader: zones that have no file, from their copies and from what transfers bring.
#include <boost/asio/post.hpp>

#include "daemon/zone_loader.hpp"
#include "state/content_digest.hpp"
#include "transfer/zone_text.hpp"

namespace rollcall::daemon {

/// The copy of a zone is read as a zone file is.
static_assert(transfer::kMaxZoneText == files::kMaxTextFile);

void ZoneLoader::build(zone::ZoneSpecPtr spec, transfer::Incoming content, PoolRules rules,
                       std::function<void(LoadedZone)> done) {
  auto given = std::make_shared<transfer::Incoming>(std::move(content));
  asio::post(thread_, [this, spec = std::move(spec), given, rules = std::move(rules),
                       done = std::move(done)] {
    auto loaded = std::make_shared<LoadedZone>();
    loaded->origin = spec->origin;
    loaded->transferred = true;
    try {
      const Result<std::string> text = text_of(*spec, std::move(*given));
      if (!text) {
        loaded->misfit = text.error().message;
      } else {
        build_text(*spec, *text, rules, *loaded);
      }
    } catch (const std::exception& error) {  // a zone larger than the memory
      loaded->diagnostics.push_back({Severity::error, {spec->file}, error.what()});
    }
    asio::post(replies_, [done, loaded] { done(std::move(*loaded)); });
  });
}

/// The version that is served; null where there is none, or where it came from a file.
std::shared_ptr<const zone::Zone> ZoneLoader::transferred_before(const zone::ZoneSpec& spec) const {
  const auto found = known_.find(spec.origin);
  if (found == known_.end()) return nullptr;
  const bool same_place = found->second.place == std::hash<std::string>{}(spec.file);
  return same_place ? found->second.zone.lock() : nullptr;
}

/// The one place where changes meet the content that they change. They are written into its text,
/// and the zone is built anew: what is checked is the whole zone, as with AXFR.
Result<std::string> ZoneLoader::text_of(const zone::ZoneSpec& spec,
                                        transfer::Incoming content) const {
  if (auto* whole = std::get_if<transfer::WholeZone>(&content)) return std::move(whole->text);
  const auto& changes = std::get<transfer::Changes>(content);
  const auto before = transferred_before(spec);
  if (!before || before->soa().serial != changes.front().from) {
    return fail("the changes begin at a serial that is not served");
  }
  return transfer::changed_text(*before, changes);
}

/// Leaves in `loaded` the zone with its text, or the errors.
void ZoneLoader::build_text(const zone::ZoneSpec& spec, const std::string& text,
                            const PoolRules& rules, LoadedZone& loaded) {
  zone::LoadReport report = zone::load_zone(
      spec, [&text](const std::string&) -> Result<std::string> { return text; },
      [this] { return ending_.load(std::memory_order_relaxed); }, rules.place_of);
  loaded.diagnostics = report.diagnostics;
  if (report.zone && rules.check) {
    const Diagnostics more = rules.check(*report.zone);
    loaded.diagnostics.insert(loaded.diagnostics.end(), more.begin(), more.end());
  }
  if (has_errors(loaded.diagnostics)) return;
  known_[spec.origin] = Known{.pools = digest_of_pools(spec),
                              .place = std::hash<std::string>{}(spec.file),
                              .zone = report.zone,
                              .diagnostics = std::move(report.diagnostics)};
  served_copies_.erase(spec.origin);
  use_huge_pages(*report.zone);
  loaded.content = state::content_digest(*report.zone);
  loaded.zone = std::move(report.zone);
  loaded.text = std::make_shared<const std::string>(text);
}

/// At a start the copy, if there is one; later the version that is served, built anew where its
/// pools are others.
LoadedZone ZoneLoader::load_transferred(const zone::ZoneSpec& spec, const PoolRules& rules) {
  LoadedZone loaded;
  loaded.origin = spec.origin;
  loaded.transferred = true;
  try {
    const auto before = transferred_before(spec);
    if (before && known_.at(spec.origin).pools == digest_of_pools(spec)) {
      if (rules.check) loaded.diagnostics = rules.check(*before);
      loaded.unchanged = !has_errors(loaded.diagnostics);
      return loaded;
    }
    if (before) {
      build_text(spec, transfer::zone_text(*before), rules, loaded);
      loaded.text.reset();  // the copy has it
      return loaded;
    }
    const Result<store::ZoneCopy> copy =
        copies_ == nullptr ? fail("no copies are kept") : copies_->read(spec.origin);
    if (!copy || copy->texts.parts.size() != 1) return loaded;
    if (copy->texts.parts[0].path != store::kTransferredText) return loaded;
    build_text(spec, copy->texts.parts[0].text, rules, loaded);
    loaded.text.reset();
    if (loaded.zone) loaded.copied = copy->saved;
  } catch (const std::exception& error) {
    loaded.zone = nullptr;
    loaded.diagnostics.push_back({Severity::error, {spec.file}, error.what()});
  }
  return loaded;
}

}  // namespace rollcall::daemon
