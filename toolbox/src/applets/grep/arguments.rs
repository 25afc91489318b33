//! Options as arguments again, for a grep that searches a part of the files in the same way.

use std::ffi::{OsStr, OsString};

use crate::sys::OsStrExt;

use super::options::{Binary, Language, List, Options, Whole};

/// The arguments that mean these options, without operands.
pub fn of(options: &Options) -> Vec<OsString> {
    let Options {
        patterns,
        language,
        folded,
        whole,
        invert,
        // A search with context, and one that prints nothing, is not divided.
        before: _,
        after: _,
        separator: _,
        quiet: _,
        list,
        count,
        no_messages,
        only_matching,
        line_number,
        byte_offset,
        filename,
        null,
        initial_tab,
        color,
        line_buffered,
        max_count,
        terminator,
        binary,
        // The walk has chosen the files, and standard input is not among them.
        label: _,
        directories: _,
        skip_devices: _,
        files: _,
        folders: _,
        operands: _,
    } = options;
    let mut words = vec![match language {
        Language::Basic => "-G",
        Language::Extended => "-E",
        Language::Fixed => "-F",
        Language::Perl => "-P",
    }];
    words.extend(match whole {
        Whole::Any => None,
        Whole::Words => Some("-w"),
        Whole::Lines => Some("-x"),
    });
    words.extend(match list {
        List::Lines => None,
        List::Matching => Some("-l"),
        List::NotMatching => Some("-L"),
    });
    words.extend(filename.map(|shown| if shown { "-H" } else { "-h" }));
    words.extend(match binary {
        Binary::Report => None,
        Binary::Text => Some("-a"),
        Binary::WithoutMatch => Some("-I"),
    });
    let switches = [
        (*folded, "-i"),
        (*invert, "-v"),
        (*count, "-c"),
        (*no_messages, "-s"),
        (*only_matching, "-o"),
        (*line_number, "-n"),
        (*byte_offset, "-b"),
        (*null, "-Z"),
        (*initial_tab, "-T"),
        (*color, "--color=always"),
        (*line_buffered, "--line-buffered"),
        (*terminator == 0, "-z"),
    ];
    words.extend(switches.iter().filter(|(on, _)| *on).map(|(_, word)| word));
    if patterns.is_empty() {
        words.extend(["-f", "/dev/null"]);
    }
    let mut arguments: Vec<OsString> = words.into_iter().map(OsString::from).collect();
    for pattern in patterns {
        arguments.extend(["-e".into(), OsStr::from_bytes(pattern).to_owned()]);
    }
    if let Some(most) = max_count {
        arguments.push(format!("-m{most}").into());
    }
    arguments
}

#[cfg(test)]
mod tests {
    use super::super::options;
    use super::*;

    fn again(line: &[OsString]) -> Vec<OsString> {
        let line: Vec<OsString> = [OsString::from("grep")]
            .iter()
            .chain(line)
            .cloned()
            .collect();
        match options::read(&line, Language::Basic) {
            Ok(options) => of(&options),
            Err(_) => panic!("{line:?} is refused"),
        }
    }

    fn arguments(line: &[&str]) -> Vec<OsString> {
        let line: Vec<OsString> = line.iter().map(OsString::from).collect();
        again(&line)
    }

    #[test]
    fn options_are_written_out_without_what_chooses_files() {
        let line = [
            "-rniE",
            "--include=*.rs",
            "a|b",
            "src",
            "-e-x",
            "-hm",
            "2k",
            "-w",
        ];
        assert_eq!(
            arguments(&line),
            ["-E", "-w", "-h", "-i", "-n", "-e", "-x", "-m2048"]
        );
        assert_eq!(arguments(&["-r", "x"]), ["-G", "-e", "x"]);
        assert_eq!(
            arguments(&["-rFx", "a\nb\na"]),
            ["-F", "-x", "-e", "a", "-e", "b"]
        );
        assert_eq!(arguments(&["-rf/dev/null"]), ["-G", "-f", "/dev/null"]);
    }

    #[test]
    fn arguments_mean_the_options_that_they_are_made_of() {
        for line in [
            &["-r", "x"][..],
            &["-rlP", "\\d"],
            &["-rLzv", ""],
            &["-rcH", "-m0", "x"],
            &["-robZTs", "--color=always", "--line-buffered", "x"],
            &["-rxa", "-e", "-e", "-e", "--"],
            &["-rI", "-f", "/dev/null"],
            &["-rm", "99999999999999999999", "x"],
        ] {
            let once = arguments(line);
            assert_eq!(again(&once), once, "{line:?}");
        }
    }
}
