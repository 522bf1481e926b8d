//! Compressed twins: `a.js.br` and `a.js.gz` beside `a.js`, so that the server never compresses a file itself.

use std::io::{Read, Write};

use anyhow::Context;
use brotli::CompressorReader;
use flate2::Compression;
use flate2::write::GzEncoder;

use super::Files;
use crate::cache::{Cache, content_hash};
use crate::cores;

/// What compresses well; pictures and fonts of other kinds are compressed already.
const COMPRESSIBLE: &[&str] =
    &["css", "html", "ico", "js", "json", "map", "mjs", "svg", "txt", "wasm", "webmanifest", "xml"];
const BROTLI_QUALITY: u32 = 11;
/// The largest window every browser accepts (RFC 7932 §9.1).
const BROTLI_WINDOW: u32 = 24;
const BUFFER: usize = 64 * 1024;

/// How many files have to be compressed, because they are new or changed.
pub fn missing(files: &Files, cache: &Cache) -> usize {
    files.iter().filter(|(name, content)| has_twins(name) && !cache.has(&key(content, "br"))).count()
}

/// Adds the twins of every file that gets smaller by them.
pub fn add_twins(files: &mut Files, cache: &mut Cache) -> anyhow::Result<()> {
    let all = || files.iter().filter(|(name, _)| has_twins(name)).flat_map(|file| WAYS.map(|way| (file, way)));
    let mut missing: Vec<_> =
        all().filter(|((_, content), (extension, _))| !cache.has(&key(content, extension))).collect();
    // The largest is taken first, so that none is left to one core at the end.
    missing.sort_by_key(|((_, content), _)| content.len());
    let compressed = cores::on_all(missing, |((_, content), (extension, compress))| {
        Ok((key(content, extension), compress(content)?))
    })?;
    for (key, twin) in compressed {
        cache.get(&key, || Ok(twin))?;
    }
    let mut twins = Files::new();
    for ((name, content), (extension, compress)) in all() {
        let twin = cache.get(&key(content, extension), || compress(content))?;
        if twin.len() < content.len() {
            twins.insert(format!("{name}.{extension}"), twin);
        }
    }
    files.append(&mut twins);
    Ok(())
}

type Compress = fn(&[u8]) -> anyhow::Result<Vec<u8>>;

const WAYS: [(&str, Compress); 2] = [("br", brotli), ("gz", gzip)];

/// `assets.json` is for the server, not for browsers.
fn has_twins(name: &str) -> bool {
    name != "assets.json" && name.rsplit_once('.').is_some_and(|(_, extension)| COMPRESSIBLE.contains(&extension))
}

fn key(content: &[u8], extension: &str) -> String {
    format!("{}.{extension}", content_hash(&[content]))
}

fn brotli(content: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut compressed = Vec::new();
    CompressorReader::new(content, BUFFER, BROTLI_QUALITY, BROTLI_WINDOW)
        .read_to_end(&mut compressed)
        .context("brotli failed")?;
    Ok(compressed)
}

fn gzip(content: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content)?;
    encoder.finish().context("gzip failed")
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::{Cache, Files, add_twins, missing};

    fn twins_of(name: &str, content: &[u8]) -> Files {
        let folder = tempfile::tempdir().unwrap();
        let mut cache = Cache::open(folder.path().to_owned()).unwrap();
        let mut files = Files::from([(name.to_owned(), content.to_vec())]);
        add_twins(&mut files, &mut cache).unwrap();
        files
    }

    #[test]
    fn the_brotli_twin_holds_the_same_content() {
        let content = b"let a = 1;\n".repeat(100);
        let files = twins_of("a.js", &content);
        let mut unpacked = Vec::new();
        brotli::Decompressor::new(files["a.js.br"].as_slice(), 4096).read_to_end(&mut unpacked).unwrap();
        assert_eq!(unpacked, content);
    }

    #[test]
    fn the_gzip_twin_holds_the_same_content() {
        let content = b"let a = 1;\n".repeat(100);
        let files = twins_of("a.js", &content);
        let mut unpacked = Vec::new();
        flate2::read::GzDecoder::new(files["a.js.gz"].as_slice()).read_to_end(&mut unpacked).unwrap();
        assert_eq!(unpacked, content);
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
        let mut cache = Cache::open(folder.path().to_owned()).unwrap();
        let files = Files::from([("a.js".to_owned(), b"let a = 1;".repeat(50))]);
        add_twins(&mut files.clone(), &mut cache).unwrap();
        assert_eq!(missing(&files, &cache), 0);
    }
}
