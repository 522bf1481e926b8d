//! Compressed twins: `a.js.br` and `a.js.gz` beside `a.js`, so that the server never compresses a file itself.

use std::path::Path;

use super::Files;
use crate::cache::{Cache, content_hash};
use crate::node::Script;

/// What compresses well; pictures and fonts of other kinds are compressed already.
const COMPRESSIBLE: &[&str] =
    &["css", "html", "ico", "js", "json", "map", "mjs", "svg", "txt", "wasm", "webmanifest", "xml"];
/// The twins' extensions, as [`TWINS`] makes them.
const WAYS: [&str; 2] = ["br", "gz"];
/// Node's own compressors, written in C.
const TWINS: &str = include_str!("twins.mjs");

/// Adds the twins of every file that gets smaller by them. What `cache` does not have is made in `folder`, which is made and removed.
///
/// # Errors
///
/// If Node is missing or fails, or a file can't be written or read.
pub fn add_twins(files: &mut Files, cache: &mut Cache, folder: &Path) -> anyhow::Result<()> {
    let missing: Vec<&[u8]> = files
        .iter()
        .filter(|(name, content)| has_twins(name) && WAYS.iter().any(|way| !cache.has(&key(content, way))))
        .map(|(_, content)| content.as_slice())
        .collect();
    make(&missing, cache, folder)?;
    let mut twins = Files::new();
    for (name, content) in files.iter().filter(|(name, _)| has_twins(name)) {
        for way in WAYS {
            let twin = cache.get(&key(content, way), || anyhow::bail!("{name} was not compressed"))?;
            if twin.len() < content.len() {
                twins.insert(format!("{name}.{way}"), twin);
            }
        }
    }
    files.append(&mut twins);
    Ok(())
}

/// Has both twins of each of `all` made and kept.
fn make(all: &[&[u8]], cache: &mut Cache, folder: &Path) -> anyhow::Result<()> {
    let script = Script { text: TWINS, arguments: &[], makes: &WAYS, at: Path::new(".") };
    let made = script.over(all, &format!("Compress {} files (brotli, gzip)", all.len()), folder)?;
    for (content, twins) in all.iter().zip(made) {
        for (way, twin) in WAYS.iter().zip(twins) {
            cache.get(&key(content, way), || Ok(twin))?;
        }
    }
    Ok(())
}

/// `assets.json` is for the server, not for browsers.
fn has_twins(name: &str) -> bool {
    name != "assets.json" && name.rsplit_once('.').is_some_and(|(_, extension)| COMPRESSIBLE.contains(&extension))
}

fn key(content: &[u8], way: &str) -> String {
    format!("{}.{way}", content_hash(&[content, TWINS.as_bytes()]))
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use tempfile::TempDir;

    use super::{Cache, Files, add_twins};

    fn twins_of(name: &str, content: &[u8]) -> Files {
        let folder = tempfile::tempdir().unwrap();
        let mut files = Files::from([(name.to_owned(), content.to_vec())]);
        add(&mut files, &folder).unwrap();
        files
    }

    fn add(files: &mut Files, folder: &TempDir) -> anyhow::Result<()> {
        let mut cache = Cache::open(folder.path().join("cache")).unwrap();
        add_twins(files, &mut cache, &folder.path().join("twins"))
    }

    /// What Node unpacks, which is what packed it; browsers do in the end-to-end tests.
    fn unpacked(by: &str, packed: &[u8]) -> Vec<u8> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("packed"), packed).unwrap();
        let program = format!("process.stdout.write(zlib.{by}(fs.readFileSync('packed')))");
        Command::new("node").arg("-e").arg(program).current_dir(&folder).output().unwrap().stdout
    }

    #[test]
    fn the_twins_hold_the_same_content() {
        let content = b"let a = 1;\n".repeat(100);
        let files = twins_of("a.js", &content);
        assert_eq!(unpacked("brotliDecompressSync", &files["a.js.br"]), content);
        assert_eq!(unpacked("gunzipSync", &files["a.js.gz"]), content);
    }

    #[test]
    fn a_file_that_would_grow_has_no_twin() {
        assert_eq!(twins_of("a.js", b"a").len(), 1);
    }

    #[test]
    fn a_picture_has_no_twin() {
        assert_eq!(twins_of("a.png", &[7; 1000]).len(), 1);
    }

    #[test]
    fn the_names_for_the_server_have_no_twin() {
        assert_eq!(twins_of("assets.json", &[b' '; 1000]).len(), 1);
    }

    #[test]
    fn an_unchanged_file_is_not_compressed_again() {
        let folder = tempfile::tempdir().unwrap();
        let before = Files::from([("a.js".to_owned(), b"let a = 1;".repeat(50))]);
        add(&mut before.clone(), &folder).unwrap();
        // Where no folder can be made nothing is compressed.
        std::fs::write(folder.path().join("twins"), "").unwrap();
        let mut again = before.clone();
        add(&mut again, &folder).unwrap();
        assert_eq!(again.len(), 3);
        let mut other = Files::from([("a.js".to_owned(), b"let b = 1;".repeat(50))]);
        assert!(add(&mut other, &folder).is_err());
    }
}
