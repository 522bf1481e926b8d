use super::Plan;
use crate::keeper::NoticeKind;

/// How many things are named one by one.
const NAMED: usize = 3;

/// What stays where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftBehind {
    /// The keys it stands under.
    pub keys: Vec<String>,
    /// Why, as the end of a sentence.
    pub why: String,
}

/// The one line for what was taken over, and the one for what stays. `done` says whether the old copies could be removed
/// after all was written and read back.
pub fn said(plan: &Plan, done: bool) -> Vec<(NoticeKind, String)> {
    let mut lines = Vec::new();
    let names: Vec<&str> = plan.adopted.iter().filter(|it| it.is_new).map(|it| it.connection.name.as_str()).collect();
    if done && !names.is_empty() {
        let noun = if names.len() == 1 { "connection" } else { "connections" };
        let names = listed(&names);
        lines.push((
            NoticeKind::Done,
            format!("The older app's {noun} {names} moved into this vault. The readable copies are gone."),
        ));
    }
    if !plan.left.is_empty() {
        let one = |left: &LeftBehind| format!("{} ({})", left.keys.join(", "), left.why);
        let reasons: Vec<String> = plan.left.iter().map(one).collect();
        let reasons = listed(&reasons.iter().map(String::as_str).collect::<Vec<_>>());
        lines.push((NoticeKind::Info, format!("Left by an older app, and kept as it is: {reasons}.")));
    }
    lines
}

fn listed(texts: &[&str]) -> String {
    let rest = texts.len().saturating_sub(NAMED);
    let named = texts[..texts.len() - rest].join(", ");
    if rest == 0 { named } else { format!("{named} and {rest} more") }
}
