use super::super::Filter;

/// An attribute a user is found by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attribute {
    /// The identifier.
    Id,
    /// The mail address.
    Email,
    /// The user name.
    Username,
}

/// What a person entered to find a user, by its form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identifier {
    /// A UUID: an identifier; federated directories also have such user names.
    Uuid,
    /// With an `@`: a mail address, or a user name that looks like one.
    Address,
    /// Anything else: a user name.
    Name,
}

impl Attribute {
    /// Its name in filters: not SCIM 2's `userName` and `emails`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Email => "email",
            Self::Username => "username",
        }
    }

    /// Its name for a person.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Email => "email address",
            Self::Username => "user name",
        }
    }

    /// The filter for users whose attribute is this text.
    pub fn is(self, text: &str) -> Filter {
        Filter::eq(self.name(), text)
    }
}

impl Identifier {
    /// What a text without blanks around it is.
    pub fn of(text: &str) -> Self {
        if is_uuid(text) {
            Self::Uuid
        } else if text.contains('@') {
            Self::Address
        } else {
            Self::Name
        }
    }

    /// The attributes to look at, in this order; the first with a hit decides.
    pub const fn attributes(self) -> &'static [Attribute] {
        match self {
            Self::Uuid => &[Attribute::Id, Attribute::Username],
            Self::Address => &[Attribute::Email, Attribute::Username],
            Self::Name => &[Attribute::Username],
        }
    }
}

/// RFC 9562 §4: 8-4-4-4-12 hexadecimal digits.
fn is_uuid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    let lengths = groups.iter().map(|group| group.len());
    lengths.eq([8, 4, 4, 4, 12]) && groups.concat().bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_known_by_its_form() {
        for (text, expected) in [
            ("3fa85f64-5717-4562-b3fc-2c963f66afa6", Identifier::Uuid),
            ("3FA85F64-5717-4562-B3FC-2C963F66AFA6", Identifier::Uuid),
            ("3fa85f64-5717-4562-b3fc-2c963f66afa", Identifier::Name),
            ("3fa85f645717-4562-b3fc-2c963f66afa6", Identifier::Name),
            ("ada@papermill.example", Identifier::Address),
            ("@", Identifier::Address),
            ("ada.reed", Identifier::Name),
            ("gfa85f64-5717-4562-b3fc-2c963f66afa6", Identifier::Name),
        ] {
            assert_eq!(Identifier::of(text), expected, "{text}");
        }
    }

    #[test]
    fn filters_have_the_apis_own_names_and_quote_what_was_entered() {
        let filter = Attribute::Username.is(r#"the\"quote""#);
        assert_eq!(filter.as_str(), r#"username eq "the\\\"quote\"""#);
    }

    #[test]
    fn an_address_is_looked_for_as_an_address_first() {
        assert_eq!(Identifier::Address.attributes(), [Attribute::Email, Attribute::Username]);
    }
}
