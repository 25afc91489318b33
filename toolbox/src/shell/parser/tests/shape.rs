//! Trees as short texts: what has no quotes stands as it is, what has stands in `‹ ›`, double quotes in `« »`.

use crate::shell::ast::*;

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn join<T>(items: &[T], separator: &str, show: impl Fn(&T) -> String) -> String {
    items.iter().map(show).collect::<Vec<_>>().join(separator)
}

pub fn list(list: &List) -> String {
    join(&list.items, " ", |item| {
        let end = if item.background { " &" } else { ";" };
        let rest = join(&item.command.rest, "", |(connector, stage)| {
            let connector = match connector {
                Connector::And => "&&",
                Connector::Or => "||",
            };
            format!(" {connector} {}", pipeline(stage))
        });
        format!("{}{rest}{end}", pipeline(&item.command.first))
    })
}

fn pipeline(pipeline: &Pipeline) -> String {
    let time = match pipeline.time {
        None => "",
        Some(TimeFormat::Bash) => "time ",
        Some(TimeFormat::Posix) => "time -p ",
    };
    let negated = if pipeline.negated { "! " } else { "" };
    format!("{time}{negated}{}", join(&pipeline.stages, " | ", command))
}

fn command(command: &Command) -> String {
    match command {
        Command::Simple(simple) => {
            let mut all: Vec<String> = simple.assignments.iter().map(assignment).collect();
            all.extend(simple.words.iter().map(word));
            all.extend(simple.redirections.iter().map(redirection));
            all.join(" ")
        }
        Command::Compound(command) => compound(command),
        Command::Function(function) => {
            format!("fn {} {}", text(&function.name), compound(&function.body))
        }
        Command::Coprocess(coprocess) => {
            format!(
                "coproc {:?} {}",
                coprocess.name,
                self::command(&coprocess.command)
            )
        }
        Command::Unread(unread) => format!("unread ‹{}›", text(&unread.text)),
    }
}

fn compound(command: &CompoundCommand) -> String {
    let words = |words: &Option<Vec<Word>>| match words {
        Some(words) => format!(" in [{}]", join(words, " ", word)),
        None => String::new(),
    };
    let kind = match &command.kind {
        Compound::Group(body) => format!("{{ {} }}", list(body)),
        Compound::Subshell(body) => format!("( {} )", list(body)),
        Compound::If {
            branches,
            otherwise,
        } => {
            let branches = join(branches, " ", |(condition, body)| {
                format!("if [{}] [{}]", list(condition), list(body))
            });
            match otherwise {
                Some(body) => format!("{branches} else [{}]", list(body)),
                None => branches,
            }
        }
        Compound::While {
            until,
            condition,
            body,
        } => {
            let name = if *until { "until" } else { "while" };
            format!("{name} [{}] [{}]", list(condition), list(body))
        }
        Compound::For {
            variable,
            words: all,
            body,
        } => {
            format!("for {variable:?}{} [{}]", words(all), list(body))
        }
        Compound::Select {
            variable,
            words: all,
            body,
        } => {
            format!("select {variable:?}{} [{}]", words(all), list(body))
        }
        Compound::ArithmeticFor { header, body } => {
            let field =
                |field: &Option<Arithmetic>| field.as_ref().map_or(String::new(), arithmetic);
            let header = [&header.first, &header.condition, &header.step]
                .map(field)
                .join(";");
            format!("for (({header})) [{}]", list(body))
        }
        Compound::Case {
            word: subject,
            arms,
        } => {
            let arms = join(arms, " ", |arm| {
                let end = match arm.end {
                    CaseEnd::Leave => ";;",
                    CaseEnd::FallThrough => ";&",
                    CaseEnd::TryNext => ";;&",
                };
                format!(
                    "({}) [{}] {end}",
                    join(&arm.patterns, "|", word),
                    list(&arm.body)
                )
            });
            format!("case {} {arms}", word(subject))
        }
        Compound::Test(expression) => format!("[[ {} ]]", test(expression)),
        Compound::Arithmetic(inner) => format!("(({}))", arithmetic(inner)),
    };
    let redirections = join(&command.redirections, "", |one| {
        format!(" {}", redirection(one))
    });
    format!("{kind}{redirections}")
}

fn test(expression: &TestExpression) -> String {
    match expression {
        TestExpression::Or(left, right) => format!("({} || {})", test(left), test(right)),
        TestExpression::And(left, right) => format!("({} && {})", test(left), test(right)),
        TestExpression::Not(inner) => format!("!{}", test(inner)),
        TestExpression::Group(inner) => test(inner),
        TestExpression::Unary(letter, operand) => {
            format!("-{} {}", char::from(*letter), word(operand))
        }
        TestExpression::Binary(left, operator, right) => {
            format!("{} {operator:?} {}", word(left), word(right))
        }
        TestExpression::Word(operand) => word(operand),
    }
}

fn redirection(redirection: &Redirection) -> String {
    use RedirectionTarget as T;
    let fd = match &redirection.fd {
        RedirectedFd::Default => String::new(),
        RedirectedFd::Number(number) => number.to_string(),
        RedirectedFd::Variable(name, None) => format!("{{{name:?}}}"),
        RedirectedFd::Variable(name, Some(subscript)) => {
            format!("{{{name:?}[{}]}}", index(subscript))
        }
    };
    let target = match &redirection.target {
        T::Read(file) => format!("< {}", word(file)),
        T::Write(file) => format!("> {}", word(file)),
        T::Clobber(file) => format!(">| {}", word(file)),
        T::Append(file) => format!(">> {}", word(file)),
        T::ReadWrite(file) => format!("<> {}", word(file)),
        T::WriteBoth(file) => format!("&> {}", word(file)),
        T::AppendBoth(file) => format!("&>> {}", word(file)),
        T::DuplicateInput(file) => format!("<& {}", word(file)),
        T::DuplicateOutput(file) => format!(">& {}", word(file)),
        T::HereString(file) => format!("<<< {}", word(file)),
        T::HereDocument(document) => {
            let dash = if document.strips_tabs { "-" } else { "" };
            let delimiter = text(&document.delimiter);
            let body = document.body.get().map_or("?".to_owned(), word);
            format!("<<{dash}{delimiter}:{body}")
        }
    };
    fd + &target
}

fn assignment(assignment: &Assignment) -> String {
    let subscript = assignment
        .subscript
        .as_ref()
        .map_or(String::new(), |one| format!("[{}]", index(one)));
    let operator = if assignment.append { "+=" } else { "=" };
    let value = match &assignment.value {
        AssignedValue::Scalar(value) => word(value),
        AssignedValue::Array(all) => format!("({})", elements(all)),
    };
    format!("{:?}{subscript}{operator}{value}", assignment.name)
}

pub fn elements(all: &[ArrayElement]) -> String {
    join(all, " ", |element| match &element.subscript {
        None => word(&element.value),
        Some(subscript) => {
            let operator = if element.append { "+=" } else { "=" };
            format!("[{}]{operator}{}", index(subscript), word(&element.value))
        }
    })
}

pub fn word(word: &Word) -> String {
    match &word.assignment {
        Some(inner) => format!("@{}", assignment(inner)),
        None => parts(&word.parts),
    }
}

fn parts(all: &[Part]) -> String {
    join(all, "", part)
}

fn part(part: &Part) -> String {
    match part {
        Part::Literal(literal) => text(literal),
        Part::Quoted(quoted) => format!("‹{}›", text(quoted)),
        Part::DoubleQuoted(inner) => format!("«{}»", parts(inner)),
        Part::Tilde(name) => format!("~({})", text(name)),
        Part::Parameter(inner) => parameter(inner),
        Part::Command(inner) => match &inner.file {
            Some(file) => format!("$(< {})", word(file)),
            None => format!("$({})", list(&inner.body)),
        },
        Part::Arithmetic(inner) => format!("$(({}))", arithmetic(inner)),
        Part::Process(inner) => {
            let sign = if inner.is_read { '<' } else { '>' };
            format!("{sign}({})", list(&inner.body))
        }
        Part::Brace(brace) => match &brace.kind {
            BraceKind::Alternatives(all) => format!("{{{}}}", join(all, ",", |one| parts(one))),
            BraceKind::Numbers {
                first,
                last,
                step,
                width,
            } => format!("{{{first}..{last}..{step}:{width}}}"),
            BraceKind::Characters { first, last, step } => {
                format!("{{{}..{}..{step}}}", char::from(*first), char::from(*last))
            }
        },
    }
}

fn parameter(parameter: &Parameter) -> String {
    // What such a one is about is for messages only.
    if matches!(parameter.operation, Operation::Bad) {
        return "${? bad}".to_owned();
    }
    let bang = if parameter.indirect { "!" } else { "" };
    format!(
        "${{{bang}{}{}}}",
        subject(&parameter.subject),
        operation(&parameter.operation)
    )
}

pub fn subject(subject: &Subject) -> String {
    match subject {
        Subject::Variable(name) => format!("{name:?}"),
        Subject::Element(name, Subscript::Each) => format!("{name:?}[@]"),
        Subject::Element(name, Subscript::Joined) => format!("{name:?}[*]"),
        Subject::Element(name, Subscript::Index(subscript)) => {
            format!("{name:?}[{}]", index(subscript))
        }
        Subject::Positional(number) => number.to_string(),
        Subject::Special(byte) => char::from(*byte).to_string(),
    }
}

/// The word, and the expression where it is another thing.
fn index(index: &Index) -> String {
    let word = word(&index.word);
    match &index.arithmetic.expression {
        Some(found) if expression(found) != word => format!("{word}: {}", expression(found)),
        Some(_) => word,
        None => format!("{word}: ?"),
    }
}

fn operation(operation: &Operation) -> String {
    let colon = |colon: &bool| if *colon { ":" } else { "" };
    let doubled = |sign: &str, doubled: bool| {
        if doubled {
            sign.repeat(2)
        } else {
            sign.to_owned()
        }
    };
    match operation {
        Operation::Value => String::new(),
        Operation::Length => " length".to_owned(),
        Operation::Default { colon: c, word: w } => format!(" {}- {}", colon(c), word(w)),
        Operation::Assign { colon: c, word: w } => format!(" {}= {}", colon(c), word(w)),
        Operation::Require {
            colon: c,
            word: None,
        } => format!(" {}?", colon(c)),
        Operation::Require {
            colon: c,
            word: Some(w),
        } => format!(" {}? {}", colon(c), word(w)),
        Operation::Alternative { colon: c, word: w } => format!(" {}+ {}", colon(c), word(w)),
        Operation::RemovePrefix { longest, pattern } => {
            format!(" {} {}", doubled("#", *longest), word(pattern))
        }
        Operation::RemoveSuffix { longest, pattern } => {
            format!(" {} {}", doubled("%", *longest), word(pattern))
        }
        Operation::Replace {
            which,
            pattern,
            replacement,
        } => {
            format!(" {which:?} {} / {}", word(pattern), word(replacement))
        }
        Operation::Case {
            change,
            all,
            pattern,
        } => {
            let pattern = pattern
                .as_ref()
                .map_or(String::new(), |pattern| format!(" {}", word(pattern)));
            format!(" {change:?}{}{pattern}", if *all { " all" } else { "" })
        }
        Operation::Substring { offset, length } => {
            let length = length
                .as_ref()
                .map_or(String::new(), |length| format!(" : {}", arithmetic(length)));
            format!(" : {}{length}", arithmetic(offset))
        }
        Operation::Transform(letter) => format!(" @{}", char::from(*letter)),
        Operation::Names { joined } => format!(" names {joined}"),
        Operation::Keys { joined } => format!(" keys {joined}"),
        Operation::Bad => " bad".to_owned(),
        Operation::Unclosed(closing) => format!(" lacks {}", char::from(*closing)),
        Operation::Unread(messages) => format!(" unread {}", messages.len()),
    }
}

/// The expression, or the text where there is none.
pub fn arithmetic(arithmetic: &Arithmetic) -> String {
    match &arithmetic.expression {
        Some(found) => expression(found),
        None => format!("‘{}’", parts(&arithmetic.word.parts)),
    }
}

pub fn expression(expression: &Expression) -> String {
    let show = self::expression;
    match expression {
        Expression::Number(number) => number.to_string(),
        Expression::Place(place) => self::place(place),
        Expression::Expanded(index) => format!("${index}"),
        Expression::Unary(operator, operand) => format!("({operator:?} {})", show(operand)),
        Expression::Binary(operator, left, right) => {
            format!("({operator:?} {} {})", show(left), show(right))
        }
        Expression::And(left, right) => format!("(&& {} {})", show(left), show(right)),
        Expression::Or(left, right) => format!("(|| {} {})", show(left), show(right)),
        Expression::Comma(left, right) => format!("(, {} {})", show(left), show(right)),
        Expression::Conditional(condition, one, other) => {
            format!("(? {} {} {})", show(condition), show(one), show(other))
        }
        Expression::Assign(target, None, value) => format!("(= {} {})", place(target), show(value)),
        Expression::Assign(target, Some(operator), value) => {
            format!("({operator:?}= {} {})", place(target), show(value))
        }
        Expression::Step {
            place: target,
            is_increment,
            is_prefix,
        } => {
            let sign = if *is_increment { "++" } else { "--" };
            match is_prefix {
                true => format!("{sign}{}", place(target)),
                false => format!("{}{sign}", place(target)),
            }
        }
    }
}

fn place(place: &Place) -> String {
    match &place.index {
        Some(subscript) => format!("{:?}[{}]", place.name, index(subscript)),
        None => format!("{:?}", place.name),
    }
}
