use super::RecordKey;
use crate::id::TenantId;

/// What a record's ciphertext is bound to: tenant, store, record, field and generation.
///
/// Each part is preceded by its length as eight bytes, big-endian, so that no two different records have the same
/// associated data: a ciphertext can be neither moved nor passed off as another generation. A whole old record put back
/// with its own generation still opens.
pub fn associated_data(tenant: &TenantId, key: &RecordKey, field: &str, generation: u64) -> Vec<u8> {
    let generation = generation.to_be_bytes();
    let parts: [&[u8]; 6] = [
        b"tokenkeep/1",
        tenant.as_str().as_bytes(),
        key.store.name().as_bytes(),
        key.id.as_bytes(),
        field.as_bytes(),
        &generation,
    ];
    prefixed(parts)
}

/// Parts, each preceded by its length.
pub(crate) fn prefixed<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for part in parts {
        bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
        bytes.extend_from_slice(part);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::StoreName;

    #[test]
    fn moving_a_boundary_between_parts_changes_the_bytes() {
        let data = |tenant: &str, id: &str, field: &str| {
            let key = RecordKey { store: StoreName::Tokens, id: id.to_owned() };
            associated_data(&TenantId::new(tenant), &key, field, 1)
        };
        assert_ne!(data("a", "bc", "d"), data("a", "b", "cd"));
        assert_ne!(data("ab", "c", "d"), data("a", "bc", "d"));
    }

    #[test]
    fn another_generation_is_another_record() {
        let key = RecordKey { store: StoreName::Tokens, id: "x".to_owned() };
        let tenant = TenantId::new("t");
        assert_ne!(associated_data(&tenant, &key, "f", 1), associated_data(&tenant, &key, "f", 2));
    }
}
