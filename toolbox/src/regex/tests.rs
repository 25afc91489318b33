//! What patterns match, and what they are refused for.

use super::*;

type Place = Option<(usize, usize)>;

/// The match and its groups.
fn places(pattern: &str, options: Options, text: &str) -> Option<Vec<Place>> {
    let regex = Regex::new(pattern.as_bytes(), options).expect("a right pattern");
    let mut captures = Captures::default();
    let found = regex
        .captures_at(text.as_bytes(), 0, &mut captures)
        .expect("an answer");
    found.then(|| (0..captures.len()).map(|at| captures.get(at)).collect())
}

fn extended(pattern: &str, text: &str) -> Option<Vec<Place>> {
    places(pattern, Options::extended(), text)
}

fn find(pattern: &[u8], options: Options, text: &[u8], start: usize) -> Place {
    let regex = Regex::new(pattern, options).expect("a right pattern");
    regex.find_at(text, start).expect("an answer")
}

fn refused(pattern: &str, options: Options) -> &'static str {
    Regex::new(pattern.as_bytes(), options)
        .err()
        .map_or("", Error::text)
}

const SED: Options = Options {
    flavour: Flavour::Sed,
    ..Options::basic()
};

#[test]
fn the_longest_match_wins_and_groups_take_the_first_way_to_it() {
    let some = |places: &[(usize, usize)]| Some(places.iter().copied().map(Some).collect());
    assert_eq!(
        extended("(a|ab)(c|bcd)(d*)", "xabcd"),
        some(&[(1, 5), (1, 2), (2, 5), (5, 5)])
    );
    assert_eq!(
        extended("(x|xy|xyz)(yz|z|)", "xyz"),
        some(&[(0, 3), (0, 1), (1, 3)])
    );
    assert_eq!(extended("(ab|a|b){0,2}", "ab"), some(&[(0, 2), (1, 2)]));
    assert_eq!(extended("(a|(b))*", "ba"), some(&[(0, 2), (1, 2), (0, 1)]));
}

#[test]
fn a_last_round_that_matches_nothing_counts_as_glibc_counts_it() {
    let group =
        |pattern: &str| extended(pattern, "aa").and_then(|places| places.get(1).copied()?);
    assert_eq!(group("(a*)*"), Some((0, 2)));
    assert_eq!(group("(a*)+"), Some((0, 2)));
    assert_eq!(group("(a*){2}"), Some((2, 2)));
    assert_eq!(group("(a*){2,3}"), Some((0, 2)));
    assert_eq!(group("(a*){0,2}"), Some((2, 2)));
}

#[test]
fn a_group_that_did_not_match_has_no_place() {
    assert_eq!(
        extended("(a)|(b)", "b"),
        Some(vec![Some((0, 1)), None, Some((0, 1))])
    );
}

#[test]
fn back_references_match_the_same_text_again() {
    assert_eq!(
        find(b"\\(a*\\)\\1b", Options::basic(), b"xaaaaab", 0),
        Some((2, 7))
    );
    let folded = Options {
        ignore_case: true,
        ..Options::basic()
    };
    assert_eq!(find(b"\\(a\\)\\1", folded, b"xaA", 0), Some((1, 3)));
    assert_eq!(
        find(b"\\(\xff\\)\\1", Options::basic(), b"x\xff\xff", 0),
        Some((1, 3))
    );
}

#[test]
fn anchors_are_at_the_ends_of_the_text_or_of_its_lines() {
    let text = b"one\ntwo\n";
    assert_eq!(find(b"^t", Options::basic(), text, 0), None);
    assert_eq!(find(b"e$", Options::basic(), text, 0), None);
    assert_eq!(find(b"e.t", Options::basic(), text, 0), Some((2, 5)));
    let lines = Options {
        multi_line: Some(b'\n'),
        ..Options::basic()
    };
    assert_eq!(find(b"^t", lines, text, 0), Some((4, 5)));
    assert_eq!(find(b"e$", lines, text, 0), Some((2, 3)));
    assert_eq!(find(b"e.t", lines, text, 0), None);
    assert_eq!(find(b"e[^x]t", lines, text, 0), None);
    assert_eq!(find(b"e\\Wt", lines, text, 0), Some((2, 5)));
    assert_eq!(find(b"\\`t", lines, text, 0), None);
    assert_eq!(find(b"o\\'", lines, b"o\no", 0), Some((2, 3)));
}

#[test]
fn a_search_that_goes_on_sees_what_stands_before() {
    assert_eq!(find(b"^a", Options::basic(), b"aa", 1), None);
    assert_eq!(find(b"\\<a", Options::basic(), b"aa a", 1), Some((3, 4)));
    assert_eq!(
        find(b"\\ba", Options::basic(), "éa a".as_bytes(), 2),
        Some((4, 5))
    );
}

#[test]
fn bytes_that_are_not_utf_8_match_only_themselves() {
    assert_eq!(find(b".", Options::basic(), b"\xffa", 0), Some((1, 2)));
    assert_eq!(find(b"[^b]", Options::basic(), b"\xffa", 0), Some((1, 2)));
    assert_eq!(find(b"[\xff]", Options::basic(), b"\xff", 0), None);
    assert_eq!(find(b"\xff", Options::basic(), b"a\xff", 0), Some((1, 2)));
}

#[test]
fn only_a_pattern_of_plain_bytes_matches_within_a_character() {
    assert_eq!(
        find(b"\xa9", Options::basic(), "é".as_bytes(), 0),
        Some((1, 2))
    );
    assert_eq!(
        find(b"\xa9.*", Options::basic(), "é".as_bytes(), 0),
        Some((1, 2))
    );
    assert_eq!(
        find(b"\xa9[^a]*", Options::basic(), "é".as_bytes(), 0),
        None
    );
    assert_eq!(
        find(b"x*", Options::basic(), "é".as_bytes(), 1),
        Some((1, 1))
    );
    let digits = b"[[:digit:]]*";
    assert_eq!(
        find(digits, Options::basic(), "é".as_bytes(), 1),
        Some((2, 2))
    );
}

#[test]
fn words_and_classes_know_more_than_ascii() {
    let text = "été 日本 x".as_bytes();
    assert_eq!(find(b"\\w*", Options::basic(), text, 0), Some((0, 5)));
    assert_eq!(find(b"\\W", Options::basic(), text, 0), Some((5, 6)));
    assert_eq!(find(b"\\bx\\b", Options::basic(), text, 0), Some((13, 14)));
    assert_eq!(
        find(b"[[:alpha:]]*", Options::basic(), text, 6),
        Some((6, 12))
    );
    assert_eq!(
        extended("(\\w+) (\\w+)", "été 日本"),
        Some(vec![Some((0, 12)), Some((0, 5)), Some((6, 12))])
    );
}

#[test]
fn case_is_ignored_as_capitals_are_compared() {
    let folded = Options {
        ignore_case: true,
        ..Options::basic()
    };
    assert_eq!(
        find("É".as_bytes(), folded, "aé".as_bytes(), 0),
        Some((1, 3))
    );
    assert_eq!(find(b"[a-c]x", folded, b"BX", 0), Some((0, 2)));
    // The range is from A to Z.
    assert_eq!(find(b"[A-z]", folded, b"_", 0), None);
    assert_eq!(find(b"[A-z]", Options::basic(), b"_", 0), Some((0, 1)));
}

#[test]
fn what_sed_and_the_library_refuse_is_not_the_same() {
    let nothing = "Invalid preceding regular expression";
    let strict = Options {
        extended: true,
        ..SED
    };
    for pattern in ["*a", "^*", "a|*b", "(*a)", "{1}", "\\b*", "x(+a)"] {
        assert_eq!(refused(pattern, strict), nothing, "{pattern}");
        assert_eq!(refused(pattern, Options::extended()), nothing, "{pattern}");
    }
    for pattern in ["a**", "a*\\{2\\}", "\\{1\\}", "^\\{1\\}"] {
        assert_eq!(refused(pattern, SED), nothing, "{pattern}");
        assert_eq!(refused(pattern, Options::basic()), "", "{pattern}");
    }
    for pattern in ["*a", "^*", "\\(*a\\)", "\\+a", "a*\\+", "**"] {
        assert_eq!(refused(pattern, SED), "", "{pattern}");
    }
    assert_eq!(refused("a)", strict), "Unmatched ) or \\)");
    assert_eq!(refused("a)", Options::extended()), "");
    assert_eq!(refused("[:space:]", SED), CLASS_SYNTAX);
    assert_eq!(refused("[:space:]\\(", SED), "Unmatched ( or \\(");
    assert_eq!(refused("[:space:]", Options::basic()), "");
}

#[test]
fn a_wrong_pattern_is_refused_in_the_words_of_glibc() {
    let cases = [
        ("a{1", "Unmatched \\{"),
        ("a{x", "Unmatched \\{"),
        ("a{1x}", "Invalid content of \\{\\}"),
        ("a{2,1}", "Invalid content of \\{\\}"),
        ("a{32768}", "Regular expression too big"),
        ("(", "Unmatched ( or \\("),
        ("[a", "Unmatched [, [^, [:, [., or [="),
        ("[[:foo:]]", "Invalid character class name"),
        ("[z-a]", "Invalid range end"),
        ("[é-z]", "Invalid collation character"),
        ("(a)\\2", "Invalid back reference"),
        ("a\\", "Trailing backslash"),
    ];
    for (pattern, words) in cases {
        assert_eq!(refused(pattern, Options::extended()), words, "{pattern}");
    }
}

#[test]
fn in_a_basic_pattern_anchors_and_signs_are_text_elsewhere() {
    assert_eq!(find(b"a^b$c", Options::basic(), b"a^b$c", 0), Some((0, 5)));
    assert_eq!(
        find(b"\\\\(^a", Options::basic(), b"\\(^a", 0),
        Some((0, 4))
    );
    assert_eq!(
        find(b"x\\(^a\\|b$\\)", Options::basic(), b"xb", 0),
        Some((0, 2))
    );
    assert_eq!(find(b"^*a", Options::basic(), b"*a", 0), Some((0, 2)));
}

#[test]
fn a_hostile_pattern_takes_no_time_and_no_stack() {
    let text = "a".repeat(20_000);
    let all = Some((0, text.len()));
    assert_eq!(extended("(a*)*", &text).map(|places| places[0]), Some(all));
    assert_eq!(
        extended("((a|aa)*|(a*)*)*", &text).map(|places| places[0]),
        Some(all)
    );
    assert_eq!(extended("(a|aa)*(a*)*b", &text), None);
    let stars = format!("a{}", "*".repeat(100_000));
    assert_eq!(
        refused(&stars, Options::extended()),
        "Regular expression too big"
    );
    let groups = format!("{}a", "(".repeat(100_000));
    assert_eq!(
        refused(&groups, Options::extended()),
        "Regular expression too big"
    );
    assert_eq!(
        find(
            "\\bb".as_bytes(),
            Options::basic(),
            format!("é{text}").as_bytes(),
            0
        ),
        None
    );
}

#[test]
fn back_references_that_take_too_long_are_an_error() {
    let syntax = Syntax {
        extended: true,
        folded: false,
        lines: Lines::Whole,
        flavour: Flavour::Library,
        ascii_only: false,
    };
    let parsed = parse(b"(a*)*(a*)*(a*)*\\1\\2\\3b", syntax).expect("a right pattern");
    let backtracker = backtrack::Backtracker::with_limit(&parsed.pattern, Lines::Whole, 100_000);
    let text = format!("{}c", "a".repeat(200));
    let answer = backtracker.and_then(|mut engine| engine.find(text.as_bytes(), 0));
    assert_eq!(answer, Err(backtrack::LIMIT));
}

#[test]
fn in_the_locale_of_c_every_byte_is_a_character() {
    locale::set_bytes(true);
    let found = |pattern: &str, options, text: &[u8]| find(pattern.as_bytes(), options, text, 0);
    let extended = Options::extended();
    assert_eq!(found("a..b", extended, "aéb".as_bytes()), Some((0, 4)));
    assert_eq!(found("[^a-z]", extended, b"a\xe9"), Some((1, 2)));
    assert_eq!(
        found("[[:alpha:]]+", extended, "éa".as_bytes()),
        Some((2, 3))
    );
    assert_eq!(found("é+", extended, b"\xc3\xa9\xa9"), Some((0, 3)));
    assert_eq!(found("(.)x\\1", extended, b"\xc3\xa9x\xa9"), Some((1, 4)));
    assert_eq!(found("\\<a", extended, "éa".as_bytes()), Some((2, 3)));
    let folded = Options {
        ignore_case: true,
        ..extended
    };
    assert_eq!(found("É", folded, "é".as_bytes()), None);
    assert_eq!(found("K[^S]", folded, b"k\xe9"), Some((0, 2)));
    locale::set_bytes(false);
    assert_eq!(found("a..b", extended, "aéb".as_bytes()), None);
}
