//! `[[ … ]]`

use super::*;

#[test]
fn operators_bind() {
    check(&[
        ("[[ a ]]", "[[ a ]];"),
        (
            "[[ -f x && ! -z $y || a == b ]]",
            "[[ ((-f x && !-z ${y}) || a Matches b) ]];",
        ),
        (
            "[[ a && ( b || c ) && d ]]",
            "[[ ((a && (b || c)) && d) ]];",
        ),
        (
            "[[ ! ! a ]]; [[ ! ( a || b ) ]]",
            "[[ a ]]; [[ !(a || b) ]];",
        ),
        (
            "[[ a = b ]]; [[ a != b ]]; [[ a<b ]]; [[ a > b ]]",
            "[[ a Equals b ]]; [[ a Differs b ]]; [[ a Before b ]]; [[ a After b ]];",
        ),
        (
            "[[ 1 -eq 2 && 1 -ne 2 && 1 -lt 2 && 1 -le 2 ]]",
            "[[ ((1 Equal 2 && 1 NotEqual 2) && (1 Less 2 && 1 AtMost 2)) ]];",
        ),
        (
            "[[ 1 -gt 2 || 1 -ge 2 || a -nt b || a -ot b || a -ef b ]]",
            "[[ (((1 Greater 2 || 1 AtLeast 2) || (a Newer b || a Older b)) || a SameFile b) ]];",
        ),
        (
            "[[ -v x ]]; [[ \"-f\" == x ]]; [[ -f == x ]]",
            "error: syntax error in conditional expression",
        ),
        (
            "[[ \"-f\" == x ]]; [[ -n -f ]]; [[ $x -eq -1 ]]",
            "[[ «‹-f›» Matches x ]]; [[ -n -f ]]; [[ ${x} Equal -1 ]];",
        ),
        (
            "[[ (a) ]]; [[ (a&&b)||c ]]",
            "[[ a ]]; [[ ((a && b) || c) ]];",
        ),
    ]);
}

#[test]
fn lines_may_end_between_terms() {
    check(&[(
        "[[\na &&\n\nb\n\n]] && [[ ( a ==\\\n b\n) || -n c\n]]",
        "error: unexpected token `newline', conditional binary operator expected",
    )]);
    check(&[(
        "[[\n-n a &&\n\n-n b\n\n]] && [[ ( a ==\\\n b\n) || -n c\n]]",
        "[[ (-n a && -n b) ]] && [[ (a Matches b || -n c) ]];",
    )]);
}

#[test]
fn patterns_have_groups_whatever_the_option_says() {
    check(&[
        ("[[ $x == @(a|b c)* ]]", "[[ ${x} Matches @(a|b c)* ]];"),
        ("[[ a != !(x) && b ]]", "[[ (a Differs !(x) && b) ]];"),
        ("[[ a == \"b*\"* ]]", "[[ a Matches «‹b*›»* ]];"),
    ]);
}

#[test]
fn regular_expressions_have_words_of_their_own() {
    check(&[
        ("[[ $x =~ ^(a|b c)+$ ]]", "[[ ${x} Regex ^(a|b c)+$ ]];"),
        ("[[ a =~ a|b && c ]]", "[[ (a Regex a|b && c) ]];"),
        (
            "[[ a =~ \"a.b\"\\.c$x'd' ]]",
            "[[ a Regex «‹a.b›»‹.›c${x}‹d› ]];",
        ),
        ("[[ (a =~ (b)) ]]", "[[ a Regex (b) ]];"),
        (
            "[[ a =~ [[:space:]]*\\( ]]",
            "[[ a Regex [[:space:]]*‹(› ]];",
        ),
    ]);
}
