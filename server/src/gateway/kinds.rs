//! Which kinds of content are passed on: data, and nothing a browser would run or show as a page of ours.

use axum::http::HeaderValue;

/// What is passed on as it is; beside these everything that ends in `+json`.
const KINDS: [&str; 17] = [
    "application/json",
    "application/json-seq",
    "application/x-ndjson",
    "application/jsonl",
    "application/octet-stream",
    "application/zip",
    "application/gzip",
    "application/cbor",
    "application/msgpack",
    "application/x-protobuf",
    "application/vnd.apache.arrow.stream",
    "application/vnd.apache.parquet",
    "image/png",
    "image/jpeg",
    "text/csv",
    "text/event-stream",
    "text/plain",
];

/// The kind as it is passed on: without parameters but the encoding; `None` when it isn't passed on.
pub fn passed_on(kind: &str) -> Option<HeaderValue> {
    let (essence, parameters) = kind.split_once(';').unwrap_or((kind, ""));
    let essence = essence.trim().to_ascii_lowercase();
    let known = KINDS.contains(&essence.as_str()) || is_json(&essence);
    let utf8 = parameters.split(';').any(|parameter| {
        let parameter = parameter.trim().to_ascii_lowercase();
        matches!(parameter.strip_prefix("charset="), Some("utf-8" | "\"utf-8\""))
    });
    let text = if utf8 { format!("{essence}; charset=utf-8") } else { essence };
    HeaderValue::try_from(text).ok().filter(|_| known)
}

fn is_json(essence: &str) -> bool {
    let name = essence.strip_prefix("application/").and_then(|name| name.strip_suffix("+json"));
    name.is_some_and(|name| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte))
    })
}

#[cfg(test)]
mod tests {
    use super::passed_on;

    #[test]
    fn data_is_passed_on_with_its_encoding_and_nothing_else() {
        for (kind, passed) in [
            ("application/json", "application/json"),
            ("Application/HAL+JSON;charset=UTF-8", "application/hal+json; charset=utf-8"),
            ("text/csv; header=present; charset=\"utf-8\"", "text/csv; charset=utf-8"),
            ("text/event-stream", "text/event-stream"),
            ("application/octet-stream", "application/octet-stream"),
        ] {
            assert_eq!(passed_on(kind).unwrap(), passed, "{kind}");
        }
    }

    #[test]
    fn pages_scripts_and_pictures_that_run_scripts_are_not() {
        for kind in [
            "",
            "text/html",
            "text/html; x=application/json",
            "application/xhtml+xml",
            "image/svg+xml",
            "text/xml",
            "text/javascript",
            "application/javascript",
            "application/pdf",
            "multipart/x-mixed-replace",
            "text/css",
            "application/+json",
            "application/a b+json",
            "application/json\r\nx: y",
        ] {
            assert_eq!(passed_on(kind), None, "{kind:?}");
        }
    }
}
