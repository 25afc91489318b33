//! What no script can do: overrun the stack, take quadratic time, panic.

use std::time::{Duration, Instant};

use super::*;

/// What opens and closes, and a command or word that may stand inside.
const NESTED: &[(&str, &str, &str)] = &[
    ("( ", "a", " )"),
    ("{ ", "a", "; }"),
    ("$(", "a", ")"),
    ("\"$(", "a", ")\""),
    ("${x:-", "a", "}"),
    ("\"${x:-", "a", "}\""),
    ("${x#", "a", "}"),
    ("${x/", "a", "}"),
    ("$((", "1", "))"),
    ("((", "1", "))"),
    ("((", "a", ") )"),
    ("if a; then ", "b", "; fi"),
    ("if ", "b", "; then a; fi"),
    ("while a; do ", "b", "; done"),
    ("for x in a; do ", "b", "; done"),
    ("for ((;;)) do ", "b", "; done"),
    ("case x in x) ", "b", ";; esac"),
    ("<(", "a", ")"),
    ("f() { ", "a", "; }"),
    ("coproc { ", "a", "; }"),
    ("a | { ", "b", "; }"),
    ("x=$(", "b", ")"),
    ("{a,", "b", "}"),
    ("! ", "a", ""),
];

/// What is not right, or of another kind, inside of itself.
const OTHER: &[(&str, &str, &str)] = &[
    ("$(( ", "1", " ) )"),
    ("[[ ( ", "a", " ) ]]"),
    ("[[ ", "a", " ]]"),
    ("a=(", "b", ")"),
    ("a=([", "1", "]=2)"),
    ("a=([0]=$(", "1", "))"),
    ("declare x=$(", "b", ")"),
    ("@(", "a", ")"),
    ("`", "a", "`"),
    ("x[", "a", "]"),
    ("x[", "a", "]=1"),
    ("${x[", "1", "]}"),
    ("${x:", "1", "}"),
    ("$((x[", "1", "]))"),
    ("$[", "1", "]"),
    ("\"", "a", "\""),
    ("'", "a", "'"),
    ("cat <<E\n$(", "a", ")\nE\n"),
    ("$(cat <<E\n", "a", "\nE\n)"),
    ("time ", "a", ""),
    ("a|", "a", ""),
    ("a&&", "a", ""),
    ("a;", "a", ""),
    ("\\\n", "a", ""),
    ("<<E ", "a", "\nE"),
    ("{},", "{", ""),
    ("1+", "1", ""),
    ("1/", "1", ""),
    ("1?", "2", ":3"),
    ("-", "1", ""),
    ("1**", "1", ""),
    ("x=", "1", ""),
    ("(1+", "1", ")"),
];

/// Frames of a build that is not optimised are large.
fn with_room(run: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(256 << 20).spawn(run);
    thread.expect("a thread").join().expect("no panic");
}

fn nested((opening, inside, closing): (&str, &str, &str), depth: usize) -> String {
    format!("{}{inside}{}", opening.repeat(depth), closing.repeat(depth))
}

#[test]
fn everything_may_be_two_hundred_deep() {
    with_room(|| {
        for &kind in NESTED {
            let script = nested(kind, 200);
            assert!(parse_script(script.as_bytes()).is_ok(), "{kind:?}");
        }
        for kind in [("( ", "a", " )"), ("-", "1", "")] {
            let text = nested(kind, 200);
            assert!(arithmetic_text(text.as_bytes()).is_ok(), "{kind:?}");
            assert!(
                parse_script(format!("[[ {text} ]]").as_bytes()).is_ok(),
                "{kind:?}"
            );
        }
    });
}

#[test]
fn nothing_is_too_deep_to_end_well() {
    with_room(|| {
        for &kind in NESTED.iter().chain(OTHER) {
            let text = nested(kind, 3_000);
            for script in [
                text.clone(),
                format!("echo {text}"),
                format!("(( {text} ))"),
                format!("\"{text}\""),
            ] {
                let start = Instant::now();
                let _ = parse_script(script.as_bytes());
                assert!(start.elapsed() < Duration::from_secs(20), "{kind:?}");
            }
            let _ = arithmetic_text(text.as_bytes());
            let _ = parameter_name(text.as_bytes());
        }
    });
}

#[test]
fn too_deep_is_an_error() {
    with_room(|| {
        for kind in [("( ", "a", " )"), ("$(", "a", ")"), ("${x:-", "a", "}")] {
            let script = format!("echo; {}", nested(kind, 10_000));
            // A tree this deep is not for messages.
            let error = parse_script(script.as_bytes()).err();
            let message = error.map(|error| error.message);
            let expected = b"syntax error: nesting too deep";
            assert_eq!(message.as_deref(), Some(&expected[..]), "{kind:?}");
        }
    });
}

#[test]
fn long_scripts_take_time_in_proportion() {
    let line = "if [ \"$x\" = y ]; then echo \"a $b ${c:-d}\" $((e + 1)) > f; fi # g\n";
    let time = |lines: usize| {
        let script = line.repeat(lines);
        let start = Instant::now();
        assert!(parse_script(script.as_bytes()).is_ok());
        start.elapsed()
    };
    let short = time(1000).max(Duration::from_millis(1));
    assert!(time(20_000) < short * 200);
}

#[test]
fn no_bytes_make_it_panic() {
    let mut state = 1_u64;
    let mut random = move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize
    };
    const PIECES: &[&str] = &[
        "$", "{", "}", "(", ")", "((", "))", "$(", "${", "$((", "`", "\"", "'", "\\", "\n", " ",
        ";", "&", "|", "<", ">", "<<", "<<-E", "E", "!", "#", "%", "/", ":", "-", "=", "+", "?",
        "*", "@", "[", "]", "[[", "]]", "~", "^", ",", "..", "a", "b=", "x[", "1", "\0", "\u{e9}",
        "if", "then", "fi", "for", "in", "do", "done", "case", "esac", ";;", "while", "function",
        "f()", "time", "coproc", "declare", "eval", "&>", ">&", "=~", "==", "{1..3}", "$'", "\\\n",
        "2>", "{x}>",
    ];
    with_room(move || {
        for _ in 0..30_000 {
            let script: String = (0..random() % 24)
                .map(|_| PIECES[random() % PIECES.len()])
                .collect();
            let settings = Settings {
                extglob: random() % 2 == 0,
                ..SETTINGS
            };
            let _ = parse_with(script.as_bytes(), &settings);
            let _ = word_text(script.as_bytes());
            let _ = double_quoted(script.as_bytes());
            let _ = array_text(script.as_bytes());
            let _ = arithmetic_text(script.as_bytes());
            let _ = parameter_name(script.as_bytes());
        }
    });
}
