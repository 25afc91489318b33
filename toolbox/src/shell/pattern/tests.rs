use super::*;

fn pattern(source: &str) -> Pattern {
    Pattern::new(source.as_bytes(), true, false)
}

fn matches(source: &str, text: &str) -> bool {
    pattern(source).matches(text.as_bytes())
}

/// Pattern, what it matches, what it does not.
const MATCHES: &[(&str, &[&str], &[&str])] = &[
    ("", &[""], &["a"]),
    ("abc", &["abc"], &["ab", "abcd"]),
    ("a*", &["a", "abc"], &["", "ba"]),
    ("*a*b*", &["ab", "xaxbx"], &["ba"]),
    ("?", &["x", "é", "€"], &["", "xx"]),
    ("a\\*", &["a*"], &["ab", "a\\*"]),
    ("a\\", &["a\\"], &["a"]),
    ("[abc]", &["a", "c"], &["d", ""]),
    ("[!abc]", &["d", "é"], &["a"]),
    ("[^abc]", &["d"], &["a"]),
    ("[]x]", &["]", "x"], &["a"]),
    ("[!]x]", &["a"], &["]", "x"]),
    ("[a-c]", &["b"], &["d", "-"]),
    ("[a-]", &["a", "-"], &["b"]),
    ("[a\\-c]", &["a", "-", "c"], &["b"]),
    ("[à-é]", &["ç"], &["x"]),
    ("[[:digit:]_]", &["5", "_"], &["a"]),
    ("[[:nope:]]", &[], &["n", "["]),
    ("[[=a=]b]", &["a", "b"], &["="]),
    ("[[.-.]x]", &["-", "x"], &["."]),
    ("[a", &["[a"], &["a"]),
    ("[", &["["], &[""]),
    ("?(a)b", &["b", "ab"], &["aab"]),
    ("*(ab|c)", &["", "ab", "cab", "ccab"], &["a", "abx"]),
    ("+(ab|c)", &["ab", "cab"], &["", "a"]),
    ("@(a|b)c", &["ac", "bc"], &["c", "abc"]),
    ("!(a|b)", &["", "c", "ab"], &["a", "b"]),
    ("!(*.c)", &["x.h", ""], &["x.c"]),
    ("a!(b)c", &["ac", "abbc", "axc"], &["abc"]),
    (
        "@(a*(b|c(d)|@(e|f)))g",
        &["ag", "abefg", "ac(d)g"],
        &["adg"],
    ),
    ("@([|)]|x)", &["|", ")", "x"], &[""]),
    ("@(a", &["@(a"], &["a"]),
    ("@(a@(b)", &["@(ab"], &["ab"]),
    ("a|b", &["a|b"], &["a"]),
    ("a)b", &["a)b"], &["ab"]),
];

#[test]
fn patterns_match_what_they_match_in_bash() {
    for (source, yes, no) in MATCHES {
        for text in *yes {
            assert!(matches(source, text), "{source} matches {text}");
        }
        for text in *no {
            assert!(!matches(source, text), "{source} does not match {text}");
        }
    }
}

#[test]
fn groups_are_characters_without_extglob() {
    assert!(Pattern::new(b"@(a)", false, false).matches(b"@(a)"));
    assert!(Pattern::new(b"?(a)", false, false).matches(b"x(a)"));
}

#[test]
fn case_is_ignored_on_demand() {
    let ignoring = |source: &str, text: &str| {
        Pattern::new(source.as_bytes(), true, true).matches(text.as_bytes())
    };
    assert!(ignoring("aÉ*", "Aéx"));
    assert!(ignoring("[a-c]", "B"));
    assert!(ignoring("[[:upper:]]", "b"));
    assert!(!ignoring("[!a-c]", "B"));
    assert!(ignoring("@(ab)", "aB"));
}

#[test]
fn bytes_that_are_no_utf8_are_characters() {
    assert!(Pattern::new(b"?\xff?", true, false).matches(b"\xfe\xff\xc3"));
    assert!(Pattern::new(b"[\xfe\xff]", true, false).matches(b"\xff"));
}

#[test]
fn the_ends_of_beginnings_are_the_shortest_and_the_longest() {
    let text = b"a/b/c";
    let prefixes = |source: &str| {
        let pattern = pattern(source);
        (pattern.shortest_prefix(text), pattern.longest_prefix(text))
    };
    assert_eq!(prefixes("*/"), (Some(2), Some(4)));
    assert_eq!(prefixes("*"), (Some(0), Some(5)));
    assert_eq!(prefixes("a*[bc]"), (Some(3), Some(5)));
    assert_eq!(prefixes("b"), (None, None));
    assert_eq!(prefixes("*(a|/)"), (Some(0), Some(2)));
    assert_eq!(prefixes("!(x)"), (Some(0), Some(5)));
}

#[test]
fn the_starts_of_ends_are_the_shortest_and_the_longest() {
    let text = b"a.b.c";
    let suffixes = |source: &str| {
        let pattern = pattern(source);
        (pattern.shortest_suffix(text), pattern.longest_suffix(text))
    };
    assert_eq!(suffixes(".*"), (Some(3), Some(1)));
    assert_eq!(suffixes("*"), (Some(5), Some(0)));
    assert_eq!(suffixes("?[a-c]"), (Some(3), Some(3)));
    assert_eq!(suffixes("b"), (None, None));
    assert_eq!(suffixes("+(.|c)"), (Some(4), Some(3)));
}

#[test]
fn the_first_match_is_the_longest_there() {
    let find = |source: &str, text: &str| pattern(source).find(text.as_bytes(), 0);
    assert_eq!(find("b*c", "abcbc"), Some((1, 5)));
    assert_eq!(find("[0-9]", "ab1"), Some((2, 3)));
    assert_eq!(find("+(a|b)", "xxabx"), Some((2, 4)));
    assert_eq!(find("zz", "xz"), None);
    assert_eq!(find("é?", "aéb"), Some((1, 4)));
    assert_eq!(find("*", "ab"), Some((0, 2)));
}

#[test]
fn names_that_begin_with_a_dot_need_one() {
    let matches = |source: &str, name: &str| pattern(source).matches_name(name.as_bytes());
    assert!(!matches("*", ".x") && !matches("?x", ".x") && !matches("[.]x", ".x"));
    assert!(matches(".*", ".x") && matches("\\.x", ".x"));
    assert!(!matches("*(x|.)x", "..x") || matches(".x", ".x"));
    assert!(matches("@(.x|y)", ".x") && !matches("@(*|y)", ".x"));
}

#[test]
fn hostile_patterns_take_little_time() {
    let text = "a".repeat(3000);
    assert!(!matches(&format!("{}b", "*a".repeat(500)), &text));
    assert!(!matches("*(a|aa|*(a))b", &text));
    assert!(!matches("+(+(+(+(a))))b", &text[..300]));
    assert!(!matches(&"@(".repeat(2000), "x"));
    assert!(!matches(&"@([)]".repeat(300), "x"));
    assert!(!matches(&"[".repeat(3000), "x"));
    assert_eq!(pattern("*a*a*a*b").find(text.as_bytes(), 0), None);
}

#[test]
fn an_escaped_text_stands_for_itself() {
    let text = b"a*[x]\\?(-)!/&";
    let mut source = Vec::new();
    push_escaped(text, &mut source);
    assert!(Pattern::new(&source, true, false).matches(text));
}
