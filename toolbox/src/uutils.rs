//! Runs a tool of the uutils project: its messages in English, its usage errors in GNU's words.

use std::ffi::OsString;
use std::io::{self, Write};
use std::iter::Cloned;
use std::slice::Iter;
use std::sync::OnceLock;

use fluent::{FluentArgs, FluentValue, Hooks};

/// The tool that runs in this process.
struct Tool {
    name: &'static str,
    args: Vec<OsString>,
}

static TOOL: OnceLock<Tool> = OnceLock::new();

/// Runs `main`, the `uumain` of the tool `name`.
pub fn run<'a>(
    name: &'static str,
    args: &'a [OsString],
    main: fn(Cloned<Iter<'a, OsString>>) -> i32,
) -> i32 {
    let _ = TOOL.set(Tool {
        name,
        args: args.to_vec(),
    });
    fluent::set_hooks(Hooks {
        unseen: if may_ask_for_help(args) {
            |_| false
        } else {
            is_help
        },
        finish: as_gnu_says,
    });
    // The one failure is a tool without messages: it would show their names.
    let _ = uucore::locale::setup_localization(name);
    main(args.iter().cloned())
}

/// False when no option on the command line can print the help texts.
fn may_ask_for_help(args: &[OsString]) -> bool {
    args.iter().any(|arg| {
        let arg = arg.as_encoded_bytes();
        arg.starts_with(b"-") && arg.contains(&b'h')
    })
}

/// Whether the message is shown by `--help` alone.
fn is_help(id: &str) -> bool {
    id.ends_with("-about")
        || id.contains("-after-help")
        || (id.contains("-help-") && !id.starts_with("common-"))
}

/// A message in GNU's words. Where uutils begins to report a mistake in the command line in its own way, reports it as
/// GNU does, and exits.
#[expect(
    clippy::disallowed_methods,
    reason = "after this message uutils would print a usage text of its own"
)]
fn as_gnu_says(id: &str, args: Option<&FluentArgs>, text: String) -> String {
    if let (Some(tool), Some(args)) = (TOOL.get(), args)
        && let Some(message) = usage_error(id, args, &tool.args)
    {
        let name = tool.name;
        let _ = write!(
            io::stderr(),
            "{name}: {message}\nTry '{name} --help' for more information.\n"
        );
        std::process::exit(match name {
            "printenv" => 2,
            _ => 1,
        });
    }
    match id {
        "touch-error-unable-to-parse-date" => with_quotation_marks(
            text.replacen("Unable to parse date: ", "invalid date format '", 1) + "'",
        ),
        _ => with_quotation_marks(text),
    }
}

/// What GNU says of the mistake in `typed` for which uutils has the message `id`.
fn usage_error(id: &str, args: &FluentArgs, typed: &[OsString]) -> Option<String> {
    let text = |name| match args.get(name) {
        Some(FluentValue::String(text)) => text.clone().into_owned(),
        Some(FluentValue::Number(number)) => number.to_string(),
        None => String::new(),
    };
    match id {
        "clap-error-unexpected-argument" => Some(unexpected_argument(&text("arg"), typed)),
        "clap-error-value-required" => Some(missing_value(typed.last())),
        "clap-error-missing-required-arguments" => Some(match typed.first() {
            Some(name) if name == "ln" || name == "mv" => "missing file operand".to_owned(),
            _ => "missing operand".to_owned(),
        }),
        "clap-error-invalid-value" => {
            let option = text("option");
            let option = option.split([' ', '=']).next().unwrap_or_default();
            Some(format!(
                "invalid argument ‘{}’ for ‘{option}’",
                text("value")
            ))
        }
        _ => None,
    }
}

/// In UTF-8, GNU sets ‘marks’ around a wrong argument; around the name of a file it sets what a shell reads.
fn with_quotation_marks(text: String) -> String {
    let wrong_argument = ["invalid ", "extra operand ", "missing operand after "];
    if !wrong_argument.iter().any(|start| text.starts_with(start)) {
        return text;
    }
    match (text.find('\''), text.rfind('\'')) {
        (Some(open), Some(close)) if open < close => {
            let (before, rest) = text.split_at(open);
            let (quoted, after) = rest.split_at(close - open);
            format!(
                "{before}‘{}’{}",
                quoted.trim_start_matches('\''),
                after.trim_start_matches('\'')
            )
        }
        _ => text,
    }
}

fn unexpected_argument(arg: &str, args: &[OsString]) -> String {
    match arg.as_bytes() {
        [b'-', b'-', ..] => {
            let typed = args
                .iter()
                .find(|typed| typed.as_encoded_bytes().starts_with(arg.as_bytes()));
            format!(
                "unrecognized option '{}'",
                typed.map_or(arg.into(), |typed| typed.to_string_lossy())
            )
        }
        [b'-', ..] => format!(
            "invalid option -- '{}'",
            arg.chars().nth(1).unwrap_or_default()
        ),
        _ => format!("extra operand ‘{arg}’"),
    }
}

/// `option` is the last argument: the one whose value is not there.
fn missing_value(option: Option<&OsString>) -> String {
    let option = option
        .map(|option| option.to_string_lossy())
        .unwrap_or_default();
    if option.starts_with("--") {
        format!("option '{option}' requires an argument")
    } else {
        format!(
            "option requires an argument -- '{}'",
            option.chars().last().unwrap_or_default()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(args: &[&str]) -> Vec<OsString> {
        args.iter().map(OsString::from).collect()
    }

    #[test]
    fn an_unknown_option_is_named_as_it_was_typed() {
        let args = typed(&["cat", "--foo=1", "-n"]);
        assert_eq!(
            unexpected_argument("--foo", &args),
            "unrecognized option '--foo=1'"
        );
        assert_eq!(unexpected_argument("-z", &args), "invalid option -- 'z'");
        assert_eq!(unexpected_argument("x", &args), "extra operand ‘x’");
    }

    #[test]
    fn a_missing_value_names_the_last_option() {
        let last = |option: &str| missing_value(typed(&["head", option]).last());
        assert_eq!(last("-n"), "option requires an argument -- 'n'");
        assert_eq!(last("-qn"), "option requires an argument -- 'n'");
        assert_eq!(last("--lines"), "option '--lines' requires an argument");
    }

    #[test]
    fn a_wrong_argument_gets_quotation_marks_and_a_file_keeps_its_quotes() {
        let marked = |text: &str| with_quotation_marks(text.to_owned());
        assert_eq!(
            marked("invalid number of lines: 'x'"),
            "invalid number of lines: ‘x’"
        );
        assert_eq!(marked("extra operand 'c'"), "extra operand ‘c’");
        assert_eq!(
            marked("cannot remove 'x': Is a directory"),
            "cannot remove 'x': Is a directory"
        );
        assert_eq!(marked("invalid field range"), "invalid field range");
    }

    #[test]
    fn help_texts_are_left_out_and_hints_are_not() {
        assert!(is_help("cat-help-number") && is_help("cat-about") && is_help("date-after-help"));
        assert!(
            !is_help("common-help-suggestion") && !is_help("cat-usage") && !is_help("common-error")
        );
        assert!(
            may_ask_for_help(&typed(&["cat", "--help"]))
                && may_ask_for_help(&typed(&["cat", "--he"]))
        );
        assert!(!may_ask_for_help(&typed(&["cat", "-n", "help"])));
    }
}
