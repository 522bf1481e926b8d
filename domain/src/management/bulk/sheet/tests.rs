use proptest::prelude::*;

use super::*;

fn list(text: &str) -> List {
    let sheet = Sheet::read(text);
    sheet.list(sheet.layout())
}

fn entries(text: &str) -> Vec<String> {
    list(text).entries
}

#[test]
fn lines_are_mended() {
    let text = "\u{feff}ada.reed\r\n  bo@papermill.example \t\r\n\r\n\"cy\"\r\n\u{200b}di\u{a0}\n";
    assert_eq!(entries(text), ["ada.reed", "bo@papermill.example", "cy", "di"]);
    assert_eq!(list(text).left_out.blank, 1);
}

#[test]
fn an_end_of_line_is_any_of_three() {
    for end in ["\n", "\r\n", "\r"] {
        assert_eq!(entries(&["a", "b", "c"].join(end)), ["a", "b", "c"], "{end:?}");
        assert_eq!(list(&format!("a{end}b{end}")).left_out.blank, 0, "{end:?}");
    }
}

#[test]
fn duplicates_are_merged_whatever_the_case_and_counted() {
    let list = list("Ada@mill.example\nada@MILL.example\nbo@mill.example\nAda@mill.example");
    assert_eq!(
        (list.entries, list.left_out.duplicates),
        (vec!["Ada@mill.example".to_owned(), "bo@mill.example".to_owned()], 2)
    );
}

#[test]
fn the_column_is_found_by_its_name_or_by_what_it_holds() {
    let named = Sheet::read("Name,E-Mail,City\nAda,ada@mill.example,Ulm\nBo,bo@mill.example,Bern");
    assert_eq!(named.layout(), Layout { header: true, column: 1 });
    assert_eq!(named.columns(true), ["Name", "E-Mail", "City"]);
    let bare = Sheet::read("Ada;ada@mill.example\nBo;bo@mill.example");
    assert_eq!(bare.layout(), Layout { header: false, column: 1 });
    let odd = Sheet::read("Wer\tAdresse\nAda\tada@mill.example\nBo\tbo@mill.example");
    assert_eq!(odd.layout(), Layout { header: true, column: 1 });
    assert_eq!(entries("username\nada.reed\nbo.reed"), ["ada.reed", "bo.reed"]);
}

#[test]
fn another_column_can_be_chosen() {
    let sheet = Sheet::read("email,login\na@mill.example,ada\nb@mill.example,bo\n");
    assert_eq!(sheet.list(Layout { header: true, column: 1 }).entries, ["ada", "bo"]);
    assert_eq!(sheet.list(Layout { header: false, column: 1 }).entries, ["login", "ada", "bo"]);
    assert_eq!(sheet.list(Layout { header: true, column: 9 }).left_out.blank, 2);
}

#[test]
fn quoted_cells_hold_separators_quotes_and_ends_of_line() {
    let sheet = Sheet::read("login,note\n\"a,b\",\"x\r\ny\"\n\"the \"\"quote\"\"\",z\n");
    assert_eq!(sheet.list(Layout { header: true, column: 0 }).entries, ["a,b", "the \"quote\""]);
}

#[test]
fn a_quotation_mark_that_is_never_closed_swallows_nothing() {
    assert_eq!(entries("login,x\n\"ada,1\nbo,2\ncy,3"), ["\"ada", "bo", "cy"]);
    assert_eq!(entries("\"ada\nbo\""), ["\"ada", "bo\""]);
}

#[test]
fn one_line_with_several_entries_is_a_list_of_them() {
    assert_eq!(entries("a@mill.example, b@mill.example,\n"), ["a@mill.example", "b@mill.example"]);
    assert_eq!(entries("ada"), ["ada"]);
}

#[test]
fn names_with_a_comma_now_and_then_are_no_table() {
    assert_eq!(entries("ada\nbo, the second\ncy"), ["ada", "bo, the second", "cy"]);
}

#[test]
fn what_can_be_no_identifier_and_what_is_too_many_is_counted() {
    let mut text = "a".repeat(257);
    for number in 0..10_002 {
        text += &format!("\nuser-{number}");
    }
    let list = list(&text);
    assert_eq!((list.entries.len(), list.left_out.too_long, list.left_out.beyond), (10_000, 1, 2));
}

#[test]
fn nothing_is_nothing() {
    for text in ["", "\n\n", "\u{feff}", " ", ",,,"] {
        assert_eq!(entries(text), Vec::<String>::new(), "{text:?}");
    }
}

#[test]
fn a_large_list_with_many_stray_quotes_is_read_in_time() {
    let text = "\"a,b\n".repeat(100_000);
    assert_eq!(list(&text).entries.len(), 1);
}

proptest! {
    #[test]
    fn no_text_is_too_odd(text in "[\\PC\n\r\t\"',;]*") {
        let sheet = Sheet::read(&text);
        for column in 0..sheet.width() {
            for entry in sheet.list(Layout { header: false, column }).entries {
                prop_assert!(!entry.is_empty() && entry == entry.trim() && !entry.chars().any(char::is_control));
            }
        }
    }

    #[test]
    fn every_line_is_counted_once(lines in proptest::collection::vec("[a-cA-C]{0,2}", 2..60)) {
        let sheet = Sheet::read(&lines.join("\n"));
        let list = sheet.list(Layout::default());
        let filled = lines.iter().filter(|line| !line.is_empty()).count();
        prop_assert_eq!(list.entries.len() + list.left_out.duplicates, filled);
    }
}
