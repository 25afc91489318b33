//! Values and errors of expressions.

use super::*;
use crate::shell::expand::tests::{Session, shown, with_room};

#[test]
fn numbers_wrap_around_and_have_bases() {
    assert_eq!(
        shown(
            "w $((9223372036854775807+1)) $((-9223372036854775808/-1)) $((1<<65)) $((2**63)) $((0x1f+010+2#101+36#z))"
        ),
        "<-9223372036854775808><-9223372036854775808><2><-9223372036854775808><79>"
    );
    assert_eq!(
        shown("w $((-7/2)) $((-7%3)) $((7%-3)) $((~0)) $((!3)) $((1?2:3/0)) $((0&&1/0))"),
        "<-3><-1><1><-1><0><2><0>"
    );
}

#[test]
fn variables_are_expressions() {
    let script = "x=1+2; y=x; w $((y*3)) $(($x*3)) $((z)) $((y++)) $y; a=(5 6); w $((a[1]+a)) $((a[a[0]-4]))";
    assert_eq!(shown(script), "<9><7><0><3><4> <11><6>");
}

#[test]
fn assignments_happen_in_order() {
    let script = "x=5; w $((x++ + ++x)) $x $((x+=2,x*2)) $((x<<=1)); i=0; a=(0 0 0); w $((a[i++]=i)) $((a[i++]+=7)); w ${a[@]} $i";
    assert_eq!(shown(script), "<12><7><18><18> <0><7> <0><7><0><2>");
}

#[test]
fn errors_leave_the_command() {
    with_room(errors);
}

fn errors() {
    for script in [
        "w $((1/0))",
        "x=x; w $((x))",
        "w $((2**-1))",
        "w $((08))",
        "w $((1+))",
    ] {
        assert_eq!(shown(script), "Discard(Expansion, 1)", "{script}");
    }
    assert_eq!(shown("readonly r=1; w $((r=2))"), "Discard(Command, 1)");
    assert_eq!(shown("w ${a[1/0]}"), "Discard(Text, 1)");
}

/// The message of an expression's fault.
fn message(text: &str) -> String {
    let mut session = Session::new();
    match session.shell.text_value(text.as_bytes()) {
        Err(Fault::Message(message)) => String::from_utf8_lossy(&message).into_owned(),
        Ok(number) => number.to_string(),
        Err(_) => "another fault".to_owned(),
    }
}

#[test]
fn messages_show_where_the_fault_is() {
    assert_eq!(
        message("1/0 + 3"),
        "1/0 + 3: division by 0 (error token is \"0 + 3\")"
    );
    assert_eq!(
        message(" 4/2 + 1%(3-3) "),
        "4/2 + 1%(3-3) : division by 0 (error token is \"(3-3) \")"
    );
    assert_eq!(
        message("x /= 1-1"),
        "x /= 1-1: division by 0 (error token is \"1\")"
    );
    assert_eq!(
        message("2 ** -1 + 5"),
        "2 ** -1 + 5: exponent less than 0 (error token is \"+ 5\")"
    );
}

#[test]
fn a_parameter_beside_a_sign_is_read_with_it() {
    assert_eq!(
        shown("x=-3 a=1; w $((5-$x)) $((a - $x)) $((- $x))"),
        "<8><4><3>"
    );
    assert_eq!(shown("x=-3 a=1; w $((a-$x))"), "Discard(Expansion, 1)");
}
