use super::*;

const ANY: &[Operator] = &[Operator::Eq, Operator::Sw, Operator::Gt, Operator::Lt, Operator::In];
const ALLOWED: &[Allowed] = &[("username", ANY), ("name.family", ANY), ("groups.id", &[Operator::Eq]), ("at", ANY)];

fn holds(filter: &str) -> bool {
    let of = |attribute: &str| -> Vec<String> {
        let values: &[&str] = match attribute {
            "username" => &["Ada \"the\\quote\""],
            "name.family" => &["Sampleton"],
            "groups.id" => &["1", "2"],
            "at" => &["2026-11-21T02:00:00.000Z"],
            _ => &[],
        };
        values.iter().map(|value| (*value).to_owned()).collect()
    };
    Filter::read(filter, ALLOWED).unwrap().holds(&of)
}

fn refused(filter: &str) -> String {
    format!("{:?}", Filter::read(filter, ALLOWED).unwrap_err())
}

#[test]
fn comparisons_are_made_whatever_the_case() {
    assert!(holds(r#"username eq "ada \"the\\quote\"""#) && holds(r#"name.family SW "sample""#));
    assert!(!holds(r#"username eq "ada""#));
}

#[test]
fn and_binds_closer_than_or_and_brackets_closer_still() {
    let (yes, no) = (r#"name.family sw "S""#, r#"name.family sw "X""#);
    assert!(holds(&format!("{yes} or {no} and {no}")));
    assert!(!holds(&format!("({yes} or {no}) and {no}")));
    assert!(holds(&format!("not ({no}) and {yes}")));
}

#[test]
fn square_brackets_lead_into_an_attribute_and_any_of_its_values_will_do() {
    assert!(holds(r#"groups[id eq "2"]"#) && !holds(r#"groups[id eq "3"]"#));
}

#[test]
fn moments_are_compared_as_moments() {
    assert!(holds(r#"at gt "2026-11-21T02:30:00+01:00" and at lt "2026-11-22""#));
    assert!(!holds(r#"at lt "2026-11-21T02:30:00+01:00""#));
}

#[test]
fn a_list_holds_when_one_of_it_does() {
    assert!(holds(r#"name.family in ("X","sampleton")"#) && !holds(r#"name.family in ("X")"#));
}

#[test]
fn what_can_not_be_asked_is_answered_with_what_can() {
    assert!(refused(r#"userName2 eq "x""#).contains("supportedAttributes"));
    assert!(refused(r#"groups[id sw "x"]"#).contains("supportedOperators"));
}

#[test]
fn what_can_not_be_read_is_refused_in_words() {
    for (filter, words) in [
        ("", "an attribute is missing"),
        ("username", "an operator is missing"),
        ("username like \"x\"", "an operator is not known"),
        ("username eq x", "no quotation marks"),
        ("username eq \"x", "not closed"),
        (r#"username eq "a\n""#, "backslash"),
        ("(username eq \"x\"", "a bracket is not closed"),
        ("username eq \"x\" username eq \"y\"", "more than one"),
        ("username eq 'x'", "stands for nothing"),
        ("username in \"x\"", "takes a list"),
    ] {
        assert!(refused(filter).contains(words), "{filter}: {}", refused(filter));
    }
}

#[test]
fn endless_brackets_and_endless_filters_are_refused() {
    assert!(refused(&"(".repeat(4_000)).contains("too many brackets"));
    assert!(refused(&" ".repeat(5_000)).contains("longer than"));
    let many = format!("{}username eq \"x\"", "not ".repeat(900));
    assert!(!holds(&many));
}
