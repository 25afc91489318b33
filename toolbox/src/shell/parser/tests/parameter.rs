//! `${…}`

use super::*;

/// Checks single words.
fn words(cases: &[(&str, &str)]) {
    for (word, expected) in cases {
        assert_eq!(
            shape(&format!("e {word}")),
            format!("e {expected};"),
            "{word}"
        );
    }
}

#[test]
fn parameters_have_subjects() {
    words(&[
        (
            "$a$1$10$@$*$#$?$-$$$!$_",
            "${a}${1}${1}0${@}${*}${#}${?}${-}${$}${!}${_}",
        ),
        ("${a}${1}${10}${@}${#}${01}", "${a}${1}${10}${@}${#}${1}"),
        (
            "${a[1]}${a[@]}${a[*]}${a[i+1]}",
            "${a[1]}${a[@]}${a[*]}${a[i+1: (Add i 1)]}",
        ),
        (
            "${a[$i]}${a[\"x y\"]}${a[b[c]]}${a[}]}",
            "${a[${i}: $0]}${a[«‹x y›»: ?]}${a[b[c]]}${a[}: ?]}",
        ),
    ]);
}

#[test]
fn lengths_and_counts_are_told_apart() {
    words(&[
        (
            "${#a}${#a[@]}${#a[1]}${#1}${#10}",
            "${a length}${a[@] length}${a[1] length}${1 length}${10 length}",
        ),
        (
            "${#}${##}${#-}${#?}${#@}${#*}${#!}${#$}",
            "${#}${# length}${- length}${? length}${@ length}${* length}${! length}${$ length}",
        ),
        (
            "${#-x}${##x}${#:-5}${#:1}${###}",
            "${# - x}${# # x}${# :- 5}${# : 1}${# ## }",
        ),
        (
            "${#%}${#:}${#=}${#+}${#/}${#@:1}${#a:1}",
            "${? bad}${? bad}${? bad}${? bad}${? bad}${? bad}${? bad}",
        ),
    ]);
}

#[test]
fn indirection_names_parameters_and_keys() {
    words(&[
        (
            "${!a}${!1}${!#}${!?}${!@}${!*}${!a[1]}",
            "${!a}${!1}${!#}${!?}${!@}${!*}${!a[1]}",
        ),
        (
            "${!a*}${!a@}${!a[@]}${!a[*]}",
            "${a names true}${a names false}${a[@] keys false}${a[*] keys true}",
        ),
        (
            "${!}${!-x}${!:-x}${!a-x}${!a@Q}${!a[@]:1}",
            "${!}${! - x}${! :- x}${!a - x}${!a @Q}${!a[@] : 1}",
        ),
    ]);
}

#[test]
fn conditions_have_words() {
    words(&[
        (
            "${a-b}${a:-b}${a=b}${a:=b}${a+b}${a:+b}",
            "${a - b}${a :- b}${a = b}${a := b}${a + b}${a :+ b}",
        ),
        (
            "${a?}${a:?}${a?b c}${a:?'b'}",
            "${a ?}${a :?}${a ? b c}${a :? ‹b›}",
        ),
        (
            "${a:-}${a:-b c}${a:-$b \"c\"}${a:-${b:-c}}",
            "${a :- }${a :- b c}${a :- ${b} «‹c›»}${a :- ${b :- c}}",
        ),
        (
            "${a:-{b}${a:-}}${a:-\\}}${a:-'b}'}${a:-\"}\"}",
            "${a :- {b}${a :- }}${a :- ‹}›}${a :- ‹b}›}${a :- «‹}›»}",
        ),
        (
            "${a:-(b;c)<d|e}${a:-<(b)}${a:-`b}`}",
            "${a :- (b;c)<d|e}${a :- <(b;)}${a :- $(b};)}",
        ),
        ("${a:-#b}${a:-b\nc}", "${a :- #b}${a :- b\nc}"),
    ]);
}

#[test]
fn double_quotes_change_the_words_of_conditions() {
    words(&[
        ("\"${a:-b *}\"", "«${a :- ‹b *›}»"),
        ("\"${a:-'b}'}\"", "«${a :- ‹'b}'›}»"),
        ("\"${a:-'$b'}\"", "«${a :- ‹'›${b}‹'›}»"),
        ("\"${a:-\"b c\"d}\"", "«${a :- «‹b c›»‹d›}»"),
        ("\"${a:-b\\}c\\d\\\"\\$\\e}\"", "«${a :- ‹b}c\\d\"$\\e›}»"),
        ("\"${a:-\"b\\c'd'\"}\"", "«${a :- «‹bc'd'›»}»"),
        ("\"${a#'b'}\"", "«${a # ‹b›}»"),
        ("\"${a/'b'/\"c\"}\"", "«${a First ‹b› / «‹c›»}»"),
    ]);
}

#[test]
fn patterns_are_removed_and_replaced() {
    words(&[
        (
            "${a#b}${a##b*}${a%b}${a%%*b}${a#}",
            "${a # b}${a ## b*}${a % b}${a %% *b}${a # }",
        ),
        (
            "${a/b}${a/b/}${a/b/c}${a//b/c}${a/#b/c}${a/%b/c}",
            "${a First b / }${a First b / }${a First b / c}${a All b / c}${a Prefix b / c}${a Suffix b / c}",
        ),
        (
            "${a/\\//-}${a//a/}${a/b/c/d}${a/'/'/x}${a/$b/$c}",
            "${a First ‹/› / -}${a All a / }${a First b / c/d}${a First ‹/› / x}${a First ${b} / ${c}}",
        ),
        (
            "${a//}${a///}${a////-}${a/#//-}${a/[/]/-}",
            "${a All  / }${a All / / }${a All / / -}${a Prefix  / /-}${a First [ / ]/-}",
        ),
        (
            "${a[@]/b/c}${@/b}${*%%b}${1#b}",
            "${a[@] First b / c}${@ First b / }${* %% b}${1 # b}",
        ),
    ]);
}

#[test]
fn cases_are_changed() {
    words(&[
        (
            "${a^}${a^^}${a,}${a,,}${a~}${a~~}",
            "${a Upper}${a Upper all}${a Lower}${a Lower all}${a Toggle}${a Toggle all}",
        ),
        (
            "${a^b}${a^^[b-c]}${@^}",
            "${a Upper b}${a Upper all [b-c]}${@ Upper}",
        ),
        (
            "${a@Q}${a[*]@Q}${@@A}${a@a}${a@U}${a@K}${a@k}",
            "${a @Q}${a[*] @Q}${@ @A}${a @a}${a @U}${a @K}${a @k}",
        ),
    ]);
}

#[test]
fn substrings_have_numbers() {
    words(&[
        (
            "${a:1}${a:1:2}${a: -3}${a:(-3)}${a:-3}",
            "${a : 1}${a : 1 : 2}${a : (Minus 3)}${a : (Minus 3)}${a :- 3}",
        ),
        (
            "${a::2}${a:1:}${a[@]:1}${@:1:2}${*:x}",
            "${a : 0 : 2}${a : 1 : 0}${a[@] : 1}${@ : 1 : 2}${* : x}",
        ),
        (
            "${a:b?1:2:3}${a:(b?1:2)}${a:$b:${c}}${a:$((1)):${#d}}",
            "${a : (? b 1 2) : 3}${a : (? b 1 2)}${a : $0 : $0}${a : ‘$((1))’ : $0}",
        ),
        ("${a:b[1]:c}", "${a : b[1] : c}"),
    ]);
}

#[test]
fn what_is_no_expansion_is_bad() {
    for word in [
        "${}",
        "${ a}",
        "${a b}",
        "${a!}",
        "${1a}",
        "${-a}",
        "${a:}",
        "${a[]}",
        "${a[1]b}",
        "${a@}",
        "${a@Z}",
        "${a@QQ}",
        "${!a[@]b}",
        "${a|b}",
        "${(a)}",
        "${a;'}'}",
        "${$a}",
        "${'a'}",
        "${a\n}",
    ] {
        assert_eq!(shape(&format!("e {word} b")), "e ${? bad} b;", "{word}");
    }
    assert_eq!(shape("e \"${a b}\"${a b \"}\"}c"), "e «${? bad}»${? bad}c;");
}

#[test]
fn names_are_read_from_text() {
    for (text, expected) in [
        ("a", Some("a")),
        ("a_1", Some("a_1")),
        ("a[1]", Some("a[1]")),
        ("a[@]", Some("a[@]")),
        ("a[b c]", Some("a[b c: ?]")),
        ("12", Some("12")),
        ("@", Some("@")),
        ("#", Some("#")),
        ("", None),
        ("1a", None),
        ("a-b", None),
        ("a[1", None),
        ("a[1]b", None),
        ("a[]", None),
        ("a b", None),
    ] {
        let subject = parameter_name(text.as_bytes()).map(|subject| shape::subject(&subject));
        assert_eq!(subject.as_deref(), expected, "{text}");
    }
}
