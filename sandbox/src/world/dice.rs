//! Numbers that look random and are always the same, and identifiers made of them.

/// Everything made is drawn from this.
const SEED: u64 = 0x746f_6b65_6e6b_6565;

/// What an identifier names, so that no two kinds share one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A user.
    User = 1,
    /// A group.
    Group,
    /// A population.
    Population,
    /// A role.
    Role,
    /// A role given to a user.
    Assignment,
    /// An MFA device.
    Device,
    /// A consent.
    Consent,
    /// A licence.
    License,
    /// An environment other than the sandbox's own.
    Environment,
    /// An entry of the audit log.
    Activity,
    /// What one chain of activities has in common.
    Correlation,
    /// A client that appears in activities.
    Client,
}

/// The finalizer of SplitMix64: every bit of the input reaches every bit of the output.
pub(super) const fn mix(input: u64) -> u64 {
    let mut bits = input.wrapping_add(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

/// A number for the `index`th of its kind; `field` tells its several numbers apart.
pub(super) const fn draw(kind: Kind, index: u64, field: u64) -> u64 {
    mix(mix(mix(SEED ^ kind as u64) ^ index) ^ field)
}

/// A number below `bound`.
pub(super) const fn below(bound: u64, kind: Kind, index: u64, field: u64) -> u64 {
    draw(kind, index, field) % bound
}

/// One of a list.
pub(super) fn pick<'a, T: ?Sized>(list: &'a [&'a T], kind: Kind, index: u64, field: u64) -> &'a T {
    let at = usize::try_from(below(list.len() as u64, kind, index, field)).unwrap_or(0);
    list[at]
}

const INDEX_BITS: u32 = 48;
const INDEX_MASK: u64 = (1 << INDEX_BITS) - 1;

/// The identifier of the `index`th of its kind: a UUID of version 4 (RFC 9562 §5.4) whose last 48 bits hide the index,
/// so that it is found again without a table.
pub(crate) fn id(kind: Kind, index: u64) -> String {
    let high = draw(kind, index, 1) & !0xf000 | 0x4000;
    let hidden = (index ^ mix(SEED ^ kind as u64)) & INDEX_MASK;
    let low = (draw(kind, index, 2) & 0x3fff | 0x8000) << INDEX_BITS | hidden;
    let (first, second, third) = (high >> 32, high >> 16 & 0xffff, high & 0xffff);
    format!("{first:08x}-{second:04x}-{third:04x}-{:04x}-{:012x}", low >> INDEX_BITS, low & INDEX_MASK)
}

/// The index in an identifier of that kind; `None` for any other text.
pub(crate) fn index(kind: Kind, text: &str) -> Option<u64> {
    let hidden = u64::from_str_radix(text.rsplit('-').next()?, 16).ok()?;
    let index = (hidden ^ mix(SEED ^ kind as u64)) & INDEX_MASK;
    id(kind, index).eq_ignore_ascii_case(text).then_some(index)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_gives_its_index_back_to_its_own_kind_only() {
        for number in [0, 1, 2_999, 32_000_000, INDEX_MASK] {
            let text = id(Kind::User, number);
            assert_eq!(index(Kind::User, &text), Some(number), "{text}");
            assert_eq!(index(Kind::User, &text.to_uppercase()), Some(number));
            assert_eq!(index(Kind::Group, &text), None);
            assert_eq!((text.len(), &text[14..15]), (36, "4"));
        }
    }

    #[test]
    fn other_texts_are_no_identifiers() {
        for text in ["", "-", "3fa85f64-5717-4562-b3fc-2c963f66afa6", "ä", "ffffffffffffffffffffffff"] {
            assert_eq!(index(Kind::User, text), None, "{text}");
        }
    }
}
