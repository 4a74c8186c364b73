//! Which items a listing has seen.
//!
//! A table of its own: the standard library's is made for everything that a map can be asked, and is 3 KB of the module for Workers. And a listing may have a million items, each of which has to be known by
//! its id to its end: here that takes some 25 bytes, where a map of strings takes 70.

/// Keys, and the run in which each was seen last.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// The entries one behind the other: the run, the length of the key, the key.
    entries: Vec<u8>,
    count: usize,
    /// Entries by the hash of their key: where one begins and 1, or 0 where there is none. At most three in four are taken, and their number is a power of two.
    slots: Vec<u32>,
}

/// Where the parts of an entry are.
struct Entry {
    begin: usize,
    key: usize,
    end: usize,
}

/// Bytes of a run.
const RUN: usize = size_of::<u32>();

impl Seen {
    /// The run in which a key was seen last.
    pub(super) fn get(&self, key: &str) -> Option<u32> {
        let (_, entry) = self.find(key.as_bytes());
        self.entries.get(entry?.begin..)?.first_chunk().map(|run| u32::from_le_bytes(*run))
    }

    /// A key was seen in a run.
    pub(super) fn set(&mut self, key: &str, run: u32) {
        let key = key.as_bytes();
        if let (_, Some(entry)) = self.find(key) {
            if let Some(seen) = self.entries.get_mut(entry.begin..entry.begin + RUN) {
                seen.copy_from_slice(&run.to_le_bytes());
            }
            return;
        }
        if (self.count + 1) * 4 > self.slots.len() * 3 {
            self.grow();
        }
        // Of 4 GB of keys none is remembered any more.
        let Ok(place) = u32::try_from(self.entries.len() + 1) else { return };
        if let (slot, None) = self.find(key)
            && let Some(slot) = self.slots.get_mut(slot)
        {
            *slot = place;
        }
        self.count += 1;
        self.entries.extend(run.to_le_bytes());
        let mut length = key.len();
        while length > 0x7f {
            self.entries.push((length & 0x7f) as u8 | 0x80);
            length >>= 7;
        }
        self.entries.push(length as u8);
        self.entries.extend(key);
    }

    fn grow(&mut self) {
        self.slots = vec![0; (self.slots.len() * 2).max(64)];
        let mut begin = 0;
        while let Some(entry) = self.entry(begin) {
            let place = u32::try_from(begin + 1).unwrap_or(0);
            let key = self.entries.get(entry.key..entry.end).unwrap_or_default();
            let (slot, _) = self.find(key);
            if let Some(slot) = self.slots.get_mut(slot) {
                *slot = place;
            }
            begin = entry.end;
        }
    }

    /// The entry that begins here.
    fn entry(&self, begin: usize) -> Option<Entry> {
        let mut key = begin + RUN;
        let (mut length, mut shift) = (0, 0);
        loop {
            let byte = *self.entries.get(key)?;
            key += 1;
            length |= usize::from(byte & 0x7f) << shift;
            shift += 7;
            if byte < 0x80 {
                return Some(Entry { begin, key, end: key + length });
            }
        }
    }

    /// The slot of a key, and its entry; without one, the slot that it would have.
    fn find(&self, key: &[u8]) -> (usize, Option<Entry>) {
        let last = self.slots.len().wrapping_sub(1);
        let mut slot = hash(key) & last;
        loop {
            let begin = match self.slots.get(slot) {
                None | Some(0) => return (slot, None),
                Some(place) => *place as usize - 1,
            };
            let entry = self.entry(begin);
            let found = entry.filter(|entry| self.entries.get(entry.key..entry.end) == Some(key));
            if found.is_some() {
                return (slot, found);
            }
            slot = (slot + 1) & last;
        }
    }
}

/// FNV-1a: ids of one tenant's own rows need no protection from who made them, and it is quick on short ones.
fn hash(key: &[u8]) -> usize {
    let hash =
        key.iter().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193));
    (hash ^ (hash >> 15)) as usize
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::Seen;

    /// Where its length takes another byte.
    #[test]
    fn remembers_long_keys() {
        let mut seen = Seen::default();
        let keys = || [0, 1, 126, 127, 128, 129, 16_383, 16_384, 70_000].map(|length| "x".repeat(length));
        for (run, key) in (0..).zip(keys()) {
            assert_eq!(seen.get(&key), None);
            seen.set(&key, run);
        }
        for (run, key) in (0..).zip(keys()) {
            assert_eq!(seen.get(&key), Some(run));
        }
    }

    proptest::proptest! {
        #[test]
        fn remembers_as_a_map_does(seen in proptest::collection::vec(("[a-c]{0,3}|[0-9]{1,4}", 0..4_u32), 0..300)) {
            let (mut ours, mut theirs) = (Seen::default(), HashMap::new());
            for (key, run) in &seen {
                proptest::prop_assert_eq!(ours.get(key), theirs.get(key).copied());
                ours.set(key, *run);
                theirs.insert(key.clone(), *run);
            }
            for (key, run) in &theirs {
                proptest::prop_assert_eq!(ours.get(key), Some(*run));
            }
            proptest::prop_assert_eq!(ours.get("d"), None);
        }
    }
}
