//! Names of variables as numbers: the parser turns each name into a symbol once, and the interpreter finds the variable by
//! the number.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;
use std::rc::Rc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A name. Two symbols are equal when their names are.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Symbol(u32);

thread_local! {
    static NAMES: RefCell<Names> = RefCell::default();
}

/// The names that the shell does not know itself, as they are met.
#[derive(Default)]
struct Names {
    by_name: HashMap<Rc<[u8]>, u32>,
    names: Vec<Rc<[u8]>>,
}

impl Names {
    fn number(&mut self, name: &[u8]) -> u32 {
        if let Some(&number) = self.by_name.get(name) {
            return number;
        }
        let number = u32::try_from(KNOWN.len() + self.names.len())
            .expect("names take memory, which is limited");
        let name: Rc<[u8]> = name.into();
        self.names.push(Rc::clone(&name));
        self.by_name.insert(name, number);
        number
    }
}

impl Symbol {
    /// How many symbols there are in every shell.
    pub const KNOWN: usize = KNOWN.len();

    /// The symbol of a name.
    pub fn new(name: impl AsRef<[u8]>) -> Self {
        let name = name.as_ref();
        known(name).unwrap_or_else(|| NAMES.with_borrow_mut(|names| Self(names.number(name))))
    }

    pub fn name(self) -> Rc<[u8]> {
        match self.index().checked_sub(Self::KNOWN) {
            None => KNOWN[self.index()].into(),
            Some(index) => NAMES.with_borrow(|names| Rc::clone(&names.names[index])),
        }
    }

    /// A small number that no other name has.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl From<usize> for Symbol {
    /// The symbol with that `index`, which must be one's.
    fn from(index: usize) -> Self {
        Self(u32::try_from(index).expect("an index of a symbol"))
    }
}

impl fmt::Debug for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", String::from_utf8_lossy(&self.name()))
    }
}

/// A symbol is its name outside of the process.
impl Serialize for Symbol {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.name())
    }
}

impl<'de> Deserialize<'de> for Symbol {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Name;
        impl serde::de::Visitor<'_> for Name {
            type Value = Symbol;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }

            fn visit_bytes<E: serde::de::Error>(self, name: &[u8]) -> Result<Symbol, E> {
                Ok(Symbol::new(name))
            }
        }
        deserializer.deserialize_bytes(Name)
    }
}

macro_rules! known {
    ($($constant:ident = $name:literal;)*) => {
        /// Names that the shell itself knows: their symbols are constants.
        const KNOWN: &[&[u8]] = &[$($name),*];

        fn known(name: &[u8]) -> Option<Symbol> {
            match name {
                $($name => Some(Symbol::$constant),)*
                _ => None,
            }
        }

        #[allow(non_camel_case_types, clippy::upper_case_acronyms, reason = "the names are those of the variables")]
        #[derive(Clone, Copy)]
        enum Position { $($constant),* }

        impl Symbol {
            $(pub const $constant: Self = Self(Position::$constant as u32);)*
        }
    };
}

known! {
    // Those whose value is computed when it is asked for, or whose assignment has an effect, come first.
    RANDOM = b"RANDOM";
    SRANDOM = b"SRANDOM";
    SECONDS = b"SECONDS";
    EPOCHSECONDS = b"EPOCHSECONDS";
    EPOCHREALTIME = b"EPOCHREALTIME";
    LINENO = b"LINENO";
    BASHPID = b"BASHPID";
    BASH_SUBSHELL = b"BASH_SUBSHELL";
    BASH_COMMAND = b"BASH_COMMAND";
    BASH_ARGV0 = b"BASH_ARGV0";
    FUNCNAME = b"FUNCNAME";
    BASH_SOURCE = b"BASH_SOURCE";
    BASH_LINENO = b"BASH_LINENO";
    BASH_ARGC = b"BASH_ARGC";
    BASH_ARGV = b"BASH_ARGV";
    PIPESTATUS = b"PIPESTATUS";
    DIRSTACK = b"DIRSTACK";
    GROUPS = b"GROUPS";
    BASHOPTS = b"BASHOPTS";
    SHELLOPTS = b"SHELLOPTS";
    BASH_ALIASES = b"BASH_ALIASES";
    BASH_CMDS = b"BASH_CMDS";
    HISTCMD = b"HISTCMD";
    COMP_WORDBREAKS = b"COMP_WORDBREAKS";
    UNDERSCORE = b"_";
    OPTIND = b"OPTIND";
    PATH = b"PATH";
    POSIXLY_CORRECT = b"POSIXLY_CORRECT";
    GLOBIGNORE = b"GLOBIGNORE";
    LANG = b"LANG";
    LC_ALL = b"LC_ALL";
    LC_CTYPE = b"LC_CTYPE";
    IFS = b"IFS";
    // Plain ones.
    HOME = b"HOME";
    PWD = b"PWD";
    OLDPWD = b"OLDPWD";
    OPTARG = b"OPTARG";
    OPTERR = b"OPTERR";
    REPLY = b"REPLY";
    MAPFILE = b"MAPFILE";
    COPROC = b"COPROC";
    BASH_REMATCH = b"BASH_REMATCH";
    CDPATH = b"CDPATH";
    EXECIGNORE = b"EXECIGNORE";
    TIMEFORMAT = b"TIMEFORMAT";
    PS1 = b"PS1";
    PS2 = b"PS2";
    PS3 = b"PS3";
    PS4 = b"PS4";
    LINES = b"LINES";
    COLUMNS = b"COLUMNS";
    SHLVL = b"SHLVL";
    SHELL = b"SHELL";
    TMPDIR = b"TMPDIR";
    FUNCNEST = b"FUNCNEST";
    BASH = b"BASH";
    BASH_VERSION = b"BASH_VERSION";
    BASH_VERSINFO = b"BASH_VERSINFO";
    BASH_ENV = b"BASH_ENV";
    BASH_LOADABLES_PATH = b"BASH_LOADABLES_PATH";
    BASH_EXECUTION_STRING = b"BASH_EXECUTION_STRING";
    ENV = b"ENV";
    BASH_XTRACEFD = b"BASH_XTRACEFD";
    HOSTNAME = b"HOSTNAME";
    HOSTTYPE = b"HOSTTYPE";
    MACHTYPE = b"MACHTYPE";
    OSTYPE = b"OSTYPE";
    UID = b"UID";
    EUID = b"EUID";
    PPID = b"PPID";
    TMOUT = b"TMOUT";
    TERM_NAME = b"TERM";
    HISTFILE = b"HISTFILE";
    HISTSIZE = b"HISTSIZE";
    // Every sandbox has them.
    USER = b"USER";
    LOGNAME = b"LOGNAME";
    TZ = b"TZ";
}

impl Symbol {
    /// Whether reading it computes a value, or assigning to it does more than that.
    pub fn is_special(self) -> bool {
        self.0 <= Self::IFS.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_one_symbol() {
        let one = Symbol::new("some_name");
        assert_eq!(one, Symbol::new(b"some_name"));
        assert_ne!(one, Symbol::new("other_name"));
        assert_eq!(&*one.name(), b"some_name");
    }

    #[test]
    fn known_names_are_constants() {
        assert_eq!(Symbol::new("RANDOM"), Symbol::RANDOM);
        assert_eq!(Symbol::new("HISTSIZE"), Symbol::HISTSIZE);
        assert_eq!(&*Symbol::IFS.name(), b"IFS");
        assert!(Symbol::IFS.is_special() && !Symbol::HOME.is_special());
    }
}
