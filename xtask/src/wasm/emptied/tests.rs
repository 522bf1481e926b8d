use super::{SHORT, emptied, write_number};

fn section(id: u8, content: &[u8]) -> Vec<u8> {
    let mut section = vec![id];
    write_number(&mut section, content.len());
    section.extend(content);
    section
}

fn named(name: &str, content: &[u8]) -> Vec<u8> {
    let mut custom = vec![name.len() as u8];
    custom.extend(name.as_bytes());
    custom.extend(content);
    section(0, &custom)
}

fn body(filler: u8) -> Vec<u8> {
    let mut body = vec![0];
    body.extend([filler; SHORT]);
    body.push(0x0b);
    body
}

/// Two functions, `keep` and `drop`, each with one relocation (of a function index, at its third byte).
fn module() -> Vec<u8> {
    let (keep, drop) = (body(0x1a), body(0x1b));
    let mut code = vec![2, keep.len() as u8];
    code.extend(&keep);
    code.push(drop.len() as u8);
    code.extend(&drop);
    let (first, second) = (2 + 2, 2 + keep.len() as u8 + 1 + 2);
    let names = [1, 13, 2, 0, 4, b'k', b'e', b'e', b'p', 1, 4, b'd', b'r', b'o', b'p'];
    let mut wasm = b"\0asm\x01\0\0\0".to_vec();
    wasm.extend(section(10, &code));
    wasm.extend(named("reloc.CODE", &[0, 2, 0, first, 0, 0, second, 0]));
    wasm.extend(named("name", &names));
    wasm
}

fn contains(wasm: &[u8], part: &[u8]) -> bool {
    wasm.windows(part.len()).any(|window| window == part)
}

#[test]
fn an_unused_function_stops_at_once_and_keeps_its_size() {
    let mut empty = vec![0, 0];
    empty.extend([1; SHORT - 1]);
    empty.push(0x0b);
    let small = emptied(&module(), |name| name == "drop").unwrap();
    assert!(contains(&small, &empty));
}

#[test]
fn all_other_functions_stay_as_they_are() {
    let small = emptied(&module(), |name| name == "drop").unwrap();
    assert!(contains(&small, &body(0x1a)));
}

#[test]
fn the_relocations_of_an_emptied_function_go_and_others_stay() {
    let small = emptied(&module(), |name| name == "drop").unwrap();
    assert!(contains(&small, &named("reloc.CODE", &[0, 1, 0, 4, 0])));
}

#[test]
fn without_an_unused_function_nothing_changes() {
    assert_eq!(emptied(&module(), |_| false).unwrap(), module());
}

#[test]
fn a_wasm_without_relocations_is_refused() {
    let mut wasm = b"\0asm\x01\0\0\0".to_vec();
    wasm.extend(section(10, &[0]));
    assert!(emptied(&wasm, |_| false).is_err());
}

#[test]
fn a_wasm_that_ends_too_early_is_refused() {
    let wasm = module();
    assert!(emptied(&wasm[..wasm.len() - 5], |_| false).is_err());
}
