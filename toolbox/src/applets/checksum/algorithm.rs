//! The checksums: their names and how they are computed.

use std::io::{self, Read};

use sha2::Digest;

use crate::stdio::Blocks;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    Bsd,
    Sysv,
    Crc,
    Md5,
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
    /// With so many bytes.
    Blake2b(usize),
    Sm3,
}

/// The most bytes of BLAKE2b, and the usual ones.
pub const BLAKE2B: usize = 64;

/// The name of a digest in a line with a tag.
pub const TAGS: &[(&str, Algorithm)] = &[
    ("BSD", Algorithm::Bsd),
    ("SYSV", Algorithm::Sysv),
    ("CRC", Algorithm::Crc),
    ("MD5", Algorithm::Md5),
    ("SHA1", Algorithm::Sha1),
    ("SHA224", Algorithm::Sha224),
    ("SHA256", Algorithm::Sha256),
    ("SHA384", Algorithm::Sha384),
    ("SHA512", Algorithm::Sha512),
    ("BLAKE2b", Algorithm::Blake2b(BLAKE2B)),
    ("SM3", Algorithm::Sm3),
];

impl Algorithm {
    /// The name without a length.
    pub fn tag(self) -> &'static str {
        let found = TAGS.iter().find(|(_, known)| match (known, self) {
            (Self::Blake2b(_), Self::Blake2b(_)) => true,
            (known, this) => *known == this,
        });
        found.map_or("", |(tag, _)| tag)
    }

    /// The bytes of the digest.
    pub fn length(self) -> usize {
        match self {
            Self::Bsd | Self::Sysv => 2,
            Self::Crc => 4,
            Self::Md5 => 16,
            Self::Sha1 => 20,
            Self::Sha224 => 28,
            Self::Sha256 | Self::Sm3 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
            Self::Blake2b(length) => length,
        }
    }

    /// Whether the checksum is a number that is printed with the size of the file.
    pub fn is_number(self) -> bool {
        matches!(self, Self::Bsd | Self::Sysv | Self::Crc)
    }

    /// The digest of an input, and its length.
    pub fn of(self, input: impl Read) -> io::Result<(Vec<u8>, u64)> {
        match self {
            Self::Bsd => hash(input, Bsd(0)),
            Self::Sysv => hash(input, Sysv(0)),
            Self::Crc => hash(input, Crc(0, 0)),
            Self::Md5 => hash(input, md5::Md5::new()),
            Self::Sha1 => hash(input, sha1::Sha1::new()),
            Self::Sha224 => hash(input, sha2::Sha224::new()),
            Self::Sha256 => hash(input, sha2::Sha256::new()),
            Self::Sha384 => hash(input, sha2::Sha384::new()),
            Self::Sha512 => hash(input, sha2::Sha512::new()),
            Self::Blake2b(length) => {
                let state = blake2b_simd::Params::new().hash_length(length).to_state();
                hash(input, state)
            }
            Self::Sm3 => hash(input, sm3::Sm3::new()),
        }
    }
}

/// Takes bytes and makes a digest of them.
trait Hash {
    fn add(&mut self, bytes: &[u8]);
    fn finish(self) -> Vec<u8>;
}

fn hash(input: impl Read, mut hash: impl Hash) -> io::Result<(Vec<u8>, u64)> {
    let mut blocks = Blocks::new(input);
    let mut length = 0;
    loop {
        match blocks.read()? {
            [] => return Ok((hash.finish(), length)),
            block => {
                hash.add(block);
                length += block.len() as u64;
            }
        }
    }
}

macro_rules! digests {
    ($($digest:ty,)*) => {
        $(impl Hash for $digest {
            fn add(&mut self, bytes: &[u8]) {
                self.update(bytes);
            }

            fn finish(self) -> Vec<u8> {
                self.finalize().to_vec()
            }
        })*
    };
}

digests! {
    md5::Md5,
    sha1::Sha1,
    sha2::Sha224,
    sha2::Sha256,
    sha2::Sha384,
    sha2::Sha512,
    sm3::Sm3,
}

impl Hash for blake2b_simd::State {
    fn add(&mut self, bytes: &[u8]) {
        self.update(bytes);
    }

    fn finish(self) -> Vec<u8> {
        self.finalize().as_bytes().to_vec()
    }
}

/// A sum of 16 bits that is turned right before each byte.
struct Bsd(u16);

impl Hash for Bsd {
    fn add(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_right(1).wrapping_add(u16::from(*byte));
        }
    }

    fn finish(self) -> Vec<u8> {
        self.0.to_be_bytes().to_vec()
    }
}

/// The sum of the bytes, folded to 16 bits.
struct Sysv(u32);

impl Hash for Sysv {
    fn add(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.wrapping_add(u32::from(*byte));
        }
    }

    fn finish(self) -> Vec<u8> {
        let once = (self.0 & 0xffff) + (self.0 >> 16);
        let twice = (once & 0xffff) + (once >> 16);
        u16::try_from(twice).unwrap_or(0).to_be_bytes().to_vec()
    }
}

/// The remainder of POSIX, and the length, which is added at the end.
struct Crc(u32, u64);

/// The remainders of each byte with 0 to 7 zeros behind it.
static REMAINDERS: [[u32; 256]; 8] = {
    let mut tables = [[0; 256]; 8];
    let mut byte = 0;
    while byte < 256 {
        let mut remainder = (byte as u32) << 24;
        let mut bit = 0;
        while bit < 8 {
            let carry = remainder >> 31;
            remainder = (remainder << 1) ^ (carry * 0x04c1_1db7);
            bit += 1;
        }
        tables[0][byte] = remainder;
        byte += 1;
    }
    let mut table = 1;
    while table < 8 {
        let mut byte = 0;
        while byte < 256 {
            let before = tables[table - 1][byte];
            tables[table][byte] = before << 8 ^ tables[0][(before >> 24) as usize];
            byte += 1;
        }
        table += 1;
    }
    tables
};

impl Crc {
    fn step(remainder: u32, byte: u8) -> u32 {
        let [highest, ..] = remainder.to_be_bytes();
        remainder << 8 ^ REMAINDERS[0][usize::from(highest ^ byte)]
    }
}

impl Hash for Crc {
    fn add(&mut self, bytes: &[u8]) {
        self.1 += bytes.len() as u64;
        let (groups, rest) = bytes.as_chunks::<8>();
        for [a, b, c, d, e, f, g, h] in groups {
            let [one, two, three, four] = self.0.to_be_bytes();
            let table = |zeros: usize, byte: u8| REMAINDERS[zeros][usize::from(byte)];
            self.0 = table(7, a ^ one)
                ^ table(6, b ^ two)
                ^ table(5, c ^ three)
                ^ table(4, d ^ four)
                ^ table(3, *e)
                ^ table(2, *f)
                ^ table(1, *g)
                ^ table(0, *h);
        }
        for byte in rest {
            self.0 = Self::step(self.0, *byte);
        }
    }

    fn finish(self) -> Vec<u8> {
        let (mut remainder, mut length) = (self.0, self.1);
        while length != 0 {
            let [lowest, ..] = length.to_le_bytes();
            remainder = Self::step(remainder, lowest);
            length >>= 8;
        }
        (!remainder).to_be_bytes().to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(algorithm: Algorithm, text: &[u8]) -> String {
        let (digest, length) = algorithm.of(text).expect("memory");
        assert_eq!(length, text.len() as u64);
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn every_algorithm_gives_its_digest() {
        assert_eq!(
            digest(Algorithm::Crc, b"123456789"),
            format!("{:08x}", 930_766_865)
        );
        assert_eq!(digest(Algorithm::Crc, b""), "ffffffff");
        assert_eq!(digest(Algorithm::Bsd, b"q"), format!("{:04x}", 113));
        assert_eq!(digest(Algorithm::Sysv, b"q"), format!("{:04x}", 113));
        assert_eq!(
            digest(Algorithm::Md5, b"abc"),
            "900150983cd24fb0d6963f7d28e17f72"
        );
        assert_eq!(
            digest(Algorithm::Sha1, b"abc"),
            "a9993e364706816aba3e25717850c26c9cd0d89d"
        );
        assert_eq!(
            digest(Algorithm::Sha224, b"abc"),
            "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7"
        );
        assert_eq!(digest(Algorithm::Blake2b(4), b"abc").len(), 8);
        assert_eq!(
            digest(Algorithm::Sm3, b"abc"),
            "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
        );
    }
}
