//! Lists, pipelines and compound commands.

use super::*;
use crate::shell::ast::Command;

#[test]
fn simple_commands_have_assignments_words_and_redirections() {
    check(&[
        ("a b c", "a b c;"),
        (
            "a=1 b+=2 c[1]=3 d=(1 [2]=x $y) cmd x=y",
            "a=1 b+=2 c[1]=3 d=(1 [2]=x ${y}) cmd x=y;",
        ),
        ("> f a=1 < g b", "a=1 b > f < g;"),
        ("a=", "a=;"),
        ("a[x y]=1 a[1 2] b", "a[x y: ?]=1 a[1 2] b;"),
        ("a=(1 2)\nb", "a=(1 2); b;"),
        ("1a=2 a-b=3", "1a=2 a-b=3;"),
    ]);
}

#[test]
fn lists_join_pipelines() {
    check(&[
        ("a; b & c", "a; b & c;"),
        (
            "a | b |& c && d || ! e; f & g",
            "a | b 2>& 1 | c && d || ! e; f & g;",
        ),
        ("a |\n\n b &&\n c ||\n# x\n d", "a | b && c || d;"),
        (
            "time -p a | b; time; !; ! ! a; time ! b; ! time c",
            "time -p a | b; time ; ! ; a; time ! b; time ! c;",
        ),
        ("time -- a; time -x b", "time -p a; time -x b;"),
        ("a | time b", "a | time b;"),
        ("", ""),
        ("\n# only a comment\n", ""),
    ]);
}

#[test]
fn compound_commands_nest() {
    check(&[
        (
            "{ a; b; }; ( a; b ) > f 2>&1",
            "{ a; b; }; ( a; b; ) > f 2>& 1;",
        ),
        (
            "if a; then b; elif c; then d; else e; fi",
            "if [a;] [b;] if [c;] [d;] else [e;];",
        ),
        (
            "while a; do b; done < f; until a\ndo\nb\ndone",
            "while [a;] [b;] < f; until [a;] [b;];",
        ),
        ("if { a; } then { b; } fi", "if [{ a; };] [{ b; };];"),
        ("if (a) then [[ b ]] fi", "if [( a; );] [[[ b ]];];"),
        ("{\na\n}\n", "{ a; };"),
        (
            "((a)) && ( (a) ) && ((a) ; b)",
            "((a)) && ( ( a; ); ) && ( ( a; ); b; );",
        ),
        (
            "a() { b; }\nfunction c { d; } > f; function e() ( g ); function h [[ i ]]",
            "fn a { b; }; fn c { d; } > f; fn e ( g; ); fn h [[ i ]];",
        ),
        ("a ( )\n\n{ b; }", "fn a { b; };"),
        ("a-b.c() if d; then e; fi", "fn a-b.c if [d;] [e;];"),
        (
            "coproc a b; coproc N { c; }; coproc { d; } > e; coproc while f; do g; done",
            "coproc COPROC a b; coproc N { c; }; coproc COPROC { d; } > e; coproc COPROC while [f;] [g;];",
        ),
    ]);
}

#[test]
fn loops_have_headers() {
    check(&[
        ("for x in a b; do c; done", "for x in [a b] [c;];"),
        (
            "for x; do c; done; for x do c; done; for x\ndo c; done",
            "for x [c;]; for x [c;]; for x [c;];",
        ),
        (
            "for x in; do c; done; for in in in\ndo c; done",
            "for x in [] [c;]; for in in [in] [c;];",
        ),
        ("for x\nin a\n\ndo c; done", "for x in [a] [c;];"),
        ("for x in {a,b}; { c; }", "for x in [{a,b}] [c;];"),
        (
            "for ((i=0; i<3; i++)) { a; }",
            "for (((= i 0);(Less i 3);i++)) [a;];",
        ),
        (
            "for ((;;)); do a; done; for (( ; 1 ; ))\ndo a; done",
            "for ((;;)) [a;]; for ((;1;)) [a;];",
        ),
        (
            "select x in a b; do c; done; select x; do c; done",
            "select x in [a b] [c;]; select x [c;];",
        ),
        ("for - in a; do c; done", "for - in [a] [c;];"),
    ]);
}

#[test]
fn cases_have_patterns() {
    check(&[
        (
            "case $x in a|b) c;; (d) e;& f) g;;& *) h; esac",
            "case ${x} (a|b) [c;] ;; (d) [e;] ;& (f) [g;] ;;& (*) [h;] ;;;",
        ),
        (
            "case x in esac; case x\nin\n\na)\n\n;;\n\nb ) ;; esac",
            "case x ; case x (a) [] ;; (b) [] ;;;",
        ),
        ("case in in in) a;; esac", "case in (in) [a;] ;;;"),
        (
            "case x in if) a;; then|'esac') b; esac",
            "case x (if) [a;] ;; (then|‹esac›) [b;] ;;;",
        ),
        ("case x in (esac) a;; esac", "case x (esac) [a;] ;;;"),
        (
            "case ~ in ~/a) b;; {a,b}) c;; esac",
            "case ~() (~()/a) [b;] ;; ({a,b}) [c;] ;;;",
        ),
    ]);
}

#[test]
fn reserved_words_count_where_commands_begin() {
    check(&[
        (
            "echo if then { } ! time in [[",
            "echo if then { } ! time in [[;",
        ),
        ("a=1 if b; > f then", "a=1 if b; then > f;"),
        ("\\if; 'if'; i\"f\"", "‹i›f; ‹if›; i«‹f›»;"),
        ("{a; {a,b}", "{a; {a,b};"),
        ("iff fine", "iff fine;"),
    ]);
}

#[test]
fn lines_are_joined_by_backslashes() {
    check(&[
        ("a \\\n b", "a b;"),
        ("i\\\nf a; th\\\nen b; f\\\ni", "if [a;] [b;];"),
        ("a &\\\n& b |\\\n| c", "a && b || c;"),
        (
            "ec\\\nho $\\\nx ${\\\ny} $(\\\na) \"b\\\nc\" 'd\\\ne'",
            "echo ${x} ${y} $(a;) «‹bc›» ‹d\\\ne›;",
        ),
        ("x=1\\\n2 a\\\n=b", "x=12 a=b;"),
        ("a # b \\\nc", "a; c;"),
        (
            "$((1\\\n+1)) {1.\\\n.2} >\\\n> f 2\\\n> g",
            "$(((Add 1 1))) {1..2..1:0} >> f 2> g;",
        ),
        ("a\\", "a‹\\›;"),
    ]);
}

#[test]
fn comments_begin_words() {
    check(&[("a#b #c\n(d)#e\n#f\ng;#h", "a#b; ( d; ); g;")]);
}

#[test]
fn declarations_have_assignments() {
    check(&[
        (
            "declare -a x=(1 2) y=$z; local a=b; export c",
            "declare -a @x=(1 2) @y=${z}; local @a=b; export c;",
        ),
        (
            "a=1 readonly b=~:~ c[1]+=d",
            "a=1 readonly @b=~():~() @c[1]+=d;",
        ),
        ("declare x={a,b} 1y={a,b}", "declare @x={a,b} 1y={a,b};"),
        (
            "command declare x=$y; \\declare x=$y",
            "command declare x=${y}; ‹d›eclare x=${y};",
        ),
        (
            "eval a=(1 $b) let; let a=(1) alias",
            "eval a=(1 ${b}) let; let a=(1) alias;",
        ),
    ]);
}

#[test]
fn commands_come_line_by_line() {
    let mut parser = Parser::new(b"a; b\nc && \\\n d\n{ e\n}; f\n\n)\n".to_vec(), 1);
    let mut next = || {
        let next = parser.next(&SETTINGS);
        let next = next.map(|next| next.map(|list| shape::list(&list)));
        (
            next.map_err(|error| error.line),
            String::from_utf8_lossy(parser.consumed()).into_owned(),
            parser.line(),
        )
    };
    let ok = |text: &str| Ok(Some(text.to_owned()));
    assert_eq!(next(), (ok("a; b;"), "a; b\n".to_owned(), 2));
    assert_eq!(next(), (ok("c && d;"), "c && \\\n d\n".to_owned(), 4));
    assert_eq!(next(), (ok("{ e; }; f;"), "{ e\n}; f\n".to_owned(), 6));
    assert_eq!(next().0, Err(7));
}

#[test]
fn input_is_asked_for_when_it_is_needed() {
    let mut lines = vec!["fi\n", "b\n", "if a; then\n", "x; y\n"];
    let given = std::cell::Cell::new(0);
    let mut parser = Parser::with_input(Box::new(|| {
        given.set(given.get() + 1);
        lines.pop().map(|line| line.as_bytes().to_vec())
    }));
    let mut next = || {
        parser
            .next(&SETTINGS)
            .expect("a command")
            .map(|list| shape::list(&list))
    };
    assert_eq!((next(), given.get()), (Some("x; y;".to_owned()), 1));
    assert_eq!((next(), given.get()), (Some("if [a;] [b;];".to_owned()), 4));
    assert_eq!(next(), None);
}

#[test]
fn commands_have_their_lines() {
    let list = parse_script(b"a\n\nb \\\n c; d\n{\n e; }\n\"\n\" f").expect("a script");
    let lines: Vec<u32> = list
        .items
        .iter()
        .map(|item| match &item.command.first.stages[0] {
            Command::Simple(command) => command.line,
            Command::Compound(command) => command.line,
            _ => 0,
        })
        .collect();
    assert_eq!(lines, [1, 4, 4, 5, 8]);
}
