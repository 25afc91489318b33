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
    static NAMES: RefCell<Names> = RefCell::new(Names::new());
}

struct Names {
    by_name: HashMap<Rc<[u8]>, u32>,
    names: Vec<Rc<[u8]>>,
}

impl Names {
    fn new() -> Self {
        let mut names = Self {
            by_name: HashMap::new(),
            names: Vec::new(),
        };
        for name in KNOWN {
            names.number(name.as_bytes());
        }
        names
    }

    fn number(&mut self, name: &[u8]) -> u32 {
        if let Some(&number) = self.by_name.get(name) {
            return number;
        }
        let number = u32::try_from(self.names.len()).expect("names take memory, which is limited");
        let name: Rc<[u8]> = name.into();
        self.names.push(Rc::clone(&name));
        self.by_name.insert(name, number);
        number
    }
}

impl Symbol {
    /// The symbol of a name.
    pub fn new(name: impl AsRef<[u8]>) -> Self {
        NAMES.with_borrow_mut(|names| Self(names.number(name.as_ref())))
    }

    pub fn name(self) -> Rc<[u8]> {
        NAMES.with_borrow(|names| Rc::clone(&names.names[self.index()]))
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
        const KNOWN: &[&str] = &[$($name),*];

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
    RANDOM = "RANDOM";
    SRANDOM = "SRANDOM";
    SECONDS = "SECONDS";
    EPOCHSECONDS = "EPOCHSECONDS";
    EPOCHREALTIME = "EPOCHREALTIME";
    LINENO = "LINENO";
    BASHPID = "BASHPID";
    BASH_SUBSHELL = "BASH_SUBSHELL";
    BASH_COMMAND = "BASH_COMMAND";
    BASH_ARGV0 = "BASH_ARGV0";
    FUNCNAME = "FUNCNAME";
    BASH_SOURCE = "BASH_SOURCE";
    BASH_LINENO = "BASH_LINENO";
    BASH_ARGC = "BASH_ARGC";
    BASH_ARGV = "BASH_ARGV";
    PIPESTATUS = "PIPESTATUS";
    DIRSTACK = "DIRSTACK";
    GROUPS = "GROUPS";
    BASHOPTS = "BASHOPTS";
    SHELLOPTS = "SHELLOPTS";
    BASH_ALIASES = "BASH_ALIASES";
    BASH_CMDS = "BASH_CMDS";
    HISTCMD = "HISTCMD";
    UNDERSCORE = "_";
    OPTIND = "OPTIND";
    PATH = "PATH";
    POSIXLY_CORRECT = "POSIXLY_CORRECT";
    GLOBIGNORE = "GLOBIGNORE";
    IFS = "IFS";
    // Plain ones.
    HOME = "HOME";
    PWD = "PWD";
    OLDPWD = "OLDPWD";
    OPTARG = "OPTARG";
    OPTERR = "OPTERR";
    REPLY = "REPLY";
    MAPFILE = "MAPFILE";
    COPROC = "COPROC";
    BASH_REMATCH = "BASH_REMATCH";
    CDPATH = "CDPATH";
    EXECIGNORE = "EXECIGNORE";
    TIMEFORMAT = "TIMEFORMAT";
    PS1 = "PS1";
    PS2 = "PS2";
    PS3 = "PS3";
    PS4 = "PS4";
    LINES = "LINES";
    COLUMNS = "COLUMNS";
    SHLVL = "SHLVL";
    SHELL = "SHELL";
    TMPDIR = "TMPDIR";
    FUNCNEST = "FUNCNEST";
    BASH = "BASH";
    BASH_VERSION = "BASH_VERSION";
    BASH_VERSINFO = "BASH_VERSINFO";
    BASH_ENV = "BASH_ENV";
    ENV = "ENV";
    BASH_XTRACEFD = "BASH_XTRACEFD";
    HOSTNAME = "HOSTNAME";
    HOSTTYPE = "HOSTTYPE";
    MACHTYPE = "MACHTYPE";
    OSTYPE = "OSTYPE";
    UID = "UID";
    EUID = "EUID";
    PPID = "PPID";
    LANG = "LANG";
    LC_ALL = "LC_ALL";
    TMOUT = "TMOUT";
    TERM_NAME = "TERM";
    HISTFILE = "HISTFILE";
    HISTSIZE = "HISTSIZE";
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
