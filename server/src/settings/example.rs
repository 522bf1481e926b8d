//! The example file, written from the table of keys.

use std::fmt::Write;

use super::keys::{KEYS, Key};

/// The text of `tokenkeep.example.toml`: every key with its words, its variable and its default, commented out.
pub fn example() -> String {
    let mut text = String::from(
        "# Settings of Tokenkeep. Start the server with --config <this file>. Each setting can also be given as the\n\
         # environment variable named beside it, which wins. What stands here, commented out, is the default.\n",
    );
    let mut table = "";
    for key in KEYS {
        let (in_table, name) = key.name.split_once('.').unwrap_or(("", key.name));
        if in_table != table {
            let _ = write!(text, "\n[{in_table}]\n");
            table = in_table;
        }
        write_key(&mut text, key, name);
    }
    text
}

fn write_key(text: &mut String, key: &Key, name: &str) {
    text.push('\n');
    for line in wrapped(&format!("{} ({})", key.about, key.variable())) {
        let _ = writeln!(text, "# {line}");
    }
    let value = match key.default {
        _ if key.list => "[]".to_owned(),
        number if number.parse::<u64>().is_ok() => number.to_owned(),
        default => format!("\"{default}\""),
    };
    let _ = writeln!(text, "# {name} = {value}");
}

fn wrapped(text: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let last = lines.last_mut().expect("there is always a line");
        if !last.is_empty() && last.len() + word.len() > 96 {
            lines.push(word.to_owned());
        } else {
            if !last.is_empty() {
                last.push(' ');
            }
            last.push_str(word);
        }
    }
    lines
}
