//! Plainly invented names: nobody is called so.

use super::people::PEOPLE;

const GIVEN: [&str; 40] = [
    "Alba", "Bero", "Cinda", "Dorvik", "Elowina", "Fenno", "Gisla", "Hartin", "Ivelle", "Jorrit", "Kaelin", "Lumo",
    "Mirabo", "Nesta", "Orsin", "Pilla", "Quenby", "Rasko", "Sunniva", "Tarvo", "Ulma", "Veski", "Wanda-Lu", "Xeno",
    "Yorick", "Zoë", "Ådne", "Brisa", "Corvin", "Delphi", "Eskil", "Florin", "Gundel", "Hesper", "Ilko", "Juno",
    "Kasimir", "Lieve", "Maro", "Nuria",
];

const FAMILY: [&str; 15] = [
    "Sample",
    "Mock",
    "Demo",
    "Fable",
    "Paper",
    "Stand",
    "Trial",
    "Proto",
    "Dummy",
    "Figment",
    "Model",
    "Echo",
    "Draft",
    "Phantom",
    "O’Placebo",
];

const ENDING: [&str; 5] = ["ton", "sen", "ley", "wick", "field"];

/// Given and family name of a person; no two people share both.
pub(super) fn of(index: u64) -> (&'static str, String) {
    // 1,297 shares no factor with the number of people, so this only shuffles them.
    let place = usize::try_from((index * 1_297 + 11) % PEOPLE).unwrap_or(0);
    let (given, family) = (place % GIVEN.len(), place / GIVEN.len());
    (GIVEN[given], format!("{}{}", FAMILY[family % FAMILY.len()], ENDING[family / FAMILY.len()]))
}

/// The name as it stands in an address: ASCII letters, in lower case.
pub(super) fn plain(name: &str) -> String {
    let letter = |letter: char| match letter {
        'ë' => Some('e'),
        'Å' | 'å' => Some('a'),
        letter if letter.is_ascii_alphabetic() => Some(letter.to_ascii_lowercase()),
        _ => None,
    };
    name.chars().filter_map(letter).collect()
}
