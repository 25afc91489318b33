//! The table of builtins: each is a file of its own and is named here, once.

mod alias;
mod compgen;
mod declare;
mod directory;
mod directory_stack;
mod echo;
mod flow;
mod getopts;
mod hash;
mod help;
mod jobs;
mod kill;
mod letters;
mod listing;
mod lookup;
mod mapfile;
mod misc;
mod output;
mod printf;
mod read;
mod set;
mod shift;
mod shopt;
mod split;
pub(crate) mod test;
mod trap;
mod truth;
mod umask;
mod unset;

use super::Shell;
use super::ast::{Assignment, Text};
use super::flow::{Flow, Jump};

/// A builtin command.
pub struct Builtin {
    pub name: &'static str,
    pub run: Run,
    /// A special builtin of POSIX: found before functions in POSIX mode, where its errors end the shell.
    pub is_special: bool,
    /// What `help` and usage errors show behind the name.
    pub synopsis: &'static str,
}

#[derive(Clone, Copy)]
pub enum Run {
    /// The arguments begin with the builtin's name.
    Plain(fn(&mut Shell, &[Text]) -> Flow),
    /// It takes assignments: `declare`, `local`, `export`, `readonly`, `typeset`.
    Declaration(fn(&mut Shell, &[Argument<'_>]) -> Flow),
}

/// An argument of a declaration builtin.
pub enum Argument<'a> {
    /// An expanded word; of a scalar assignment `name=value`, the value is expanded without being split.
    Text(Text),
    /// `name=(…)`, which the builtin expands itself when it knows the attributes.
    Array(&'a Assignment),
}

const fn plain(
    name: &'static str,
    run: fn(&mut Shell, &[Text]) -> Flow,
    synopsis: &'static str,
) -> Builtin {
    Builtin {
        name,
        run: Run::Plain(run),
        is_special: false,
        synopsis,
    }
}

const fn special(builtin: Builtin) -> Builtin {
    Builtin {
        is_special: true,
        ..builtin
    }
}

/// All builtins, sorted by name.
pub const TABLE: &[Builtin] = &[
    special(plain(".", flow::source, "filename [arguments]")),
    special(plain(":", truth::yes, "")),
    plain("[", test::bracket, "arg... ]"),
    plain("alias", alias::alias, "[-p] [name[=value] ... ]"),
    plain("bg", jobs::background, "[job_spec ...]"),
    plain(
        "bind",
        misc::complete,
        "[-lpsvPSVX] [-m keymap] [-f filename] [-q name] [-u name] [-r keyseq] [-x keyseq:shell-command] [keyseq:readline-function or readline-command]",
    ),
    special(plain("break", flow::break_loop, "[n]")),
    plain("builtin", lookup::builtin, "[shell-builtin [arg ...]]"),
    plain("caller", misc::caller, "[expr]"),
    plain("cd", directory::cd, "[-L|[-P [-e]] [-@]] [dir]"),
    plain("command", lookup::command, "[-pVv] command [arg ...]"),
    plain(
        "compgen",
        compgen::run,
        "[-abcdefgjksuv] [-o option] [-A action] [-G globpat] [-W wordlist] [-F function] [-C command] [-X filterpat] [-P prefix] [-S suffix] [word]",
    ),
    plain(
        "complete",
        misc::complete,
        "[-abcdefgjksuv] [-pr] [-DEI] [-o option] [-A action] [-G globpat] [-W wordlist] [-F function] [-C command] [-X filterpat] [-P prefix] [-S suffix] [name ...]",
    ),
    plain(
        "compopt",
        misc::complete,
        "[-o|+o option] [-DEI] [name ...]",
    ),
    special(plain("continue", flow::continue_loop, "[n]")),
    Builtin {
        name: "declare",
        run: Run::Declaration(declare::run),
        is_special: false,
        synopsis: "[-aAfFgiIlnrtux] [name[=value] ...] or declare -p [-aAfFilnrtux] [name ...]",
    },
    plain("dirs", directory_stack::dirs, "[-clpv] [+N] [-N]"),
    plain("disown", jobs::disown, "[-h] [-ar] [jobspec ... | pid ...]"),
    plain("echo", echo::run, "[-neE] [arg ...]"),
    plain(
        "enable",
        lookup::enable,
        "[-a] [-dnps] [-f filename] [name ...]",
    ),
    special(plain("eval", flow::eval, "[arg ...]")),
    special(plain(
        "exec",
        flow::exec,
        "[-cl] [-a name] [command [argument ...]] [redirection ...]",
    )),
    special(plain("exit", flow::exit, "[n]")),
    Builtin {
        name: "export",
        run: Run::Declaration(declare::publish::export),
        is_special: true,
        synopsis: "[-fn] [name[=value] ...] or export -p",
    },
    plain("false", truth::no, ""),
    plain(
        "fc",
        misc::fc,
        "[-e ename] [-lnr] [first] [last] or fc -s [pat=rep] [command]",
    ),
    plain("fg", jobs::foreground, "[job_spec]"),
    plain("getopts", getopts::run, "optstring name [arg ...]"),
    plain("hash", hash::run, "[-lr] [-p pathname] [-dt] [name ...]"),
    plain("help", help::run, "[-dms] [pattern ...]"),
    plain(
        "history",
        misc::history,
        "[-c] [-d offset] [n] or history -anrw [filename] or history -ps arg [arg...]",
    ),
    plain(
        "jobs",
        jobs::jobs,
        "[-lnprs] [jobspec ...] or jobs -x command [args]",
    ),
    plain(
        "kill",
        kill::main,
        "[-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]",
    ),
    plain("let", misc::let_, "arg [arg ...]"),
    Builtin {
        name: "local",
        run: Run::Declaration(declare::local),
        is_special: false,
        synopsis: "[option] name[=value] ...",
    },
    plain("logout", misc::logout, "[n]"),
    plain(
        "mapfile",
        mapfile::run,
        "[-d delim] [-n count] [-O origin] [-s count] [-t] [-u fd] [-C callback] [-c quantum] [array]",
    ),
    plain("popd", directory_stack::popd, "[-n] [+N | -N]"),
    plain("printf", printf::run, "[-v var] format [arguments]"),
    plain("pushd", directory_stack::pushd, "[-n] [+N | -N | dir]"),
    plain("pwd", directory::pwd, "[-LP]"),
    plain(
        "read",
        read::run,
        "[-ers] [-a array] [-d delim] [-i text] [-n nchars] [-N nchars] [-p prompt] [-t timeout] [-u fd] [name ...]",
    ),
    plain(
        "readarray",
        mapfile::run,
        "[-d delim] [-n count] [-O origin] [-s count] [-t] [-u fd] [-C callback] [-c quantum] [array]",
    ),
    Builtin {
        name: "readonly",
        run: Run::Declaration(declare::publish::readonly),
        is_special: true,
        synopsis: "[-aAf] [name[=value] ...] or readonly -p",
    },
    special(plain("return", flow::return_from, "[n]")),
    special(plain(
        "set",
        set::run,
        "[-abefhkmnptuvxBCEHPT] [-o option-name] [--] [-] [arg ...]",
    )),
    special(plain("shift", shift::run, "[n]")),
    plain("shopt", shopt::run, "[-pqsu] [-o] [optname ...]"),
    special(plain("source", flow::source, "filename [arguments]")),
    plain("suspend", misc::suspend, "[-f]"),
    plain("test", test::run, "[expr]"),
    special(plain("times", misc::times, "")),
    special(plain("trap", trap::main, "[-lp] [[arg] signal_spec ...]")),
    plain("true", truth::yes, ""),
    plain("type", lookup::type_of, "[-afptP] name [name ...]"),
    Builtin {
        name: "typeset",
        run: Run::Declaration(declare::run),
        is_special: false,
        synopsis: "[-aAfFgiIlnrtux] name[=value] ... or typeset -p [-aAfFilnrtux] [name ...]",
    },
    plain(
        "ulimit",
        misc::ulimit,
        "[-SHabcdefiklmnpqrstuvxPRT] [limit]",
    ),
    plain("umask", umask::run, "[-p] [-S] [mode]"),
    plain("unalias", alias::unalias, "[-a] name [name ...]"),
    special(plain("unset", unset::run, "[-f] [-v] [-n] [name ...]")),
    plain("wait", jobs::wait, "[-fn] [-p var] [id ...]"),
];

/// For each first byte of a name, where the builtins that begin with it start in the table; and the end of the last ones.
const STARTS: [u8; 257] = starts();

const fn starts() -> [u8; 257] {
    let mut starts = [0; 257];
    let mut byte = 0;
    let mut at = 0;
    while byte < 257 {
        while at < TABLE.len() && (TABLE[at].name.as_bytes()[0] as usize) < byte {
            at += 1;
        }
        assert!(at < 256, "a place in the table is a byte");
        starts[byte] = at as u8;
        byte += 1;
    }
    starts
}

/// The builtin of a name.
pub fn find(name: &[u8]) -> Option<&'static Builtin> {
    let first = usize::from(*name.first()?);
    let range = usize::from(STARTS[first])..usize::from(STARTS[first + 1]);
    TABLE[range]
        .iter()
        .find(|builtin| builtin.name.as_bytes() == name)
}

impl Shell {
    /// The builtin of a name, unless `enable -n` has taken it away.
    pub fn builtin(&self, name: &[u8]) -> Option<&'static Builtin> {
        find(name).filter(|_| !self.state.disabled.contains(name))
    }

    /// Shows how a builtin is used, after it was used in another way; its status.
    fn misused(&mut self, name: &[u8]) -> Flow {
        let Some(builtin) = find(name) else {
            return Flow::Continue(2);
        };
        let usage = format!("{0}: usage: {0} {1}", builtin.name, builtin.synopsis);
        // Bash shows this line without the script's name and the line number.
        self.write_error(format!("{}\n", usage.trim_end()).as_bytes());
        self.ended_by_misuse(builtin)
    }

    fn ended_by_misuse(&self, builtin: &Builtin) -> Flow {
        match builtin.is_special && self.is_posix() {
            true => Flow::Break(Jump::Exit(2)),
            false => Flow::Continue(2),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_builtin_is_found_by_its_name() {
        assert!(TABLE.is_sorted_by_key(|builtin| builtin.name));
        for builtin in TABLE {
            let found = find(builtin.name.as_bytes()).map(|found| found.name);
            assert_eq!(found, Some(builtin.name));
        }
        for name in ["", "ech", "echoo", "zzz", "\u{e9}"] {
            assert!(find(name.as_bytes()).is_none(), "{name}");
        }
    }
}
