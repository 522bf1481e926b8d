use axum::http::{HeaderValue, header};
use axum::response::Response;

/// Says how long an answer may be kept: files with a hash in their name for ever, what other origins load for a few
/// minutes, other files after asking again, everything else not at all.
pub(super) fn cache(hashed: bool, response: &mut Response) {
    let is_file = response.extensions().get::<StaticFile>().is_some() && response.status().as_u16() < 400;
    let is_shared = response.extensions().get::<Shared>().is_some() && response.status().as_u16() < 400;
    let rule = match is_file {
        _ if is_shared => "public, max-age=300, stale-while-revalidate=86400",
        true if hashed => "public, max-age=31536000, immutable",
        true => "no-cache",
        false => "no-store",
    };
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(rule));
}

/// Marks an answer that is a file of the site.
#[derive(Clone, Copy, Debug)]
pub struct StaticFile;

/// Marks an answer that pages of any origin may load.
#[derive(Clone, Copy, Debug)]
pub struct Shared;

/// Whether a path below `/pkg/` has a hash in its file's name: a part between dots or dashes of at least eight
/// hexadecimal digits.
pub(super) fn is_hashed(path: &str) -> bool {
    let file = path.rsplit('/').next().unwrap_or_default();
    let is_hash = |part: &str| part.len() >= 8 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    path.starts_with("/pkg/") && file.split(['.', '-', '_']).any(is_hash)
}

#[cfg(test)]
mod tests {
    use super::is_hashed;

    #[test]
    fn only_files_of_the_package_with_a_hash_in_their_name_are_kept_for_ever() {
        assert!(is_hashed("/pkg/tokenkeep.0a1b2c3d4e5f.wasm"));
        for path in ["/pkg/tokenkeep.js", "/icon.0a1b2c3d4e5f.svg", "/pkg/0a1b2c3d4e5f/x.js", "/pkg/"] {
            assert!(!is_hashed(path), "{path}");
        }
    }
}
