//! Extended regular expressions (POSIX 9.4) for `=~`.

use regex_automata::meta::Regex;
use regex_automata::util::syntax;

/// What the whole and the groups of an expression match; none inside when it does not match, and none at all when it is no
/// expression.
pub(super) fn groups(
    text: &[u8],
    source: &[u8],
    ignore_case: bool,
) -> Option<Option<Vec<Vec<u8>>>> {
    let translated = translated(std::str::from_utf8(source).ok()?)?;
    let options = syntax::Config::new()
        .case_insensitive(ignore_case)
        .utf8(false)
        .dot_matches_new_line(true);
    let regex = Regex::builder().syntax(options).build(&translated).ok()?;
    let mut captures = regex.create_captures();
    regex.captures(text, &mut captures);
    if !captures.is_match() {
        return Some(None);
    }
    let groups = (0..captures.group_len()).map(|index| match captures.get_group(index) {
        Some(span) => text.get(span.start..span.end).unwrap_or_default().to_vec(),
        None => Vec::new(),
    });
    Some(Some(groups.collect()))
}

/// The expression in the syntax of the engine.
fn translated(source: &str) -> Option<String> {
    let mut result = String::new();
    let mut characters = source.chars().peekable();
    let mut can_repeat = false;
    while let Some(character) = characters.next() {
        match character {
            '[' => {
                result += &bracket(&mut characters)?;
                can_repeat = true;
            }
            '\\' => {
                let escaped = characters.next()?;
                match escaped {
                    '<' => result += r"\b{start}",
                    '>' => result += r"\b{end}",
                    'w' | 'W' | 's' | 'S' | 'b' | 'B' => {
                        result.push('\\');
                        result.push(escaped);
                    }
                    _ if escaped.is_ascii_punctuation() => {
                        result.push('\\');
                        result.push(escaped);
                    }
                    _ => result.push(escaped),
                }
                can_repeat = true;
            }
            '*' | '+' | '?' if !can_repeat => return None,
            '{' if !characters.peek().is_some_and(char::is_ascii_digit) => {
                result += r"\{";
                can_repeat = true;
            }
            '}' if !in_interval(&result) => result += r"\}",
            '(' | '|' => {
                result.push(character);
                can_repeat = false;
            }
            ' ' | '#' | '&' | '~' | '-' => {
                result.push(character);
                can_repeat = true;
            }
            _ => {
                result.push(character);
                can_repeat = character != '^';
            }
        }
    }
    Some(result)
}

/// Whether an interval is open at the end of the text.
fn in_interval(text: &str) -> bool {
    let Some((before, inside)) = text.rsplit_once('{') else {
        return false;
    };
    !before.ends_with('\\')
        && inside
            .chars()
            .all(|character| character.is_ascii_digit() || character == ',')
}

fn bracket(characters: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<String> {
    let mut result = String::from("[");
    if characters.next_if_eq(&'^').is_some() {
        result.push('^');
    }
    let mut is_first = true;
    loop {
        let character = characters.next()?;
        match character {
            ']' if !is_first => break,
            '[' if matches!(characters.peek(), Some(':' | '.' | '=')) => {
                let kind = characters.next()?;
                let mut name = String::new();
                while !name.ends_with(kind) || characters.peek() != Some(&']') {
                    name.push(characters.next()?);
                }
                characters.next();
                name.pop();
                match kind {
                    ':' => result += &format!("[:{name}:]"),
                    _ => name
                        .chars()
                        .for_each(|character| push_escaped(&mut result, character)),
                }
            }
            '-' => result.push('-'),
            _ => push_escaped(&mut result, character),
        }
        is_first = false;
    }
    // A hyphen at the end of a bracket expression is one of its characters.
    if result.ends_with('-') {
        result.pop();
        result += r"\-";
    }
    result.push(']');
    Some(result.replacen("[-", r"[\-", 1).replacen("[^-", r"[^\-", 1))
}

fn push_escaped(result: &mut String, character: char) {
    if matches!(character, '[' | ']' | '\\' | '^' | '&' | '~') {
        result.push('\\');
    }
    result.push(character);
}
