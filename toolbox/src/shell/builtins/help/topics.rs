//! What `help` says: about builtins, whose synopses are in their table, and about the words of the grammar.

/// A text of `help`.
pub struct Topic {
    pub name: &'static str,
    /// None for a builtin: the table has it.
    pub synopsis: Option<&'static str>,
    /// One line.
    pub short: &'static str,
    /// The rest; it may be empty.
    pub details: &'static str,
}

const fn builtin(name: &'static str, short: &'static str, details: &'static str) -> Topic {
    Topic {
        name,
        synopsis: None,
        short,
        details,
    }
}

const fn word(
    name: &'static str,
    synopsis: &'static str,
    short: &'static str,
    details: &'static str,
) -> Topic {
    Topic {
        name,
        synopsis: Some(synopsis),
        short,
        details,
    }
}

/// All topics, in the order in which they are listed.
pub const TOPICS: &[Topic] = &[
    word(
        "%",
        "job_spec [&]",
        "Goes on with a job.",
        "The same as `fg' with that job, or as `bg' when `&' follows.",
    ),
    word(
        "(( ... ))",
        "(( expression ))",
        "Evaluates an arithmetic expression.",
        "Succeeds when the value is not 0, and fails when it is.",
    ),
    builtin(
        ".",
        "Runs the commands of a file in this shell.",
        "The file is looked for on PATH unless its name has a slash. Arguments are its positional\nparameters. The status is that of its last command.",
    ),
    builtin(
        ":",
        "Does nothing, with success.",
        "Its arguments are expanded all the same.",
    ),
    builtin(
        "[",
        "Tests a condition.",
        "The same as `test', with a `]' as last argument.",
    ),
    word(
        "[[ ... ]]",
        "[[ expression ]]",
        "Tests a condition of the grammar.",
        "Words are neither split nor matched against files. Beside the operators of `test' there are\n`==' and `!=' with a pattern, `=~' with an extended regular expression, `&&', `||', `!' and\nparentheses.",
    ),
    builtin(
        "alias",
        "Defines or shows aliases.",
        "Without arguments, or with -p, all aliases are shown as commands that define them again.\nFails when a name has no alias.",
    ),
    builtin(
        "bg",
        "Lets jobs go on in the background.",
        "Without job control there are no stopped jobs, and it fails.",
    ),
    builtin(
        "bind",
        "Shows or sets what keys do in line editing.",
        "This shell reads no keys: it warns, and changes nothing.",
    ),
    builtin(
        "break",
        "Leaves loops.",
        "With N, that many enclosing ones. It is an error if N is less than 1.",
    ),
    builtin(
        "builtin",
        "Runs a builtin, also when a function has its name.",
        "Fails when there is no such builtin.",
    ),
    builtin(
        "caller",
        "Shows where the running function was called.",
        "Prints line and file; with a number, those of that many callers further out, and the name\nof the function. Fails outside of functions and beyond the outermost call.",
    ),
    word(
        "case",
        "case WORD in [PATTERN [| PATTERN]...) COMMANDS ;;]... esac",
        "Runs the commands whose pattern matches a word.",
        "`;&' goes on with the next commands, `;;&' with the next patterns.",
    ),
    builtin(
        "cd",
        "Changes the current directory.",
        "To HOME without an argument, and to OLDPWD with `-'. Relative names are also looked for in\nthe directories of CDPATH; then, and with `-', the new directory is printed.\n\n  -L  keeps symbolic links in the name (the default)\n  -P  resolves them\n  -e  with -P: fails when the new name cannot be told\n  -@  extended attributes, which are not supported",
    ),
    builtin(
        "command",
        "Runs a command, but no function of its name.",
        "  -p  looks on a standard PATH\n  -v  shows what the name means, in a word\n  -V  shows it in a sentence",
    ),
    builtin(
        "compgen",
        "Prints possible completions of a word.",
        "The options are those of `complete'. Fails when there are none.",
    ),
    builtin(
        "complete",
        "Says how the arguments of commands are completed.",
        "With -p the specifications are shown, with -r they are removed.",
    ),
    builtin(
        "compopt",
        "Changes options of completions.",
        "Only a running completion can change its own.",
    ),
    builtin(
        "continue",
        "Goes on with the next turn of a loop.",
        "With N, of the Nth enclosing one.",
    ),
    word(
        "coproc",
        "coproc [NAME] command [redirections]",
        "Starts a command beside the shell, with pipes to both of its ends.",
        "Their descriptors are the elements of the array NAME, or COPROC.",
    ),
    builtin(
        "declare",
        "Declares variables and their attributes.",
        "  -a -A  indexed, associative array\n  -i     values are arithmetic expressions\n  -l -u  values are made lower case, upper case\n  -n     the value is the name of another variable\n  -r     readonly\n  -t     traced\n  -x     exported\n  -f -F  functions, or only their names\n  -g     global, also in a function\n  -I     a local one starts with what it hides\n  -p     shows attributes and values\n\n`+' takes an attribute away. In a function, variables are made local.",
    ),
    builtin(
        "dirs",
        "Shows the stack of directories.",
        "  -c  empties it\n  -l  writes the home directory out\n  -p  one directory on a line\n  -v  likewise, with numbers\n  +N  the Nth from the left, from 0\n  -N  the Nth from the right, from 0",
    ),
    builtin(
        "disown",
        "Lets go of jobs.",
        "  -a  all\n  -r  those that run\n  -h  keeps them, but spares them a hangup",
    ),
    builtin(
        "echo",
        "Prints its arguments.",
        "  -n  without a line end\n  -e  with escapes: \\a \\b \\c \\e \\f \\n \\r \\t \\v \\\\ \\0NNN \\xHH \\uHHHH \\UHHHHHHHH\n  -E  without them",
    ),
    builtin(
        "enable",
        "Turns builtins on and off.",
        "  -n  off; without names: those that are off\n  -a  shows all\n  -p  shows them as commands\n  -s  the special ones of POSIX only\n  -f  loads one from a file, which is not supported\n  -d  takes such a one away",
    ),
    builtin(
        "eval",
        "Runs its arguments as a command.",
        "They are joined by blanks and read as a script is.",
    ),
    builtin(
        "exec",
        "Replaces the shell by a command.",
        "Without a command, its redirections stay.\n\n  -a name  is what the command is told as its name\n  -c       gives it an empty environment\n  -l       puts a dash before its name",
    ),
    builtin(
        "exit",
        "Ends the shell.",
        "The status is N, or that of the last command.",
    ),
    builtin(
        "export",
        "Gives variables to the environment of programs.",
        "  -f  functions\n  -n  takes them out of it\n  -p  shows all",
    ),
    builtin("false", "Does nothing, without success.", ""),
    builtin(
        "fc",
        "Works on the history of commands.",
        "A shell that runs scripts keeps none.",
    ),
    builtin(
        "fg",
        "Goes on with a job in the foreground.",
        "Without job control it fails.",
    ),
    word(
        "for",
        "for NAME [in WORDS ... ] ; do COMMANDS; done",
        "Runs commands for each of some words.",
        "Without `in', for each positional parameter.",
    ),
    word(
        "for ((",
        "for (( exp1; exp2; exp3 )); do COMMANDS; done",
        "Runs commands while an arithmetic expression is not 0.",
        "The first expression is evaluated at the start, the third one after each turn.",
    ),
    word(
        "function",
        "function name { COMMANDS ; } or name () { COMMANDS ; }",
        "Defines a function.",
        "Its arguments are the positional parameters, its name is in FUNCNAME.",
    ),
    builtin(
        "getopts",
        "Reads options, one with each call.",
        "OPTSTRING has the letters; a colon behind one says that a value follows, which OPTARG gets.\nA colon at the start turns messages off: NAME is then `?' or `:', and OPTARG the letter.\nOPTIND is the number of the next argument. Fails at the end of the options.",
    ),
    builtin(
        "hash",
        "Remembers where programs are.",
        "  -d       forgets the names\n  -l       shows commands that remember again\n  -p path  remembers that path\n  -r       forgets all\n  -t       shows where the names are",
    ),
    builtin(
        "help",
        "Tells about builtins.",
        "  -d  one line for each\n  -m  as a page of a manual\n  -s  how it is called",
    ),
    builtin(
        "history",
        "Shows or changes the history of commands.",
        "A shell that runs scripts keeps none of its own.",
    ),
    word(
        "if",
        "if COMMANDS; then COMMANDS; [ elif COMMANDS; then COMMANDS; ]... [ else COMMANDS; ] fi",
        "Runs commands when others succeed.",
        "",
    ),
    builtin(
        "jobs",
        "Shows the jobs.",
        "  -l  with process numbers\n  -n  those whose state has changed\n  -p  process numbers only\n  -r  those that run\n  -s  those that are stopped",
    ),
    builtin(
        "kill",
        "Sends a signal to processes or jobs.",
        "TERM, unless another one is named. -l shows the names of signals.",
    ),
    builtin(
        "let",
        "Evaluates arithmetic expressions.",
        "Fails when the value of the last one is 0.",
    ),
    builtin(
        "local",
        "Declares variables of a function.",
        "The options are those of `declare'. `-' makes the options of `set' local.",
    ),
    builtin("logout", "Ends a login shell.", ""),
    builtin(
        "mapfile",
        "Reads lines into an array.",
        "  -d delim     lines end with that character\n  -n count     reads at most that many lines\n  -O origin    the index of the first one; the array is kept\n  -s count     leaves out that many lines\n  -t           takes the ends of lines away\n  -u fd        reads from that descriptor\n  -C callback  is run with index and line\n  -c quantum   before every that many lines",
    ),
    builtin(
        "popd",
        "Takes a directory from the stack, and goes to the next one.",
        "  +N -N  takes that one\n  -n     does not change the directory",
    ),
    builtin(
        "printf",
        "Prints arguments as a format says.",
        "Beside the conversions of C there are %b (with escapes), %q (quoted for the shell), %Q\n(likewise, cut first) and %(format)T (a time). The format is used again while there are\narguments. With -v the text is assigned to a variable.",
    ),
    builtin(
        "pushd",
        "Puts a directory on the stack, and goes there.",
        "Without an argument the first two are exchanged.\n\n  +N -N  turns the stack so that this one is first\n  -n     does not change the directory",
    ),
    builtin(
        "pwd",
        "Prints the current directory.",
        "  -L  with symbolic links, as PWD has it (the default)\n  -P  without",
    ),
    builtin(
        "read",
        "Reads a line and splits it into variables.",
        "  -a array    assigns the words to the elements of an array\n  -d delim    reads up to that character\n  -e -i text  line editing, which is not there\n  -n nchars   reads at most that many characters\n  -N nchars   reads that many, whatever they are\n  -p prompt   prints a prompt, on a terminal\n  -r          leaves backslashes as they are\n  -s          does not show what is typed\n  -t timeout  gives up after that many seconds, with a status above 128\n  -u fd       reads from that descriptor\n\nFails at the end of the file.",
    ),
    builtin(
        "readarray",
        "Reads lines into an array.",
        "The same as `mapfile'.",
    ),
    builtin(
        "readonly",
        "Makes variables readonly.",
        "  -a -A  indexed, associative arrays\n  -f     functions\n  -p     shows all",
    ),
    builtin(
        "return",
        "Leaves a function or a sourced file.",
        "The status is N, or that of the last command.",
    ),
    word(
        "select",
        "select NAME [in WORDS ... ;] do COMMANDS; done",
        "Lets the user choose words by their numbers.",
        "The words are shown on standard error, and PS3 asks. REPLY is what was read.",
    ),
    builtin(
        "set",
        "Sets options and positional parameters.",
        "Without arguments, variables and functions are shown.\n\n  -a  exports what is assigned       -B  expands braces\n  -e  ends at a failure              -C  `>' overwrites no file\n  -f  expands no patterns            -E  functions inherit the ERR trap\n  -n  only reads                     -T  functions inherit DEBUG and RETURN traps\n  -u  unset variables are errors     -P  resolves symbolic links in `cd'\n  -v  shows what is read             -o name  sets the option of a name\n  -x  shows what is run\n\n`+' turns an option off. What follows, or stands behind `--', becomes $1 and so on.",
    ),
    builtin(
        "shift",
        "Drops positional parameters.",
        "The first one, or N. Fails when there are fewer.",
    ),
    builtin(
        "shopt",
        "Sets the other options of the shell.",
        "  -s  on\n  -u  off\n  -p  shows commands\n  -q  shows nothing: the status tells\n  -o  names are those of `set -o'",
    ),
    builtin(
        "source",
        "Runs the commands of a file in this shell.",
        "The same as `.'.",
    ),
    builtin(
        "suspend",
        "Stops the shell.",
        "Without job control it fails.",
    ),
    builtin(
        "test",
        "Tests a condition.",
        "Files:      -a -b -c -d -e -f -g -h -k -p -r -s -t -u -w -x -G -L -N -O -S\n            FILE -nt FILE, -ot, -ef\nTexts:      -z -n TEXT, = == != < >\nNumbers:    -eq -ne -lt -le -gt -ge\nThe shell:  -o OPTION, -v VARIABLE, -R NAMEREF\n            ! EXPR, EXPR -a EXPR, EXPR -o EXPR, ( EXPR )\n\nThe status is 0 for true, 1 for false and 2 for a mistake.",
    ),
    word(
        "time",
        "time [-p] pipeline",
        "Tells how long a pipeline took.",
        "TIMEFORMAT says how; -p is the format of POSIX.",
    ),
    builtin(
        "times",
        "Prints processor times.",
        "User and system time of the shell, and then of its children.",
    ),
    builtin(
        "trap",
        "Says what is run at a signal or an event.",
        "Events are EXIT, DEBUG, RETURN and ERR. An empty command ignores a signal, `-' resets it.\n\n  -l  shows the names of signals\n  -p  shows the traps",
    ),
    builtin("true", "Does nothing, with success.", ""),
    builtin(
        "type",
        "Shows what names mean as commands.",
        "  -a  all meanings\n  -f  leaves functions out\n  -p  the file, if it would be run\n  -P  the file on PATH in any case\n  -t  one word: alias, keyword, function, builtin or file",
    ),
    builtin(
        "typeset",
        "Declares variables and their attributes.",
        "The same as `declare'.",
    ),
    builtin(
        "ulimit",
        "Shows limits of resources.",
        "-a shows all; -S and -H say which of the two kinds. The sandbox sets its own limits.",
    ),
    builtin(
        "umask",
        "Shows or sets the permissions that new files do not get.",
        "MODE is an octal number, or symbolic.\n\n  -p  shows a command\n  -S  shows what is allowed",
    ),
    builtin("unalias", "Takes aliases away.", "With -a, all."),
    builtin(
        "unset",
        "Takes variables or functions away.",
        "  -f  functions\n  -v  variables\n  -n  namerefs themselves\n\nWithout an option: a variable, or else a function.",
    ),
    word(
        "until",
        "until COMMANDS; do COMMANDS-2; done",
        "Runs commands until others succeed.",
        "",
    ),
    word(
        "variables",
        "variables - Names and meanings of some shell variables",
        "Lists some variables of the shell.",
        "CDPATH       where `cd' looks for directories\nGLOBIGNORE   patterns of file names that patterns do not match\nHOME         the home directory\nIFS          what separates words\nPATH         where programs are\nPWD OLDPWD   the current directory, and the one before\nPS4          what `set -x' puts before commands\nRANDOM       a number, another one each time\nSECONDS      how long the shell has run\nTIMEFORMAT   how `time' reports",
    ),
    builtin(
        "wait",
        "Waits for processes or jobs.",
        "  -f      until they have ended\n  -n      for the next one that ends\n  -p var  assigns its number to a variable\n\nThe status is that of the last one.",
    ),
    word(
        "while",
        "while COMMANDS; do COMMANDS-2; done",
        "Runs commands while others succeed.",
        "",
    ),
    word(
        "{ ... }",
        "{ COMMANDS ; }",
        "Runs commands as one.",
        "For example with redirections for all of them.",
    ),
];
