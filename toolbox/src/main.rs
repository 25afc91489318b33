//! The program: runs the applet that it is called as.

fn main() {
    std::process::exit(toolbox::run());
}
