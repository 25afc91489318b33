//! Syntax trees as text: how `declare -f` and `type` show a function, and how a command is named in `jobs` and
//! `BASH_COMMAND`.

mod redirection;
mod test;

use std::rc::Rc;

use super::ast::{
    AndOr, Arithmetic, AssignedValue, Assignment, CaseEnd, Command, Compound, CompoundCommand,
    Connector, FunctionDefinition, HereDocument, List, ListItem, Pipeline, Redirection,
    SimpleCommand, TestExpression, Text, TimeFormat, Word,
};

use super::parser::{Shown, What, shown};

pub use test::operator_text;

/// A function as `declare -f` prints it, with its last line end.
pub fn function(definition: &FunctionDefinition) -> Text {
    let mut printer = Printer::default();
    printer.function(definition);
    printer.text.push(b'\n');
    printer.text
}

/// The text of a function in the environment: `() {  …` without its name.
pub fn exported_function(definition: &FunctionDefinition) -> Text {
    let text = function(definition);
    let name_len = definition.name.len() + 1;
    let body = text.get(name_len..).unwrap_or_default();
    let mut text: Text = body.strip_suffix(b"\n").unwrap_or(body).to_vec();
    // `() \n{ \n` begins `() {  ` there.
    if let Some(rest) = text.strip_prefix(b"() \n{ \n") {
        text = [b"() { ", rest].concat();
    }
    text
}

/// A command as a job is named.
pub fn command(command: &Command) -> Text {
    let mut printer = Printer::of_command();
    printer.command(command);
    printer.end_of_line();
    printer.text
}

pub fn simple_command(command: &SimpleCommand) -> Text {
    let mut printer = Printer::of_command();
    printer.simple(command);
    printer.text
}

pub fn and_or(command: &AndOr) -> Text {
    let mut printer = Printer::of_command();
    printer.and_or(command);
    printer.end_of_line();
    printer.text
}

pub fn test_command(expression: &TestExpression) -> Text {
    let mut printer = Printer::of_command();
    printer.put("[[ ");
    printer.test(expression);
    printer.put(" ]]");
    printer.text
}

pub fn assignment(assignment: &Assignment) -> Text {
    let mut printer = Printer::of_command();
    printer.assignment(assignment);
    printer.text
}

/// The commands of a substitution, in parentheses.
fn substitution(list: &List) -> Text {
    let mut printer = Printer {
        layout: Layout::Substitution,
        ..Printer::default()
    };
    printer.put("(");
    printer.list(list);
    if printer.text.starts_with(b"((") {
        printer.text.insert(1, b' ');
    }
    printer.end_of_line();
    printer.put(")");
    printer.text
}

/// Spaces of one level.
const INDENT: usize = 4;

/// Which commands have a line of their own.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Layout {
    /// All, as in a function.
    #[default]
    Function,
    /// Those that need one.
    Command,
    /// Those that need one, and those that had one.
    Substitution,
}

#[derive(Default)]
struct Printer {
    text: Text,
    level: usize,
    layout: Layout,
    /// Here-documents of the line that is being printed.
    pending: Vec<Rc<HereDocument>>,
    /// Some were printed since the last semicolon.
    had_documents: bool,
}

impl Printer {
    fn of_command() -> Self {
        Self {
            layout: Layout::Command,
            ..Self::default()
        }
    }

    fn put(&mut self, text: &str) {
        self.text.extend_from_slice(text.as_bytes());
    }

    fn bytes(&mut self, text: &[u8]) {
        self.text.extend_from_slice(text);
    }

    fn newline(&mut self) {
        self.text.push(b'\n');
        if !self.pending.is_empty() {
            self.here_documents();
            self.text.push(b'\n');
        }
        let spaces = self.level * INDENT;
        self.text.extend(std::iter::repeat_n(b' ', spaces));
    }

    /// What joins a command with the next one in a line. Here-documents come before that.
    fn join(&mut self, operator: &str) {
        self.put(operator);
        match self.pending.is_empty() {
            true => self.put(" "),
            false => {
                self.text.push(b'\n');
                self.here_documents();
                self.put("  ");
            }
        }
    }

    /// Ends the line, if here-documents have to come before what follows.
    fn end_of_line(&mut self) {
        if !self.pending.is_empty() {
            self.text.push(b'\n');
            self.here_documents();
        }
    }

    fn here_documents(&mut self) {
        self.had_documents |= !self.pending.is_empty();
        for document in std::mem::take(&mut self.pending) {
            if let Some(body) = document.body.get() {
                self.bytes(&body.source);
            }
            self.bytes(&document.delimiter);
            self.text.push(b'\n');
        }
    }

    fn function(&mut self, definition: &FunctionDefinition) {
        self.bytes(&definition.name);
        self.put(" () ");
        self.newline();
        let layout = std::mem::take(&mut self.layout);
        self.function_body(&definition.body);
        self.layout = layout;
    }

    fn function_body(&mut self, body: &CompoundCommand) {
        match &body.kind {
            Compound::Group(list) => self.block(list, &body.redirections),
            _ => {
                self.put("{ ");
                self.level += 1;
                self.newline();
                self.compound(body);
                self.level -= 1;
                self.newline();
                self.put("}");
            }
        }
    }

    /// `{` and `}`, on lines of their own where these are lines.
    fn block(&mut self, list: &List, redirections: &[Redirection]) {
        self.put("{ ");
        if self.layout == Layout::Function {
            self.indented(list);
            self.newline();
        } else {
            self.list(list);
            let ends_line = !self.pending.is_empty();
            self.end_of_line();
            self.put(match ends_line || ends_with_background(list) {
                true => " ",
                false => "; ",
            });
        }
        self.put("}");
        self.redirections(redirections);
    }

    /// The body of a loop or a branch, which ends with a semicolon; what follows stands on a new line.
    fn body(&mut self, list: &List) {
        self.indented(list);
        if !ends_with_background(list) && self.pending.is_empty() {
            self.put(";");
        }
        self.newline();
    }

    /// A list one level deeper, from the next line on.
    fn indented(&mut self, list: &List) {
        self.level += 1;
        self.newline();
        self.list(list);
        self.level -= 1;
    }

    /// A condition, and the word behind it.
    fn condition(&mut self, list: &List, word: &str) {
        self.list(list);
        let ends_line = !self.pending.is_empty();
        if !ends_with_background(list) && !ends_line {
            self.put(";");
        }
        self.end_of_line();
        self.put(" ");
        self.put(word);
    }

    fn list(&mut self, list: &List) {
        for (at, item) in list.items.iter().enumerate() {
            self.and_or(&item.command);
            let is_last = at + 1 == list.items.len();
            match (item.background, is_last) {
                (true, true) => self.put(" &"),
                (true, false) => self.join(" &"),
                (false, true) => {}
                (false, false) if self.layout != Layout::Function => self.end_of_item(item),
                (false, false) => {
                    let had_documents = std::mem::take(&mut self.had_documents);
                    if self.pending.is_empty() && !had_documents {
                        self.put(";");
                    }
                    self.newline();
                    // Only those of the first command count.
                    self.had_documents &= at == 0;
                }
            }
        }
    }

    /// What separates commands that need no lines.
    fn end_of_item(&mut self, item: &ListItem) {
        if !item.ends_line || self.layout == Layout::Command {
            self.join(if self.pending.is_empty() { ";" } else { "" });
            return;
        }
        let level = std::mem::take(&mut self.level);
        self.newline();
        self.level = level;
    }

    fn and_or(&mut self, command: &AndOr) {
        self.pipeline(&command.first);
        for (connector, pipeline) in &command.rest {
            self.join(match connector {
                Connector::And => " &&",
                Connector::Or => " ||",
            });
            self.pipeline(pipeline);
        }
    }

    fn pipeline(&mut self, pipeline: &Pipeline) {
        match pipeline.time {
            Some(TimeFormat::Bash) => self.put("time "),
            Some(TimeFormat::Posix) => self.put("time -p "),
            None => {}
        }
        if pipeline.negated {
            self.put("! ");
        }
        for (at, stage) in pipeline.stages.iter().enumerate() {
            if at > 0 {
                self.join(" |");
            }
            self.command(stage);
        }
    }

    fn command(&mut self, command: &Command) {
        match command {
            Command::Simple(command) => self.simple(command),
            Command::Compound(command) => self.compound(command),
            Command::Function(definition) => {
                self.put("function ");
                self.function(definition);
            }
            Command::Coprocess(coprocess) => {
                self.put("coproc ");
                self.bytes(&coprocess.name.name());
                self.put(" ");
                self.command(&coprocess.command);
            }
            Command::Unread(unread) => self.bytes(&unread.text),
        }
    }

    fn simple(&mut self, command: &SimpleCommand) {
        let mut is_first = true;
        let mut space = |printer: &mut Self| {
            if !std::mem::replace(&mut is_first, false) {
                printer.text.push(b' ');
            }
        };
        for assignment in &command.assignments {
            space(self);
            self.assignment(assignment);
        }
        for word in &command.words {
            space(self);
            self.word(word);
        }
        for redirection in &command.redirections {
            space(self);
            self.redirection(redirection);
        }
    }

    fn word(&mut self, word: &Word) {
        self.source(&word.source);
    }

    /// The text of a word.
    fn source(&mut self, text: &[u8]) {
        let mut at = 0;
        for Shown { place, what } in shown(text) {
            self.bytes(text.get(at..place.start).unwrap_or_default());
            match what {
                What::Text(text) => self.bytes(&text),
                What::Commands(list) => {
                    self.bytes(&substitution(&list));
                }
            }
            at = place.end;
        }
        self.bytes(text.get(at..).unwrap_or_default());
    }

    fn assignment(&mut self, assignment: &Assignment) {
        self.bytes(&assignment.name.name());
        if let Some(index) = &assignment.subscript {
            self.put("[");
            self.word(&index.word);
            self.put("]");
        }
        self.put(if assignment.append { "+=" } else { "=" });
        match &assignment.value {
            AssignedValue::Scalar(word) => self.word(word),
            AssignedValue::Array(elements) => {
                self.put("(");
                for (at, element) in elements.iter().enumerate() {
                    if at > 0 {
                        self.put(" ");
                    }
                    self.source(&element.target());
                    self.word(&element.value);
                }
                self.put(")");
            }
        }
    }

    fn compound(&mut self, command: &CompoundCommand) {
        match &command.kind {
            Compound::Group(list) => {
                self.block(list, &command.redirections);
                return;
            }
            Compound::Subshell(list) => {
                self.put("( ");
                self.list(list);
                self.end_of_line();
                self.put(" )");
            }
            Compound::If {
                branches,
                otherwise,
            } => self.conditional(branches, otherwise.as_ref()),
            Compound::While {
                until,
                condition,
                body,
            } => {
                self.put(if *until { "until " } else { "while " });
                self.condition(condition, "do");
                self.body(body);
                self.put("done");
            }
            Compound::For {
                variable,
                words,
                body,
            } => {
                self.loop_header("for", &variable.name(), words.as_deref());
                self.loop_body(body);
            }
            Compound::Select {
                variable,
                words,
                body,
            } => {
                self.loop_header("select", &variable.name(), words.as_deref());
                self.loop_body(body);
            }
            Compound::ArithmeticFor { header, body } => {
                self.put("for ((");
                for (at, part) in [&header.first, &header.condition, &header.step]
                    .into_iter()
                    .enumerate()
                {
                    if at > 0 {
                        self.put("; ");
                    }
                    match part {
                        Some(part) => self.source(part.word.source.trim_ascii_start()),
                        None => self.put("1"),
                    }
                }
                self.put("))");
                self.loop_body(body);
            }
            Compound::Case { word, arms } => {
                self.put("case ");
                self.word(word);
                self.put(" in ");
                self.level += 1;
                for arm in arms {
                    self.newline();
                    for (at, pattern) in arm.patterns.iter().enumerate() {
                        if at > 0 {
                            self.put(" | ");
                        }
                        self.word(pattern);
                    }
                    self.put(")");
                    match arm.body.items.is_empty() {
                        true => self.put("\n"),
                        false => self.indented(&arm.body),
                    }
                    self.newline();
                    self.put(match arm.end {
                        CaseEnd::Leave => ";;",
                        CaseEnd::FallThrough => ";&",
                        CaseEnd::TryNext => ";;&",
                    });
                }
                self.level -= 1;
                self.newline();
                self.put("esac");
            }
            Compound::Test(expression) => {
                self.put("[[ ");
                self.test(expression);
                self.put(" ]]");
            }
            Compound::Arithmetic(arithmetic) => self.arithmetic(arithmetic),
        }
        self.redirections(&command.redirections);
    }

    fn arithmetic(&mut self, arithmetic: &Arithmetic) {
        self.put("((");
        self.source(&arithmetic.word.source);
        self.put("))");
    }

    fn conditional(&mut self, branches: &[(List, List)], otherwise: Option<&List>) {
        let Some(((condition, body), rest)) = branches.split_first() else {
            return;
        };
        self.put("if ");
        self.condition(condition, "then");
        self.body(body);
        match (rest.is_empty(), otherwise) {
            // An `elif` is shown as an `if` in the `else`.
            (false, _) => {
                self.put("else");
                self.level += 1;
                self.newline();
                self.conditional(rest, otherwise);
                self.level -= 1;
                self.put(";");
                self.newline();
            }
            (true, Some(otherwise)) => {
                self.put("else");
                self.body(otherwise);
            }
            (true, None) => {}
        }
        self.put("fi");
    }

    fn loop_header(&mut self, keyword: &str, variable: &[u8], words: Option<&[Word]>) {
        self.put(keyword);
        self.put(" ");
        self.bytes(variable);
        self.put(" in");
        match words {
            Some(words) => {
                for word in words {
                    self.put(" ");
                    self.word(word);
                }
            }
            None => self.put(" \"$@\""),
        }
        self.put(";");
    }

    fn loop_body(&mut self, body: &List) {
        self.newline();
        self.put("do");
        self.body(body);
        self.put("done");
    }
}

fn ends_with_background(list: &List) -> bool {
    list.items.last().is_some_and(|item| item.background)
}
