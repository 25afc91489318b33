//! Arithmetic.

use super::*;

fn read(text: &str) -> String {
    match arithmetic_text(text.as_bytes()) {
        Ok(expression) => shape::expression(&expression),
        Err(error) => String::from_utf8_lossy(&error.full_message()).into_owned(),
    }
}

#[test]
fn operators_bind_as_in_c() {
    for (text, expected) in [
        ("", "0"),
        (" 1 + 2 * 3 ", "(Add 1 (Multiply 2 3))"),
        ("1-2-3", "(Subtract (Subtract 1 2) 3)"),
        ("2**3**2", "(Power 2 (Power 3 2))"),
        ("-2**2", "(Power (Minus 2) 2)"),
        ("2*-3", "(Multiply 2 (Minus 3))"),
        ("!a&&b||c", "(|| (&& (Not a) b) c)"),
        (
            "a|b^c&d==e<f<<g+h",
            "(BitOr a (BitXor b (BitAnd c (Equal d (Less e (ShiftLeft f (Add g h)))))))",
        ),
        ("a?b:c?d:e", "(? a b (? c d e))"),
        ("a?b,c:d", "(? a (, b c) d)"),
        ("a=b=c", "(= a (= b c))"),
        ("a+=b<<=1", "(Add= a (ShiftLeft= b 1))"),
        ("a,b,c", "(, (, a b) c)"),
        ("(a)+(b,c)", "(Add a (, b c))"),
        (
            "a++ + ++b - c-- - --d",
            "(Subtract (Subtract (Add a++ ++b) c--) --d)",
        ),
        ("2--5", "(Subtract 2 (Minus 5))"),
        ("2---5", "(Subtract 2 (Minus (Minus 5)))"),
        ("a---b", "(Subtract a-- b)"),
        ("++1", "(Plus (Plus 1))"),
        ("~+-!1", "(Complement (Plus (Minus (Not 1))))"),
        ("a[1]+a[b[2]]", "(Add a[1] a[b[2]])"),
        (
            "a[1]++ + a[x]=5",
            "a[1]++ + a[x]=5: attempted assignment to non-variable (error token is \"=5\")",
        ),
        ("a[1]=5", "(= a[1] 5)"),
        ("a[x y]", "a[x y: ?]"),
        ("a[$k]", "a[${k}: $0]"),
        ("a['k']", "a[‹k›: ?]"),
    ] {
        assert_eq!(read(text), expected, "{text}");
    }
}

#[test]
fn numbers_have_bases() {
    for (text, expected) in [
        ("010", "8"),
        ("0x1F", "31"),
        ("0X1f", "31"),
        ("0x", "0"),
        ("2#101", "5"),
        ("36#Zz", "1295"),
        ("37#aA", "406"),
        ("64#@_", "4031"),
        ("9223372036854775808", "-9223372036854775808"),
        ("18446744073709551616", "0"),
    ] {
        assert_eq!(read(text), expected, "{text}");
    }
}

#[test]
fn errors_name_what_is_left() {
    for (text, expected) in [
        (
            "1+",
            "1+: syntax error: operand expected (error token is \"+\")",
        ),
        (
            "1 2",
            "1 2: syntax error in expression (error token is \"2\")",
        ),
        ("(1", "(1: missing `)' (error token is \"1\")"),
        (
            "1)",
            "1): syntax error in expression (error token is \")\")",
        ),
        (
            "1?2",
            "1?2: `:' expected for conditional expression (error token is \"2\")",
        ),
        ("1?:2", "1?:2: expression expected (error token is \":2\")"),
        ("1?2:", "1?2:: expression expected (error token is \":\")"),
        (
            "1=2",
            "1=2: attempted assignment to non-variable (error token is \"=2\")",
        ),
        (
            "(a)=2",
            "(a)=2: attempted assignment to non-variable (error token is \"=2\")",
        ),
        (
            "1.5",
            "1.5: syntax error: invalid arithmetic operator (error token is \".5\")",
        ),
        (
            ".5",
            ".5: syntax error: operand expected (error token is \".5\")",
        ),
        (
            "x++ ++",
            "x++ ++: syntax error: operand expected (error token is \"+\")",
        ),
        (
            "1!",
            "1!: syntax error in expression (error token is \"!\")",
        ),
        ("a[1", "a[1: bad array subscript (error token is \"a[1\")"),
        (
            "1 + 08 + 1",
            "1 + 08: value too great for base (error token is \"08\")",
        ),
        (
            "2#2",
            "2#2: value too great for base (error token is \"2#2\")",
        ),
        ("2#", "2#: invalid integer constant (error token is \"2#\")"),
        (
            "1#0",
            "1#0: invalid arithmetic base (error token is \"1#0\")",
        ),
        (
            "65#1",
            "65#1: invalid arithmetic base (error token is \"65#1\")",
        ),
        ("16#f#", "16#f#: invalid number (error token is \"16#f#\")"),
        (
            "  $",
            "$: syntax error: operand expected (error token is \"$\")",
        ),
    ] {
        assert_eq!(read(text), expected, "{text}");
    }
}

#[test]
fn expressions_are_read_before_their_parameters_are_expanded() {
    check(&[
        ("(( x + 2 * $y ))", "(((Add x (Multiply 2 $0))));"),
        (
            "(( $x + ${y} - ${a[1]} - ${#z} - $1 ))",
            "(((Subtract (Subtract (Subtract (Add $0 $1) $2) $3) $4)));",
        ),
        (
            "(( -$x + --$y ))",
            "(((Add (Minus $0) (Minus (Minus $1)))));",
        ),
        ("(( a[$i]++ + $j ))", "(((Add a[${i}: $0]++ $0)));"),
        ("(( a[$i+$j] ))", "((a[${i}‹+›${j}: (Add $0 $1)]));"),
        // Where it might be a part of a name or number, or more than a value.
        ("(( 1$x ))", "((‘‹ 1›${x}‹ ›’));"),
        ("(( $x$y ))", "((‘‹ ›${x}${y}‹ ›’));"),
        ("(( a$x ))", "((‘‹ a›${x}‹ ›’));"),
        ("(( ${x}0 ))", "((‘‹ ›${x}‹0 ›’));"),
        ("(( $x[1] ))", "((‘‹ ›${x}‹[1] ›’));"),
        ("(( $@ ))", "((‘‹ ›${@}‹ ›’));"),
        ("(( $(a) ))", "((‘‹ ›$(a;)‹ ›’));"),
        ("(( $x = 1 ))", "((‘‹ ›${x}‹ = 1 ›’));"),
        ("(( ${x:-$((i++))} ))", "((‘‹ ›${x :- $((i++))}‹ ›’));"),
        // What is wrong is found out when it is evaluated.
        ("(( 1 + ))", "((‘‹ 1 + ›’));"),
    ]);
}

#[test]
fn text_of_expressions_may_have_quotes() {
    check(&[
        ("(( \"1\" + \"$x\" ))", "(((Add 1 $0)));"),
        ("(( $\"1\" ))", "((1));"),
        ("(( ')' ))", "((‘‹ ')' ›’));"),
        (
            "e $(( 1 ) ) ) )",
            "error: syntax error near unexpected token `)'",
        ),
        (
            "e $[1+2] \"$[x]\" $[a[1]]",
            "e $(((Add 1 2))) «$((x))» $((a[1]));",
        ),
        (
            "e $((1 ? (2) : 3)) $((a,b))",
            "e $(((? 1 2 3))) $(((, a b)));",
        ),
    ]);
}

#[test]
fn long_rows_make_flat_trees() {
    fn depth(expression: &crate::shell::ast::Expression) -> usize {
        use crate::shell::ast::Expression as E;
        match expression {
            E::Binary(_, left, right)
            | E::And(left, right)
            | E::Or(left, right)
            | E::Comma(left, right) => 1 + depth(left).max(depth(right)),
            E::Unary(_, operand) => 1 + depth(operand),
            _ => 1,
        }
    }
    for separator in ["+", "-", "*", "&&", "||", ",", "|", "+1-"] {
        let text = vec!["1"; 100_000].join(separator);
        let expression = arithmetic_text(text.as_bytes()).expect("an expression");
        assert!(
            depth(&expression) < 100,
            "{separator}: {}",
            depth(&expression)
        );
    }
}
