//! `test` and `[`: conditions whose meaning depends first of all on how many arguments there are.

use crate::shell::Shell;
use crate::shell::ast::{TestOperator, Text};
use crate::shell::conditions::{binary_operator, compare_numbers, is_numeric, is_unary, number};
use crate::shell::flow::{Flow, Jump};

pub fn run(shell: &mut Shell, args: &[Text]) -> Flow {
    let answer = Test::new(shell, args.get(1..).unwrap_or_default(), None).whole();
    settle(shell, b"test", answer)
}

/// `[`: the same, with a `]` behind it.
pub fn bracket(shell: &mut Shell, args: &[Text]) -> Flow {
    let Some((end, operands)) = args
        .get(1..)
        .unwrap_or_default()
        .split_last()
        .filter(|(end, _)| end.as_slice() == b"]")
    else {
        shell.complain_as("[", "missing `]'");
        return Flow::Continue(2);
    };
    let answer = Test::new(shell, operands, Some(end)).whole();
    settle(shell, b"[", answer)
}

/// What `test` says of its operands, or what is wrong with them.
pub fn evaluate(shell: &mut Shell, operands: &[Text]) -> Result<bool, Vec<u8>> {
    let answer = Test::new(shell, operands, None).whole();
    answer.map_err(|stop| match stop {
        Stop::Mistake(message) => message,
        // What has ended it was said.
        Stop::Jump(_) => b"no answer".to_vec(),
    })
}

fn settle(shell: &mut Shell, name: &[u8], answer: Answer) -> Flow {
    match answer {
        Ok(answer) => Flow::Continue(i32::from(!answer)),
        Err(Stop::Mistake(message)) => {
            shell.complain_as(name, message);
            Flow::Continue(2)
        }
        Err(Stop::Jump(jump)) => Flow::Break(jump),
    }
}

type Answer = Result<bool, Stop>;

/// Why there is no answer.
enum Stop {
    Mistake(Vec<u8>),
    Jump(Jump),
}

struct Test<'a> {
    shell: &'a mut Shell,
    args: &'a [Text],
    /// The argument that ends the condition, for messages.
    behind: Option<&'a Text>,
    /// The next argument, in a condition that is read from left to right.
    at: usize,
}

fn mistake(subject: &[u8], problem: &str) -> Stop {
    Stop::Mistake([subject, problem.as_bytes()].concat())
}

impl<'a> Test<'a> {
    fn new(shell: &'a mut Shell, args: &'a [Text], behind: Option<&'a Text>) -> Self {
        Self {
            shell,
            args,
            behind,
            at: 0,
        }
    }

    fn whole(&mut self) -> Answer {
        match self.args {
            [] => Ok(false),
            [one] => Ok(!one.is_empty()),
            [operator, operand] => self.two(operator, operand),
            [left, operator, right] => self.three(left, operator, right),
            [not, rest @ ..] if rest.len() == 3 && not.as_slice() == b"!" => {
                let [left, operator, right] = rest else {
                    return Ok(false);
                };
                Ok(!self.three(left, operator, right)?)
            }
            [open, operator, operand, close]
                if open.as_slice() == b"(" && close.as_slice() == b")" =>
            {
                self.two(operator, operand)
            }
            _ => self.long(),
        }
    }

    fn two(&mut self, operator: &[u8], operand: &[u8]) -> Answer {
        match operator {
            b"!" => Ok(operand.is_empty()),
            [b'-', letter] if is_unary(*letter) => self.unary(*letter, operand),
            _ => Err(mistake(operator, ": unary operator expected")),
        }
    }

    fn three(&mut self, left: &[u8], operator: &[u8], right: &[u8]) -> Answer {
        if let Some(operator) = binary_operator(operator) {
            return self.binary(left, operator, right);
        }
        match (left, operator, right) {
            (_, b"-a", _) => Ok(!left.is_empty() && !right.is_empty()),
            (_, b"-o", _) => Ok(!left.is_empty() || !right.is_empty()),
            (b"!", ..) => Ok(!self.two(operator, right)?),
            (b"(", _, b")") => Ok(!operator.is_empty()),
            _ => Err(mistake(operator, ": binary operator expected")),
        }
    }

    fn unary(&mut self, letter: u8, operand: &[u8]) -> Answer {
        match self.shell.unary_test(letter, operand) {
            Flow::Continue(answer) => Ok(answer),
            Flow::Break(jump) => Err(Stop::Jump(jump)),
        }
    }

    fn binary(&mut self, left: &[u8], operator: TestOperator, right: &[u8]) -> Answer {
        if !is_numeric(operator) {
            return Ok(self.shell.text_test(left, operator, right));
        }
        let whole = |text: &[u8]| {
            number(text).ok_or_else(|| mistake(text, ": integer expression expected"))
        };
        let (left, right) = (whole(left)?, whole(right)?);
        Ok(compare_numbers(left, operator, right).unwrap_or(false))
    }

    /// More arguments than POSIX gives a meaning to: `-o` binds least, then `-a`, `!` and parentheses.
    fn long(&mut self) -> Answer {
        let answer = self.either()?;
        match self.args.get(self.at) {
            Some(_) => Err(mistake(b"", "too many arguments")),
            None => Ok(answer),
        }
    }

    fn peek(&self) -> Option<&'a [u8]> {
        self.args.get(self.at).map(Vec::as_slice)
    }

    /// Goes past a word, if it is the next one.
    fn take(&mut self, word: &[u8]) -> bool {
        let is_next = self.peek() == Some(word);
        self.at += usize::from(is_next);
        is_next
    }

    fn either(&mut self) -> Answer {
        let mut answer = self.both()?;
        while self.take(b"-o") {
            answer |= self.both()?;
        }
        Ok(answer)
    }

    fn both(&mut self) -> Answer {
        let mut answer = self.term()?;
        while self.take(b"-a") {
            answer &= self.term()?;
        }
        Ok(answer)
    }

    fn term(&mut self) -> Answer {
        let mut negated = false;
        while self.take(b"!") {
            negated = !negated;
        }
        Ok(self.plain_term()? != negated)
    }

    fn plain_term(&mut self) -> Answer {
        let args = self.args;
        let rest = args.get(self.at..).unwrap_or_default();
        if let [left, operator, right, ..] = rest
            && left.as_slice() != b"("
            && let Some(operator) = binary_operator(operator)
        {
            self.at += 3;
            return self.binary(left, operator, right);
        }
        let Some(word) = self.peek() else {
            return Err(mistake(b"", "argument expected"));
        };
        self.at += 1;
        match word {
            b"(" => {
                let answer = self.either()?;
                match self.peek().or(self.behind.map(Vec::as_slice)) {
                    _ if self.take(b")") => Ok(answer),
                    Some(found) => Err(mistake(b"`)' expected, found ", "").followed_by(found)),
                    None => Err(mistake(b"", "`)' expected")),
                }
            }
            // Without a number behind it, this is about standard output.
            b"-t" if args.get(self.at).is_none_or(|next| number(next).is_none()) => {
                self.unary(b't', b"1")
            }
            [b'-', letter] if is_unary(*letter) => match args.get(self.at) {
                Some(operand) => {
                    self.at += 1;
                    self.unary(*letter, operand)
                }
                None => Ok(true),
            },
            _ => Ok(!word.is_empty()),
        }
    }
}

impl Stop {
    fn followed_by(self, text: &[u8]) -> Self {
        match self {
            Self::Mistake(message) => Self::Mistake([&message, text].concat()),
            jump @ Self::Jump(_) => jump,
        }
    }
}
