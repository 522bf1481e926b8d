//! Reading the parts of a WASM that `xtask` looks at itself.

use std::ops::Range;

use anyhow::{Context, bail};

/// The id of sections with a name, which no browser needs.
pub const CUSTOM: u8 = 0;
const IMPORT: u8 = 2;

/// One section and where it stands.
pub struct Section {
    /// What kind it is.
    pub id: u8,
    /// All of it.
    pub whole: Range<usize>,
    /// What follows its id and length.
    pub content: Range<usize>,
}

impl Section {
    /// The name of a custom section.
    pub fn name<'a>(&self, wasm: &'a [u8]) -> Option<&'a str> {
        let mut reader = Reader { wasm, at: self.content.start };
        (self.id == CUSTOM).then(|| reader.text().ok())?
    }
}

/// The sections of `wasm`, in their order.
pub fn sections(wasm: &[u8]) -> anyhow::Result<Vec<Section>> {
    let mut reader = Reader { wasm, at: 8 };
    let mut sections = Vec::new();
    while reader.at < wasm.len() {
        let start = reader.at;
        let id = reader.byte()?;
        let length = reader.number()?;
        let content = reader.range(length)?;
        sections.push(Section { id, whole: start..content.end, content });
    }
    Ok(sections)
}

/// Something a WASM gets from outside.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Import {
    /// The module it comes from.
    pub module: String,
    /// Its name there.
    pub name: String,
    /// What it is, as the WASM describes it: a kind (0 for a function) and its type.
    pub description: Vec<u8>,
}

/// What `wasm` imports. The linker imports functions, tables, memories, globals and tags.
pub fn imports(wasm: &[u8], sections: &[Section]) -> anyhow::Result<Vec<Import>> {
    let Some(section) = sections.iter().find(|one| one.id == IMPORT) else { return Ok(Vec::new()) };
    let mut reader = Reader { wasm, at: section.content.start };
    (0..reader.number()?)
        .map(|_| {
            let (module, name) = (reader.text()?.to_owned(), reader.text()?.to_owned());
            let start = reader.at;
            reader.skip_description()?;
            Ok(Import { module, name, description: wasm[start..reader.at].to_vec() })
        })
        .collect()
}

/// Appends an unsigned number in LEB128.
pub fn write_number(to: &mut Vec<u8>, mut number: usize) {
    while number >= 0x80 {
        to.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    to.push(number as u8);
}

/// A place in a WASM, which moves on as things are read.
pub struct Reader<'a> {
    /// All of it.
    pub wasm: &'a [u8],
    /// The place.
    pub at: usize,
}

impl<'a> Reader<'a> {
    /// The next byte.
    pub fn byte(&mut self) -> anyhow::Result<u8> {
        let byte = *self.wasm.get(self.at).context("the WASM ends too early")?;
        self.at += 1;
        Ok(byte)
    }

    /// An unsigned number in LEB128. A signed one is skipped the same way.
    pub fn number(&mut self) -> anyhow::Result<usize> {
        let (mut number, mut shift) = (0_u64, 0);
        loop {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f).checked_shl(shift).unwrap_or(0);
            shift += 7;
            if byte < 0x80 {
                return Ok(usize::try_from(number)?);
            }
        }
    }

    /// The place of the next `length` bytes, and on to what follows.
    pub fn range(&mut self, length: usize) -> anyhow::Result<Range<usize>> {
        let range = self.at..self.at + length;
        anyhow::ensure!(range.end <= self.wasm.len(), "the WASM ends too early");
        self.at = range.end;
        Ok(range)
    }

    /// A text with its length before it.
    pub fn text(&mut self) -> anyhow::Result<&'a str> {
        let length = self.number()?;
        let range = self.range(length)?;
        Ok(std::str::from_utf8(&self.wasm[range])?)
    }

    fn skip_description(&mut self) -> anyhow::Result<()> {
        match self.byte()? {
            0 => {
                self.number()?;
            }
            1 => {
                self.byte()?;
                self.skip_limits()?;
            }
            2 => self.skip_limits()?,
            3 | 4 => self.at += 2,
            other => bail!("an import of the unknown kind {other}"),
        }
        Ok(())
    }

    fn skip_limits(&mut self) -> anyhow::Result<()> {
        let flags = self.byte()?;
        self.number()?;
        if flags & 1 == 1 {
            self.number()?;
        }
        Ok(())
    }
}
