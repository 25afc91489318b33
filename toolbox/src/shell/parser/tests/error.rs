//! Scripts that are wrong, and what bash says of them (`bash -n`, 5.2).

use super::*;

fn messages(script: &str) -> Vec<String> {
    let mut parser = Parser::new(script.as_bytes().to_vec(), 1);
    let mut all = Vec::new();
    loop {
        let error = match parser.next(&SETTINGS) {
            Ok(Some(_)) => continue,
            Ok(None) => return all,
            Err(error) => error,
        };
        let show =
            |(line, message): (u32, Text)| format!("{line}: {}", String::from_utf8_lossy(&message));
        all.extend(error.messages().into_iter().map(show));
        if error.kind != ErrorKind::Array {
            return all;
        }
    }
}

#[test]
fn errors_are_those_of_bash() {
    for (script, expected) in ERRORS {
        assert_eq!(messages(script), *expected, "{script}");
    }
}

#[test]
fn commands_before_an_error_are_given() {
    let mut parser = Parser::new(b"a\nb; fi\nc".to_vec(), 1);
    assert!(matches!(parser.next(&SETTINGS), Ok(Some(_))));
    assert_eq!(parser.next(&SETTINGS).expect_err("fi").line, 2);
}

#[test]
fn an_error_between_the_parentheses_of_an_array_ends_its_line() {
    let mut parser = Parser::new(b"a=(1 ;); b\nc\n".to_vec(), 1);
    let error = parser.next(&SETTINGS).expect_err("a semicolon");
    assert_eq!((error.kind, error.line), (ErrorKind::Array, 1));
    let list = parser
        .next(&SETTINGS)
        .expect("the next line")
        .expect("a command");
    assert_eq!(shape::list(&list), "c;");
    assert_eq!(parser.next(&SETTINGS), Ok(None));
}

#[test]
fn errors_have_kinds() {
    let error = |script: &str| parse_script(script.as_bytes()).expect_err(script);
    assert_eq!(
        (error("fi").kind, error("fi").is_eof),
        (ErrorKind::Syntax, false)
    );
    assert_eq!(
        (error("if a").kind, error("if a").is_eof),
        (ErrorKind::Syntax, true)
    );
    assert_eq!(
        (error("a 'b").kind, error("a 'b").is_eof),
        (ErrorKind::Syntax, true)
    );
    assert_eq!(
        (error("[[ a b ]]").kind, error("[[ a b ]]").is_eof),
        (ErrorKind::Test, false)
    );
    assert_eq!(
        (error("a=(b").kind, error("a=(b").is_eof),
        (ErrorKind::Array, true)
    );
    // Bash says nothing of it.
    assert_eq!(error("[[ ]]").messages(), []);
}

const ERRORS: &[(&str, &[&str])] = &[
    (
        "echo \"a\n",
        &["1: unexpected EOF while looking for matching `\"'"],
    ),
    (
        "echo a\necho \"b\nfoo\n",
        &["2: unexpected EOF while looking for matching `\"'"],
    ),
    (
        "echo ${x\n",
        &["1: unexpected EOF while looking for matching `}'"],
    ),
    (
        "echo )\n",
        &["1: syntax error near unexpected token `)'", "1: `echo )'"],
    ),
    (
        "echo a >\necho b\n",
        &[
            "1: syntax error near unexpected token `newline'",
            "1: `echo a >'",
        ],
    ),
    (
        "[[ a b c ]]\n",
        &["1: conditional binary operator expected"],
    ),
    (
        "[[ a ==\n b ]]\n",
        &["1: unexpected argument `newline' to conditional binary operator"],
    ),
    (
        "[[ a\n]]\n",
        &["1: unexpected token `newline', conditional binary operator expected"],
    ),
    (
        "[[ -f ]]\n",
        &["1: unexpected argument `]]' to conditional unary operator"],
    ),
    (
        "[[ a == ]]\n",
        &["1: unexpected argument `]]' to conditional binary operator"],
    ),
    (
        "[[ ( a == a ]]\n",
        &["1: unexpected token `]]', expected `)'"],
    ),
    (
        "[[ a ( ]]\n",
        &["1: unexpected token `(', conditional binary operator expected"],
    ),
    (
        "case a in @(a|b)) echo hi;; esac\n",
        &[
            "1: syntax error near unexpected token `('",
            "1: `case a in @(a|b)) echo hi;; esac'",
        ],
    ),
    (
        "[[ ( ) ]]\n",
        &[
            "1: unexpected token `)' in conditional command",
            "1: expected `)'",
        ],
    ),
    (
        "[[ a == b ) ]]\n",
        &["1: syntax error in conditional expression: unexpected token `)'"],
    ),
    (
        "[[ a == b c ]]\n",
        &["1: syntax error in conditional expression"],
    ),
    (
        "[[ a & b ]]\n",
        &["1: unexpected token `&', conditional binary operator expected"],
    ),
    (
        "[[ a > ]]\n",
        &["1: unexpected argument `]]' to conditional binary operator"],
    ),
    (
        "[[ a || ; ]]\n",
        &["1: unexpected token `;' in conditional command"],
    ),
    (
        "[[ -f a b ]]\n",
        &["1: syntax error in conditional expression"],
    ),
    (
        "[[ a && b\n && c ]]\n",
        &["1: unexpected token `newline', conditional binary operator expected"],
    ),
    (
        "[[ a == b ]] c\n",
        &[
            "1: syntax error near unexpected token `c'",
            "1: `[[ a == b ]] c'",
        ],
    ),
    (
        "[[ a == (a|b) ]]\n",
        &["1: unexpected argument `(' to conditional binary operator"],
    ),
    (
        "[[ a =~ ^[a b] ]]\n",
        &["1: syntax error in conditional expression"],
    ),
    (
        "[[ a -foo b ]]\n",
        &["1: conditional binary operator expected"],
    ),
    ("[[ a =b ]]\n", &["1: conditional binary operator expected"]),
    (
        "[[ \\-f /etc ]]\n",
        &["1: conditional binary operator expected"],
    ),
    (
        "[[ ( == ( ]]\n",
        &[
            "1: unexpected token `(', conditional binary operator expected",
            "1: expected `)'",
        ],
    ),
    (
        "[[ ! == ! ]]\n",
        &["1: conditional binary operator expected"],
    ),
    (
        "[[ -x ]]\n",
        &["1: unexpected argument `]]' to conditional unary operator"],
    ),
    ("[[ a == b\n", &["1: unexpected EOF while looking for `]]'"]),
    (
        "[[ a ==\n",
        &["1: unexpected argument `newline' to conditional binary operator"],
    ),
    (
        "[[ -f\n",
        &["1: unexpected argument `newline' to conditional unary operator"],
    ),
    (
        "[[ !\n",
        &["2: unexpected token `EOF' in conditional command"],
    ),
    (
        "[[\n",
        &["2: unexpected token `EOF' in conditional command"],
    ),
    (
        "[[ a &&\n",
        &["2: unexpected token `EOF' in conditional command"],
    ),
    (
        "[[ a == b &&\n\n",
        &["3: unexpected token `EOF' in conditional command"],
    ),
    (
        "[[ ( a\n",
        &[
            "1: unexpected token `newline', conditional binary operator expected",
            "1: expected `)'",
        ],
    ),
    (
        "f() echo hi\n",
        &[
            "1: syntax error near unexpected token `echo'",
            "1: `f() echo hi'",
        ],
    ),
    (
        "f(x) { :; }\n",
        &[
            "1: syntax error near unexpected token `x'",
            "1: `f(x) { :; }'",
        ],
    ),
    (
        "a=(1 (2))\n",
        &[
            "1: syntax error near unexpected token `('",
            "1: `a=(1 (2))'",
        ],
    ),
    (
        "a=(1 2\n",
        &["1: unexpected EOF while looking for matching `)'"],
    ),
    (
        "while ; do :; done\n",
        &[
            "1: syntax error near unexpected token `;'",
            "1: `while ; do :; done'",
        ],
    ),
    (
        "for x y; do :; done\n",
        &[
            "1: syntax error near unexpected token `y'",
            "1: `for x y; do :; done'",
        ],
    ),
    (
        "for ((i=0;i<2;i++;)); do :; done\n",
        &[
            "1: syntax error: `;' unexpected",
            "1: syntax error: `((i=0;i<2;i++;))'",
        ],
    ),
    (
        "case a in a) ;; b esac\n",
        &[
            "1: syntax error near unexpected token `esac'",
            "1: `case a in a) ;; b esac'",
        ],
    ),
    (
        "case a in esac) echo;; esac\n",
        &[
            "1: syntax error near unexpected token `)'",
            "1: `case a in esac) echo;; esac'",
        ],
    ),
    ("( echo a\n", &["2: syntax error: unexpected end of file"]),
    (
        "{ }\n",
        &["1: syntax error near unexpected token `}'", "1: `{ }'"],
    ),
    ("echo a |\n", &["2: syntax error: unexpected end of file"]),
    (
        "& a\n",
        &["1: syntax error near unexpected token `&'", "1: `& a'"],
    ),
    (
        "echo a ;; b\n",
        &[
            "1: syntax error near unexpected token `;;'",
            "1: `echo a ;; b'",
        ],
    ),
    (
        "echo a\n}\n",
        &["2: syntax error near unexpected token `}'", "2: `}'"],
    ),
    (
        "echo $(if)\necho b\n",
        &[
            "1: syntax error near unexpected token `)'",
            "1: `echo $(if)'",
        ],
    ),
    (
        "cat <<\n",
        &[
            "1: syntax error near unexpected token `newline'",
            "1: `cat <<'",
        ],
    ),
    (
        "select\n",
        &[
            "1: syntax error near unexpected token `newline'",
            "1: `select'",
        ],
    ),
    (
        "if true; then echo a; fi echo\n",
        &[
            "1: syntax error near unexpected token `echo'",
            "1: `if true; then echo a; fi echo'",
        ],
    ),
    (
        "echo \"$(echo \"a)\"\n",
        &["2: unexpected EOF while looking for matching `)'"],
    ),
    (
        "echo $((1+\n",
        &["1: unexpected EOF while looking for matching `)'"],
    ),
    (
        "echo a > > b\n",
        &[
            "1: syntax error near unexpected token `>'",
            "1: `echo a > > b'",
        ],
    ),
    (
        "echo a >&\n",
        &[
            "1: syntax error near unexpected token `newline'",
            "1: `echo a >&'",
        ],
    ),
    (
        "foo (\"x\")\n",
        &[
            "1: syntax error near unexpected token `\"x\"'",
            "1: `foo (\"x\")'",
        ],
    ),
    (
        "( ! )\n",
        &["1: syntax error near unexpected token `)'", "1: `( ! )'"],
    ),
    (
        "! | a\n",
        &["1: syntax error near unexpected token `|'", "1: `! | a'"],
    ),
    (
        "! && a\n",
        &["1: syntax error near unexpected token `&&'", "1: `! && a'"],
    ),
    (
        "a | ! b\n",
        &["1: syntax error near unexpected token `!'", "1: `a | ! b'"],
    ),
    (
        "coproc\n",
        &[
            "1: syntax error near unexpected token `newline'",
            "1: `coproc'",
        ],
    ),
    (
        "a=b() { echo; }\n",
        &[
            "1: syntax error near unexpected token `('",
            "1: `a=b() { echo; }'",
        ],
    ),
    (
        "{ echo a; }; }\n",
        &[
            "1: syntax error near unexpected token `}'",
            "1: `{ echo a; }; }'",
        ],
    ),
    (
        "\\declare a=(1 2)\n",
        &[
            "1: syntax error near unexpected token `('",
            "1: `\\declare a=(1 2)'",
        ],
    ),
    (
        "builtin declare b=(1)\n",
        &[
            "1: syntax error near unexpected token `('",
            "1: `builtin declare b=(1)'",
        ],
    ),
    (
        "{ echo a; } | { cat; } }\n",
        &[
            "1: syntax error near unexpected token `}'",
            "1: `{ echo a; } | { cat; } }'",
        ],
    ),
    (
        "{ echo a; } time\n",
        &[
            "1: syntax error near unexpected token `time'",
            "1: `{ echo a; } time'",
        ],
    ),
    (
        "{ echo a; } { echo b; }\n",
        &[
            "1: syntax error near unexpected token `{'",
            "1: `{ echo a; } { echo b; }'",
        ],
    ),
    (
        "((1)) 2\n",
        &["1: syntax error near unexpected token `2'", "1: `((1)) 2'"],
    ),
    (
        "[[ a ]] 2\n",
        &[
            "1: syntax error near unexpected token `2'",
            "1: `[[ a ]] 2'",
        ],
    ),
    (
        "time { echo a; } then\n",
        &[
            "1: syntax error near unexpected token `then'",
            "1: `time { echo a; } then'",
        ],
    ),
    ("for x\n", &["2: syntax error: unexpected end of file"]),
    (
        "for x in a b\n",
        &["2: syntax error: unexpected end of file"],
    ),
    (
        "for x in a; do echo\n",
        &["2: syntax error: unexpected end of file"],
    ),
    (
        "for x in a; do done\n",
        &[
            "1: syntax error near unexpected token `done'",
            "1: `for x in a; do done'",
        ],
    ),
    (
        "for x do :; done x\n",
        &[
            "1: syntax error near unexpected token `x'",
            "1: `for x do :; done x'",
        ],
    ),
    (
        "for ((\n",
        &["1: unexpected EOF while looking for matching `)'"],
    ),
    (
        "for ((;;)); do done\n",
        &[
            "1: syntax error near unexpected token `done'",
            "1: `for ((;;)); do done'",
        ],
    ),
    ("while true\n", &["2: syntax error: unexpected end of file"]),
    (
        "while true; done\n",
        &[
            "1: syntax error near unexpected token `done'",
            "1: `while true; done'",
        ],
    ),
    (
        "until true; do :; fi\n",
        &[
            "1: syntax error near unexpected token `fi'",
            "1: `until true; do :; fi'",
        ],
    ),
    (
        "case\n",
        &[
            "1: syntax error near unexpected token `newline'",
            "1: `case'",
        ],
    ),
    ("case x in\n", &["2: syntax error: unexpected end of file"]),
    (
        "case x in a)\n",
        &["2: syntax error: unexpected end of file"],
    ),
    (
        "case x in a) b;;\n",
        &["2: syntax error: unexpected end of file"],
    ),
    (
        "case x in a b) c;; esac\n",
        &[
            "1: syntax error near unexpected token `b'",
            "1: `case x in a b) c;; esac'",
        ],
    ),
    (
        "case x in |a) c;; esac\n",
        &[
            "1: syntax error near unexpected token `|'",
            "1: `case x in |a) c;; esac'",
        ],
    ),
    (
        "case x in (a c;; esac\n",
        &[
            "1: syntax error near unexpected token `c'",
            "1: `case x in (a c;; esac'",
        ],
    ),
    (
        "case x; in a) b;; esac\n",
        &[
            "1: syntax error near unexpected token `;'",
            "1: `case x; in a) b;; esac'",
        ],
    ),
    (
        "case x in ;; esac\n",
        &[
            "1: syntax error near unexpected token `;;'",
            "1: `case x in ;; esac'",
        ],
    ),
    (
        "case $( in a) b;; esac\n",
        &[
            "1: syntax error near unexpected token `in'",
            "1: `case $( in a) b;; esac'",
        ],
    ),
    ("if\n", &["2: syntax error: unexpected end of file"]),
    (
        "if true; then\n",
        &["2: syntax error: unexpected end of file"],
    ),
    (
        "if true; then :; else\n",
        &["2: syntax error: unexpected end of file"],
    ),
    (
        "if true; then :; elif x; fi\n",
        &[
            "1: syntax error near unexpected token `fi'",
            "1: `if true; then :; elif x; fi'",
        ],
    ),
    (
        "if true; then :; else :; elif x; then :; fi\n",
        &[
            "1: syntax error near unexpected token `elif'",
            "1: `if true; then :; else :; elif x; then :; fi'",
        ],
    ),
    (
        "if; then :; fi\n",
        &[
            "1: syntax error near unexpected token `;'",
            "1: `if; then :; fi'",
        ],
    ),
    (
        "fi\n",
        &["1: syntax error near unexpected token `fi'", "1: `fi'"],
    ),
    (
        "elif\n",
        &["1: syntax error near unexpected token `elif'", "1: `elif'"],
    ),
    (
        "done\n",
        &["1: syntax error near unexpected token `done'", "1: `done'"],
    ),
    (
        "in\n",
        &["1: syntax error near unexpected token `in'", "1: `in'"],
    ),
    (
        ")\n",
        &["1: syntax error near unexpected token `)'", "1: `)'"],
    ),
    (
        "; a\n",
        &["1: syntax error near unexpected token `;'", "1: `; a'"],
    ),
    (
        "&& a\n",
        &["1: syntax error near unexpected token `&&'", "1: `&& a'"],
    ),
    (
        "|& a\n",
        &["1: syntax error near unexpected token `|&'", "1: `|& a'"],
    ),
    (
        ";;& a\n",
        &["1: syntax error near unexpected token `;;&'", "1: `;;& a'"],
    ),
    (
        "a ;;& b\n",
        &[
            "1: syntax error near unexpected token `;;&'",
            "1: `a ;;& b'",
        ],
    ),
    (
        "a & ; b\n",
        &["1: syntax error near unexpected token `;'", "1: `a & ; b'"],
    ),
    (
        "a & & b\n",
        &["1: syntax error near unexpected token `&'", "1: `a & & b'"],
    ),
    (
        "a | | b\n",
        &["1: syntax error near unexpected token `|'", "1: `a | | b'"],
    ),
    (
        "a || | b\n",
        &["1: syntax error near unexpected token `|'", "1: `a || | b'"],
    ),
    (
        "a ||| b\n",
        &["1: syntax error near unexpected token `|'", "1: `a ||| b'"],
    ),
    (
        "a;;b\n",
        &["1: syntax error near unexpected token `;;'", "1: `a;;b'"],
    ),
    (
        "a (\n",
        &[
            "1: syntax error near unexpected token `newline'",
            "1: `a ('",
        ],
    ),
    ("a( )\n", &["2: syntax error: unexpected end of file"]),
    ("a() { \n", &["2: syntax error: unexpected end of file"]),
    (
        "a() [ x ]\n",
        &[
            "1: syntax error near unexpected token `['",
            "1: `a() [ x ]'",
        ],
    ),
    (
        "function a() b\n",
        &[
            "1: syntax error near unexpected token `b'",
            "1: `function a() b'",
        ],
    ),
    (
        "function () { :; }\n",
        &[
            "1: syntax error near unexpected token `('",
            "1: `function () { :; }'",
        ],
    ),
    (
        "function a; { :; }\n",
        &[
            "1: syntax error near unexpected token `;'",
            "1: `function a; { :; }'",
        ],
    ),
    (
        "<\n",
        &["1: syntax error near unexpected token `newline'", "1: `<'"],
    ),
    (
        ">>\n",
        &["1: syntax error near unexpected token `newline'", "1: `>>'"],
    ),
    (
        "<>\n",
        &["1: syntax error near unexpected token `newline'", "1: `<>'"],
    ),
    (
        "&>\n",
        &["1: syntax error near unexpected token `newline'", "1: `&>'"],
    ),
    (
        "<&\n",
        &["1: syntax error near unexpected token `newline'", "1: `<&'"],
    ),
    (
        "a > ;\n",
        &["1: syntax error near unexpected token `;'", "1: `a > ;'"],
    ),
    (
        "a > &\n",
        &["1: syntax error near unexpected token `&'", "1: `a > &'"],
    ),
    (
        "a >( \n",
        &["2: unexpected EOF while looking for matching `)'"],
    ),
    (
        "a <(b\n",
        &["2: unexpected EOF while looking for matching `)'"],
    ),
    (
        "a > >(b\n",
        &["2: unexpected EOF while looking for matching `)'"],
    ),
    (
        "a <<< ;\n",
        &["1: syntax error near unexpected token `;'", "1: `a <<< ;'"],
    ),
    (
        "a << | b\n",
        &["1: syntax error near unexpected token `|'", "1: `a << | b'"],
    ),
    (
        "a >&& b\n",
        &["1: syntax error near unexpected token `&'", "1: `a >&& b'"],
    ),
    (
        "a 2>&1 3>&\n",
        &[
            "1: syntax error near unexpected token `newline'",
            "1: `a 2>&1 3>&'",
        ],
    ),
    (
        "\"\n",
        &["1: unexpected EOF while looking for matching `\"'"],
    ),
    ("`\n", &["1: unexpected EOF while looking for matching ``'"]),
    (
        "${\n",
        &["1: unexpected EOF while looking for matching `}'"],
    ),
    (
        "$[\n",
        &["1: unexpected EOF while looking for matching `]'"],
    ),
    (
        "$'\n",
        &["1: unexpected EOF while looking for matching `''"],
    ),
    (
        "a\"b\nc\n",
        &["1: unexpected EOF while looking for matching `\"'"],
    ),
    (
        "a`b\nc\n",
        &["1: unexpected EOF while looking for matching ``'"],
    ),
    (
        "\"a$(b\"\n",
        &["1: unexpected EOF while looking for matching `\"'"],
    ),
    (
        "\"${a:-\"b}\"\n",
        &["1: unexpected EOF while looking for matching `}'"],
    ),
    (
        "${a:-`b}\n",
        &["1: unexpected EOF while looking for matching ``'"],
    ),
    (
        "$(a `b)\n",
        &["1: unexpected EOF while looking for matching ``'"],
    ),
    (
        "$(a 'b)\n",
        &["1: unexpected EOF while looking for matching `''"],
    ),
    (
        "$(a\n\n\n\"\n",
        &["4: unexpected EOF while looking for matching `\"'"],
    ),
    (
        "echo $(( 1 + ( ))\n",
        &["1: unexpected EOF while looking for matching `)'"],
    ),
    (
        "(( 1\n",
        &["1: unexpected EOF while looking for matching `)'"],
    ),
    (
        "a=(\n",
        &["1: unexpected EOF while looking for matching `)'"],
    ),
    (
        "a=(b\nc\n",
        &["1: unexpected EOF while looking for matching `)'"],
    ),
    (
        "a=([1\n",
        &[
            "1: unexpected EOF while looking for matching `]'",
            "2: syntax error: unexpected end of file",
        ],
    ),
    (
        "a[1=2\n",
        &["1: unexpected EOF while looking for matching `]'"],
    ),
    (
        "a=(b &)\n",
        &["1: syntax error near unexpected token `&'", "1: `a=(b &)'"],
    ),
    (
        "a=(b<c)\n",
        &["1: syntax error near unexpected token `<'", "1: `a=(b<c)'"],
    ),
    (
        "a+=(1))\n",
        &["1: syntax error near unexpected token `)'", "1: `a+=(1))'"],
    ),
    (
        "declare a=(1\n",
        &["1: unexpected EOF while looking for matching `)'"],
    ),
    (
        "echo a=(\n",
        &["1: syntax error near unexpected token `('", "1: `echo a=('"],
    ),
    (
        "a=1 (b)\n",
        &["1: syntax error near unexpected token `('", "1: `a=1 (b)'"],
    ),
    (
        "! fi\n",
        &["1: syntax error near unexpected token `fi'", "1: `! fi'"],
    ),
    (
        "time -p fi\n",
        &[
            "1: syntax error near unexpected token `fi'",
            "1: `time -p fi'",
        ],
    ),
    (
        "coproc a fi\n",
        &[
            "1: syntax error near unexpected token `fi'",
            "1: `coproc a fi'",
        ],
    ),
    (
        "coproc a { :;\n",
        &["2: syntax error: unexpected end of file"],
    ),
    (
        "[[ a == b ]]]\n",
        &["1: syntax error in conditional expression"],
    ),
    (
        "[[ a == b ] ]\n",
        &["1: syntax error in conditional expression"],
    ),
    (
        "[[ a == b;\n",
        &["1: syntax error in conditional expression: unexpected token `;'"],
    ),
    (
        "[[ a =~ b) ]]\n",
        &["1: syntax error in conditional expression: unexpected token `)'"],
    ),
    (
        "[[ a =~ ]]\n",
        &["1: unexpected argument `]]' to conditional binary operator"],
    ),
    (
        "[[ a < ]]\n",
        &["1: unexpected argument `]]' to conditional binary operator"],
    ),
    (
        "[[ a <b c ]]\n",
        &["1: syntax error in conditional expression"],
    ),
    (
        "[[ < a ]]\n",
        &["1: unexpected token `<' in conditional command"],
    ),
    (
        "[[ a -eq ]]\n",
        &["1: unexpected argument `]]' to conditional binary operator"],
    ),
    (
        "[[ a -eq 1 -a b ]]\n",
        &["1: syntax error in conditional expression"],
    ),
    (
        "[[ -z ]]\n",
        &["1: unexpected argument `]]' to conditional unary operator"],
    ),
    (
        "[[ -z a b ]]\n",
        &["1: syntax error in conditional expression"],
    ),
    (
        "[[ -z ) ]]\n",
        &["1: unexpected argument `)' to conditional unary operator"],
    ),
    (
        "[[ && a ]]\n",
        &["1: unexpected token `&&' in conditional command"],
    ),
    (
        "[[ a && && b ]]\n",
        &["1: unexpected token `&&' in conditional command"],
    ),
    (
        "[[ || ]]\n",
        &["1: unexpected token `||' in conditional command"],
    ),
    ("[[ (a ]]\n", &["1: unexpected token `]]', expected `)'"]),
    (
        "[[ (a) b ]]\n",
        &["1: syntax error in conditional expression"],
    ),
    (
        "[[ (a)) ]]\n",
        &["1: syntax error in conditional expression: unexpected token `)'"],
    ),
    (
        "[[ a ]] && ]]\n",
        &[
            "1: syntax error near unexpected token `]]'",
            "1: `[[ a ]] && ]]'",
        ],
    ),
    (
        "[[ a ]]; fi\n",
        &[
            "1: syntax error near unexpected token `fi'",
            "1: `[[ a ]]; fi'",
        ],
    ),
    (
        "if [[ a; then b; fi\n",
        &["1: unexpected token `;', conditional binary operator expected"],
    ),
    (
        "if [[ a ]; then b; fi\n",
        &["1: conditional binary operator expected"],
    ),
    (
        "[[ a | b ]]\n",
        &["1: unexpected token `|', conditional binary operator expected"],
    ),
    (
        "[[ a ; b ]]\n",
        &["1: unexpected token `;', conditional binary operator expected"],
    ),
    (
        "[[ a \\\n b ]]\n",
        &["2: conditional binary operator expected"],
    ),
    (
        "[[ a == b && ( c ]]\n",
        &["1: unexpected token `]]', expected `)'"],
    ),
    (
        "[[ a == b\n&& c ]] fi\n",
        &[
            "2: syntax error near unexpected token `fi'",
            "2: `&& c ]] fi'",
        ],
    ),
    (
        "[[ a == b )\n",
        &["1: syntax error in conditional expression: unexpected token `)'"],
    ),
    (
        "[[ a =~ [[:space:]] ]]\n[[ b c ]]\n",
        &["2: conditional binary operator expected"],
    ),
    (
        "echo a \\\n) b\n",
        &["2: syntax error near unexpected token `)'", "2: `) b'"],
    ),
    (
        "\n\n\necho )\n",
        &["4: syntax error near unexpected token `)'", "4: `echo )'"],
    ),
    (
        "cat <<E\nfoo\nE\n)\n",
        &["4: syntax error near unexpected token `)'", "4: `)'"],
    ),
    (
        "cat <<\"E\nfoo\nE\n",
        &["1: unexpected EOF while looking for matching `\"'"],
    ),
    (
        "f() {\ncat <<E\nx\nE\n",
        &["5: syntax error: unexpected end of file"],
    ),
    (
        "a\u{1})\n",
        &["1: syntax error near unexpected token `)'", "1: `a\u{1})'"],
    ),
    (
        " )\n",
        &["1: syntax error near unexpected token `)'", "1: ` )'"],
    ),
    (
        "echo é )\n",
        &["1: syntax error near unexpected token `)'", "1: `echo é )'"],
    ),
    (
        "(a;)b\n",
        &["1: syntax error near unexpected token `b'", "1: `(a;)b'"],
    ),
    (
        "{a;}\n",
        &["1: syntax error near unexpected token `}'", "1: `{a;}'"],
    ),
    ("{ a; }}\n", &["2: syntax error: unexpected end of file"]),
    (
        "(}\n",
        &["1: syntax error near unexpected token `}'", "1: `(}'"],
    ),
    (
        "({ a;)\n",
        &["1: syntax error near unexpected token `)'", "1: `({ a;)'"],
    ),
    (
        "( a & )\n)\n",
        &["2: syntax error near unexpected token `)'", "2: `)'"],
    ),
    (
        "( ; )\n",
        &["1: syntax error near unexpected token `;'", "1: `( ; )'"],
    ),
    (
        "{\n}\n",
        &["2: syntax error near unexpected token `}'", "2: `}'"],
    ),
    (
        "for i in 1 2 3; do echo $i; done; done\n",
        &[
            "1: syntax error near unexpected token `done'",
            "1: `for i in 1 2 3; do echo $i; done; done'",
        ],
    ),
    (
        "while :; do if x; then y; fi; done; fi\n",
        &[
            "1: syntax error near unexpected token `fi'",
            "1: `while :; do if x; then y; fi; done; fi'",
        ],
    ),
    (
        "f() { if x; then }\n",
        &[
            "1: syntax error near unexpected token `}'",
            "1: `f() { if x; then }'",
        ],
    ),
    (
        "( while x; do y )\n",
        &[
            "1: syntax error near unexpected token `)'",
            "1: `( while x; do y )'",
        ],
    ),
    (
        "if x; then { y; fi }\n",
        &[
            "1: syntax error near unexpected token `fi'",
            "1: `if x; then { y; fi }'",
        ],
    ),
    (
        "$(case a in b) c\n)\n",
        &["2: syntax error near unexpected token `)'", "2: `)'"],
    ),
    (
        "$(a ( b )\n",
        &[
            "1: syntax error near unexpected token `b'",
            "1: `$(a ( b )'",
        ],
    ),
    (
        "a $(b) (c)\n",
        &[
            "1: syntax error near unexpected token `('",
            "1: `a $(b) (c)'",
        ],
    ),
    (
        "a <(b;;)\n",
        &[
            "1: syntax error near unexpected token `;;'",
            "1: `a <(b;;)'",
        ],
    ),
    (
        "a=$(b\n",
        &["2: unexpected EOF while looking for matching `)'"],
    ),
    (
        "a=`b\n",
        &["1: unexpected EOF while looking for matching ``'"],
    ),
    (
        "export a=\"b\n",
        &["1: unexpected EOF while looking for matching `\"'"],
    ),
    (
        "let \"a\n",
        &["1: unexpected EOF while looking for matching `\"'"],
    ),
    (
        "((a)) )\n",
        &["1: syntax error near unexpected token `)'", "1: `((a)) )'"],
    ),
    (
        "(( 'a ))\n",
        &["1: unexpected EOF while looking for matching `''"],
    ),
    (
        "$(( \"a ))\n",
        &["1: unexpected EOF while looking for matching `\"'"],
    ),
    (
        "time -p\n)\n",
        &["2: syntax error near unexpected token `)'", "2: `)'"],
    ),
    (
        "select x in; do done\n",
        &[
            "1: syntax error near unexpected token `done'",
            "1: `select x in; do done'",
        ],
    ),
    (
        "echo a=b c=(d)\n",
        &[
            "1: syntax error near unexpected token `('",
            "1: `echo a=b c=(d)'",
        ],
    ),
];
