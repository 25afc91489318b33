//! Changes of permission bits as `chmod` takes them: octal numbers and clauses such as `u=rwx,go-w`.

const ALL: u32 = 0o7777;
const SET_ID: u32 = 0o6000;

/// What a text makes of the mode of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModeChange {
    steps: Vec<Step>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Step {
    operator: Operator,
    /// The bits of those who are named; nothing when nobody is, and the umask has its say.
    affected: Option<u32>,
    bits: Bits,
    /// The bits that are spoken of: a directory keeps its set-ID bits unless they are among these.
    mentioned: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Add,
    Remove,
    Set,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bits {
    These(u32),
    /// These, and `x` for a directory or where somebody has it.
    WithSearch(u32),
    /// What the class has, `u`, `g` or `o` by its bits.
    Copied(u32),
}

impl ModeChange {
    /// Nothing when the text is no mode.
    pub fn parse(text: &[u8]) -> Option<Self> {
        let first = text.first()?;
        if first.is_ascii_digit() {
            let (value, rest) = octal(text)?;
            return rest.is_empty().then(|| Self::to_number(value, text.len()));
        }
        let mut steps = Vec::new();
        for clause in text.split(|byte| *byte == b',') {
            add_clause(clause, &mut steps)?;
        }
        Some(Self { steps })
    }

    /// The mode of another file.
    pub fn to_mode(mode: u32) -> Self {
        Self::to_number(mode & ALL, 5)
    }

    fn to_number(value: u32, digits: usize) -> Self {
        Self {
            steps: vec![Step {
                operator: Operator::Set,
                affected: Some(ALL),
                bits: Bits::These(value),
                // Zeros in front say that the set-ID bits are meant as well.
                mentioned: if digits < 5 {
                    value & SET_ID | 0o1777
                } else {
                    ALL
                },
            }],
        }
    }

    /// The bits that a file of this mode is to have.
    pub fn apply(&self, mode: u32, is_directory: bool, umask: u32) -> u32 {
        self.steps.iter().fold(mode & ALL, |mode, step| {
            let kept = if is_directory {
                SET_ID & !step.mentioned
            } else {
                0
            };
            let bits = match step.bits {
                Bits::These(bits) => bits,
                Bits::WithSearch(bits) if is_directory || mode & 0o111 != 0 => bits | 0o111,
                Bits::WithSearch(bits) => bits,
                Bits::Copied(class) => spread(mode & class),
            };
            let bits = bits & step.affected.unwrap_or(!umask) & !kept;
            match step.operator {
                Operator::Add => mode | bits,
                Operator::Remove => mode & !bits,
                Operator::Set => {
                    mode & (step.affected.map_or(0, |affected| !affected) | kept) | bits
                }
            }
        })
    }
}

/// The permissions of one class, for all.
fn spread(bits: u32) -> u32 {
    let permissions = [0o444, 0o222, 0o111];
    permissions
        .into_iter()
        .filter(|permission| bits & permission != 0)
        .sum()
}

/// The number at the start, if it is one of permissions, and what is behind it.
fn octal(text: &[u8]) -> Option<(u32, &[u8])> {
    let length = text
        .iter()
        .take_while(|byte| matches!(byte, b'0'..=b'7'))
        .count();
    let (digits, rest) = text.split_at(length);
    let value = digits.iter().try_fold(0, |value, digit| {
        let value = value * 8 + u32::from(digit - b'0');
        (value <= ALL).then_some(value)
    })?;
    Some((value, rest))
}

fn add_clause(clause: &[u8], steps: &mut Vec<Step>) -> Option<()> {
    let who = clause
        .iter()
        .take_while(|byte| b"ugoa".contains(byte))
        .count();
    let (who, mut actions) = clause.split_at(who);
    let affected = who.iter().fold(0, |bits, who| bits | class(*who));
    let affected = (affected != 0).then_some(affected);
    // At least one action has to follow.
    loop {
        let (operator, rest) = actions.split_first()?;
        let operator = match operator {
            b'+' => Operator::Add,
            b'-' => Operator::Remove,
            b'=' => Operator::Set,
            _ => return None,
        };
        let (bits, affected, rest) = match rest {
            [b'0'..=b'7', ..] => {
                let (value, after) = octal(rest)?;
                if affected.is_some() || !after.is_empty() {
                    return None;
                }
                steps.push(Step {
                    operator,
                    affected: Some(ALL),
                    bits: Bits::These(value),
                    mentioned: ALL,
                });
                return Some(());
            }
            [b'u', after @ ..] => (Bits::Copied(0o700), affected, after),
            [b'g', after @ ..] => (Bits::Copied(0o070), affected, after),
            [b'o', after @ ..] => (Bits::Copied(0o007), affected, after),
            _ => {
                let (bits, after) = letters(rest);
                (bits, affected, after)
            }
        };
        let named = match bits {
            Bits::These(bits) | Bits::WithSearch(bits) | Bits::Copied(bits) => bits,
        };
        steps.push(Step {
            operator,
            affected,
            bits,
            mentioned: named & affected.unwrap_or(ALL),
        });
        if rest.is_empty() {
            return Some(());
        }
        actions = rest;
    }
}

/// The bits of a class, with the bit of `s` or `t` that goes with it.
fn class(who: u8) -> u32 {
    match who {
        b'u' => 0o4700,
        b'g' => 0o2070,
        b'o' => 0o1007,
        _ => ALL,
    }
}

fn letters(text: &[u8]) -> (Bits, &[u8]) {
    let (mut bits, mut search) = (0, false);
    let mut length = 0;
    for letter in text {
        match letter {
            b'r' => bits |= 0o444,
            b'w' => bits |= 0o222,
            b'x' => bits |= 0o111,
            b'X' => search = true,
            b's' => bits |= SET_ID,
            b't' => bits |= 0o1000,
            _ => break,
        }
        length += 1;
    }
    let rest = text.get(length..).unwrap_or_default();
    match search {
        true => (Bits::WithSearch(bits), rest),
        false => (Bits::These(bits), rest),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str, mode: u32) -> Option<u32> {
        Some(ModeChange::parse(text.as_bytes())?.apply(mode, false, 0o022))
    }

    fn directory(text: &str, mode: u32) -> Option<u32> {
        Some(ModeChange::parse(text.as_bytes())?.apply(mode, true, 0o022))
    }

    #[test]
    fn numbers_are_octal_and_at_most_four_digits_of_three_bits() {
        assert_eq!(file("700", 0o644), Some(0o700));
        assert_eq!(file("01777", 0), Some(0o1777));
        assert_eq!(file("8", 0), None);
        assert_eq!(file("17777", 0), None);
        assert_eq!(file("7x", 0), None);
    }

    #[test]
    fn a_directory_keeps_set_id_bits_that_are_not_spoken_of() {
        assert_eq!(directory("755", 0o2700), Some(0o2755));
        assert_eq!(directory("00755", 0o2700), Some(0o755));
        assert_eq!(directory("u=rwx", 0o4600), Some(0o4700));
        assert_eq!(directory("g-s", 0o2755), Some(0o755));
        assert_eq!(directory("=0755", 0o2700), Some(0o755));
        assert_eq!(file("755", 0o2700), Some(0o755));
    }

    #[test]
    fn clauses_follow_each_other() {
        assert_eq!(file("u=rwx,go=", 0o644), Some(0o700));
        assert_eq!(file("go-w+x", 0o666), Some(0o655));
        assert_eq!(file("g=u-w,o=", 0o755), Some(0o750));
        assert_eq!(file("u+s,o+t", 0o777), Some(0o5777));
        assert_eq!(file("a+X", 0o644), Some(0o644));
        assert_eq!(file("a+X", 0o744), Some(0o755));
        assert_eq!(directory("a+X", 0o644), Some(0o755));
        assert_eq!(file("o=u", 0o640), Some(0o646));
    }

    #[test]
    fn a_clause_that_names_nobody_respects_the_mask() {
        assert_eq!(file("=rwx", 0), Some(0o755));
        assert_eq!(file("-w", 0o777), Some(0o577));
        assert_eq!(file("+w", 0o444), Some(0o644));
        assert_eq!(file("+0222", 0o444), Some(0o666));
    }

    #[test]
    fn other_words_are_no_modes() {
        for text in [
            "xyz", "u", "u=q", "", "u+7", "u=ur", "+", "a", ",u+x", "u+x,",
        ] {
            let empty_action = text == "+";
            assert_eq!(file(text, 0).is_some(), empty_action, "{text}");
        }
    }
}
