use super::License;

/// Licences that replaced each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    /// The identifiers and names, the oldest first; a licence that is not in the list has no name.
    pub links: Vec<(String, Option<String>)>,
    /// Which of them was asked about.
    pub here: usize,
}

/// The licences before and after this one, as far as they name each other; `None` when it stands alone.
///
/// Links may come from either side and may lead in a circle: each licence is named once.
pub fn chain(license: &License, all: &[License]) -> Option<Chain> {
    let find = |id: &str| all.iter().find(|other| other.id == id);
    let before = |id: &str| {
        let own = find(id).and_then(|license| license.replaces.clone());
        own.or_else(|| all.iter().find(|other| other.replaced_by.as_deref() == Some(id)).map(|other| other.id.clone()))
    };
    let after = |id: &str| {
        let own = find(id).and_then(|license| license.replaced_by.clone());
        own.or_else(|| all.iter().find(|other| other.replaces.as_deref() == Some(id)).map(|other| other.id.clone()))
    };
    let mut ids = vec![license.id.clone()];
    while let Some(id) = before(&ids[0]).filter(|id| !ids.contains(id)) {
        ids.insert(0, id);
    }
    let here = ids.len() - 1;
    while let Some(id) = after(&ids[ids.len() - 1]).filter(|id| !ids.contains(id)) {
        ids.push(id);
    }
    let named = |id: String| {
        let name = find(&id).map(|license| license.name.clone());
        (id, name)
    };
    (ids.len() > 1).then(|| Chain { links: ids.into_iter().map(named).collect(), here })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn of(entries: &Value, id: &str) -> Option<(Vec<String>, usize)> {
        let all: Vec<License> = entries.as_array().unwrap().iter().filter_map(License::read).collect();
        let license = all.iter().find(|license| license.id == id).unwrap();
        let chain = chain(license, &all)?;
        Some((chain.links.into_iter().map(|(id, _)| id).collect(), chain.here))
    }

    #[test]
    fn licences_that_name_each_other_stand_in_a_row() {
        let entries = json!([
            { "id": "b", "replacesLicense": { "id": "a" }, "replacedByLicense": { "id": "c" } },
            { "id": "c", "replacesLicense": { "id": "b" } }, { "id": "a", "replacedByLicense": { "id": "b" } },
        ]);
        let row = vec!["a".to_owned(), "b".to_owned(), "c".to_owned()];
        for (id, here) in [("a", 0), ("b", 1), ("c", 2)] {
            assert_eq!(of(&entries, id), Some((row.clone(), here)));
        }
    }

    #[test]
    fn one_side_of_a_link_is_enough_and_the_other_need_not_be_known() {
        let entries = json!([{ "id": "b", "replacesLicense": { "id": "gone" } }, { "id": "c", "replacesLicense": { "id": "b" } }]);
        assert_eq!(of(&entries, "b"), Some((vec!["gone".to_owned(), "b".to_owned(), "c".to_owned()], 1)));
    }

    #[test]
    fn a_circle_ends() {
        let entries = json!([
            { "id": "a", "replacedByLicense": { "id": "b" } }, { "id": "b", "replacedByLicense": { "id": "a" } },
            { "id": "x", "replacedByLicense": { "id": "x" } },
        ]);
        assert_eq!(of(&entries, "a").unwrap().0.len(), 2);
        assert_eq!(of(&entries, "x"), None);
    }

    #[test]
    fn a_licence_alone_has_no_chain() {
        assert_eq!(of(&json!([{ "id": "a" }, { "id": "b" }]), "a"), None);
    }
}
