//! Trees of whole scripts, and the errors of broken ones.

use std::collections::BTreeMap;

use super::*;
use crate::shell::ast::{
    BinaryOperator, Command, Compound, Expression, Operation, Part, RedirectionTarget,
};

fn parse(text: &str) -> List {
    parse_script(text.as_bytes()).unwrap_or_else(|error| panic!("{text}: {error:?}"))
}

fn message(text: &str) -> String {
    let error = parse_script(text.as_bytes()).expect_err(text);
    String::from_utf8_lossy(&error.message).into_owned()
}

fn first_word(text: &str) -> Word {
    let list = parse(text);
    match &list.items[0].command.first.stages[0] {
        Command::Simple(command) => command.words[0].clone(),
        other => panic!("{other:?}"),
    }
}

fn compound(text: &str) -> Compound {
    let list = parse(text);
    match &list.items[0].command.first.stages[0] {
        Command::Compound(command) => command.kind.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_kind_of_command_is_read() {
    for script in [
        "a b c",
        "a=1 b+=2 c[1]=3 d=(1 [2]=x $y) cmd",
        "a | b |& c && d || ! e; f & g",
        "time -p a | b; time; !",
        "{ a; b; }; ( a; b ) > f 2>&1",
        "if a; then b; elif c; then d; else e; fi",
        "while a; do b; done < f; until a; do b; done",
        "for x in a b; do c; done; for x; do c; done; for x do c; done; for ((i=0; i<3; i++)) { a; }",
        "select x in a b; do break; done",
        "case $x in a|b) c;; (d) e;& f) g;;& *) h; esac",
        "f() { a; }; function g { b; } > f; function h() ( c )",
        "[[ -f x && ( a == b* || $x =~ ^(a|b)$ ) && ! -z $y ]]",
        "(( x + 1 )); ((a)) && b; ( (a); b )",
        "coproc a; coproc N { b; }; coproc { c; }",
        "cat << E1 << 'E2'\na $x\nE1\nb $y\nE2\necho",
        "cat <<- E\n\ta\n\tE\n",
        "a=$(cat << E\nx\nE\n) b",
        "x=$(case a in a) b;; esac); echo `a \\`b\\``",
        "diff <(a) >(b); a {fd}> x {fd}>&- 3<&4- &> y &>> z >| v <> w <<< u",
        "echo ${x:-a b} ${#x} ${x//a/b} ${x:1:2} ${!x} ${!x@} ${!a[@]} ${a[@]:1} ${x^^} ${x@Q} ${@:1} ${x: -1}",
        "echo $((1 + (2))) $[3] $((x[1]++)) \"$((\"1\"+2))\"",
        "declare -a x=(1 2) y=$z; local a=b; export c",
        "a \\\n b # comment\n# another\n\nc",
        "echo {a,b}{1..3} {x..z} \"{a,b}\" {a} {}",
    ] {
        parse(script);
    }
}

#[test]
fn a_plain_word_is_one_part() {
    assert_eq!(first_word("echo").parts, [Part::Literal(b"echo".to_vec())]);
    assert_eq!(
        first_word("a'b'\"c\"\\d").parts,
        [
            Part::Literal(b"a".to_vec()),
            Part::Quoted(b"b".to_vec()),
            Part::DoubleQuoted(vec![Part::Quoted(b"c".to_vec())]),
            Part::Quoted(b"d".to_vec()),
        ]
    );
}

#[test]
fn escapes_of_ansi_quotes_are_decoded() {
    let word = first_word(r"$'a\n\x41\101\u00e9\cA\'' b");
    assert_eq!(word.parts, [Part::Quoted("a\nAA\u{e9}\u{1}'".into())]);
}

#[test]
fn a_parameter_has_its_operation() {
    let operation = |text: &str| match first_word(text).parts.remove(0) {
        Part::Parameter(parameter) => parameter.operation,
        other => panic!("{other:?}"),
    };
    assert!(matches!(
        operation("${x:-y}"),
        Operation::Default { colon: true, .. }
    ));
    assert!(matches!(operation("${#x}"), Operation::Length));
    assert!(matches!(operation("${#}"), Operation::Value));
    assert!(matches!(operation("${##}"), Operation::Length));
    assert!(matches!(operation("${#-}"), Operation::Length));
    assert!(matches!(
        operation("${x##*/}"),
        Operation::RemovePrefix { longest: true, .. }
    ));
    assert!(matches!(operation("${x/a}"), Operation::Replace { .. }));
    assert!(matches!(
        operation("${x:(-1)}"),
        Operation::Substring { length: None, .. }
    ));
    assert!(matches!(
        operation("${!x*}"),
        Operation::Names { joined: true }
    ));
    assert!(matches!(
        operation("${!x[@]}"),
        Operation::Keys { joined: false }
    ));
    assert!(matches!(operation("${x bad}"), Operation::Bad));
    assert!(matches!(operation("${}"), Operation::Bad));
}

#[test]
fn arithmetic_is_read_beforehand() {
    let Compound::Arithmetic(arithmetic) = compound("(( x + 2 * $y ))") else {
        panic!("arithmetic");
    };
    let expression = arithmetic.expression.expect("it has only parameters");
    assert!(matches!(
        expression,
        Expression::Binary(BinaryOperator::Add, _, _)
    ));
    assert_eq!(arithmetic.expanded.len(), 1);
    let Compound::Arithmetic(arithmetic) = compound("(( 1$y ))") else {
        panic!("arithmetic");
    };
    assert_eq!(arithmetic.expression, None);
}

#[test]
fn a_here_document_has_its_body() {
    let list = parse("cat <<E; echo after\nline $x\nE\n");
    let Command::Simple(command) = &list.items[0].command.first.stages[0] else {
        panic!("a simple command");
    };
    let RedirectionTarget::HereDocument(document) = &command.redirections[0].target else {
        panic!("a here-document");
    };
    assert_eq!(
        document.body.get().expect("it was read").source,
        b"line $x\n"
    );
    assert_eq!(list.items.len(), 2);
}

#[test]
fn commands_come_line_by_line() {
    let mut parser = Parser::new(b"a; b\nc\n)\n".to_vec(), 1);
    let settings = Settings::default();
    assert_eq!(
        parser
            .next(&settings)
            .expect("a line")
            .expect("commands")
            .items
            .len(),
        2
    );
    assert_eq!(
        parser
            .next(&settings)
            .expect("a line")
            .expect("a command")
            .items
            .len(),
        1
    );
    assert_eq!(parser.next(&settings).expect_err("it is wrong").line, 3);
}

#[test]
fn aliases_are_replaced_where_commands_begin() {
    let mut aliases = BTreeMap::new();
    aliases.insert(b"e".to_vec(), b"echo ".to_vec());
    aliases.insert(b"x".to_vec(), b"y z".to_vec());
    aliases.insert(b"ls".to_vec(), b"ls -l".to_vec());
    let alias = |name: &[u8]| aliases.get(name).cloned();
    let settings = Settings {
        alias: Some(&alias),
        ..Settings::default()
    };
    let words = |text: &str| {
        let list = parse_with(text.as_bytes(), &settings).expect("a script");
        match &list.items[0].command.first.stages[0] {
            Command::Simple(command) => command
                .words
                .iter()
                .map(|word| String::from_utf8_lossy(&word.source).into_owned())
                .collect::<Vec<_>>(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(words("e x"), ["echo", "y", "z"]);
    assert_eq!(words("ls x"), ["ls", "-l", "x"]);
    assert_eq!(words("\\e x"), ["\\e", "x"]);
}

#[test]
fn errors_are_those_of_bash() {
    for (script, expected) in [
        ("fi", "syntax error near unexpected token `fi'"),
        ("a | | b", "syntax error near unexpected token `|'"),
        ("if a; then fi", "syntax error near unexpected token `fi'"),
        ("if a", "syntax error: unexpected end of file"),
        ("( a", "syntax error: unexpected end of file"),
        ("a )", "syntax error near unexpected token `)'"),
        ("echo 'a", "unexpected EOF while looking for matching `''"),
        ("echo \"a", "unexpected EOF while looking for matching `\"'"),
        ("echo ${a", "unexpected EOF while looking for matching `}'"),
        ("a &&\n\n", "syntax error: unexpected end of file"),
        ("a > ", "syntax error near unexpected token `newline'"),
        ("a ;; b", "syntax error near unexpected token `;;'"),
        ("f() a", "syntax error near unexpected token `a'"),
    ] {
        let script = if script.ends_with("> ") {
            format!("{script}\n")
        } else {
            script.to_owned()
        };
        assert_eq!(message(&script), expected, "{script}");
    }
}

#[test]
fn deep_nesting_is_an_error_and_no_crash() {
    // Frames of an unoptimised build are large.
    let thread = std::thread::Builder::new()
        .stack_size(64 << 20)
        .spawn(parse_deep_nesting);
    thread.expect("a thread").join().expect("no panic");
}

fn parse_deep_nesting() {
    for (opening, closing) in [
        ("( ", " )"),
        ("{ ", "; }"),
        ("$(", ")"),
        ("\"$(", ")\""),
        ("${x:-", "}"),
        ("$((", "))"),
        ("if a; then ", "; fi"),
        ("[[ ( ", " ) ]]"),
        ("a=(", ")"),
        ("@(", ")"),
        ("`", "`"),
        ("{a,", "}"),
        ("x[", "]"),
        ("! ", ""),
        ("<(", ")"),
    ] {
        for depth in [50, 20_000] {
            let text = format!("echo {}a{}", opening.repeat(depth), closing.repeat(depth));
            let _ = parse_script(text.as_bytes());
            let text = format!("{}a{}", opening.repeat(depth), closing.repeat(depth));
            let _ = parse_script(text.as_bytes());
        }
    }
}
