//! `help`: tells about builtins.

mod topics;

use self::topics::{TOPICS, Topic};
use super::letters::Letters;
use crate::shell::Shell;
use crate::shell::ast::Text;
use crate::shell::flow::Flow;
use crate::shell::pattern::Pattern;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Full,
    /// `-d`
    Short,
    /// `-m`
    Manual,
    /// `-s`
    Synopsis,
}

pub fn run(shell: &mut Shell, args: &[Text]) -> Flow {
    let mut form = Form::Full;
    let mut letters = Letters::new(args, "dms");
    loop {
        match letters.next(shell) {
            Ok(Some(given)) => {
                form = match given.letter {
                    b'd' => Form::Short,
                    b'm' => Form::Manual,
                    _ if form == Form::Full => Form::Synopsis,
                    _ => form,
                }
            }
            Ok(None) => break,
            Err(flow) => return flow,
        }
    }
    let patterns = letters.operands();
    let Some(last) = patterns.last() else {
        return list(shell);
    };
    if patterns.iter().any(|pattern| is_glob(pattern)) {
        let several = if patterns.len() > 1 { "s" } else { "" };
        let names: Vec<&[u8]> = patterns.iter().map(Vec::as_slice).collect();
        let head = [
            b"Shell commands matching keyword",
            several.as_bytes(),
            b" `",
            &names.join(&b", "[..]),
            b"'\n\n",
        ];
        shell.out().extend(head.concat());
    }
    let mut found = false;
    for pattern in patterns {
        for topic in matching(pattern) {
            found = true;
            show_topic(topic, form, shell.out());
        }
    }
    if found {
        return Flow::Continue(0);
    }
    let message = [
        b"no help topics match `",
        last.as_slice(),
        b"'.  Try `help help' or `man -k ",
        last.as_slice(),
        b"' or `info ",
        last.as_slice(),
        b"'.",
    ];
    shell.complain_as("help", message.concat());
    Flow::Continue(1)
}

fn is_glob(pattern: &[u8]) -> bool {
    pattern.iter().any(|byte| matches!(byte, b'*' | b'?'))
        || pattern.contains(&b'[') && pattern.contains(&b']')
}

/// The topics that a pattern matches, or else those that begin with it.
fn matching(pattern: &[u8]) -> Vec<&'static Topic> {
    let compiled = Pattern::new(pattern, true, false);
    let whole: Vec<_> = TOPICS
        .iter()
        .filter(|topic| topic.name.as_bytes() == pattern || compiled.matches(topic.name.as_bytes()))
        .collect();
    if !whole.is_empty() {
        return whole;
    }
    TOPICS
        .iter()
        .filter(|topic| topic.name.as_bytes().starts_with(pattern))
        .collect()
}

/// What follows `--help`.
pub fn show(shell: &mut Shell, name: &[u8]) {
    if let Some(topic) = TOPICS.iter().find(|topic| topic.name.as_bytes() == name) {
        show_topic(topic, Form::Full, shell.out());
    }
}

fn synopsis(topic: &Topic) -> String {
    if let Some(synopsis) = topic.synopsis {
        return synopsis.to_owned();
    }
    let synopsis = super::find(topic.name.as_bytes()).map_or("", |builtin| builtin.synopsis);
    format!("{} {synopsis}", topic.name).trim_end().to_owned()
}

fn show_topic(topic: &Topic, form: Form, out: &mut Vec<u8>) {
    let Topic {
        name,
        short,
        details,
        ..
    } = topic;
    let usage = synopsis(topic);
    let indented = |text: &str| -> String {
        text.lines()
            .map(|line| format!("    {line}\n"))
            .collect::<String>()
    };
    let body = match details.is_empty() {
        true => indented(short),
        false => format!("{}    \n{}", indented(short), indented(details)),
    };
    let text = match form {
        Form::Short => format!("{name} - {short}\n"),
        Form::Synopsis => format!("{name}: {usage}\n"),
        Form::Full => format!("{name}: {usage}\n{body}"),
        Form::Manual => format!(
            "NAME\n    {name} - {short}\n\nSYNOPSIS\n    {usage}\n\nDESCRIPTION\n{body}\nSEE ALSO\n    bash(1)\n\n"
        ),
    };
    out.extend_from_slice(text.as_bytes());
}

/// All topics, each by its synopsis.
fn list(shell: &mut Shell) -> Flow {
    let head = "These commands are part of the shell. `help NAME' tells more about one of them.\n\
        A star (*) stands before those that are disabled.\n\n";
    shell.out().extend_from_slice(head.as_bytes());
    for topic in TOPICS {
        let name = topic.name.as_bytes();
        let is_disabled = super::find(name).is_some() && shell.builtin(name).is_none();
        let star = if is_disabled { '*' } else { ' ' };
        let line = format!("{star}{}\n", synopsis(topic));
        shell.out().extend_from_slice(line.as_bytes());
    }
    Flow::Continue(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::builtins::TABLE;

    #[test]
    fn every_builtin_has_a_text() {
        for builtin in TABLE {
            let has_topic = TOPICS.iter().any(|topic| topic.name == builtin.name);
            assert!(has_topic, "{}", builtin.name);
        }
    }

    #[test]
    fn topics_are_sorted() {
        assert!(TOPICS.is_sorted_by_key(|topic| topic.name));
    }

    #[test]
    fn a_name_is_found_in_full_or_by_its_start() {
        let names = |pattern: &str| -> Vec<&str> {
            let found = matching(pattern.as_bytes());
            found.into_iter().map(|topic| topic.name).collect()
        };
        assert_eq!(names("read"), ["read"]);
        assert_eq!(names("rea"), ["read", "readarray", "readonly"]);
        assert_eq!(names("[["), ["[[ ... ]]"]);
        assert_eq!(names("tr*"), ["trap", "true"]);
    }
}
