//! What `tr` does to a byte, worked out from its sets.

use super::set::{Class, Element};

/// The bytes of a set that counts only as such.
pub type Members = [bool; 256];

/// So many bytes in a set are more than anyone types; beyond them, a repeat is not counted out.
const MOST: u64 = 1 << 24;

pub fn members(elements: &[Element], complement: bool) -> Members {
    let mut members = [complement; 256];
    for element in elements {
        for byte in bytes_of(*element, 1) {
            members[usize::from(byte)] = !complement;
        }
    }
    members
}

/// The bytes of an element in order; a repeat has `count` of them.
fn bytes_of(element: Element, count: u64) -> Box<dyn Iterator<Item = u8>> {
    match element {
        Element::Byte(byte) | Element::Equivalence(byte) => Box::new(std::iter::once(byte)),
        Element::Range(first, last) => Box::new(first..=last),
        Element::Class(class) => Box::new(class.bytes()),
        Element::Repeat(byte, _) => Box::new(std::iter::repeat_n(
            byte,
            usize::try_from(count).unwrap_or(0),
        )),
    }
}

/// The first set alone cannot have this.
pub fn check_first(first: &[Element]) -> Result<(), &'static str> {
    match first.iter().any(is_open) {
        true => Err("the [c*] repeat construct may not appear in string1"),
        false => Ok(()),
    }
}

pub fn check_second(second: &[Element], translating: bool) -> Result<(), &'static str> {
    match second.iter().filter(|element| is_open(element)).count() {
        0 => Ok(()),
        1 if translating => Ok(()),
        1 => Err("the [c*] construct may appear in string2 only when translating"),
        _ => Err("only one [c*] repeat construct may appear in string2"),
    }
}

fn is_open(element: &Element) -> bool {
    matches!(element, Element::Repeat(_, None))
}

/// A place in a set: its byte, and whether a whole class of letters begins there.
#[derive(Clone, Copy)]
struct Position {
    byte: u8,
    letters: Option<Class>,
}

/// What each byte becomes.
pub fn translation(
    first: &[Element],
    second: &[Element],
    complement: bool,
    truncate: bool,
) -> Result<[u8; 256], &'static str> {
    let domain = domain(first, complement);
    if second
        .iter()
        .any(|element| matches!(element, Element::Equivalence(_)))
    {
        return Err("[=c=] expressions may not appear in string2 when translating");
    }
    if second.iter().any(|element| {
        matches!(element, Element::Class(class) if !matches!(class, Class::Upper | Class::Lower))
    }) {
        return Err(
            "when translating, the only character classes that may appear in\n\
             string2 are 'upper' and 'lower'",
        );
    }
    let mut image = image(second, domain.len());
    let mut pairs = pair(&domain, &image, complement)?;
    if domain.len() > image.len() && !truncate {
        let Some(last) = image.last().copied() else {
            return Err("when not truncating set1, string2 must be non-empty");
        };
        if pairs.ends_short && matches!(second.last(), Some(Element::Class(_))) {
            return Err("when translating with string1 longer than string2,\n\
                 the latter string must not end with a character class");
        }
        let last = Position {
            letters: None,
            ..last
        };
        image.resize(domain.len(), last);
        pairs = pair(&domain, &image, complement)?;
    }
    let has_class = first
        .iter()
        .any(|element| matches!(element, Element::Class(_)));
    let is_one = image
        .iter()
        .all(|position| Some(position.byte) == image.first().map(|one| one.byte));
    if complement && has_class && !(image.len() == domain.len() && is_one) {
        return Err("when translating with complemented character classes,\n\
             string2 must map all characters in the domain to one");
    }
    Ok(pairs.table)
}

/// What is translated, in order.
fn domain(first: &[Element], complement: bool) -> Vec<Position> {
    if complement {
        let members = members(first, true);
        let others = (0..=u8::MAX).filter(|byte| members[usize::from(*byte)]);
        return others
            .map(|byte| Position {
                byte,
                letters: None,
            })
            .collect();
    }
    first
        .iter()
        .flat_map(|element| positions(*element, 1))
        .collect()
}

/// What it becomes; an open repeat makes it as long as the domain.
fn image(second: &[Element], length: usize) -> Vec<Position> {
    let others: usize = second
        .iter()
        .filter(|element| !is_open(element))
        .map(|element| positions(*element, 0).count())
        .sum();
    let open = u64::try_from(length.saturating_sub(others)).unwrap_or(0);
    second
        .iter()
        .flat_map(|element| positions(*element, open))
        .collect()
}

fn positions(element: Element, open: u64) -> impl Iterator<Item = Position> {
    let count = match element {
        Element::Repeat(_, Some(count)) => count.min(MOST),
        _ => open,
    };
    let class = match element {
        Element::Class(class @ (Class::Upper | Class::Lower)) => Some(class),
        _ => None,
    };
    bytes_of(element, count)
        .enumerate()
        .map(move |(at, byte)| Position {
            byte,
            letters: class.filter(|_| at == 0),
        })
}

struct Pairs {
    table: [u8; 256],
    /// The image ended with the domain going on.
    ends_short: bool,
}

/// Puts the two side by side. A class of letters in the image must stand where one stands in the domain.
fn pair(domain: &[Position], image: &[Position], complement: bool) -> Result<Pairs, &'static str> {
    let mut table = [0; 256];
    for byte in 0..=u8::MAX {
        table[usize::from(byte)] = byte;
    }
    let letters = 26;
    let (mut from, mut to) = (0, 0);
    while let Some(target) = image.get(to) {
        let source = domain.get(from);
        if let Some(target) = target.letters.filter(|_| !complement) {
            let Some(source) = source.and_then(|source| source.letters) else {
                return Err("misaligned [:upper:] and/or [:lower:] construct");
            };
            for byte in source.bytes() {
                table[usize::from(byte)] = match target {
                    Class::Upper => byte.to_ascii_uppercase(),
                    _ => byte.to_ascii_lowercase(),
                };
            }
            (from, to) = (from + letters, to + letters);
            continue;
        }
        let Some(source) = source else { break };
        table[usize::from(source.byte)] = target.byte;
        (from, to) = (from + 1, to + 1);
    }
    Ok(Pairs {
        table,
        ends_short: to >= image.len() && from < domain.len(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::set;
    use super::*;

    fn translated(first: &str, second: &str, text: &str) -> Result<String, &'static str> {
        let parse = |text: &str| set::parse(text.as_bytes(), &mut Vec::new()).expect("a set");
        let table = translation(&parse(first), &parse(second), false, false)?;
        Ok(text
            .bytes()
            .map(|byte| char::from(table[usize::from(byte)]))
            .collect())
    }

    #[test]
    fn the_last_byte_of_the_image_stands_for_the_rest() {
        assert_eq!(translated("a-d", "xy", "abcd"), Ok("xyyy".into()));
        assert_eq!(translated("abc", "[x*]z", "abcd"), Ok("xxzd".into()));
        assert_eq!(translated("aba", "xyz", "ab"), Ok("zy".into()));
    }

    #[test]
    fn letters_change_their_case_where_the_classes_meet() {
        let both = translated("[:lower:][:upper:]", "[:upper:][:lower:]", "aBc");
        assert_eq!(both, Ok("AbC".into()));
        assert_eq!(
            translated("x[:upper:]", "y[:lower:]", "xAx"),
            Ok("yay".into())
        );
        assert!(translated("x[:upper:]", "[:lower:]", "").is_err());
    }
}
