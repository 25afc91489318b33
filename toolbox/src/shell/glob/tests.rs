//! Which names patterns find.

use super::*;
use crate::shell::pattern;

const RULES: Rules = Rules {
    extglob: true,
    ignore_case: false,
    dots: false,
    skips_dots: true,
    globstar: true,
};

/// A tree of files, removed with it.
struct Tree(std::path::PathBuf);

impl Tree {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("glob-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        for directory in ["d/e", "d/.h", "s"] {
            std::fs::create_dir_all(path.join(directory)).expect("a directory");
        }
        for file in ["a.c", "b.c", ".x", "d/1.c", "d/e/2.c", "d/.h/3.c", "s/é"] {
            std::fs::write(path.join(file), b"").expect("a file");
        }
        Self(path)
    }

    fn names(&self, pattern: &str, rules: Rules) -> Vec<String> {
        let root = format!("{}/", self.0.display());
        let mut source = Text::new();
        pattern::push_escaped(root.as_bytes(), &mut source);
        source.extend_from_slice(pattern.as_bytes());
        let names = Walk::new(rules).names(&Path::new(&source, rules));
        let text = |name: &Text| String::from_utf8_lossy(&name[root.len()..]).into_owned();
        names.iter().map(text).collect()
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn names_are_found_and_sorted() {
    let tree = Tree::new("names");
    assert_eq!(tree.names("*.c", RULES), ["a.c", "b.c"]);
    assert_eq!(tree.names("*/", RULES), ["d/", "s/"]);
    assert_eq!(tree.names("*/*.c", RULES), ["d/1.c"]);
    assert_eq!(tree.names("s/?", RULES), ["s/é"]);
    assert_eq!(tree.names(".*", RULES), [".x"]);
    assert_eq!(tree.names("!(a.c|d)", RULES), ["b.c", "s"]);
    assert_eq!(tree.names("nope*", RULES), [""; 0]);
    assert_eq!(tree.names("a.c/*", RULES), [""; 0]);
}

#[test]
fn two_stars_go_down() {
    let tree = Tree::new("stars");
    assert_eq!(
        tree.names("**/*.c", RULES),
        ["a.c", "b.c", "d/1.c", "d/e/2.c"]
    );
    assert_eq!(tree.names("d/**", RULES), ["d/", "d/1.c", "d/e", "d/e/2.c"]);
    assert_eq!(tree.names("d/**/", RULES), ["d/", "d/e/"]);
    let dots = Rules {
        dots: true,
        ..RULES
    };
    assert_eq!(tree.names("**/3.c", dots), ["d/.h/3.c"]);
}

#[test]
fn options_change_what_is_found() {
    let tree = Tree::new("options");
    let any_case = Rules {
        ignore_case: true,
        ..RULES
    };
    assert_eq!(tree.names("[A]*", any_case), ["a.c"]);
    let dots = Rules {
        skips_dots: false,
        ..RULES
    };
    assert_eq!(tree.names(".*", dots), [".", "..", ".x"]);
}

#[test]
fn unwanted_names_are_patterns_too() {
    let has =
        |pattern: &str, name: &str| Ignored::new(pattern.as_bytes(), true).has(name.as_bytes());
    assert!(has("*.c", "a.c") && !has("*.c", "d/a.c"));
    assert!(has("d/*", "d/a.c") && has("d*", "d/a.c") && !has("e*", "d/a.c"));
}
