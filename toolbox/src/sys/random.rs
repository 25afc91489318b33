//! Random numbers, which the system gives.

use std::hash::{BuildHasher, Hasher, RandomState};

/// 64 random bits. They are for names and samples, not for secrets: std takes a key from the system and hashes with it.
pub fn bits() -> u64 {
    RandomState::new().build_hasher().finish()
}

/// A number below `end`, each as likely as the others; 0 when there is none.
pub fn below(end: u64) -> u64 {
    let Some(limit) = (u64::MAX / end.max(1)).checked_mul(end.max(1)) else {
        return 0;
    };
    loop {
        let number = bits();
        if number < limit {
            return number % end.max(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_below_the_end_and_differ() {
        let numbers: Vec<u64> = (0..100).map(|_| below(10)).collect();
        assert!(numbers.iter().all(|number| *number < 10));
        assert!(numbers.iter().any(|number| *number != numbers[0]));
        assert_eq!(below(1), 0);
        assert_eq!(below(0), 0);
    }
}
