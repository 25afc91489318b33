//! The table of applets: each name is written here, once.

mod base64;
mod cat;
mod cp;
mod cut;
mod duration;
mod echo;
mod env;
mod grep;
mod head;
mod kill;
mod ln;
mod ls;
mod mkdir;
mod mv;
mod printf;
mod rm;
mod sleep;
mod sort;
mod stat;
mod tail;
mod timeout;
mod touch;
mod uniq;
mod wc;
mod xargs;

use std::ffi::{OsStr, OsString};

/// One tool: its name, and what runs it (`args[0]` is the name; the result is the exit status).
pub struct Applet {
    pub name: &'static str,
    pub main: fn(args: &[OsString]) -> i32,
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
    "base64" => base64::main,
    "basename" => uutils!(uu_basename),
    "bash" => crate::shell::invocation::main,
    "cat" => cat::main,
    "cp" => cp::main,
    "cut" => cut::main,
    "date" => uutils!(uu_date),
    "dirname" => uutils!(uu_dirname),
    "echo" => echo::main,
    "egrep" => grep::egrep,
    "env" => env::main,
    "false" => |args| without_operands(args, uutils!(uu_false), 1),
    "fgrep" => grep::fgrep,
    "grep" => grep::main,
    "head" => head::main,
    "kill" => kill::main,
    "ln" => ln::main,
    "ls" => ls::main,
    "md5sum" => uutils!(uu_md5sum),
    "mkdir" => mkdir::main,
    "mv" => mv::main,
    "printenv" => uutils!(uu_printenv),
    "printf" => printf::main,
    "pwd" => uutils!(uu_pwd),
    "rm" => rm::main,
    "rmdir" => uutils!(uu_rmdir),
    "seq" => uutils!(uu_seq),
    "sh" => crate::shell::invocation::main,
    "sha256sum" => uutils!(uu_sha256sum),
    "sleep" => sleep::main,
    "sort" => sort::main,
    "stat" => stat::main,
    "tail" => tail::main,
    "tee" => uutils!(uu_tee),
    "timeout" => timeout::main,
    "touch" => touch::main,
    "tr" => uutils!(uu_tr),
    "true" => |args| without_operands(args, uutils!(uu_true), 0),
    "uniq" => uniq::main,
    "wc" => wc::main,
    "xargs" => xargs::main,
    "yes" => uutils!(uu_yes),
}

/// `true` and `false` have nothing to do unless they are asked for help.
fn without_operands(args: &[OsString], tool: fn(&[OsString]) -> i32, status: i32) -> i32 {
    if args.len() < 2 { status } else { tool(args) }
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
