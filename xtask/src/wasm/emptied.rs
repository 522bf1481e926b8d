//! Emptying functions that can never run, so that they and what only they need take no space.
//!
//! Every erased view names its `hydrate_async` by a function pointer, so no linker can see that nobody calls it: only
//! `hydrate_lazy` would, and the frontend hydrates with `hydrate_body`, after the page's code is loaded. If one of them
//! ever ran, it would stop the page like any panic; the browser tests hydrate every page.

use std::collections::HashSet;
use std::ops::Range;

use anyhow::Context;

use super::binary::{CUSTOM, Reader, Section, imports, sections, write_number};

const CODE: u8 = 10;
/// An import that is a function.
const FUNCTION: u8 = 0;
/// The name section's list of functions.
const FUNCTION_NAMES: u8 = 1;
/// Short functions stay: the compiler lets functions of equal code share one body under one of their names, and only
/// short ones could equal a function that runs.
const SHORT: usize = 100;
const UNREACHABLE: u8 = 0x00;
const NOP: u8 = 0x01;
const END: u8 = 0x0b;

/// `wasm` with an empty body in each function whose symbol name `is_unused`. Sizes and places stay, so the relocations of
/// all other functions stay right; those of the emptied ones are left out.
///
/// # Errors
/// If it is not a WASM with relocations and function names, as the linker writes it.
pub fn emptied(wasm: &[u8], is_unused: impl Fn(&str) -> bool) -> anyhow::Result<Vec<u8>> {
    let sections = sections(wasm)?;
    let code_at = sections.iter().position(|one| one.id == CODE).context("a WASM without code")?;
    let code = sections[code_at].content.clone();
    let unused = unused(wasm, &sections, is_unused)?;
    let bodies: Vec<Range<usize>> = bodies(wasm, &code)?
        .into_iter()
        .enumerate()
        .filter_map(|(index, body)| (unused.contains(&index) && body.len() > SHORT).then_some(body))
        .collect();
    let mut small = wasm.to_vec();
    bodies.iter().for_each(|body| empty(&mut small[body.clone()]));
    let relocations = sections.iter().find(|one| one.name(wasm) == Some("reloc.CODE")).context("no relocations")?;
    let kept = kept_relocations(wasm, relocations, code_at, code.start, &bodies)?;
    let mut result = small[..relocations.whole.start].to_vec();
    result.push(CUSTOM);
    write_number(&mut result, kept.len());
    result.extend(kept);
    result.extend(&small[relocations.whole.end..]);
    Ok(result)
}

/// A body without variables that stops at once; what follows is never read.
fn empty(body: &mut [u8]) {
    let last = body.len() - 1;
    body.fill(NOP);
    (body[0], body[1], body[last]) = (0, UNREACHABLE, END);
}

/// The places of the functions' bodies, without their sizes.
fn bodies(wasm: &[u8], code: &Range<usize>) -> anyhow::Result<Vec<Range<usize>>> {
    let mut reader = Reader { wasm, at: code.start };
    (0..reader.number()?)
        .map(|_| {
            let length = reader.number()?;
            reader.range(length)
        })
        .collect()
}

/// The unused functions, counted from the first that is not imported.
fn unused(wasm: &[u8], sections: &[Section], is_unused: impl Fn(&str) -> bool) -> anyhow::Result<HashSet<usize>> {
    let imported = imports(wasm, sections)?.iter().filter(|one| one.description[0] == FUNCTION).count();
    let names = sections.iter().find(|one| one.name(wasm) == Some("name")).context("no function names")?;
    let mut reader = Reader { wasm, at: names.content.start };
    reader.text()?;
    let mut unused = HashSet::new();
    while reader.at < names.content.end {
        let kind = reader.byte()?;
        let length = reader.number()?;
        let next = reader.at + length;
        if kind == FUNCTION_NAMES {
            for _ in 0..reader.number()? {
                let (index, name) = (reader.number()?, reader.text()?);
                if is_unused(name) && index >= imported {
                    unused.insert(index - imported);
                }
            }
        }
        reader.at = next;
    }
    Ok(unused)
}

/// The relocation section's content without entries inside `emptied`; offsets count from the code section's content.
fn kept_relocations(
    wasm: &[u8],
    section: &Section,
    code_at: usize,
    code_start: usize,
    emptied: &[Range<usize>],
) -> anyhow::Result<Vec<u8>> {
    let mut reader = Reader { wasm, at: section.content.start };
    let name = reader.text()?;
    anyhow::ensure!(reader.number()? == code_at, "the relocations are of another section");
    let mut kept: Vec<u8> = Vec::new();
    let mut count = 0;
    for _ in 0..reader.number()? {
        let start = reader.at;
        let kind = reader.byte()?;
        let at = code_start + reader.number()?;
        reader.number()?;
        if has_addend(kind) {
            reader.number()?;
        }
        let next = emptied.partition_point(|body| body.end <= at);
        if !emptied.get(next).is_some_and(|body| body.contains(&at)) {
            kept.extend(&wasm[start..reader.at]);
            count += 1;
        }
    }
    let mut content = Vec::new();
    write_number(&mut content, name.len());
    content.extend(name.as_bytes());
    write_number(&mut content, code_at);
    write_number(&mut content, count);
    content.extend(kept);
    Ok(content)
}

/// Whether a relocation of this type carries an addend: those of memory addresses and of offsets (tool conventions for
/// linking, "Relocation Sections").
fn has_addend(kind: u8) -> bool {
    matches!(kind, 3 | 4 | 5 | 8 | 9 | 11 | 14 | 15 | 16 | 17 | 21 | 22 | 23 | 25)
}

#[cfg(test)]
mod tests;
