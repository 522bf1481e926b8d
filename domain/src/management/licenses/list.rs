use super::License;

/// In which order licences are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// What is in force first, and of that what ends first.
    #[default]
    State,
    /// What expires first, first; without an end last.
    Expires,
    /// What began last, first.
    Begins,
    /// By name.
    Name,
}

impl Order {
    /// All, as they stand below each other.
    pub const ALL: [Self; 4] = [Self::State, Self::Expires, Self::Begins, Self::Name];

    /// Its value in a form.
    pub const fn value(self) -> &'static str {
        match self {
            Self::State => "state",
            Self::Expires => "expires",
            Self::Begins => "begins",
            Self::Name => "name",
        }
    }

    /// What a person reads.
    pub const fn label(self) -> &'static str {
        match self {
            Self::State => "In force first",
            Self::Expires => "Expires first",
            Self::Begins => "Began last",
            Self::Name => "Name",
        }
    }

    /// The order with this value.
    pub fn of(value: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|order| order.value() == value)
    }
}

/// The licences that have every word of `search` in name, package, state or identifier, in an order.
pub fn chosen(licenses: &[License], search: &str, order: Order) -> Vec<License> {
    let words: Vec<String> = search.split_whitespace().map(str::to_lowercase).collect();
    let mut chosen: Vec<License> = licenses.iter().filter(|license| fits(license, &words)).cloned().collect();
    let name = |license: &License| license.name.to_lowercase();
    // Without an end comes last: the smallest is what ends first.
    let end = |license: &License| (license.expires.is_none(), license.expires);
    match order {
        Order::State => chosen.sort_by_cached_key(|license| (license.state.rank(), end(license), name(license))),
        Order::Expires => chosen.sort_by_cached_key(|license| (end(license), name(license))),
        Order::Begins => chosen.sort_by_cached_key(|license| (std::cmp::Reverse(license.begins), name(license))),
        Order::Name => chosen.sort_by_cached_key(name),
    }
    chosen
}

fn fits(license: &License, words: &[String]) -> bool {
    let text = format!(
        "{} {} {} {}",
        license.name,
        license.package.as_deref().unwrap_or_default(),
        license.state.word(),
        license.id
    );
    let text = text.to_lowercase();
    words.iter().all(|word| text.contains(word))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn licenses() -> Vec<License> {
        let entries = json!([
            { "id": "1", "name": "Whole house", "package": "PREMIUM", "status": "ACTIVE", "beginsAt": "2026-05-05", "expiresAt": "2027-05-05" },
            { "id": "2", "name": "trial", "package": "TRIAL", "status": "ACTIVE", "beginsAt": "2026-11-01", "expiresAt": "2026-12-01" },
            { "id": "3", "name": "Former", "package": "PREMIUM", "status": "EXPIRED", "beginsAt": "2025-05-05", "expiresAt": "2026-05-05" },
            { "id": "4", "name": "Odd", "status": "ON_HOLD" },
        ]);
        entries.as_array().unwrap().iter().filter_map(License::read).collect()
    }

    fn ids(search: &str, order: Order) -> String {
        chosen(&licenses(), search, order).into_iter().map(|license| license.id).collect()
    }

    #[test]
    fn each_order_puts_first_what_it_says() {
        assert_eq!(ids("", Order::State), "2143");
        assert_eq!(ids("", Order::Expires), "3214");
        assert_eq!(ids("", Order::Begins), "2134");
        assert_eq!(ids("", Order::Name), "3421");
        for order in Order::ALL {
            assert_eq!(Order::of(order.value()), Some(order));
        }
    }

    #[test]
    fn every_word_must_be_found_somewhere() {
        assert_eq!(ids("premium", Order::Name), "31");
        assert_eq!(ids(" PREMIUM active ", Order::Name), "1");
        assert_eq!(ids("on_hold", Order::Name), "4");
        assert_eq!(ids("nothing", Order::Name), "");
    }
}
