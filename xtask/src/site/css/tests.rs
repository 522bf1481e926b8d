use std::path::Path;

use super::{joined, minified};

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

fn join(files: &[(&str, &str)]) -> Result<String, String> {
    let folder = folder(files);
    joined(&folder.path().join("main.css")).map(|css| minified(&css)).map_err(|error| format!("{error:#}"))
}

#[test]
fn imports_are_replaced_by_their_files_in_order() {
    let css = join(&[("main.css", "@import \"a.css\";\n@import 'b.css';\nc{}"), ("a.css", "a{}"), ("b.css", "b{}")]);
    assert_eq!(css.unwrap(), "a{}b{}c{}");
}

#[test]
fn an_import_into_a_layer_is_wrapped_in_it() {
    let css = join(&[("main.css", "@layer base;@import url(\"a.css\") layer(base);"), ("a.css", "a { top: 0 }")]);
    assert_eq!(css.unwrap(), "@layer base;@layer base{a{top:0}}");
}

#[test]
fn an_import_is_looked_for_beside_its_importer() {
    let css = join(&[("main.css", "@import \"x/a.css\";"), ("x/a.css", "@import \"b.css\";"), ("x/b.css", "b{}")]);
    assert_eq!(css.unwrap(), "b{}");
}

#[test]
fn an_import_in_a_comment_is_not_followed() {
    assert_eq!(join(&[("main.css", "/* @import \"gone.css\"; */a{}")]).unwrap(), "a{}");
}

#[test]
fn a_circle_of_imports_is_refused() {
    let error = join(&[("main.css", "@import \"a.css\";"), ("a.css", "@import \"main.css\";")]).unwrap_err();
    assert!(error.contains("imports itself"), "{error}");
}

#[test]
fn a_missing_import_is_named() {
    let error = join(&[("main.css", "@import \"gone.css\";")]).unwrap_err();
    assert!(error.contains("gone.css"), "{error}");
}

#[test]
fn an_import_with_a_media_query_is_refused_rather_than_changed() {
    let error = join(&[("main.css", "@import \"a.css\" print;"), ("a.css", "")]).unwrap_err();
    assert!(error.contains("only layer(name)"), "{error}");
}

#[test]
fn comments_and_line_breaks_go() {
    assert_eq!(minified("/* a */\na {\n  color: red;\n  top: 0;\n}\n"), "a{color:red;top:0}");
}

#[test]
fn space_that_means_something_stays() {
    let css = "a :hover{width:calc(1px + 2px);margin:0 auto}";
    assert_eq!(minified(css), css);
}

#[test]
fn strings_are_left_as_they_are() {
    let css = r#"a::before{content:"/* { ; \"  } */ '"}"#;
    assert_eq!(minified(css), css);
}

#[test]
fn an_escaped_quote_starts_no_string() {
    assert_eq!(minified(r"a\'b { top: 0 }"), r"a\'b{top:0}");
}

#[test]
fn an_open_comment_ends_with_the_file() {
    assert_eq!(minified("a{} /* open"), "a{}");
}

#[test]
fn letters_beyond_ascii_stay() {
    assert_eq!(minified("a{content:→}"), "a{content:→}");
}

#[test]
fn a_comment_between_words_does_not_join_them() {
    assert_eq!(minified("a /**/ b{}"), "a b{}");
}

#[test]
fn the_style_of_this_house_joins() {
    let main = Path::new(env!("CARGO_MANIFEST_DIR")).join("../style/main.css");
    assert!(joined(&main).is_ok_and(|css| !css.contains("@import")));
}
