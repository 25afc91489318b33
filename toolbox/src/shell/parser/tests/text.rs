//! What is read from text that is no script.

use super::*;

#[test]
fn text_is_read_as_in_double_quotes() {
    let word = double_quoted(b"a $x \"b\" \\$ \\\" `c` $((1))").expect("a word");
    assert_eq!(shape::word(&word), "‹a ›${x}‹ \"b\" $ \\\" ›$(c;)‹ ›$((1))");
    assert!(double_quoted(b"${a").is_err());
    assert!(double_quoted(b"$(a").is_err());
}

#[test]
fn text_is_read_as_a_word() {
    let word = word_text(b"a b'c';~ $x").expect("a word");
    assert_eq!(shape::word(&word), "a b‹c›;~ ${x}");
    assert_eq!(word_text(b"").expect("a word").parts, []);
    assert!(word_text(b"'a").is_err());
}

#[test]
fn text_is_read_as_an_array() {
    let elements = |text: &str| {
        let elements = array_text(text.as_bytes());
        elements
            .map(|all| shape::elements(&all))
            .map_err(|error| String::from_utf8_lossy(&error.message).into_owned())
    };
    assert_eq!(
        elements("(a [1]=b\n[c d]+=e \"f g\" # h\n {1,2} [x]y)"),
        Ok("a [1]=b [c d: ?]+=e «‹f g›» {1,2} [x]y".to_owned())
    );
    assert_eq!(elements("()"), Ok(String::new()));
    assert_eq!(
        elements("(a; b)"),
        Err("syntax error near unexpected token `;'".to_owned())
    );
    assert_eq!(
        elements("(a"),
        Err("unexpected EOF while looking for matching `)'".to_owned())
    );
}
