//! Brace expansion.

use super::*;
use crate::shell::ast::Part;

#[test]
fn braces_with_commas_or_sequences_are_expanded() {
    check(&[
        (
            "e {a,b} a{b,c}d {a,{b,c}}{d,e}",
            "e {a,b} a{b,c}d {a,{b,c}}{d,e};",
        ),
        ("e {,} {a,,b} {,a}", "e {,} {a,,b} {,a};"),
        (
            "e {a,\"b c\"} {$x,'{y,z}'} {a,$(b c,d)}",
            "e {a,«‹b c›»} {${x},‹{y,z}›} {a,$(b c,d;)};",
        ),
        (
            "e {1..3} {3..1} {1..10..3} {10..1..3} {1..3..0} {1..3..-1}",
            "e {1..3..1:0} {3..1..-1:0} {1..10..3:0} {10..1..-3:0} {1..3..1:0} {1..3..1:0};",
        ),
        (
            "e {01..10} {-05..5} {1..03} {+1..3} {-0..-3}",
            "e {1..10..1:2} {-5..5..1:3} {1..3..1:2} {1..3..1:0} {0..-3..-1:0};",
        ),
        (
            "e {a..e} {e..a..2} {a..Z}",
            "e {a..e..1} {e..a..-2} {a..Z..-1};",
        ),
        ("e {1..100000000}", "e {1..100000000..1:0};"),
        ("e ~/{a,b} {~,~x/y,z~}", "e ~()/{a,b} {~(),~(x)/y,z~};"),
        ("e {a..b,c} {x..{a,b}}", "e {a..b,c} {x..{a,b}};"),
    ]);
}

#[test]
fn other_braces_are_text() {
    check(&[
        (
            "e {} {a} {a..} {1..} {a..1} {1.0..2} {1..3..x} {1..2..3..4} {é..ü}",
            "e {} {a} {a..} {1..} {a..1} {1.0..2} {1..3..x} {1..2..3..4} {é..ü};",
        ),
        (
            "e \\{a,b} {a\\,b} \"{a,b}\" '{a,b}' {a,b \\{a..b}",
            "e ‹{›a,b} {a‹,›b} «‹{a,b}›» ‹{a,b}› {a,b ‹{›a..b};",
        ),
        ("e {\"1\"..3} {1..$x}", "e {«‹1›»..3} {1..${x}};"),
        ("e ${x:-{a,b}} ${x}{a,b}", "e ${x :- {a,b}} ${x}{a,b};"),
        ("x={a,b} y", "x={a,b} y;"),
        (
            "[[ {a,b} == {a,b} ]] <<< {a,b}",
            "[[ {a,b} Matches {a,b} ]] <<< {a,b};",
        ),
    ]);
}

#[test]
fn braces_that_do_not_match_are_text() {
    let braces = |script: &str| {
        let word = word_of(script);
        let show = |part: &Part| match part {
            Part::Brace(_) => "B".to_owned(),
            Part::Literal(text) => String::from_utf8_lossy(text).into_owned(),
            other => format!("{other:?}"),
        };
        word.parts.iter().map(show).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(braces("{a},b}"), "B");
    assert_eq!(braces("{a,b}}"), "B }");
    assert_eq!(braces("{{a,b}"), "{ B");
    assert_eq!(braces("{a,{b,c}"), "{a, B");
    assert_eq!(braces("{a,b"), "{a,b");
    assert_eq!(braces("{{},x}"), "B");
    assert_eq!(braces("a{}{b,c}"), "a{} B");
    assert_eq!(braces("{a..{1..2}}{b,c}"), "{a..{1..2}} B");
}

fn word_of(text: &str) -> Word {
    let list = parse_script(text.as_bytes()).expect("a script");
    match &list.items[0].command.first.stages[0] {
        crate::shell::ast::Command::Simple(command) => command.words[0].clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_outermost_braces_keep_what_they_are() {
    let word = word_of("a{b$x,{c,d}}");
    let Part::Brace(brace) = &word.parts[1] else {
        panic!("a brace expansion");
    };
    let plain = Word {
        parts: brace.plain.clone(),
        ..Word::default()
    };
    assert_eq!(shape::word(&plain), "{b${x},{c,d}}");
}

#[test]
fn braces_mean_nothing_when_they_are_turned_off() {
    let settings = Settings {
        brace_expansion: false,
        ..SETTINGS
    };
    let list = parse_with(b"{a,b}", &settings).expect("a script");
    assert_eq!(shape::list(&list), "{a,b};");
    let crate::shell::ast::Command::Simple(command) = &list.items[0].command.first.stages[0] else {
        panic!("a simple command");
    };
    assert_eq!(command.words[0].parts, [Part::Literal(b"{a,b}".to_vec())]);
}
