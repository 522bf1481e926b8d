//! The browser's clock and dice: the only place they are read.

use domain::keeper::Moment;
use domain::time::Timestamp;

/// This browser's clock, uncorrected.
pub fn now() -> Timestamp {
    // A date in milliseconds is a whole number far below 2^53, so nothing is lost.
    #[allow(clippy::cast_possible_truncation)]
    Timestamp::from_millis(js_sys::Date::now() as i64)
}

/// Microseconds of a clock that never goes back, for measuring how long something took; it has no meaning by itself.
pub fn micros() -> u64 {
    let performance = web_sys::window().and_then(|window| window.performance());
    let millis = performance.map_or_else(js_sys::Date::now, |performance| performance.now());
    // Far below 2^53 for as long as any page lives, and never negative.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let micros = (millis * 1_000.0) as u64;
    micros
}

/// Fresh random bytes of the browser's cryptographic generator.
///
/// # Panics
///
/// Where there is no `crypto` at all; every browser since 2013 has it, secure context or not.
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    let crypto = web_sys::window().and_then(|window| window.crypto().ok()).expect("every browser has window.crypto");
    crypto.get_random_values_with_u8_array(&mut bytes).expect("at most 65,536 bytes can always be had");
    bytes
}

/// 128 fresh random bits.
pub fn random() -> u128 {
    u128::from_le_bytes(random_bytes())
}

/// The clock and the dice of one step of the keeper.
pub fn moment() -> Moment {
    Moment { now: now(), random: random() }
}
