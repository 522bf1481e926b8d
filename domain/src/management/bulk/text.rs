/// The largest file read, in bytes.
pub const LARGEST: usize = 8_000_000;

/// Why a file is no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Nothing is in it.
    #[error("The file is empty.")]
    Empty,
    /// Larger than [`LARGEST`].
    #[error("The file is larger than 8 MB. A list of 10,000 people is much smaller: leave out other columns.")]
    TooLarge,
    /// A spreadsheet, a picture, or something else that is no text.
    #[error("The file is no text. Save a spreadsheet as CSV first.")]
    Binary,
}

/// The text of a file: UTF-8 or UTF-16 by its mark, else UTF-8, else Windows' Western letters, as older spreadsheets write.
///
/// The second value is whether the letters are a guess.
///
/// # Errors
///
/// [`Unreadable`] when there is no text in it.
pub fn decode(bytes: &[u8]) -> Result<(String, bool), Unreadable> {
    match bytes {
        [] => Err(Unreadable::Empty),
        _ if bytes.len() > LARGEST => Err(Unreadable::TooLarge),
        [0xef, 0xbb, 0xbf, rest @ ..] => guess(rest),
        [0xff, 0xfe, rest @ ..] => Ok((wide(rest, u16::from_le_bytes), false)),
        [0xfe, 0xff, rest @ ..] => Ok((wide(rest, u16::from_be_bytes), false)),
        _ => guess(bytes),
    }
}

fn guess(bytes: &[u8]) -> Result<(String, bool), Unreadable> {
    if bytes.contains(&0) {
        return Err(Unreadable::Binary);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok((text.to_owned(), false)),
        Err(_) => Ok((bytes.iter().map(|byte| western(*byte)).collect(), true)),
    }
}

fn wide(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
    String::from_utf16_lossy(&units)
}

/// A byte of Windows-1252 (WHATWG Encoding, index windows-1252).
fn western(byte: u8) -> char {
    const HIGH: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘',
        '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9f => HIGH[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_says_which_letters_they_are() {
        for bytes in [
            &b"\xef\xbb\xbfj\xc3\xbcrgen"[..],
            b"j\xc3\xbcrgen",
            b"\xff\xfej\0\xfc\0r\0g\0e\0n\0",
            b"\xfe\xff\0j\0\xfc\0r\0g\0e\0n",
        ] {
            assert_eq!(decode(bytes), Ok(("jürgen".to_owned(), false)), "{bytes:?}");
        }
    }

    #[test]
    fn letters_of_older_spreadsheets_are_a_guess_and_said_to_be_one() {
        assert_eq!(decode(b"j\xfcrgen \x80"), Ok(("jürgen €".to_owned(), true)));
    }

    #[test]
    fn what_is_no_text_is_refused() {
        assert_eq!(decode(b""), Err(Unreadable::Empty));
        assert_eq!(decode(b"PK\x03\x04\0\0"), Err(Unreadable::Binary));
        assert_eq!(decode(&vec![b'a'; LARGEST + 1]), Err(Unreadable::TooLarge));
    }
}
