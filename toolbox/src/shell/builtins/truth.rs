//! `:`, `true` and `false`.

use crate::shell::Shell;
use crate::shell::ast::Text;
use crate::shell::flow::Flow;

pub fn yes(_: &mut Shell, _: &[Text]) -> Flow {
    Flow::Continue(0)
}

pub fn no(_: &mut Shell, _: &[Text]) -> Flow {
    Flow::Continue(1)
}
