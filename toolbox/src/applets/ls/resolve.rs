//! What the options of `ls` mean together, and with the environment.

use std::ffi::{OsStr, OsString};

use super::options::{
    Config, Dereference, Format, Hidden, Indicator, Refusal, Sort, Time, TimeStyle, Typed, number,
};
use super::size::SizeFormat;
use crate::getopt::UsageError;
use crate::sys::OsStrExt;
use crate::sys::choice::{Choices, choose};
use crate::sys::quote::{Quoting, STYLES, Style, quoted_text};

/// Fills in what depends on more than one option.
pub fn resolve(config: &mut Config, typed: Typed) -> Result<(), Refusal> {
    config.format = typed.format.unwrap_or(Format::OneColumn);
    config.time = typed.time.unwrap_or(Time::Modified);
    config.sort = match (typed.sort, typed.time) {
        (Some(sort), _) => sort,
        (None, Some(_)) if config.format != Format::Long => Sort::Time,
        _ => Sort::Name,
    };
    config.dereference = typed.dereference.unwrap_or({
        if config.directories
            || config.format == Format::Long
            || config.indicator == Indicator::Classify
        {
            Dereference::Never
        } else {
            Dereference::OperandDirectories
        }
    });
    if config.hidden != Hidden::Skip {
        config.hide.clear();
    }
    resolve_sizes(config, &typed);
    resolve_quoting(config, &typed);
    config.width = match typed.width {
        Some(width) => width,
        None => environment("COLUMNS")
            .and_then(|columns| number(&columns))
            .unwrap_or(80),
    };
    if config.format == Format::Long {
        resolve_time_style(config, typed.time_style)?;
    }
    Ok(())
}

fn environment(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

fn resolve_sizes(config: &mut Config, typed: &Typed) {
    if let Some(size) = &typed.block_size {
        config.sizes = size.clone();
        config.block_sizes = size.clone();
        return;
    }
    let given = ["LS_BLOCK_SIZE", "BLOCK_SIZE"]
        .iter()
        .find_map(|name| environment(name));
    if let Some(value) = given {
        if let Ok(size) = SizeFormat::parse("block size", &value) {
            config.sizes = size.clone();
            config.block_sizes = size;
        }
    } else if let Some(value) = environment("BLOCKSIZE") {
        if let Ok(size) = SizeFormat::parse("block size", &value) {
            config.block_sizes = size;
        }
    } else if std::env::var_os("POSIXLY_CORRECT").is_some() {
        config.block_sizes = SizeFormat::units(512);
    }
    if typed.kibibytes {
        config.block_sizes = SizeFormat::units(1024);
    }
}

fn resolve_quoting(config: &mut Config, typed: &Typed) {
    let style = typed.style.or_else(|| {
        let value = environment("QUOTING_STYLE")?;
        match choose("QUOTING_STYLE", STYLES, &value) {
            Ok(word) => Some(word.1),
            Err(_) => {
                let mut text =
                    b"ignoring invalid value of environment variable QUOTING_STYLE: ".to_vec();
                text.extend(quoted_text(value.as_bytes()));
                super::complain(&text);
                None
            }
        }
    });
    config.quoting = Quoting::new(style.unwrap_or(Style::Literal));
    config.quoting.question_marks = typed.question_marks;
    config.quoting.spaces = config.quoting.style == Style::Escape;
}

fn resolve_time_style(config: &mut Config, typed: Option<OsString>) -> Result<(), Refusal> {
    let Some(style) = typed.or_else(|| environment("TIME_STYLE")) else {
        return Ok(());
    };
    let style = style.as_bytes();
    if let Some(format) = style.strip_prefix(b"+") {
        let mut lines = format.split(|byte| *byte == b'\n');
        let old = lines.next().unwrap_or_default().to_vec();
        let recent = lines.next().map_or_else(|| old.clone(), <[u8]>::to_vec);
        if lines.next().is_some() {
            let mut error = b"invalid time style format ".to_vec();
            error.extend(quoted_text(format));
            return Err(Refusal::Plain(error));
        }
        config.time_style = TimeStyle { old, recent };
        return Ok(());
    }
    let mut name = style;
    while let Some(rest) = name.strip_prefix(b"posix-") {
        name = rest;
    }
    const STYLE_NAMES: &Choices<u8> =
        &[("full-iso", 0), ("long-iso", 1), ("iso", 2), ("locale", 3)];
    let (old, recent) = match choose("time style", STYLE_NAMES, OsStr::from_bytes(name)) {
        Ok(0) => ("%Y-%m-%d %H:%M:%S.%N %z", "%Y-%m-%d %H:%M:%S.%N %z"),
        Ok(1) => ("%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M"),
        Ok(2) => ("%Y-%m-%d ", "%m-%d %H:%M"),
        Ok(_) => return Ok(()),
        Err(error) => {
            let first_line = error
                .split(|byte| *byte == b'\n')
                .next()
                .unwrap_or_default();
            let mut error = first_line.to_vec();
            error.extend_from_slice(
                b"\nValid arguments are:\n  - [posix-]full-iso\n  - [posix-]long-iso\n  \
                  - [posix-]iso\n  - [posix-]locale\n  \
                  - +FORMAT (e.g., +%H:%M) for a 'date'-style format",
            );
            return Err(Refusal::Usage(UsageError::new("ls", error), 2));
        }
    };
    config.time_style = TimeStyle {
        old: old.into(),
        recent: recent.into(),
    };
    Ok(())
}
