use serde::de::DeserializeOwned;
use serde_json::Value;

/// One page of a list: `_embedded.<name>`, with the link to the next one (HAL, `application/hal+json`).
#[derive(Clone, Debug, PartialEq)]
pub struct Page<T> {
    /// The entries that could be read, in their order.
    pub items: Vec<T>,
    /// How many could not.
    pub unread: usize,
    /// How many there are in all, where the API says so.
    pub count: Option<u64>,
    /// The link to the next page, to be followed as it is; `None` on the last.
    pub next: Option<String>,
}

impl<T: DeserializeOwned> Page<T> {
    /// Reads a page. An answer without the list is an empty page: the API leaves out lists with nothing in them.
    pub fn read(answer: &Value, name: &str) -> Self {
        let list = answer.get("_embedded").and_then(|embedded| embedded.get(name)).and_then(Value::as_array);
        let entries = list.map(Vec::as_slice).unwrap_or_default();
        let items: Vec<T> = entries.iter().filter_map(|entry| T::deserialize(entry).ok()).collect();
        Self {
            unread: entries.len() - items.len(),
            items,
            count: answer.get("count").and_then(Value::as_u64),
            next: link(answer, "next"),
        }
    }
}

/// Where a link of an answer leads (HAL: `_links.<relation>.href`).
pub fn link(answer: &Value, relation: &str) -> Option<String> {
    answer.get("_links")?.get(relation)?.get("href")?.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::json;

    use super::Page;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Named {
        name: String,
    }

    #[test]
    fn what_can_be_read_of_a_page_is_read_and_the_rest_counted() {
        let answer = json!({
            "_embedded": { "groups": [{ "name": "a", "new": 1 }, { "name": 7 }, null, { "name": "b" }] },
            "count": 40,
            "_links": { "next": { "href": "https://api.example/v1/groups?cursor=x" } },
        });
        let page = Page::<Named>::read(&answer, "groups");
        assert_eq!(page.items.iter().map(|item| item.name.as_str()).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!((page.unread, page.count), (2, Some(40)));
        assert_eq!(page.next.as_deref(), Some("https://api.example/v1/groups?cursor=x"));
    }

    #[test]
    fn an_answer_without_the_list_is_an_empty_page() {
        for answer in
            [json!({}), json!({ "_embedded": {} }), json!({ "_embedded": { "groups": 5 } }), json!([1]), json!(null)]
        {
            let page = Page::<Named>::read(&answer, "groups");
            assert_eq!(page, Page { items: Vec::new(), unread: 0, count: None, next: None }, "{answer}");
        }
    }
}
