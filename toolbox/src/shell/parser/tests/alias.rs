//! Aliases.

use super::*;

fn shape_with(aliases: &[(&str, &str)], script: &str) -> String {
    let find = |name: &[u8]| {
        let alias = aliases.iter().find(|(own, _)| own.as_bytes() == name);
        alias.map(|(_, text)| text.as_bytes().to_vec())
    };
    let settings = Settings {
        alias: Some(&find),
        ..SETTINGS
    };
    match parse_with(script.as_bytes(), &settings) {
        Ok(list) => shape::list(&list),
        Err(error) => format!("error: {}", String::from_utf8_lossy(&error.message)),
    }
}

const ALIASES: &[(&str, &str)] = &[
    ("e", "echo "),
    ("x", "y z"),
    ("ls", "ls -l"),
    ("one", "two"),
    ("two", "one b"),
    ("empty", ""),
    ("lines", "a\nb"),
    ("if_", "if a; then"),
    ("group", "{ a;"),
    ("quote", "echo 'p"),
    ("for_", "for "),
    ("i_", "i "),
    ("in_", "in "),
    ("note", "a #"),
    ("doc", "cat <<E"),
    ("fi", "done"),
];

#[test]
fn words_are_replaced_where_commands_begin() {
    for (script, expected) in [
        ("x", "y z;"),
        ("x a; x | x && x", "y z a; y z | y z && y z;"),
        ("a x", "a x;"),
        ("\\x; 'x'; x\"\"", "‹x›; ‹x›; x«»;"),
        ("v=1 x > f; > f x", "v=1 y z > f; y z > f;"),
        ("( x ); { x; }; $(x)", "( y z; ); { y z; }; $(y z;);"),
        ("! x; time x", "! y z; time y z;"),
        (
            "x() { a; }",
            "error: syntax error near unexpected token `('",
        ),
        ("ls_() { x; }", "fn ls_ { y z; };"),
    ] {
        assert_eq!(shape_with(ALIASES, script), expected, "{script}");
    }
}

#[test]
fn an_alias_is_not_replaced_in_itself() {
    assert_eq!(shape_with(ALIASES, "ls; ls a"), "ls -l; ls -l a;");
    assert_eq!(shape_with(ALIASES, "one c"), "one b c;");
}

#[test]
fn a_blank_at_the_end_makes_the_next_word_one_too() {
    assert_eq!(shape_with(ALIASES, "e x x"), "echo y z x;");
    assert_eq!(shape_with(ALIASES, "e e x"), "echo echo y z;");
    assert_eq!(shape_with(ALIASES, "e a x"), "echo a x;");
    assert_eq!(
        shape_with(ALIASES, "for_ i_ in_ x; do e x; done"),
        "for i in [y z] [echo y z;];"
    );
}

#[test]
fn texts_may_be_anything() {
    for (script, expected) in [
        ("empty", ""),
        ("empty a", "a;"),
        ("{ empty\na; }", "{ a; };"),
        ("lines; c", "a; b; c;"),
        (
            "if_ b; fi",
            "error: syntax error near unexpected token `done'",
        ),
        ("if_ b\nf\\i", "error: syntax error: unexpected end of file"),
        ("group b; }", "{ a; b; };"),
        ("quote q'", "echo ‹p q›;"),
        ("note b\nc", "a; c;"),
        ("doc\nx\nE\nx", "cat <<E:‹x\n›; y z;"),
    ] {
        assert_eq!(shape_with(ALIASES, script), expected, "{script}");
    }
}
