//! The site folder: everything the server serves as files, under its final name and already compressed.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context;

use crate::build::Profile;
use crate::cache::{Cache, content_hash};
use crate::embed;
use crate::wasm::{Cut, LOADER, Package};
use crate::workspace::Workspace;

mod compressed;
mod css;
mod folder;

/// The files of the site by their path in it, with `/` between folders.
type Files = BTreeMap<String, Vec<u8>>;

/// A site folder being put together.
pub struct Site {
    profile: Profile,
    cache: Cache,
}

impl Site {
    /// Starts the site of this profile.
    pub fn open(workspace: &Workspace, profile: Profile) -> anyhow::Result<Self> {
        let folder = workspace.scratch(profile).join("cache");
        let cache = Cache::open(folder).context("can't make the folder for build results")?;
        Ok(Self { profile, cache })
    }

    /// What slow steps made before.
    pub fn cache(&mut self) -> &mut Cache {
        &mut self.cache
    }

    /// Writes the whole folder: package, derivation, style, public files, `embed.js`, their compressed twins and `assets.json`.
    pub fn assemble(
        mut self,
        workspace: &Workspace,
        package: Package,
        derivation: Vec<(String, Vec<u8>)>,
    ) -> anyhow::Result<()> {
        let style = css::joined(&workspace.root.join("style/main.css"))?;
        let mut files = public(&workspace.root.join("public"))?;
        files.extend(hashed(package, css::minified(&style))?);
        files.extend(derivation.into_iter().map(|(name, content)| (format!("passphrase/{name}"), content)));
        files.insert(embed::NAME.to_owned(), embed::script(workspace, self.profile)?);
        if self.profile == Profile::Release {
            compressed::add_twins(&mut files, &mut self.cache, &workspace.scratch(self.profile).join("twins"))?;
        }
        folder::write(&workspace.site(), &files)?;
        self.cache.sweep().context("can't tidy the folder for build results")
    }
}

/// The files of `public/`, which keep their names.
fn public(folder: &Path) -> anyhow::Result<Files> {
    if folder.is_dir() { folder::read(folder) } else { Ok(Files::new()) }
}

/// The package and the style sheet below `pkg/`, each with the hash of its content in its name, and `assets.json`, which
/// says the names to the server.
fn hashed(package: Package, css: String) -> anyhow::Result<Files> {
    let mut files = Files::new();
    let js = with_snippets(package.js, package.snippets.as_deref(), &mut files)?;
    let assets = serde_json::json!({
        "js": add_scripts(&mut files, js, package.cut),
        "wasm": add_hashed(&mut files, "wasm", package.wasm),
        "css": add_hashed(&mut files, "css", css.into_bytes()),
    });
    files.insert("assets.json".to_owned(), serde_json::to_vec_pretty(&assets)?);
    Ok(files)
}

/// Adds the module and, if there is one, the loader of its parts. The two import each other, so they share one hash.
fn add_scripts(files: &mut Files, js: String, cut: Option<Cut>) -> String {
    let Some(Cut { mut loader, parts }) = cut else { return add_hashed(files, "js", js.into_bytes()) };
    for (name, part) in parts {
        let url = add_hashed(files, "wasm", part);
        loader = loader.replace(&format!("./{name}"), &url.replace("/pkg/", "./"));
    }
    let hash = content_hash(&[js.as_bytes(), loader.as_bytes()]);
    let (js_name, loader_name) = (format!("tokenkeep.{hash}.js"), format!("loader.{hash}.js"));
    // Only the import: the WASM knows the loader by its first name, which `js` gives among the imports.
    let js = js.replace(&format!("from \"./{LOADER}\""), &format!("from \"./{loader_name}\""));
    let loader = loader.replace("./tokenkeep.js", &format!("./{js_name}"));
    files.insert(format!("pkg/{js_name}"), js.into_bytes());
    files.insert(format!("pkg/{loader_name}"), loader.into_bytes());
    format!("/pkg/{js_name}")
}

fn add_hashed(files: &mut Files, extension: &str, content: Vec<u8>) -> String {
    let path = format!("pkg/tokenkeep.{}.{extension}", content_hash(&[&content]));
    let url = format!("/{path}");
    files.insert(path, content);
    url
}

/// Adds the snippets in a folder named by their hash, and lets `js` import them from there.
fn with_snippets(js: String, snippets: Option<&Path>, files: &mut Files) -> anyhow::Result<String> {
    let Some(snippets) = snippets else { return Ok(js) };
    let snippets = folder::read(snippets)?;
    let parts: Vec<&[u8]> = snippets.iter().flat_map(|(path, content)| [path.as_bytes(), content.as_slice()]).collect();
    let name = format!("snippets.{}", content_hash(&parts));
    files.extend(snippets.into_iter().map(|(path, content)| (format!("pkg/{name}/{path}"), content)));
    Ok(js.replace("'./snippets/", &format!("'./{name}/")).replace("\"./snippets/", &format!("\"./{name}/")))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::{Files, hashed, with_snippets};
    use crate::wasm::{Cut, Package};

    fn package(js: &str) -> Package {
        Package { js: js.to_owned(), wasm: b"wasm".to_vec(), snippets: None, cut: None }
    }

    fn names(js: &str) -> serde_json::Value {
        serde_json::from_slice(&hashed(package(js), String::new()).unwrap()["assets.json"]).unwrap()
    }

    #[test]
    fn the_names_in_assets_are_files_of_the_site() {
        let files = hashed(package("js"), "css".to_owned()).unwrap();
        let assets: serde_json::Value = serde_json::from_slice(&files["assets.json"]).unwrap();
        for kind in ["js", "wasm", "css"] {
            let url = assets[kind].as_str().unwrap();
            assert!(files.contains_key(url.trim_start_matches('/')), "{url} is missing");
        }
    }

    #[test]
    fn another_content_gets_another_name() {
        assert_ne!(names("a")["js"], names("b")["js"]);
    }

    #[test]
    fn the_same_content_keeps_its_name() {
        assert_eq!(names("a")["wasm"], names("b")["wasm"]);
    }

    #[test]
    fn snippets_are_imported_from_where_they_lie() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("one")).unwrap();
        std::fs::write(folder.path().join("one/inline0.js"), "export {}").unwrap();
        let mut files = Files::new();
        let js = "import * as a from \"./snippets/one/inline0.js\"".to_owned();
        let js = with_snippets(js, Some(folder.path()), &mut files).unwrap();
        let path = PathBuf::from(files.keys().next().unwrap());
        let below = path.strip_prefix("pkg").unwrap().display().to_string();
        assert_eq!(js, format!("import * as a from \"./{below}\""));
    }

    #[test]
    fn a_part_and_its_loader_are_found_under_their_final_names() {
        let loader = "import './tokenkeep.js'; load('./split_a.wasm')".to_owned();
        let cut = Some(Cut { loader, parts: vec![("split_a.wasm".to_owned(), b"part".to_vec())] });
        let files = hashed(Package { cut, ..package(r#"from "./cut.js"; { "./cut.js": 1 }"#) }, String::new()).unwrap();
        let named = |start: &str, end: &str| {
            let is_it = |name: &&String| name.starts_with(start) && name.ends_with(end);
            files.keys().find(is_it).unwrap().trim_start_matches("pkg/").to_owned()
        };
        let (js, loader) = (named("pkg/tokenkeep.", ".js"), named("pkg/loader.", ".js"));
        let part = files.iter().find(|(_, content)| *content == b"part").unwrap().0.trim_start_matches("pkg/");
        assert_eq!(files[&format!("pkg/{js}")], format!(r#"from "./{loader}"; {{ "./cut.js": 1 }}"#).into_bytes());
        assert_eq!(files[&format!("pkg/{loader}")], format!("import './{js}'; load('./{part}')").into_bytes());
    }
}
