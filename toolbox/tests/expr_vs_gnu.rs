//! Expressions, written by hand and random, have the values that GNU's expr gives them.
#![cfg(unix)]

#[allow(dead_code, reason = "other tests use the rest")]
mod files;

use std::process::Command;

use files::{Dice, Scratch, answer, is_gnu, toolbox};

/// Runs every case with both, and fails with all that differ.
fn compare(name: &str, cases: impl Iterator<Item = Vec<String>>) {
    if !is_gnu("expr") {
        return;
    }
    let scratch = Scratch::new(name);
    let (mut count, mut different) = (0, Vec::new());
    for case in cases {
        count += 1;
        let args: Vec<&str> = case.iter().map(String::as_str).collect();
        let expected = answer(Command::new("expr"), &args, &scratch.0, &[], "");
        let found = answer(toolbox("expr"), &args, &scratch.0, &[], "");
        if found != expected {
            different.push(format!("{args:?}\n ours {found:?}\n GNU  {expected:?}"));
        }
    }
    let all = different.join("\n");
    assert!(
        different.is_empty(),
        "{} of {count} differ:\n{all}",
        different.len()
    );
}

const LINES: &[&str] = &[
    "1 2",
    "length",
    "index a",
    "substr a",
    "match a",
    "( 1",
    "( 1 2",
    ")",
    "1 +",
    "a + 1",
    "1 / 0",
    "1 % 0",
    "",
    "--",
    "-- -5",
    "-5",
    "--foo",
    "-",
    "0",
    "00",
    "-0",
    "+",
    "+ +",
    "+ length",
    "length abc",
    "length length abc",
    "substr abc 0 1",
    "substr abc 2 x",
    "substr abc 2 99999999999999999999",
    "substr abc -1 2",
    "substr abc 2 -1",
    "substr abc 99999999999999999999 1",
    "substr éàü 2 1",
    "1 < 2",
    "10 < 9",
    "a < b",
    "1 = 01",
    "a = a",
    "1 == 1",
    "1 != 1",
    "1 >= 1",
    "a | b",
    "0 | 0",
    "0 | 00",
    "0 & 1",
    "a & b",
    "5 & 0",
    "( )",
    "1 | 1 / 0",
    "1 | a + 1",
    "0 & 1 / 0",
    "2 * 3 + 4",
    "7 / -2",
    "-7 % 3",
    "-7 / 2",
    "99999999999999999999 * 99999999999999999999",
    "99999999999999999999 % 7",
    "-99999999999999999999 / 3",
    "007 + 1",
    "007",
    "index abc c",
    "index abc xyz",
    "index éb b",
    "index é é",
    "abc : a",
    "match abc a.*",
    "1 -- 2",
    "1 - -2",
    "1 + ( 2",
    "a : b : c",
    "1 ( 2",
    "| 1",
    "1 |",
    "1 :",
    "length ( 5 )",
    "length + ( 5",
    "+ )",
    "abc : \\(b\\)",
    "abc : a\\(b\\)c",
    "abc : \\(x\\)*",
    "- | 7",
    "-00 | 7",
    "abc : .*",
    "éa : .*",
    "a : \\(",
    "a : [",
    "a : a\\{1",
    "a : \\(a\\)\\2",
    "a : *a",
    "*a : *a",
    "a : a**",
    "1 = 1 = 1",
    "1 < 2 < 3",
    "1 - 2 - 3",
    "2 * ( 3 + 4 )",
    "abc = abc & 5",
    "length 日本",
    "1 + é",
    "match",
    "substr",
    "1 + 2 3",
    "( ( 1 ) )",
    "1 | )",
    "0 | ( 1 / 0",
    "1 | ( a : \\( )",
    "-1 : -1",
    "+ + + +",
    "length + length",
];

#[test]
fn expressions_have_the_values_that_gnu_gives_them() {
    let words = |line: &&str| {
        line.split(' ')
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect()
    };
    compare("expr-lines", LINES.iter().map(words));
    let empty = [
        vec!["", "=", ""],
        vec!["", "|", "a"],
        vec!["length", ""],
        vec!["a", ":", ""],
        vec![""],
        vec!["a b", "<", "a"],
    ];
    compare(
        "expr-empty",
        empty
            .into_iter()
            .map(|case| case.into_iter().map(str::to_owned).collect()),
    );
}

#[test]
fn random_expressions_have_the_values_that_gnu_gives_them() {
    let tokens = [
        "1",
        "2",
        "-3",
        "0",
        "10",
        "a",
        "abc",
        "é",
        "(",
        ")",
        "+",
        "-",
        "*",
        "/",
        "%",
        "|",
        "&",
        "<",
        "<=",
        "=",
        "==",
        "!=",
        ">=",
        ">",
        ":",
        "length",
        "index",
        "substr",
        "match",
        "a*",
        "99999999999999999999",
        "-",
    ];
    let signs = [
        "+", "-", "*", "/", "%", "|", "&", "<", "<=", "=", "!=", ">=", ">", ":",
    ];
    let operands = [
        "1",
        "2",
        "-3",
        "0",
        "10",
        "a",
        "abc",
        "7",
        "100000000000000000000",
        "00",
    ];
    let mut dice = Dice(7);
    let cases = (0..1500).map(|round| {
        let length = 1 + dice.below(7);
        let mut case = Vec::new();
        for place in 0..length {
            let from = match (round % 3, place % 2) {
                (0, _) => &tokens[..],
                (_, 0) => &operands[..],
                _ => &signs[..],
            };
            case.push(dice.pick(from).to_owned());
        }
        case
    });
    compare("expr-random", cases);
}

/// A random basic expression.
fn pattern(dice: &mut Dice, depth: usize) -> String {
    let atoms = [
        "a",
        "b",
        "c",
        ".",
        "[ab]",
        "[^a]",
        "[[:alpha:]]",
        "[a-b]",
        "é",
        "\\w",
        "\\W",
        "\\s",
        "x",
        "[]a]",
        "[é]",
        "\\.",
        "*",
        "\\b",
        "\\<",
        "\\>",
        "^",
        "$",
        "\\1",
        "\\`",
        "\\'",
        "\\B",
    ];
    // In a group that is repeated, GNU itself is not sure of what an assertion means.
    let atoms = if depth < 2 { &atoms[..17] } else { &atoms[..] };
    let repeats = [
        "*",
        "\\+",
        "\\?",
        "\\{2\\}",
        "\\{0,1\\}",
        "\\{1,2\\}",
        "\\{0,3\\}",
        "\\{,2\\}",
        "\\{2,\\}",
        "\\{",
        "**",
    ];
    let mut text = String::new();
    for _ in 0..=dice.below(3) {
        match dice.below(7) {
            0 | 1 if depth > 0 => {
                text += "\\(";
                text += &pattern(dice, depth - 1);
                text += "\\)";
            }
            2 => {
                text += "\\|";
                continue;
            }
            _ => text += dice.pick(atoms),
        }
        if dice.below(3) == 0 {
            text += dice.pick(&repeats);
        }
    }
    text
}

#[test]
fn random_patterns_match_what_gnu_matches() {
    let letters = ["a", "b", "ab", "aab", "c", "é", " ", "x", "aa"];
    let mut dice = Dice(11);
    let cases = (0..3000).map(|_| {
        let text: String = (0..dice.below(6)).map(|_| dice.pick(&letters)).collect();
        vec![text, ":".to_owned(), pattern(&mut dice, 2)]
    });
    compare("expr-patterns", cases);
}
