//! `sleep`: waits.

use std::ffi::OsString;
use std::time::Duration;

use super::duration;
use crate::getopt::{self, UsageError};
use crate::stdio;

const NAME: &str = "sleep";

const USAGE: &str = "\
Usage: sleep NUMBER[SUFFIX]...
Pause for NUMBER seconds, or minutes (m), hours (h) or days (d). NUMBER may have a fraction.
";

pub fn main(args: &[OsString]) -> i32 {
    let operands = match getopt::operands(NAME, USAGE, args) {
        Ok(operands) => operands,
        Err(status) => return status,
    };
    match total(&operands) {
        Ok(time) => {
            std::thread::sleep(time);
            0
        }
        Err(error) => error.report(1),
    }
}

/// The sum of the operands. All that are wrong are reported; the last one with the hint.
fn total(operands: &[OsString]) -> Result<Duration, UsageError> {
    let mut total = Duration::ZERO;
    let mut refused: Option<Vec<u8>> = None;
    for operand in operands {
        match duration::read(operand) {
            Ok(time) => total = total.saturating_add(time),
            Err(message) => {
                if let Some(before) = refused.replace(message) {
                    stdio::complain(NAME, &before);
                }
            }
        }
    }
    match refused {
        Some(message) => Err(UsageError::new(NAME, message)),
        None if operands.is_empty() => Err(UsageError::new(NAME, "missing operand")),
        None => Ok(total),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slept(operands: &[&str]) -> Result<Duration, String> {
        let operands: Vec<OsString> = operands.iter().map(OsString::from).collect();
        total(&operands).map_err(|error| error.to_string())
    }

    #[test]
    fn operands_are_added() {
        assert_eq!(slept(&["1", "0.5m", "1s"]), Ok(Duration::from_secs(32)));
        assert_eq!(slept(&["inf", "1"]), Ok(Duration::MAX));
    }

    #[test]
    fn a_wrong_operand_and_none_are_refused() {
        assert_eq!(slept(&[]), Err("missing operand".into()));
        assert_eq!(
            slept(&["x", "1", "1y"]),
            Err("invalid time interval ‘1y’".into())
        );
    }
}
