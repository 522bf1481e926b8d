//! The built browser files: which names the pages load, and how they are served.

use std::path::Path;

use app::Assets;
use serde::Deserialize;

/// `assets.json`, as the build writes it.
#[derive(Deserialize)]
struct Names {
    js: String,
    wasm: String,
    css: String,
}

/// The names of the built files: those in the site's `assets.json`, or, without one, the plain names that
/// `cargo leptos` and `trunk` give.
///
/// # Errors
///
/// Why `assets.json` can't be used, for a person.
pub fn read_assets(site: &Path) -> Result<Assets, String> {
    let file = site.join("assets.json");
    let text = match std::fs::read_to_string(&file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(plain()),
        Err(error) => return Err(format!("{} can't be read: {error}", file.display())),
    };
    let names: Names = serde_json::from_str(&text)
        .map_err(|_| format!("{} is not what the build writes; build again", file.display()))?;
    let all_fine = [&names.js, &names.wasm, &names.css].into_iter().all(|name| is_plain(name));
    if !all_fine {
        return Err(format!("{} names a file outside /pkg/; build again", file.display()));
    }
    Ok(Assets { js: names.js, wasm: names.wasm, css: names.css })
}

fn plain() -> Assets {
    let name = |ending: &str| format!("/pkg/tokenkeep.{ending}");
    Assets { js: name("js"), wasm: name("wasm"), css: name("css") }
}

/// The names are written into an inline script, so they may hold nothing that ends a string or a tag.
fn is_plain(name: &str) -> bool {
    name.starts_with("/pkg/") && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/._-".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_list_the_plain_names_are_used() {
        let site = tempfile::tempdir().unwrap();
        assert_eq!(read_assets(site.path()).unwrap().js, "/pkg/tokenkeep.js");
    }

    #[test]
    fn a_list_with_a_name_that_could_break_out_of_the_script_is_refused() {
        let site = tempfile::tempdir().unwrap();
        let text = r#"{"js":"/pkg/a.js';alert(1)//","wasm":"/pkg/a.wasm","css":"/pkg/a.css"}"#;
        std::fs::write(site.path().join("assets.json"), text).unwrap();
        assert!(read_assets(site.path()).is_err());
    }

    #[test]
    fn the_hashed_names_are_used_as_they_stand() {
        let site = tempfile::tempdir().unwrap();
        let text = r#"{"js":"/pkg/a.12345678.js","wasm":"/pkg/a.12345678.wasm","css":"/pkg/a.12345678.css"}"#;
        std::fs::write(site.path().join("assets.json"), text).unwrap();
        assert_eq!(read_assets(site.path()).unwrap().css, "/pkg/a.12345678.css");
    }
}
