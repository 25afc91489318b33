//! `printf` prints random numbers as GNU printf does.

#[allow(dead_code, reason = "other tests use the rest")]
mod files;

use std::process::Command;

use files::{Answer, Dice, Scratch, answer, is_gnu, toolbox};

/// A number as someone may type it.
fn random_number(dice: &mut Dice) -> String {
    let mut text = String::new();
    if dice.below(4) == 0 {
        text += dice.pick(&["-", "+"]);
    }
    let digits = |dice: &mut Dice, most: usize| -> String {
        (0..1 + dice.below(most))
            .map(|_| char::from(b'0' + u8::try_from(dice.below(10)).expect("a digit")))
            .collect()
    };
    if dice.below(8) == 0 {
        text += &format!("0x{:x}", dice.below(1 << 30));
        if dice.below(2) == 0 {
            text += &format!(
                ".{:x}p{}",
                dice.below(1 << 30),
                20 - dice.below(40).cast_signed()
            );
        }
        return text;
    }
    text += &digits(dice, 22);
    if dice.below(2) == 0 {
        text += &format!(".{}", digits(dice, 25));
    }
    match dice.below(6) {
        0 => text += &format!("e{}", 30 - dice.below(60).cast_signed()),
        1 => text += &format!("e{}", 4900 - dice.below(9800).cast_signed()),
        _ => {}
    }
    text
}

/// Many formats in one call, as starting a process for each would take long.
#[test]
fn random_numbers_are_printed_as_gnu_prints_them() {
    if !is_gnu("printf") {
        return;
    }
    let scratch = Scratch::new("printf-numbers");
    let mut dice = Dice(5);
    for _ in 0..100 {
        let mut format = String::new();
        let mut args = Vec::new();
        for _ in 0..40 {
            let letter = dice.pick(&["f", "e", "g", "a", "F", "E", "G", "A", "d", "u", "x", "o"]);
            let quiet = "duxo".contains(letter);
            format.push('%');
            for flag in ["-", "+", " ", "0", "#"] {
                if dice.below(4) == 0 && !(flag == "#" && "du".contains(letter)) {
                    format += flag;
                }
            }
            if dice.below(3) == 0 {
                format += &dice.below(40).to_string();
            }
            if dice.below(2) == 0 {
                let most = [8, 8, 8, 60][dice.below(4)];
                format += &format!(".{}", dice.below(most));
            }
            format += &format!("{letter}\\n");
            let number = random_number(&mut dice);
            args.push(if quiet {
                number.split(['.', 'e']).next().unwrap_or("0").to_owned()
            } else {
                number
            });
        }
        args.insert(0, format);
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let expected = answer(Command::new("printf"), &args, &scratch.0, &[], "");
        let found = answer(toolbox("printf"), &args, &scratch.0, &[], "");
        compare(&args, &found, &expected);
    }
}

fn compare(args: &[&str], found: &Answer, expected: &Answer) {
    for (line, (ours, theirs)) in found
        .stdout
        .lines()
        .zip(expected.stdout.lines())
        .enumerate()
    {
        let directive = args[0].split("\\n").nth(line).unwrap_or_default();
        assert_eq!(ours, theirs, "{directive} of {}", args[line + 1]);
    }
    assert_eq!(found, expected, "{args:?}");
}
