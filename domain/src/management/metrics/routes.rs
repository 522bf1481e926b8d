use super::{Period, Sampling};
use crate::management::{Filter, Route};
use crate::time::date::{DAY, utc};

/// As many samples as the API gives at once.
pub const SAMPLES_PER_PAGE: i64 = 100;

/// How the activity of a licence's identities is put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aggregate {
    /// By month of the calendar.
    CalendarMonth,
    /// By year of the licence.
    LicenseYear,
}

/// The total of each day of a period: both ends must be named, and no other operator is taken.
pub fn total(environment: &str, period: Period) -> Route {
    let last_moment = period.last.start() + DAY;
    let filter = Filter::eq("startDate", &utc(period.first.start()))
        .and(Filter::eq("endDate", &utc(last_moment.shifted(-1_000))));
    Route::of(&["environments", environment, "totalIdentities"]).with("filter", filter.as_str())
}

/// The identities active in each sample since a period's beginning, newest first: the API takes no end.
pub fn active(environment: &str, period: Period, sampling: Sampling) -> Route {
    let since = Filter::compare("startDate", "ge", &utc(sampling.start(period.first).start()));
    Route::of(&["environments", environment, "metrics", "activeIdentityCounts"])
        .with("filter", since.as_str())
        .with("limit", &SAMPLES_PER_PAGE.to_string())
        .with("order", "-startDate")
        .with("samplePeriod", sampling.parameter())
}

/// The identities active under a licence, newest first.
pub fn active_of_license(organization: &str, license: &str, by: Aggregate) -> Route {
    let by = match by {
        Aggregate::CalendarMonth => "calendarMonth",
        Aggregate::LicenseYear => "licenseYear",
    };
    Route::of(&["organizations", organization, "licenses", license, "metrics", "activeIdentityCounts"])
        .with("aggregatedBy", by)
        .with("limit", &SAMPLES_PER_PAGE.to_string())
        .with("order", "-startDate")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::date::Day;

    fn period() -> Period {
        Period { first: Day::parse("2026-11-15").unwrap(), last: Day::parse("2026-11-21").unwrap() }
    }

    #[test]
    fn totals_name_both_ends() {
        let path = total("e", period()).path().unwrap();
        let expected = "environments/e/totalIdentities?filter=startDate%20eq%20%222026-11-15T00%3A00%3A00Z%22%20and%20endDate%20eq%20%222026-11-21T23%3A59%3A59Z%22";
        assert_eq!(path.as_str(), expected);
    }

    #[test]
    fn activity_is_asked_for_newest_first_from_the_beginning_of_its_first_sample() {
        let path = active("e", period(), Sampling::Month).path().unwrap();
        let expected = "environments/e/metrics/activeIdentityCounts?filter=startDate%20ge%20%222026-11-01T00%3A00%3A00Z%22&limit=100&order=-startDate&samplePeriod=MONTH";
        assert_eq!(path.as_str(), expected);
    }

    #[test]
    fn a_licences_activity_is_below_its_organisation() {
        let path = active_of_license("o", "l", Aggregate::LicenseYear).path().unwrap();
        let expected = "organizations/o/licenses/l/metrics/activeIdentityCounts?aggregatedBy=licenseYear&limit=100&order=-startDate";
        assert_eq!(path.as_str(), expected);
    }

    #[test]
    fn what_is_no_identifier_makes_no_path() {
        assert!(total("..", period()).path().is_err());
        assert!(active_of_license("o", "", Aggregate::CalendarMonth).path().is_err());
    }
}
