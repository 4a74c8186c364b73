//! Which items a listing has seen.
//!
//! A table of its own: the standard library's is made for everything that a map can be asked, and is 3 KB of the module for Workers.

/// Keys, and the run in which each was seen last.
#[derive(Debug, Default)]
pub(super) struct Seen {
    entries: Vec<(Box<str>, u32)>,
    /// Entries by the hash of their key: a place and 1, or 0 where there is none. At most half of them are taken, and their number is a power of two.
    slots: Vec<usize>,
}

impl Seen {
    /// The run in which a key was seen last.
    pub(super) fn get(&self, key: &str) -> Option<u32> {
        let (_, entry) = self.find(key);
        self.entries.get(entry?).map(|(_, run)| *run)
    }

    /// A key was seen in a run.
    pub(super) fn set(&mut self, key: &str, run: u32) {
        if let (_, Some(entry)) = self.find(key) {
            if let Some((_, seen)) = self.entries.get_mut(entry) {
                *seen = run;
            }
            return;
        }
        self.entries.push((key.into(), run));
        if self.entries.len() * 2 <= self.slots.len() {
            self.enter(self.entries.len());
            return;
        }
        self.slots = vec![0; (self.slots.len() * 2).max(64)];
        for entry in 1..=self.entries.len() {
            self.enter(entry);
        }
    }

    /// Puts an entry, counted from 1, in its slot.
    fn enter(&mut self, entry: usize) {
        let Some((key, _)) = self.entries.get(entry - 1) else { return };
        let (slot, _) = self.find(key);
        if let Some(slot) = self.slots.get_mut(slot) {
            *slot = entry;
        }
    }

    /// The slot of a key, and its entry; without one, the slot that it would have.
    fn find(&self, key: &str) -> (usize, Option<usize>) {
        let last = self.slots.len().wrapping_sub(1);
        let mut slot = hash(key) & last;
        loop {
            let entry = match self.slots.get(slot) {
                None | Some(0) => return (slot, None),
                Some(entry) => entry - 1,
            };
            if self.entries.get(entry).is_some_and(|(other, _)| **other == *key) {
                return (slot, Some(entry));
            }
            slot = (slot + 1) & last;
        }
    }
}

/// FNV-1a: ids of one tenant's own rows need no protection from who made them, and it is quick on short ones.
fn hash(key: &str) -> usize {
    let hash =
        key.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    (hash ^ (hash >> 15)) as usize
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::Seen;

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
