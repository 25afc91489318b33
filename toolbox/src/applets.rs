//! The table of applets: each name is written here, once.

mod arch;
mod base64;
mod basename;
mod cat;
mod checksum;
mod chmod;
mod cp;
mod cut;
mod dirname;
mod duration;
mod echo;
mod env;
mod expr;
mod grep;
mod groups;
mod head;
mod hexdump;
mod hostname;
mod id;
mod kill;
mod ln;
mod logname;
mod ls;
mod mkdir;
mod mktemp;
mod mv;
mod nl;
mod nproc;
mod od;
mod paste;
mod printenv;
mod printf;
mod pwd;
mod readlink;
mod realpath;
mod rev;
mod rm;
mod rmdir;
mod sed;
mod seq;
mod sleep;
mod sort;
mod stat;
mod tac;
mod tail;
mod tee;
mod test;
mod timeout;
mod touch;
mod tr;
mod truth;
mod tsort;
mod tty;
mod uname;
mod uniq;
mod unlink;
mod wc;
mod which;
mod whoami;
mod xargs;
mod xxd;
mod yes;

use std::ffi::{OsStr, OsString};

/// One tool: its name, and what runs it (`args[0]` is the name; the result is the exit status).
pub struct Applet {
    pub name: &'static str,
    pub main: fn(args: &[OsString]) -> i32,
}

impl Applet {
    /// Whether it says its version itself, or takes the option for something else.
    pub fn has_version(&self) -> bool {
        let own = [
            "[", "bash", "cp", "date", "egrep", "expr", "false", "fgrep", "grep", "ln", "ls", "mv",
            "rm", "sed", "sh", "stat", "test", "touch", "true", "xxd",
        ];
        own.contains(&self.name)
    }
}

macro_rules! applets {
    ($($name:literal => $main:expr,)*) => {
        /// All applets, sorted by name.
        pub const APPLETS: &[Applet] = &[$(Applet { name: $name, main: $main }),*];

        /// The names, each with a line end: what the host reads from the compiled module.
        #[cfg(target_family = "wasm")]
        #[used]
        #[unsafe(link_section = "applet-names")]
        static NAMES: [u8; concat!($($name, "\n"),*).len()] = {
            let mut names = [0; concat!($($name, "\n"),*).len()];
            names.copy_from_slice(concat!($($name, "\n"),*).as_bytes());
            names
        };
    };
}

/// The applet of a crate of uutils, which is named `uu_` and the tool.
macro_rules! uutils {
    ($tool:ident) => {
        |args| {
            crate::uutils::run(
                stringify!($tool).split_at("uu_".len()).1,
                args,
                $tool::uumain,
            )
        }
    };
}

applets! {
    "[" => test::bracket,
    "arch" => arch::main,
    "b2sum" => checksum::b2sum,
    "base64" => base64::main,
    "basename" => basename::main,
    "bash" => crate::shell::invocation::main,
    "cat" => cat::main,
    "chmod" => chmod::main,
    "cksum" => checksum::cksum,
    "cp" => cp::main,
    "cut" => cut::main,
    "date" => uutils!(uu_date),
    "dirname" => dirname::main,
    "echo" => echo::main,
    "egrep" => grep::egrep,
    "env" => env::main,
    "expr" => expr::main,
    "false" => truth::no,
    "fgrep" => grep::fgrep,
    "grep" => grep::main,
    "groups" => groups::main,
    "hd" => hexdump::canonical,
    "head" => head::main,
    "hexdump" => hexdump::main,
    "hostname" => hostname::main,
    "id" => id::main,
    "kill" => kill::main,
    "ln" => ln::main,
    "logname" => logname::main,
    "ls" => ls::main,
    "md5sum" => checksum::md5sum,
    "mkdir" => mkdir::main,
    "mktemp" => mktemp::main,
    "mv" => mv::main,
    "nl" => nl::main,
    "nproc" => nproc::main,
    "od" => od::main,
    "paste" => paste::main,
    "printenv" => printenv::main,
    "printf" => printf::main,
    "pwd" => pwd::main,
    "readlink" => readlink::main,
    "realpath" => realpath::main,
    "rev" => rev::main,
    "rm" => rm::main,
    "rmdir" => rmdir::main,
    "sed" => sed::main,
    "seq" => seq::main,
    "sh" => crate::shell::invocation::main,
    "sha1sum" => checksum::sha1sum,
    "sha224sum" => checksum::sha224sum,
    "sha256sum" => checksum::sha256sum,
    "sha384sum" => checksum::sha384sum,
    "sha512sum" => checksum::sha512sum,
    "sleep" => sleep::main,
    "sort" => sort::main,
    "stat" => stat::main,
    "sum" => checksum::sum,
    "tac" => tac::main,
    "tail" => tail::main,
    "tee" => tee::main,
    "test" => test::main,
    "timeout" => timeout::main,
    "touch" => touch::main,
    "tr" => tr::main,
    "true" => truth::yes,
    "tsort" => tsort::main,
    "tty" => tty::main,
    "uname" => uname::main,
    "uniq" => uniq::main,
    "unlink" => unlink::main,
    "wc" => wc::main,
    "which" => which::main,
    "whoami" => whoami::main,
    "xargs" => xargs::main,
    "xxd" => xxd::main,
    "yes" => yes::main,
}

/// The applet called `name`.
pub fn find(name: &OsStr) -> Option<&'static Applet> {
    let name = name.to_str()?;
    let index = APPLETS
        .binary_search_by(|applet| applet.name.cmp(name))
        .ok()?;
    APPLETS.get(index)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_has_no_name_twice() {
        assert!(APPLETS.is_sorted_by(|one, next| one.name < next.name));
    }

    #[test]
    fn every_applet_is_found_by_its_name_and_others_are_not() {
        for applet in APPLETS {
            assert_eq!(
                find(OsStr::new(applet.name)).map(|found| found.name),
                Some(applet.name)
            );
        }
        assert!(find(OsStr::new("no-such-tool")).is_none());
        assert!(find(OsStr::new("")).is_none());
    }
}
