//! Variables as scripts see them: attributes, arrays, namerefs, special ones.

use super::*;
use crate::shell::expand::tests::{Session, shown};
use crate::shell::flow::Flow;
use crate::shell::value::Associative;

#[test]
fn attributes_change_what_is_assigned() {
    let mut session = Session::new();
    let names = ["n", "u", "l", "c"].map(Symbol::new);
    session
        .shell
        .state
        .variables
        .edit(names[0])
        .attributes
        .integer = true;
    session
        .shell
        .state
        .variables
        .edit(names[1])
        .attributes
        .uppercase = true;
    session
        .shell
        .state
        .variables
        .edit(names[2])
        .attributes
        .lowercase = true;
    session
        .shell
        .state
        .variables
        .edit(names[3])
        .attributes
        .capitalized = true;
    let shown = session.run("n=2*3; n+=4; u=é; u+=b; l=ÉA; c='hELLO w'; w $n $u $l \"$c\"");
    assert_eq!(shown, ["<10><ÉB><éa><Hello w>"]);
}

#[test]
fn arrays_are_sparse_and_count_from_their_end() {
    let script = "a[3]=x; a+=(y z); a[-1]+=!; w ${a[@]} ${!a[@]} ${a[-1]}; a=([2]=b [0]=a c); w ${a[@]} ${!a[@]}; s=1; s[2]=3; w ${s[@]}";
    assert_eq!(
        shown(script),
        "<x><y><z!><3><4><5><z!> <a><c><b><0><1><2> <1><3>"
    );
    assert_eq!(shown("a=(1); a[-5]=1"), "Discard(Command, 1)");
}

#[test]
fn values_are_expanded_before_the_array_changes() {
    assert_eq!(
        shown("a=(1 2); a=(${a[1]} ${a[0]} [5]=${a[1]}); w ${a[@]} ${!a[@]}"),
        "<2><1><2><0><1><5>"
    );
}

#[test]
fn an_associative_array_has_keys_of_text() {
    let mut session = Session::new();
    session.shell.state.variables.edit(Symbol::new("m")).value =
        Value::Associative(Associative::default());
    let shown = session.run("m[a b]=1; k=c; m[$k]=2; m[$k]+=3; w \"${m[a b]}\" ${m[c]} ${#m[@]}; m=(x y z); w ${m[x]} \"${m[z]}\"");
    assert_eq!(shown, ["<1><23><2>", "<y><>"]);
}

#[test]
fn namerefs_are_followed() {
    let mut session = Session::new();
    for (name, target) in [
        ("r", "x"),
        ("q", "r"),
        ("e", "a[1]"),
        ("s", "t"),
        ("t", "s"),
    ] {
        let variable = session.shell.state.variables.edit(Symbol::new(name));
        variable.value = Value::Scalar(target.into());
        variable.attributes.nameref = true;
    }
    let shown = session.run("r=1; q+=2; w $x $q ${!q}; e=z; w ${a[1]} $e ${!a[@]}; w \"$s\"");
    assert_eq!(shown, ["<12><12><x>", "<z><z><1>", "<>"]);
    assert_eq!(session.shell.resolved(Symbol::new("q")), Symbol::new("x"));
}

#[test]
fn a_readonly_variable_stays() {
    let mut session = Session::new();
    session.run("x=1");
    session
        .shell
        .state
        .variables
        .edit(Symbol::new("x"))
        .attributes
        .readonly = true;
    let shown = session.run("x=2; x+=3; x[1]=4; x=(5); w $x");
    assert_eq!(
        shown,
        [
            "Discard(Command, 1)",
            "Discard(Command, 1)",
            "Discard(Command, 1)",
            "Discard(Command, 1)",
            "<1>"
        ]
    );
    assert!(!session.shell.unset_variable(Symbol::new("x")));
}

#[test]
fn elements_are_unset() {
    let mut session = Session::new();
    session.run("a=(1 2 3); s=1");
    for target in ["a[1]", "a[-1]", "s[0]"] {
        assert_eq!(
            session.shell.unset_named(target.as_bytes()),
            Flow::Continue(true)
        );
    }
    assert_eq!(session.shell.unset_named(b"a[-9]"), Flow::Continue(false));
    assert_eq!(
        session.run("w ${a[@]} ${!a[@]} ${s-gone}"),
        ["<1><0><gone>"]
    );
}

#[test]
fn the_generator_is_that_of_bash() {
    let mut session = Session::new();
    session.shell.initialise_variables();
    assert_eq!(
        session.run("RANDOM=42; w $RANDOM $RANDOM $RANDOM"),
        ["<17772><26794><1435>"]
    );
    assert_eq!(session.shell.unset_named(b"RANDOM"), Flow::Continue(true));
    assert_eq!(session.run("RANDOM=5; w $RANDOM $RANDOM"), ["<5><5>"]);
}

#[test]
fn a_shell_begins_with_the_variables_of_bash() {
    let mut session = Session::new();
    session.shell.initialise_variables();
    assert_eq!(
        session.run("w \"$IFS\" $OPTIND $BASH_VERSION ${BASH_VERSINFO[0]} \"$PS4\" $OSTYPE"),
        ["< \t\n><1><5.2.15(1)-release><5><+ ><linux-gnu>"]
    );
    assert!(session.shell.attributes(Symbol::PPID).readonly);
}
