//! Words and what is quoted in them.

use super::*;

#[test]
fn text_in_a_row_is_one_part() {
    check(&[
        ("echo a'b'\"c\"\\d$'e'", "echo a‹b›«‹c›»‹de›;"),
        ("'' \"\" a''b ''''", "‹› «» a‹›b ‹›‹›;"),
        ("a\\ b\\\\c\\'", "a‹ ›b‹\\›c‹'›;"),
        ("'a\nb' \"c\nd\"", "‹a\nb› «‹c\nd›»;"),
    ]);
}

#[test]
fn double_quotes_keep_backslashes() {
    check(&[
        (r#"e "a\b\$c\`d\"e\\f""#, r#"e «‹a\b$c`d"e\f›»;"#),
        (
            r#"e "$x a ${y} $(z) `z`" "$" "$'a'" "a$""#,
            "e «${x}‹ a ›${y}‹ ›$(z;)‹ ›$(z;)» «‹$›» «‹$'a'›» «‹a$›»;",
        ),
        ("e $\"a $b\"", "e «‹a ›${b}»;"),
    ]);
}

#[test]
fn escapes_of_ansi_quotes_are_decoded() {
    check(&[
        (
            r"e $'a\n\t\x41\101\u00e9\cA\'\\\e'",
            "e ‹a\n\tAA\u{e9}\u{1}'\\\u{1b}›;",
        ),
        (
            r"e $'\x4z\1012\xg\u\q\U1F600'",
            "e ‹\u{4}zA2\\xg\\u\\q\u{1f600}›;",
        ),
        (
            r"e $'a\0b' $'\x{41}' $'\c' $'\c\\b'",
            "e ‹a› ‹A› ‹\\c› ‹\u{1c}b›;",
        ),
    ]);
    let word = word_text(br"$'\377\x80\U7fffffff'").expect("a word");
    assert_eq!(
        word.parts,
        [crate::shell::ast::Part::Quoted(
            b"\xff\x80\xfd\xbf\xbf\xbf\xbf\xbf".to_vec()
        )]
    );
}

#[test]
fn tildes_stand_where_words_and_values_begin() {
    check(&[
        (
            "~ ~/a ~b/c ~+ ~- a~ \\~ '~'a ~\"a\" ~$x",
            "~() ~()/a ~(b)/c ~(+) ~(-) a~ ‹~› ‹~›a ~«‹a›» ~${x};",
        ),
        ("a=~:~b/c:d~ e", "a=~():~(b)/c:d~ e;"),
        (
            "e x=~ x=a:~ x=a=~ y:~ 1x=~ +x=~",
            "e x=~() x=a:~() x=a=~ y:~ 1x=~ +x=~;",
        ),
        (
            "e ${x:-~/a} ${x#~} \"${x:-~}\"",
            "e ${x :- ~()/a} ${x # ~()} «${x :- ‹~›}»;",
        ),
    ]);
}

#[test]
fn a_dollar_that_begins_nothing_is_text() {
    check(&[("e $ a$ $% $/ $=", "e $ a$ $% $/ $=;")]);
}

#[test]
fn substitutions_hold_commands() {
    check(&[
        (
            "$(a; b) $( ) `c` \"`d \\\"e\\\" f`\"",
            "$(a; b;) $() $(c;) «$(d «‹e›» f;)»;",
        ),
        (
            "`a \\`b \\\\\\`c\\\\\\` \\`` `\\$x \\\\y`",
            "$(a $(b $(c;););) $(${x} ‹y›;);",
        ),
        (
            "$(case a in b) c;; esac) $(case a in (b) c;; d) ;; esac; e)",
            "$(case a (b) [c;] ;;;) $(case a (b) [c;] ;; (d) [] ;;; e;);",
        ),
        ("$(# )\na) $(a # ')'\n)", "$(a;) $(a;);"),
        ("\"$(echo \"a)\" ')')\"", "«$(echo «‹a)›» ‹)›;)»;"),
        (
            "$(< f) $(<f) `< f` $(< f; a) $(< f > g) $(a < f)",
            "$(< f) $(< f) $(< f) $(< f; a;) $(< f > g;) $(a < f;);",
        ),
        (
            "$((a); b) $( (a) ) $((1) + (2))",
            "$(( a; ); b;) $(( a; );) $(unread ‹(1) + (2)›;);",
        ),
        ("a <(b) >(c) d<(e)f", "a <(b;) >(c;) d<(e;)f;"),
    ]);
}

#[test]
fn backquotes_that_are_wrong_are_left_to_the_run() {
    check(&[("a `b )` c `if`", "a $(unread ‹b )›;) c $(unread ‹if›;);")]);
}

#[test]
fn extended_patterns_are_words() {
    let settings = Settings {
        extglob: true,
        ..SETTINGS
    };
    let shape =
        |script: &str| shape::list(&parse_with(script.as_bytes(), &settings).expect("a script"));
    assert_eq!(
        shape("a @(b|c d)?(x)e !(f|*(g|h)) +($x;'y)')"),
        "a @(b|c d)?(x)e !(f|*(g|h)) +(${x};‹y)›);"
    );
    assert_eq!(shape("!(a) b; ! (a)"), "!(a) b; ! ( a; );");
    assert_eq!(
        super::shape("a @(b)"),
        "error: syntax error near unexpected token `('"
    );
}

#[test]
fn sources_are_as_written() {
    let list = parse_script(b"a\"b\"$(c   d)\\\n'e' ${x:-'y'}").expect("a script");
    let crate::shell::ast::Command::Simple(command) = &list.items[0].command.first.stages[0] else {
        panic!("a simple command");
    };
    let sources: Vec<_> = command
        .words
        .iter()
        .map(|word| String::from_utf8_lossy(&word.source))
        .collect();
    assert_eq!(sources, ["a\"b\"$(c   d)'e'", "${x:-'y'}"]);
}
