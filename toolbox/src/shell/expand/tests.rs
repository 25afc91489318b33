//! What words become; other tests use its shell.

use super::*;
use crate::shell::State;
use crate::shell::ast::{Command, List};
use crate::shell::descriptors::Descriptors;
use crate::shell::parser;
use crate::shell::symbol::Symbol;

/// A shell for tests.
pub(in crate::shell) struct Session {
    pub(in crate::shell) shell: Shell,
}

impl Session {
    pub(in crate::shell) fn new() -> Self {
        let mut shell = Shell::with_state(State::default(), Descriptors::inherited([]));
        for (name, value) in [(Symbol::IFS, " \t\n"), (Symbol::HOME, "/home/x")] {
            assert_eq!(shell.try_assign(name, value), Flow::Continue(true));
        }
        Self { shell }
    }

    /// Runs a script. A command `w` shows the fields that its arguments become; another that fails shows how.
    pub(in crate::shell) fn run(&mut self, script: &str) -> Vec<String> {
        let script = parser::parse_script(script.as_bytes()).expect("a script");
        let mut shown = Vec::new();
        for item in script.items {
            let stage = item.command.first.stages.first();
            match stage {
                Some(Command::Simple(command))
                    if command
                        .words
                        .first()
                        .is_some_and(|word| word.source == b"w") =>
                {
                    shown.push(match self.shell.expand_words(&command.words[1..]) {
                        Flow::Continue(fields) => in_brackets(&fields),
                        Flow::Break(jump) => format!("{jump:?}"),
                    });
                }
                _ => {
                    if let Flow::Break(jump) = self.shell.run_list(&List { items: vec![item] }) {
                        shown.push(format!("{jump:?}"));
                    }
                }
            }
        }
        shown
    }
}

fn in_brackets(fields: &[Text]) -> String {
    let shown = fields
        .iter()
        .map(|field| format!("<{}>", String::from_utf8_lossy(field)));
    shown.collect()
}

/// What a script shows, in one line.
pub(in crate::shell) fn shown(script: &str) -> String {
    Session::new().run(script).join(" ")
}

/// Runs something that goes deep: frames of a build that is not optimised are large.
pub(in crate::shell) fn with_room(run: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(256 << 20).spawn(run);
    thread.expect("a thread").join().expect("no panic");
}

#[test]
fn words_are_split_at_white_space() {
    assert_eq!(
        shown("x=' a  b '; w $x; w \"$x\"; w c$x\"d\"; w $x$x"),
        "<a><b> < a  b > <c><a><b><d> <a><b><a><b>"
    );
    assert_eq!(
        shown("e=; w $e; w \"$e\" ''; w $e''; w a$e"),
        " <><> <> <a>"
    );
}

#[test]
fn other_separators_make_empty_fields() {
    let script =
        "IFS=:; x=a::b:; w $x; w $x'c'; w :$x; y=:; w $y; w $y$y; IFS=' :'; x=' a : b '; w $x";
    assert_eq!(
        shown(script),
        "<a><><b> <a><><b><c> <:a><><b> <> <><> <a><b>"
    );
    assert_eq!(
        shown("IFS=é; x=aébéc; w $x; IFS=; x='a b'; w $x"),
        "<a><b><c> <a b>"
    );
}

#[test]
fn positional_parameters_keep_their_bounds() {
    let script = "set -- a 'b c' ''; w \"$@\"; w $@; w \"x$@y\"; w \"$*\"; IFS=-; w \"$*\"; set --; w \"$@\"; w \"$*\"; w a\"$@\"";
    assert_eq!(
        shown(script),
        "<a><b c><> <a><b><c> <xa><b c><y> <a b c > <a-b c->  <> <a>"
    );
}

#[test]
fn values_have_defaults() {
    let script = "w ${x:-a b} \"${x:-a b}\" ${x-}; x=; w ${x-d} ${x:-d} \"${x:+n}\"; w ${y:=v w} \"$y\"; w ${y:+'q r'}";
    assert_eq!(shown(script), "<a><b><a b> <d><> <v><w><v w> <q r>");
}

#[test]
fn patterns_are_removed_and_replaced() {
    let script = "p=/usr/lib/x.so; w ${p##*/} ${p%/*} ${p#*/} ${p%%/*} ${p//\\//:} ${p/lib/[&]} ${p/#\\/usr/~} ${p/%so/a}";
    assert_eq!(
        shown(script),
        "<x.so></usr/lib><usr/lib/x.so><:usr:lib:x.so></usr/[lib]/x.so></home/x/lib/x.so></usr/lib/x.a>"
    );
    assert_eq!(
        shown("x=aXb; w \"${x/X/\"&\"}\" \"${x//[ab]/<&>}\"; e=; w \"[${e/*/q}]\""),
        "<a&b><<a>X<b>> <[q]>"
    );
}

#[test]
fn parts_are_cut_by_characters() {
    let script = "x=aé€d; w ${x:1:2} ${x: -2} ${x:1:-1} ${#x}; set -- 1 2 3; w ${@:2} ${@: -1} ${@:0:1}; a=([2]=x [5]=y); w ${a[@]:3} ${a[@]: -1} ${#a[@]} ${!a[@]}";
    assert_eq!(
        shown(script),
        "<é€><€d><é€><4> <2><3><3><bash> <y><y><2><2><5>"
    );
    assert_eq!(shown("x=abc; w ${x:1:-5}"), "Discard(Expansion, 1)");
}

#[test]
fn braces_make_several_words() {
    assert_eq!(
        shown("w a{b,c{d,e}}f {1..3} {03..1} {c..a} {a} x{,y}"),
        "<abf><acdf><acef><1><2><3><03><02><01><c><b><a><{a}><x><xy>"
    );
    assert_eq!(
        shown("x=1 xa=2 xb=3; w $x{a,b} ${x}{a,b}"),
        "<2><3><1a><1b>"
    );
    assert_eq!(
        shown("w {9223372036854775806..9223372036854775807}"),
        "<9223372036854775806><9223372036854775807>"
    );
}

#[test]
fn indirection_names_parameters() {
    let script = "x=abc; y=x; w ${!y} ${!y:1}; a=(p q); r='a[1]'; w ${!r}; set -- one two; w ${!#}; w ${!nope}";
    assert_eq!(shown(script), "<abc><bc> <q> <two> Discard(Command, 1)");
}

#[test]
fn what_has_no_value_ends_the_shell() {
    assert_eq!(shown("w ${x?}"), "Exit(1)");
    assert_eq!(shown("set -u; w \"$@\" ${x-}; w $x"), " Exit(1)");
}

#[test]
fn patterns_keep_their_quotes() {
    let mut session = Session::new();
    session.run("x='a*'");
    let source = |session: &mut Session, text: &str| {
        let word = parser::word_text(text.as_bytes()).expect("a word");
        match session.shell.expand_pattern(&word) {
            Flow::Continue(source) => String::from_utf8_lossy(&source).into_owned(),
            Flow::Break(jump) => format!("{jump:?}"),
        }
    };
    assert_eq!(source(&mut session, "$x\"$x\"\\?[a-c]"), "a*a\\*\\?[a-c]");
}

#[test]
fn regular_expressions_keep_their_quotes() {
    let mut session = Session::new();
    let mut source = |text: &str| {
        let word = parser::word_text(text.as_bytes()).expect("a word");
        match session.shell.expand_regex(&word) {
            Flow::Continue(source) => String::from_utf8_lossy(&source).into_owned(),
            Flow::Break(jump) => format!("{jump:?}"),
        }
    };
    assert_eq!(source("^a.\".b\"$"), "^a.\\.b$");
    assert_eq!(source("[\"a.\"]x\\."), "[a.]x\\.");
}

#[test]
fn values_are_transformed() {
    let script = "x='it'\\''s'; w \"${x@Q}\" ${x@U} ${x@u}; y='a\\tb'; w \"${y@E}\"; a=(1 '2 3'); w \"${a[@]@Q}\" \"${a[@]@A}\" \"${a[@]@K}\"; w \"${a[@]@k}\"";
    assert_eq!(
        shown(script),
        "<'it'\\''s'><IT'S><It's> <a\tb> <'1'><'2 3'><declare -a a=([0]=\"1\" [1]=\"2 3\")><0 \"1\" 1 \"2 3\"> <0><1><1><2 3>"
    );
}

#[test]
fn a_text_is_appended_in_place() {
    let script = "s=; for i in 1 2 3; do s=\"$s$i\"; s=$s-; s+=.; done; w $s; s=\"$s$s\"; w $s";
    assert_eq!(shown(script), "<1-.2-.3-.> <1-.2-.3-.1-.2-.3-.>");
}
