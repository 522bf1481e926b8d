//! Where the frames of a WebSocket begin and end (RFC 6455 §5.2), without keeping what stands in them.

/// The longest message, in bytes, however many frames it has.
const LARGEST_MESSAGE: u64 = 16 * 1_024 * 1_024;

/// Follows the frames of one direction.
#[derive(Clone, Copy, Debug, Default)]
pub struct Frames {
    head: [u8; 14],
    /// How many bytes of the head are there.
    have: usize,
    /// How many bytes of the frame are still to come.
    left: u64,
    /// How many bytes the message has so far.
    message: u64,
}

/// A message is longer than allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLarge;

impl Frames {
    /// In the middle of bytes that are not followed yet.
    pub const IN_BETWEEN: Self = Self { head: [0; 14], have: 0, left: u64::MAX, message: 0 };

    /// Follows these bytes.
    ///
    /// # Errors
    ///
    /// `TooLarge` as soon as a message says that it is.
    pub fn follow(&mut self, mut bytes: &[u8]) -> Result<(), TooLarge> {
        while !bytes.is_empty() {
            if self.left > 0 {
                let step = usize::try_from(self.left).unwrap_or(usize::MAX).min(bytes.len());
                self.left -= step as u64;
                bytes = &bytes[step..];
                continue;
            }
            self.head[self.have] = bytes[0];
            self.have += 1;
            bytes = &bytes[1..];
            if self.have == self.head_length() {
                self.begin()?;
            }
        }
        Ok(())
    }

    /// Whether a frame of our own may be put in here.
    pub const fn at_boundary(&self) -> bool {
        self.left == 0 && self.have == 0
    }

    /// How long the head is, as far as is known: at least two bytes.
    fn head_length(&self) -> usize {
        if self.have < 2 {
            return 2;
        }
        let length = match self.head[1] & 0x7f {
            127 => 10,
            126 => 4,
            _ => 2,
        };
        length + if self.head[1] & 0x80 == 0 { 0 } else { 4 }
    }

    fn begin(&mut self) -> Result<(), TooLarge> {
        let number = |bytes: &[u8]| bytes.iter().fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
        self.left = match self.head[1] & 0x7f {
            127 => number(&self.head[2..10]),
            126 => number(&self.head[2..4]),
            length => u64::from(length),
        };
        self.have = 0;
        // Control frames may stand between the frames of a message.
        if self.head[0] & 0x08 != 0 {
            return if self.left > 125 { Err(TooLarge) } else { Ok(()) };
        }
        self.message = self.message.saturating_add(self.left);
        if self.message > LARGEST_MESSAGE {
            return Err(TooLarge);
        }
        if self.head[0] & 0x80 != 0 {
            self.message = 0;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(first: u8, masked: bool, length: usize) -> Vec<u8> {
        let mask = if masked { 0x80 } else { 0 };
        let mut bytes = vec![first];
        match length {
            0..=125 => bytes.push(mask | length as u8),
            126..=65_535 => {
                bytes.push(mask | 126);
                bytes.extend((length as u16).to_be_bytes());
            }
            _ => {
                bytes.push(mask | 127);
                bytes.extend((length as u64).to_be_bytes());
            }
        }
        bytes.extend(std::iter::repeat_n(7, if masked { 4 } else { 0 } + length));
        bytes
    }

    #[test]
    fn frames_are_followed_however_they_are_cut() {
        for (masked, length) in [(false, 0), (true, 0), (true, 5), (false, 126), (true, 70_000)] {
            let bytes = [frame(0x82, masked, length), frame(0x89, masked, 3)].concat();
            for size in [1, 2, 3, 7, 1_000, bytes.len()] {
                let mut frames = Frames::default();
                let boundaries =
                    bytes.chunks(size).filter(|piece| frames.follow(piece).is_ok() && frames.at_boundary());
                let boundaries = boundaries.count();
                assert!(frames.at_boundary() && boundaries >= 1, "{masked} {length} {size}");
            }
            let mut frames = Frames::default();
            frames.follow(&bytes[..bytes.len() - 1]).unwrap();
            assert!(!frames.at_boundary());
        }
    }

    #[test]
    fn a_message_that_is_too_long_is_found_before_it_comes_and_across_its_frames() {
        let head = |first: u8, length: u64| [vec![first, 127], length.to_be_bytes().to_vec()].concat();
        assert_eq!(Frames::default().follow(&head(0x82, LARGEST_MESSAGE + 1)), Err(TooLarge));
        assert_eq!(Frames::default().follow(&head(0x82, u64::MAX)), Err(TooLarge));
        assert_eq!(Frames::default().follow(&frame(0x89, false, 126)), Err(TooLarge));
        let half = frame(0x02, false, (LARGEST_MESSAGE / 2) as usize);
        let mut frames = Frames::default();
        assert_eq!(frames.follow(&half), Ok(()));
        assert_eq!(frames.follow(&frame(0x89, false, 2)), Ok(()), "a ping between them counts not");
        assert_eq!(frames.follow(&frame(0x00, false, (LARGEST_MESSAGE / 2) as usize)), Ok(()));
        assert_eq!(frames.follow(&head(0x00, 1)), Err(TooLarge));
    }
}
