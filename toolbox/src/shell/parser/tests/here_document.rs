//! Here-documents.

use super::*;

#[test]
fn bodies_stand_behind_the_line() {
    check(&[
        (
            "cat <<E; a\nb $x `c` $(d) \"e\" 'f'\nE\ng",
            "cat <<E:‹b ›${x}‹ ›$(c;)‹ ›$(d;)‹ \"e\" 'f'\n›; a; g;",
        ),
        (
            "cat << A << 'B' c\n1\nA\n$2\nB\nd",
            "cat c <<A:‹1\n› <<B:‹$2\n›; d;",
        ),
        ("cat <<-E\n\ta\n\t\tb\n\tE\nc", "cat <<-E:‹a\nb\n›; c;"),
        ("cat <<E\nE\n", "cat <<E:;"),
        ("cat <<E |\na\nE\nb && c", "cat <<E:‹a\n› | b && c;"),
        ("{ cat <<E; }\na\nE\n", "{ cat <<E:‹a\n›; };"),
        ("cat <<A \"x\ny\"\nb\nA\n", "cat «‹x\ny›» <<A:‹b\n›;"),
    ]);
}

#[test]
fn delimiters_with_quotes_keep_bodies_as_they_are() {
    check(&[
        ("cat <<\\E\n$x\\\ny\nE\n", "cat <<E:‹$x\\\ny\n›;"),
        ("cat <<E\"F\"'G'\n`a`\nEFG\n", "cat <<EFG:‹`a`\n›;"),
        ("cat <<''\na\n\nb", "cat <<:‹a\n›; b;"),
        ("cat <<$x\na\n$x\n", "cat <<$x:‹a\n›;"),
        ("cat <<~\na\n~\n", "cat <<~:‹a\n›;"),
    ]);
}

#[test]
fn backslashes_mean_little_in_bodies() {
    check(&[
        (
            "cat <<E\na\\\nb \\$x \\` \\\\ \\\" \\c\nE\n",
            "cat <<E:‹ab $x ` \\ \\\" \\c\n›;",
        ),
        ("cat <<E\na\\\\\nE\n", "cat <<E:‹a\\\n›;"),
        ("cat <<EF\nE\\\nF\n", "cat <<EF:;"),
    ]);
}

#[test]
fn substitutions_have_here_documents_of_their_own() {
    check(&[
        ("a $(cat <<E\nb\nE\n) c", "a $(cat <<E:‹b\n›;) c;"),
        ("a $(cat <<E) b\nc\nE\nd", "a $(cat <<E:‹c\n›;) b; d;"),
        ("cat <<A $(b\nc)\nd\nA\n", "cat $(b; c;) <<A:‹d\n›;"),
        ("f() { cat <<E\na\nE\n}; b", "fn f { cat <<E:‹a\n›; }; b;"),
        (
            "cat <<E\n${x:-$(cat <<F\na\nF\n)}\nE\n",
            "cat <<E:${x :- $(cat <<F:‹a\n›;)}‹\n›;",
        ),
    ]);
}

#[test]
fn what_cannot_be_expanded_is_found_out_later() {
    check(&[("cat <<E\n${x:-it's}\nE\na", "cat <<E:${? bad}; a;")]);
}

#[test]
fn the_end_of_the_script_ends_a_body() {
    let mut parser = Parser::new(b"a\ncat <<E\nb\nc".to_vec(), 1);
    parser.next(&SETTINGS).expect("a command");
    let list = parser.next(&SETTINGS).expect("a command").expect("one");
    assert_eq!(shape::list(&list), "cat <<E:‹b\nc\n›;");
    let warning = b"warning: here-document at line 2 delimited by end-of-file (wanted `E')";
    assert_eq!(parser.take_warnings(), [(4, warning.to_vec())]);
}
