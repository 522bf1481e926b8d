//! Joining the chunks of a cut to few files.
//!
//! The cut puts what several parts share into a chunk for each set of parts that share it, so that nobody loads what they
//! do not need. That makes more than a hundred chunks, most of them smaller than the request for them. Here chunks that
//! are mostly loaded together become one file ([`plan`]), and the loader is written anew for these files.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, ensure};

use super::binary::{Import, imports, sections, write_number};
use super::{FEATURES, LOADER};
use crate::workspace::Workspace;

mod plan;

/// What each part loads: the file names, without `.wasm`, of its chunks and its own.
pub type Loads = BTreeMap<String, Vec<String>>;

/// Where chunks get what they share, by the cut's name.
const SHARED: &str = "__wasm_split";
/// The same for a file of several chunks.
const OUTER: &str = "__wasm_split_outer";
const IMPORTS: u8 = 2;
const EXPORTS: u8 = 7;

/// Joins the chunks in `folder` and writes its loader anew.
pub fn join(workspace: &Workspace, folder: &Path, loads: &Loads) -> anyhow::Result<()> {
    let mut chunks = Vec::new();
    for (chunk, parts) in needed_by(loads) {
        let path = folder.join(format!("{chunk}.wasm"));
        let bytes = fs::metadata(&path).with_context(|| format!("can't look at {}", path.display()))?.len();
        chunks.push(plan::Chunk { name: chunk, parts, bytes });
    }
    let files = plan::files(&chunks, &loads.keys().cloned().collect())?;
    for (index, file) in files.iter().enumerate() {
        one_file(workspace, folder, &file.chunks, &shared_name(index))?;
    }
    let loader = folder.join(LOADER);
    let text = loader_of(&fs::read_to_string(&loader)?, loads, &files)?;
    fs::write(loader, text).context("can't write the loader")
}

/// The chunks, each with the parts that need it.
fn needed_by(loads: &Loads) -> BTreeMap<String, BTreeSet<String>> {
    let mut chunks: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (part, files) in loads {
        for chunk in files.iter().filter(|file| !is_part(file, part)) {
            chunks.entry(chunk.clone()).or_default().insert(part.clone());
        }
    }
    chunks
}

fn is_part(file: &str, part: &str) -> bool {
    file.strip_prefix("split_") == Some(part)
}

fn shared_name(index: usize) -> String {
    format!("shared_{index}")
}

/// Makes one WASM of `chunks`, which then go.
fn one_file(workspace: &Workspace, folder: &Path, chunks: &[String], name: &str) -> anyhow::Result<()> {
    let path = |name: &str| folder.join(format!("{name}.wasm"));
    let mut shared = BTreeSet::new();
    for chunk in chunks {
        let wasm = fs::read(path(chunk))?;
        shared.extend(imports(&wasm, &sections(&wasm)?)?);
    }
    let hub = path("hub");
    fs::write(&hub, handing_on(&shared)?)?;
    let mut merge = Command::new(workspace.npm_tool("wasm-merge"));
    merge.args(FEATURES.iter().map(|(flag, _)| flag)).arg(&hub).arg(SHARED);
    for chunk in chunks {
        merge.arg(path(chunk)).arg(chunk);
    }
    let merged = merge.arg("-o").arg(path(name)).output().context("can't start wasm-merge")?;
    ensure!(merged.status.success(), "wasm-merge failed:\n{}", String::from_utf8_lossy(&merged.stderr));
    for done in chunks.iter().map(|chunk| path(chunk)).chain([hub]) {
        fs::remove_file(done)?;
    }
    Ok(())
}

/// A WASM that gets what the chunks share and hands it on. Joined with them it makes one import of each, where every chunk
/// has its own; two imports of one memory would count as two memories.
fn handing_on(shared: &BTreeSet<Import>) -> anyhow::Result<Vec<u8>> {
    let (mut get, mut give) = (Vec::new(), Vec::new());
    let mut counts = [0_usize; 5];
    for Import { module, name, description } in shared {
        ensure!(module == SHARED, "a chunk imports {name} from {module}");
        let kind = description[0];
        let count = counts.get_mut(usize::from(kind)).context("an import of an unknown kind")?;
        [OUTER, name].iter().for_each(|text| write_text(&mut get, text));
        get.extend(description);
        write_text(&mut give, name);
        give.push(kind);
        write_number(&mut give, *count);
        *count += 1;
    }
    let mut wasm = b"\0asm\x01\0\0\0".to_vec();
    for (id, entries) in [(IMPORTS, get), (EXPORTS, give)] {
        let mut content = Vec::new();
        write_number(&mut content, shared.len());
        content.extend(entries);
        wasm.push(id);
        write_number(&mut wasm, content.len());
        wasm.extend(content);
    }
    Ok(wasm)
}

fn write_text(to: &mut Vec<u8>, text: &str) {
    write_number(to, text.len());
    to.extend(text.as_bytes());
}

/// The loader `written` by the cut, which says how things are loaded, with what is to be loaded by `files`.
fn loader_of(written: &str, loads: &Loads, files: &[plan::File]) -> anyhow::Result<String> {
    let end = ["/* ", "export const "].iter().filter_map(|start| written.find(start)).min();
    let mut loader = written[..end.context("the loader loads nothing")?].to_owned();
    for (index, _) in files.iter().enumerate() {
        let name = shared_name(index);
        let imports = format!("{{ {OUTER}: imports.{SHARED} }}");
        loader.push_str(&format!("const {name} = makeLoad({}, []);\n", fetched(&name, &imports)));
    }
    for (part, loaded) in loads {
        let own = loaded.iter().find(|file| is_part(file, part));
        let own = own.map_or_else(|| "() => async () => ({})".to_owned(), |own| fetched(own, "imports"));
        let needed = files.iter().enumerate().filter(|(_, file)| file.parts.contains(part));
        let needed: Vec<String> = needed.map(|(index, _)| shared_name(index)).collect();
        let load = format!("wrapAsyncCb(makeLoad({own}, [{}]))", needed.join(", "));
        loader.push_str(&format!("export const __wasm_split_load_{part} = {load};\n"));
    }
    Ok(loader)
}

/// JavaScript that begins to fetch a file and gives what makes an instance of it.
fn fetched(file: &str, imports: &str) -> String {
    format!(
        "() => {{ const code = fetch(new URL(\"./{file}.wasm\", import.meta.url)); code.catch(() => {{}}); \
         return async (imports) => WebAssembly.instantiateStreaming(code, {imports}); }}"
    )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Import, Loads, handing_on, imports, loader_of, needed_by, plan, sections};

    fn loads() -> Loads {
        let files = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        Loads::from([
            ("a".to_owned(), files(&["chunk_1", "chunk_2", "split_a"])),
            ("b".to_owned(), files(&["chunk_2"])),
        ])
    }

    fn parts(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn a_chunk_is_needed_by_every_part_that_loads_it() {
        let needed = needed_by(&loads());
        assert_eq!(needed.into_values().collect::<Vec<_>>(), [parts(&["a"]), parts(&["a", "b"])]);
    }

    #[test]
    fn the_hub_gets_from_outside_what_the_chunks_get_from_it() {
        let import = |name: &str, description: &[u8]| Import {
            module: "__wasm_split".to_owned(),
            name: name.to_owned(),
            description: description.to_vec(),
        };
        let shared = BTreeSet::from([import("memory", &[2, 0, 22]), import("stack", &[3, 0x7f, 1])]);
        let hub = handing_on(&shared).unwrap();
        let sections = sections(&hub).unwrap();
        let outer: Vec<_> = imports(&hub, &sections).unwrap();
        assert!(outer.iter().all(|import| import.module == "__wasm_split_outer"));
        assert_eq!(outer.iter().map(|one| &one.description).collect::<Vec<_>>(), [&[2, 0, 22], &[3, 0x7f, 1]]);
        assert_eq!(&hub[sections[1].content.clone()], b"\x02\x06memory\x02\x00\x05stack\x03\x00");
    }

    #[test]
    fn a_chunk_that_gets_something_from_elsewhere_is_not_joined() {
        let odd = Import { module: "env".to_owned(), name: "x".to_owned(), description: vec![0, 0] };
        assert!(handing_on(&BTreeSet::from([odd])).is_err());
    }

    #[test]
    fn the_loader_keeps_how_things_are_loaded_and_names_the_new_files() {
        let chunk = |name: &str, of: &[&str]| plan::Chunk { name: name.to_owned(), parts: parts(of), bytes: 1 };
        let all = parts(&["a", "b", "outside", "shell", "runtime"]);
        let files = plan::files(&[chunk("chunk_1", &["a"]), chunk("chunk_2", &["a", "b"])], &all).unwrap();
        let written = "function makeLoad() {}\n/* a, b */\nconst __chunk_2 = makeLoad(old, []);\n";
        let loader = loader_of(written, &loads(), &files).unwrap();
        assert!(loader.starts_with("function makeLoad() {}\nconst shared_0 = "));
        assert!(!loader.contains("old") && !loader.contains("chunk_"));
        assert!(loader.contains("./split_a.wasm"));
        assert!(
            loader.contains(
                "export const __wasm_split_load_b = wrapAsyncCb(makeLoad(() => async () => ({}), [shared_0]));"
            )
        );
    }
}
