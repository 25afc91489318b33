//! Shell patterns, for `--ignore` and `--hide`.

/// Whether the whole name matches. A dot that begins the name is only matched by a dot.
pub fn matches(pattern: &[u8], name: &[u8]) -> bool {
    if name.first() == Some(&b'.') && matches!(pattern.first(), Some(b'*' | b'?' | b'[')) {
        return false;
    }
    // Where to go on when the text after the last `*` does not fit: one more character for the star.
    let mut retry: Option<(&[u8], &[u8])> = None;
    let (mut pattern, mut name) = (pattern, name);
    loop {
        if let [b'*', after @ ..] = pattern {
            retry = Some((after, name));
            pattern = after;
            continue;
        }
        if pattern.is_empty() && name.is_empty() {
            return true;
        }
        if let Some((after_pattern, after_name)) = match_one(pattern, name) {
            (pattern, name) = (after_pattern, after_name);
            continue;
        }
        match retry {
            Some((after, at)) if !at.is_empty() => {
                name = &at[character_length(at)..];
                retry = Some((after, name));
                pattern = after;
            }
            _ => return false,
        }
    }
}

/// Matches one character; returns what is left of both.
fn match_one<'p, 'n>(pattern: &'p [u8], name: &'n [u8]) -> Option<(&'p [u8], &'n [u8])> {
    if name.is_empty() {
        return None;
    }
    let length = character_length(name);
    let (character, rest) = name.split_at(length);
    match pattern {
        [b'?', after @ ..] => Some((after, rest)),
        [b'[', set @ ..] => match match_set(set, character) {
            Some((true, after)) => Some((after, rest)),
            Some((false, _)) => None,
            None => (name[0] == b'[').then(|| (set, &name[1..])),
        },
        [b'\\', literal, after @ ..] | [literal, after @ ..] => {
            (name[0] == *literal).then(|| (after, &name[1..]))
        }
        [] => None,
    }
}

/// Reads a set behind its `[`: whether it has the character, and what follows it; `None` when it does not end.
fn match_set<'p>(set: &'p [u8], character: &[u8]) -> Option<(bool, &'p [u8])> {
    let (negated, mut rest) = match set {
        [b'!' | b'^', after @ ..] => (true, after),
        _ => (false, set),
    };
    let mut found = false;
    let mut first = true;
    loop {
        if let [b']', after @ ..] = rest
            && !first
        {
            return Some((found != negated, after));
        }
        first = false;
        if let [b'[', b':', after @ ..] = rest
            && let Some(end) = after.windows(2).position(|pair| pair == b":]")
        {
            found |= in_class(&after[..end], character);
            rest = &after[end + 2..];
            continue;
        }
        let (low, after) = set_element(rest)?;
        if let [b'-', high @ ..] = after
            && !matches!(high, [] | [b']', ..])
        {
            let (high, after) = set_element(high)?;
            found |= low <= character && character <= high;
            rest = after;
        } else {
            found |= low == character;
            rest = after;
        }
    }
}

/// One character of a set. UTF-8 sorts by bytes as by characters, so ranges compare bytes.
fn set_element(set: &[u8]) -> Option<(&[u8], &[u8])> {
    let set = match set {
        [b'\\', after @ ..] if !after.is_empty() => after,
        _ => set,
    };
    (!set.is_empty()).then(|| set.split_at(character_length(set)))
}

fn in_class(class: &[u8], character: &[u8]) -> bool {
    let Some(character) = std::str::from_utf8(character)
        .ok()
        .and_then(|text| text.chars().next())
    else {
        return false;
    };
    match class {
        b"alpha" => character.is_alphabetic(),
        b"digit" => character.is_ascii_digit(),
        b"alnum" => character.is_alphanumeric(),
        b"upper" => character.is_uppercase(),
        b"lower" => character.is_lowercase(),
        b"space" => character.is_whitespace(),
        b"blank" => matches!(character, ' ' | '\t'),
        b"punct" => character.is_ascii_punctuation(),
        b"print" => !character.is_control(),
        b"graph" => !character.is_control() && !character.is_whitespace(),
        b"cntrl" => character.is_control(),
        b"xdigit" => character.is_ascii_hexdigit(),
        _ => false,
    }
}

/// The bytes of the first character; one where they are not UTF-8.
fn character_length(bytes: &[u8]) -> usize {
    let valid = bytes.utf8_chunks().next().map_or("", |chunk| chunk.valid());
    valid
        .chars()
        .next()
        .map_or(1, char::len_utf8)
        .min(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::matches;

    fn fits(pattern: &str, name: &str) -> bool {
        matches(pattern.as_bytes(), name.as_bytes())
    }

    #[test]
    fn stars_and_question_marks_stand_for_characters() {
        assert!(fits("*.rs", "main.rs") && !fits("*.rs", "main.rst"));
        assert!(fits("a*b*c", "a1b2bc") && !fits("a*b*c", "a1b2b"));
        assert!(fits("?", "é") && !fits("?", "ab") && !fits("?", ""));
        assert!(fits("a\\*", "a*") && !fits("a\\*", "ab"));
    }

    #[test]
    fn sets_have_ranges_classes_and_negation() {
        assert!(fits("[a-c]x", "bx") && !fits("[a-c]x", "dx"));
        assert!(fits("[!a-c]", "d") && !fits("[^a-c]", "a"));
        assert!(fits("[]x]", "]") && fits("[[:digit:]_]", "_") && fits("[[:digit:]_]", "7"));
        assert!(fits("[ab", "[ab") && !fits("[ab", "a"));
    }

    #[test]
    fn a_leading_dot_is_written_out() {
        assert!(!fits("*", ".x") && !fits("?x", ".x") && fits(".*", ".x"));
    }
}
