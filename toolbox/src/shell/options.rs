//! The options of `set -o` and `shopt`: their names, letters and defaults.

use serde::{Deserialize, Serialize};

macro_rules! options {
    ($enum:ident, $table:ident; $($variant:ident = $name:literal, $letter:expr, $default:literal;)*) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $enum { $($variant),* }

        impl $enum {
            /// All of them, sorted by name as bash lists them.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            pub fn name(self) -> &'static str {
                $table[self as usize].0
            }

            /// The letter of `set -x` and the like.
            pub fn letter(self) -> Option<u8> {
                $table[self as usize].1
            }

            pub fn from_name(name: &[u8]) -> Option<Self> {
                Self::ALL.iter().copied().find(|option| option.name().as_bytes() == name)
            }

            pub fn from_letter(letter: u8) -> Option<Self> {
                Self::ALL.iter().copied().find(|option| option.letter() == Some(letter))
            }

            const fn defaults() -> u64 {
                let mut bits = 0;
                let mut at = 0;
                while at < $table.len() {
                    if $table[at].2 {
                        bits |= 1 << at;
                    }
                    at += 1;
                }
                bits
            }
        }

        const $table: &[(&str, Option<u8>, bool)] = &[$(($name, $letter, $default)),*];
    };
}

options! { SetOption, SET_OPTIONS;
    AllExport = "allexport", Some(b'a'), false;
    BraceExpand = "braceexpand", Some(b'B'), true;
    Emacs = "emacs", None, false;
    ErrExit = "errexit", Some(b'e'), false;
    ErrTrace = "errtrace", Some(b'E'), false;
    FuncTrace = "functrace", Some(b'T'), false;
    HashAll = "hashall", Some(b'h'), true;
    HistExpand = "histexpand", Some(b'H'), false;
    History = "history", None, false;
    IgnoreEof = "ignoreeof", None, false;
    InteractiveComments = "interactive-comments", None, true;
    Keyword = "keyword", Some(b'k'), false;
    Monitor = "monitor", Some(b'm'), false;
    NoClobber = "noclobber", Some(b'C'), false;
    NoExec = "noexec", Some(b'n'), false;
    NoGlob = "noglob", Some(b'f'), false;
    NoLog = "nolog", None, false;
    Notify = "notify", Some(b'b'), false;
    NoUnset = "nounset", Some(b'u'), false;
    OneCommand = "onecmd", Some(b't'), false;
    Physical = "physical", Some(b'P'), false;
    PipeFail = "pipefail", None, false;
    Posix = "posix", None, false;
    Privileged = "privileged", Some(b'p'), false;
    Verbose = "verbose", Some(b'v'), false;
    Vi = "vi", None, false;
    XTrace = "xtrace", Some(b'x'), false;
}

options! { Shopt, SHOPTS;
    AutoCd = "autocd", None, false;
    AssocExpandOnce = "assoc_expand_once", None, false;
    CdableVars = "cdable_vars", None, false;
    CdSpell = "cdspell", None, false;
    CheckHash = "checkhash", None, false;
    CheckJobs = "checkjobs", None, false;
    CheckWinSize = "checkwinsize", None, true;
    CmdHist = "cmdhist", None, true;
    Compat31 = "compat31", None, false;
    Compat32 = "compat32", None, false;
    Compat40 = "compat40", None, false;
    Compat41 = "compat41", None, false;
    Compat42 = "compat42", None, false;
    Compat43 = "compat43", None, false;
    Compat44 = "compat44", None, false;
    CompleteFullQuote = "complete_fullquote", None, true;
    DirExpand = "direxpand", None, false;
    DirSpell = "dirspell", None, false;
    DotGlob = "dotglob", None, false;
    ExecFail = "execfail", None, false;
    ExpandAliases = "expand_aliases", None, false;
    ExtDebug = "extdebug", None, false;
    ExtGlob = "extglob", None, false;
    ExtQuote = "extquote", None, true;
    FailGlob = "failglob", None, false;
    ForceFignore = "force_fignore", None, true;
    GlobAsciiRanges = "globasciiranges", None, true;
    GlobSkipDots = "globskipdots", None, true;
    GlobStar = "globstar", None, false;
    GnuErrFmt = "gnu_errfmt", None, false;
    HistAppend = "histappend", None, false;
    HistReedit = "histreedit", None, false;
    HistVerify = "histverify", None, false;
    HostComplete = "hostcomplete", None, true;
    HupOnExit = "huponexit", None, false;
    InheritErrExit = "inherit_errexit", None, false;
    InteractiveComments = "interactive_comments", None, true;
    LastPipe = "lastpipe", None, false;
    LitHist = "lithist", None, false;
    LocalVarInherit = "localvar_inherit", None, false;
    LocalVarUnset = "localvar_unset", None, false;
    LoginShell = "login_shell", None, false;
    MailWarn = "mailwarn", None, false;
    NoEmptyCmdCompletion = "no_empty_cmd_completion", None, false;
    NoCaseGlob = "nocaseglob", None, false;
    NoCaseMatch = "nocasematch", None, false;
    NoExpandTranslation = "noexpand_translation", None, false;
    NullGlob = "nullglob", None, false;
    PatsubReplacement = "patsub_replacement", None, true;
    ProgComp = "progcomp", None, true;
    ProgCompAlias = "progcomp_alias", None, false;
    PromptVars = "promptvars", None, true;
    RestrictedShell = "restricted_shell", None, false;
    ShiftVerbose = "shift_verbose", None, false;
    SourcePath = "sourcepath", None, true;
    VarRedirClose = "varredir_close", None, false;
    XpgEcho = "xpg_echo", None, false;
}

/// Which options are on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Options {
    set: u64,
    shopts: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            set: SetOption::defaults(),
            shopts: Shopt::defaults(),
        }
    }
}

impl Options {
    pub fn has(self, option: SetOption) -> bool {
        self.set & 1 << option as u64 != 0
    }

    pub fn set(&mut self, option: SetOption, on: bool) {
        let bit = 1 << option as u64;
        self.set = if on { self.set | bit } else { self.set & !bit };
    }

    pub fn has_shopt(self, option: Shopt) -> bool {
        self.shopts & 1 << option as u64 != 0
    }

    pub fn set_shopt(&mut self, option: Shopt, on: bool) {
        let bit = 1 << option as u64;
        self.shopts = if on {
            self.shopts | bit
        } else {
            self.shopts & !bit
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_found_by_name_and_letter() {
        assert_eq!(SetOption::from_name(b"errexit"), Some(SetOption::ErrExit));
        assert_eq!(SetOption::from_letter(b'u'), Some(SetOption::NoUnset));
        assert_eq!(SetOption::from_letter(b'z'), None);
        assert_eq!(Shopt::from_name(b"extglob"), Some(Shopt::ExtGlob));
    }

    #[test]
    fn an_option_is_set_and_unset_alone() {
        let mut options = Options::default();
        assert!(options.has(SetOption::BraceExpand) && !options.has(SetOption::ErrExit));
        options.set(SetOption::ErrExit, true);
        options.set_shopt(Shopt::XpgEcho, true);
        assert!(options.has(SetOption::ErrExit) && options.has_shopt(Shopt::XpgEcho));
        options.set(SetOption::ErrExit, false);
        options.set_shopt(Shopt::XpgEcho, false);
        assert_eq!(options, Options::default());
    }
}
