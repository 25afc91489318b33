//! The program: runs the applet that it is called as.

#[expect(clippy::disallowed_methods, reason = "main is where the process ends")]
fn main() {
    std::process::exit(toolbox::run());
}
