//! Reading a JWT without trusting it (RFC 7519; RFC 7515 §7.1).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

/// The readable parts of a JWT. Nothing here was verified.
#[derive(Clone, Debug, PartialEq)]
pub struct Jwt {
    /// The JOSE header (RFC 7515 §4).
    pub header: Map<String, Value>,
    /// The claims set (RFC 7519 §4).
    pub claims: Map<String, Value>,
}

/// Why a token is not a JWT that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JwtError {
    /// Not three non-empty parts with dots between: an opaque token, which is fine.
    #[error("the token is opaque: it carries no readable claims")]
    Opaque,
    /// A part is not base64url without padding (RFC 4648 §5).
    #[error("a part of the token is not base64url")]
    Encoding,
    /// Header or claims are not a JSON object in UTF-8.
    #[error("header or claims are not a JSON object")]
    Json,
}

/// Decodes header and claims.
///
/// # Errors
///
/// [`JwtError::Opaque`] for a token that makes no claim to be a JWT; the others for one that does and can't be read.
pub fn decode(token: &str) -> Result<Jwt, JwtError> {
    let parts: Vec<&str> = token.split('.').collect();
    let [header, claims, signature] = parts.as_slice() else { return Err(JwtError::Opaque) };
    if header.is_empty() || claims.is_empty() || signature.is_empty() {
        return Err(JwtError::Opaque);
    }
    Ok(Jwt { header: object(header)?, claims: object(claims)? })
}

impl Jwt {
    /// The claim `name` as whole seconds since the epoch (NumericDate); fractions are rounded down.
    pub fn numeric_date(&self, name: &str) -> Option<i64> {
        let value = self.claims.get(name)?;
        #[allow(clippy::cast_possible_truncation)]
        value.as_i64().or_else(|| value.as_f64().map(|seconds| seconds.floor() as i64))
    }

    /// `(iat, exp)` when both are there.
    pub fn lifetime_claims(&self) -> Option<(i64, i64)> {
        Some((self.numeric_date("iat")?, self.numeric_date("exp")?))
    }
}

fn object(part: &str) -> Result<Map<String, Value>, JwtError> {
    let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|_| JwtError::Encoding)?;
    serde_json::from_slice(&bytes).map_err(|_| JwtError::Json)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(header: &str, claims: &str) -> String {
        format!("{}.{}.c2ln", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims))
    }

    #[test]
    fn nested_claims_and_other_scripts_come_out_whole() {
        let jwt = decode(&token(r#"{"alg":"RS256"}"#, r#"{"name":"Zoë 東京","cnf":{"jkt":"x"},"exp":12.9}"#)).unwrap();
        assert_eq!(jwt.claims["name"], "Zoë 東京");
        assert_eq!(jwt.claims["cnf"]["jkt"], "x");
        assert_eq!(jwt.numeric_date("exp"), Some(12));
    }

    #[test]
    fn an_opaque_token_is_said_to_be_opaque() {
        for text in ["", "abc", "a.b", "a..c", "a.b.c.d", "..."] {
            assert_eq!(decode(text), Err(JwtError::Opaque), "{text}");
        }
    }

    #[test]
    fn padding_and_broken_json_are_refused() {
        assert_eq!(decode("e30=.e30.c2ln"), Err(JwtError::Encoding));
        assert_eq!(decode(&token("[]", "{}")), Err(JwtError::Json));
        assert_eq!(decode(&token("{}", "{")), Err(JwtError::Json));
        assert_eq!(decode(&format!("e30.{}.x", URL_SAFE_NO_PAD.encode([0xff, 0xfe]))), Err(JwtError::Json));
    }
}
