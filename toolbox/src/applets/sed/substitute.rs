//! `s`: other text in place of what matches.

use crate::regex::posix::character;

use super::Fatal;
use super::execute::Machine;
use super::output::MAIN;
use super::script::Substitution;

impl Machine<'_> {
    pub(super) fn substitute(&mut self, substitution: &Substitution) -> Result<(), Fatal> {
        if !self.replace(substitution)? {
            return Ok(());
        }
        self.replaced = true;
        if substitution.printed_first {
            self.outputs
                .line(MAIN, &self.pattern.text, self.pattern.ended)?;
        }
        if substitution.evaluated {
            self.evaluate()?;
        }
        if substitution.printed {
            self.outputs
                .line(MAIN, &self.pattern.text, self.pattern.ended)?;
        }
        if let Some(file) = substitution.written {
            self.outputs
                .line(file + 1, &self.pattern.text, self.pattern.ended)?;
        }
        Ok(())
    }

    /// Whether something was replaced.
    fn replace(&mut self, substitution: &Substitution) -> Result<bool, Fatal> {
        let index = self.regex(substitution.regex)?;
        let regex = self.script.regexes.get(index).ok_or_else(Fatal::internal)?;
        let needs_groups = substitution.replacement.needs_groups();
        let (text, captures) = (self.pattern.text.as_slice(), &mut self.captures);
        // What has been copied to the result, and where the next match is looked for.
        let (mut copied, mut from) = (0, 0);
        let (mut count, mut replaced, mut last_end) = (0, false, None);
        self.scratch.clear();
        loop {
            let found = match needs_groups {
                true => regex.captures_at(text, from, captures)?,
                false => match regex.find_at(text, from)? {
                    Some(place) => {
                        captures.set_whole(place);
                        true
                    }
                    None => false,
                },
            };
            let Some((start, end)) = captures.get(0).filter(|_| found) else {
                break;
            };
            // Nothing directly behind a match is no match.
            if start < end || last_end != Some(end) {
                count += 1;
                if count >= substitution.number {
                    replaced = true;
                    let before = text.get(copied..start).unwrap_or_default();
                    self.scratch.extend_from_slice(before);
                    substitution
                        .replacement
                        .apply(text, captures, &mut self.scratch);
                    copied = end;
                    if !substitution.global {
                        break;
                    }
                }
            }
            last_end = Some(end);
            from = end;
            if start == end {
                let rest = text.get(end..).unwrap_or_default();
                let Some((_, length)) = character(rest) else {
                    break;
                };
                from += if regex.is_bytewise() { 1 } else { length };
            }
        }
        if replaced {
            let rest = text.get(copied..).unwrap_or_default();
            self.scratch.extend_from_slice(rest);
            std::mem::swap(&mut self.pattern.text, &mut self.scratch);
        }
        Ok(replaced)
    }
}
