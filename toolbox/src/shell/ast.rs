//! The syntax tree: what the parser makes of a script and the interpreter runs.
//!
//! A tree is made once and never changed. It can be sent to another process (`serde`), which is how a stage of a pipeline,
//! a background job or a process substitution gets what it has to run.

use std::cell::OnceCell;
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use super::symbol::Symbol;

/// Text of a script or of a value; any bytes but NUL.
pub type Text = Vec<u8>;

/// Commands that run one after another: a script, a body, what a substitution holds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct List {
    pub items: Vec<ListItem>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ListItem {
    pub command: AndOr,
    /// Ended by `&`.
    pub background: bool,
    /// Ended by the end of its line alone.
    pub ends_line: bool,
}

/// Pipelines joined by `&&` and `||`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AndOr {
    pub first: Pipeline,
    pub rest: Vec<(Connector, Pipeline)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Connector {
    And,
    Or,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pipeline {
    pub time: Option<TimeFormat>,
    /// An odd number of `!`.
    pub negated: bool,
    /// Empty only for a `!` or `time` that stands alone. `|&` is a redirection `2>&1` at the end of its stage.
    pub stages: Vec<Command>,
}

/// How `time` reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TimeFormat {
    Bash,
    /// `time -p`.
    Posix,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Command {
    Simple(SimpleCommand),
    Compound(Rc<CompoundCommand>),
    Function(FunctionDefinition),
    Coprocess(Box<Coprocess>),
    /// What a substitution holds, where it could not be read with the rest of the script.
    Unread(Rc<UnreadText>),
}

/// Commands as text, which is read when they run: what is wrong with it is told then.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UnreadText {
    pub text: Text,
    /// Where it begins.
    pub line: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SimpleCommand {
    /// Of the first word.
    pub line: u32,
    pub assignments: Vec<Assignment>,
    /// The command's name and its arguments.
    pub words: Vec<Word>,
    pub redirections: Vec<Redirection>,
}

/// `name=value`, `name+=value`, `name[subscript]=value`, `name=(…)`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Assignment {
    pub name: Symbol,
    pub subscript: Option<Box<Index>>,
    pub append: bool,
    pub value: AssignedValue,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum AssignedValue {
    Scalar(Word),
    Array(Vec<ArrayElement>),
}

/// One word between the parentheses of an array's value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ArrayElement {
    /// `[subscript]=value`.
    pub subscript: Option<Box<Index>>,
    /// `[subscript]+=value`.
    pub append: bool,
    /// Braces in it count in an indexed array only, and make words of the whole element.
    pub value: Word,
}

impl ArrayElement {
    /// `[subscript]=` or `[subscript]+=`, as it was written; nothing without a subscript.
    pub fn target(&self) -> Text {
        let Some(index) = &self.subscript else {
            return Text::new();
        };
        let operator: &[u8] = if self.append { b"]+=" } else { b"]=" };
        [b"[", index.word.source.as_slice(), operator].concat()
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CompoundCommand {
    /// Of its first token.
    pub line: u32,
    pub kind: Compound,
    pub redirections: Vec<Redirection>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Compound {
    Group(List),
    Subshell(List),
    If {
        /// Conditions and what they guard: `if`, then each `elif`.
        branches: Vec<(List, List)>,
        otherwise: Option<List>,
    },
    While {
        /// It is `until`.
        until: bool,
        condition: List,
        body: List,
    },
    For {
        variable: Symbol,
        /// None without `in`: the positional parameters.
        words: Option<Vec<Word>>,
        body: List,
    },
    Select {
        variable: Symbol,
        words: Option<Vec<Word>>,
        body: List,
    },
    ArithmeticFor {
        header: Box<ArithmeticHeader>,
        body: List,
    },
    Case {
        word: Word,
        arms: Vec<CaseArm>,
    },
    /// `[[ … ]]`
    Test(TestExpression),
    /// `(( … ))`
    Arithmetic(Arithmetic),
}

/// `((first; condition; step))`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ArithmeticHeader {
    pub first: Option<Arithmetic>,
    pub condition: Option<Arithmetic>,
    pub step: Option<Arithmetic>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CaseArm {
    pub patterns: Vec<Word>,
    pub body: List,
    pub end: CaseEnd,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CaseEnd {
    /// `;;`
    Leave,
    /// `;&`: the next body runs as well.
    FallThrough,
    /// `;;&`: the next patterns are tried as well.
    TryNext,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum TestExpression {
    Or(Box<TestExpression>, Box<TestExpression>),
    And(Box<TestExpression>, Box<TestExpression>),
    Not(Box<TestExpression>),
    /// `( … )`
    Group(Box<TestExpression>),
    /// `-f word` and the like: the letter.
    Unary(u8, Word),
    Binary(Word, TestOperator, Word),
    /// A word alone: true when it is not empty.
    Word(Word),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TestOperator {
    /// `==`
    Matches,
    /// `=`, which is the same.
    Equals,
    /// `!=`
    Differs,
    /// `=~`
    Regex,
    /// `<`
    Before,
    /// `>`
    After,
    /// `-eq`
    Equal,
    /// `-ne`
    NotEqual,
    /// `-lt`
    Less,
    /// `-le`
    AtMost,
    /// `-gt`
    Greater,
    /// `-ge`
    AtLeast,
    /// `-nt`
    Newer,
    /// `-ot`
    Older,
    /// `-ef`
    SameFile,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FunctionDefinition {
    pub line: u32,
    pub name: Text,
    /// With the redirections that stand behind it.
    pub body: Rc<CompoundCommand>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Coprocess {
    /// `COPROC` when none is given.
    pub name: Symbol,
    pub command: Command,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Redirection {
    pub line: u32,
    pub fd: RedirectedFd,
    pub target: RedirectionTarget,
}

/// Which descriptor is redirected.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum RedirectedFd {
    /// 0 or 1, as the operator says.
    Default,
    Number(u32),
    /// `{name}`: a new one, from 10 up, is assigned to the variable.
    Variable(Symbol, Option<Box<Index>>),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum RedirectionTarget {
    /// `<`
    Read(Word),
    /// `>`
    Write(Word),
    /// `>|`
    Clobber(Word),
    /// `>>`
    Append(Word),
    /// `<>`
    ReadWrite(Word),
    /// `&>`, and `>&` with a word that is no descriptor.
    WriteBoth(Word),
    /// `&>>`
    AppendBoth(Word),
    /// `<&`: the word is a descriptor, one with `-` behind it, or `-`.
    DuplicateInput(Word),
    /// `>&`: likewise, or a file.
    DuplicateOutput(Word),
    HereDocument(Rc<HereDocument>),
    /// `<<<`
    HereString(Word),
}

/// `<<`: its body stands behind the line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HereDocument {
    /// As written.
    pub delimiter: Text,
    /// The delimiter has quotes: nothing in the body is expanded.
    pub is_quoted: bool,
    /// `<<-`
    pub strips_tabs: bool,
    /// Filled in when the parser gets to it: one `Quoted` part when `is_quoted`, else the parts as in double quotes, but with
    /// `"` as a character like others.
    #[serde(with = "here_body")]
    pub body: OnceCell<Word>,
}

mod here_body {
    use std::cell::OnceCell;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::Word;

    pub fn serialize<S: Serializer>(
        body: &OnceCell<Word>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        body.get().serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<OnceCell<Word>, D::Error> {
        let body = Option::<Word>::deserialize(deserializer)?;
        Ok(body.map_or_else(OnceCell::new, OnceCell::from))
    }
}

/// A word before its expansion.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Word {
    /// As it was written: for messages, `set -x` of what is not expanded, and `declare -f`.
    pub source: Text,
    pub parts: Vec<Part>,
    /// The word is an argument of `declare`, `local`, `export`, `readonly` or `typeset` (by the literal name of the command)
    /// in the form of an assignment. It has no parts then: they are the assignment's.
    pub assignment: Option<Box<Assignment>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Part {
    /// Text without quotes: pattern characters have their meaning.
    Literal(Text),
    /// Text that stands for itself: `'…'`, `$'…'`, `\x`. It may be empty.
    Quoted(Text),
    /// `"…"` and `$"…"`. Inside are `Quoted` text and expansions only.
    DoubleQuoted(Vec<Part>),
    /// `~` or `~name` where it is expanded; without the `~`.
    Tilde(Text),
    Parameter(Box<Parameter>),
    /// `$(…)` and `` `…` ``
    Command(Rc<CommandSubstitution>),
    /// `$((…))` and `$[…]`
    Arithmetic(Box<Arithmetic>),
    /// `<(…)` and `>(…)`
    Process(Rc<ProcessSubstitution>),
    /// `{a,b}` or `{1..9}`: makes several words of the one that it stands in.
    Brace(Box<Brace>),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CommandSubstitution {
    pub body: List,
    /// `$(< file)`: the file's content, without a process. The body is empty then.
    pub file: Option<Word>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProcessSubstitution {
    /// `<(…)`: the command's output is read.
    pub is_read: bool,
    pub body: List,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Brace {
    /// As it was written, for a shell with `set +B`. Only the outermost braces have it.
    pub plain: Vec<Part>,
    pub kind: BraceKind,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum BraceKind {
    Alternatives(Vec<Vec<Part>>),
    /// `{first..last..step}`; numbers have at least `width` characters, with zeros.
    Numbers {
        first: i64,
        last: i64,
        step: i64,
        width: usize,
    },
    /// Of ASCII characters, one byte each.
    Characters {
        first: u8,
        last: u8,
        step: i64,
    },
}

/// `$name`, `${…}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Parameter {
    /// As it was written, for messages.
    pub source: Text,
    /// `${!name…}`: the value names the parameter meant.
    pub indirect: bool,
    pub subject: Subject,
    pub operation: Operation,
}

/// What a parameter expansion is about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Subject {
    Variable(Symbol),
    /// `${name[subscript]}`
    Element(Symbol, Subscript),
    /// `$0` to `${999}`
    Positional(usize),
    /// One of `@ * # ? - $ !`.
    Special(u8),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Subscript {
    /// `[@]`
    Each,
    /// `[*]`
    Joined,
    Index(Box<Index>),
}

/// A subscript: which of the two it is depends on the array.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Index {
    /// For an associative array: the key.
    pub word: Word,
    /// For an indexed one.
    pub arithmetic: Arithmetic,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Operation {
    Value,
    /// `${#name}`
    Length,
    /// `${name-word}`; `colon`: also when it is empty.
    Default {
        colon: bool,
        word: Word,
    },
    /// `${name=word}`
    Assign {
        colon: bool,
        word: Word,
    },
    /// `${name?word}`; no word when it is left out.
    Require {
        colon: bool,
        word: Option<Word>,
    },
    /// `${name+word}`
    Alternative {
        colon: bool,
        word: Word,
    },
    /// `${name#pattern}`, `##`
    RemovePrefix {
        longest: bool,
        pattern: Word,
    },
    /// `${name%pattern}`, `%%`
    RemoveSuffix {
        longest: bool,
        pattern: Word,
    },
    /// `${name/pattern/replacement}`
    Replace {
        which: Replaced,
        pattern: Word,
        replacement: Word,
    },
    /// `${name^pattern}` and the like.
    Case {
        change: CaseChange,
        /// Doubled: every character, not only the first one.
        all: bool,
        pattern: Option<Word>,
    },
    /// `${name:offset:length}`
    Substring {
        offset: Box<Arithmetic>,
        length: Option<Box<Arithmetic>>,
    },
    /// `${name@Q}`: the letter.
    Transform(u8),
    /// `${!prefix*}` and `${!prefix@}`: the subject's name is the prefix.
    Names {
        joined: bool,
    },
    /// `${!name[*]}` and `${!name[@]}`
    Keys {
        joined: bool,
    },
    /// It is no expansion of bash's: an error when it is expanded.
    Bad,
    /// An expansion in a here-document that this closing quote or bracket lacks: likewise.
    Unclosed(u8),
    /// A substitution in a here-document that cannot be read: likewise. What is said of it, with the lines.
    Unread(Vec<(u32, Text)>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Replaced {
    First,
    /// `//`
    All,
    /// `/#`
    Prefix,
    /// `/%`
    Suffix,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CaseChange {
    /// `^`
    Upper,
    /// `,`
    Lower,
    /// `~`
    Toggle,
}

/// An arithmetic expression. Its text is expanded first, as if in double quotes, and then read; when what it expands to is
/// nothing but numbers, what was read beforehand stands for it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Arithmetic {
    /// The text, with the parts of double quotes.
    pub word: Word,
    /// What the text says, if that can be told before it is expanded: none when it has expansions other than plain
    /// parameters, or a syntax error (which is reported when it is evaluated).
    pub expression: Option<Expression>,
    /// The parameters that `Expression::Expanded` stands for, in the order of the text.
    pub expanded: Vec<Parameter>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Expression {
    Number(i64),
    Place(Place),
    /// The number that a parameter of the text expanded to: its index in `Arithmetic::expanded`.
    Expanded(usize),
    Unary(UnaryOperator, Box<Expression>),
    Binary(BinaryOperator, Box<Expression>, Box<Expression>),
    And(Box<Expression>, Box<Expression>),
    Or(Box<Expression>, Box<Expression>),
    Conditional(Box<Expression>, Box<Expression>, Box<Expression>),
    Comma(Box<Expression>, Box<Expression>),
    /// `=` and, with an operator, `+=` and the like.
    Assign(Place, Option<BinaryOperator>, Box<Expression>),
    /// `++x`, `x--`
    Step {
        place: Place,
        is_increment: bool,
        is_prefix: bool,
    },
}

/// A variable or an element in an arithmetic expression.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Place {
    pub name: Symbol,
    pub index: Option<Box<Index>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum UnaryOperator {
    Plus,
    Minus,
    Not,
    Complement,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum BinaryOperator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Power,
    ShiftLeft,
    ShiftRight,
    BitAnd,
    BitOr,
    BitXor,
    Less,
    AtMost,
    Greater,
    AtLeast,
    Equal,
    NotEqual,
}
