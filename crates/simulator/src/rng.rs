//! Ids and chances, all from one seed.

/// A seeded source. The same seed gives the same ids in the same order.
#[derive(Clone, Debug)]
pub(crate) struct Rng(fastrand::Rng);

const LOWER: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
const NANOID: &[u8; 64] = b"useandom-26T198340PX75pxJACKVERYMINDBUSHWOLF_GQZbfghjklqvwyzrict";

impl Rng {
    pub(crate) fn new(seed: u64) -> Self {
        Self(fastrand::Rng::with_seed(seed))
    }

    /// An id of users and organisations: 12 characters.
    pub(crate) fn short_id(&mut self) -> String {
        self.id(LOWER, 12)
    }

    /// An id of everything else: 21 characters.
    pub(crate) fn long_id(&mut self) -> String {
        self.id(LOWER, 21)
    }

    /// A `Logto-Core-Request-Id`: 16 characters.
    pub(crate) fn request_id(&mut self) -> [u8; 16] {
        // 96 bits, 6 for each character: one draw instead of sixteen.
        let mut bits = self.0.u128(..);
        let mut id = [0; 16];
        for byte in &mut id {
            *byte = NANOID.get((bits & 63) as usize).copied().unwrap_or(b'-');
            bits >>= 6;
        }
        id
    }

    /// Text that looks like base64url.
    pub(crate) fn nanoid(&mut self, len: usize) -> String {
        self.id(NANOID, len)
    }

    /// Letters and digits, as Logto makes its secrets.
    pub(crate) fn secret(&mut self, len: usize) -> String {
        (0..len).map(|_| self.0.alphanumeric()).collect()
    }

    fn id(&mut self, alphabet: &[u8], len: usize) -> String {
        (0..len)
            .filter_map(|_| alphabet.get(self.0.usize(..alphabet.len())))
            .map(|&b| char::from(b))
            .collect()
    }

    /// `[0, 1)`
    pub(crate) fn chance(&mut self) -> f64 {
        self.0.f64()
    }

    /// `[0, end)`; 0 if there is no such number.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        if end == 0 { 0 } else { self.0.usize(..end) }
    }

    pub(crate) fn between(&mut self, from: u64, to: u64) -> u64 {
        if to <= from { from } else { self.0.u64(from..=to) }
    }
}
