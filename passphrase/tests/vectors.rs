//! The same keys as everybody else's Argon2id.
#![allow(clippy::unwrap_used, reason = "a test stops where something is not as it must be")]

use passphrase::{Refused, derive};

fn hex(text: &str) -> Vec<u8> {
    (0..text.len() / 2).map(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap()).collect()
}

#[test]
fn the_reference_implementations_vectors_come_out() {
    // From the tests of the reference implementation (phc-winner-argon2), Argon2id version 1.3.
    let vectors = [
        ("password", "somesalt", 65_536, 2, 1, "09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7"),
        ("password", "somesalt", 256, 2, 1, "9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe"),
        ("password", "somesalt", 256, 2, 2, "6d093c501fd5999645e0ea3bf620d7b8be7fd2db59c20d9fff9539da2bf57037"),
        (
            "differentpassword",
            "somesalt",
            65_536,
            2,
            1,
            "0b84d652cf6b0c4beaef0dfe278ba6a80df6696281d7e0d2891b817d8c458fde",
        ),
        ("password", "diffsalt", 65_536, 2, 1, "bdf32b05ccc42eb15d58fd19b1f856b113da1e9a5874fdcc544308565aa8141c"),
    ];
    for (passphrase, salt, memory, passes, lanes, key) in vectors {
        let derived = derive(passphrase.as_bytes(), salt.as_bytes(), memory, passes, lanes).unwrap();
        assert_eq!(derived.as_slice(), hex(key), "{passphrase} {salt} {memory} {passes} {lanes}");
    }
}

#[test]
fn what_argon2_does_not_take_is_refused() {
    assert_eq!(derive(b"x", b"short", 65_536, 2, 1), Err(Refused::Parameters));
    assert_eq!(derive(b"x", b"long enough", 0, 2, 1), Err(Refused::Parameters));
}
