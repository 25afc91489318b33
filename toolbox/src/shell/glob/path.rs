//! A pattern of a path, by its components.

use super::walk::Rules;
use crate::shell::ast::Text;
use crate::shell::pattern::Pattern;

pub struct Path {
    /// The slashes that it begins with.
    pub root: Text,
    pub components: Vec<Component>,
}

pub struct Component {
    pub kind: ComponentKind,
    /// The slashes behind it; none behind the last one, as a rule.
    pub slashes: Text,
}

pub enum ComponentKind {
    /// A name that is not looked for.
    Literal(Text),
    Pattern(Pattern, IsDotted),
    /// `**`, behind nothing but names or not.
    AllBelow {
        behind_names: bool,
    },
}

/// Whether a pattern can match a name that begins with a dot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IsDotted(pub bool);

impl Path {
    pub fn new(source: &[u8], rules: Rules) -> Self {
        let (root, mut rest) = slashes(source);
        let mut components = Vec::new();
        while !rest.is_empty() {
            let end = component_end(rest);
            let (component, behind) = rest.split_at(end);
            let (slashes, behind) = slashes(behind);
            let mut kind = kind(component, rules);
            if let ComponentKind::AllBelow { behind_names } = &mut kind {
                *behind_names = components.iter().all(Component::is_literal);
            }
            components.push(Component { kind, slashes });
            rest = behind;
        }
        Self { root, components }
    }

    pub fn is_literal(&self) -> bool {
        self.components.iter().all(Component::is_literal)
    }
}

impl Component {
    fn is_literal(&self) -> bool {
        matches!(self.kind, ComponentKind::Literal(_))
    }
}

fn kind(source: &[u8], rules: Rules) -> ComponentKind {
    if rules.globstar && source == b"**" {
        return ComponentKind::AllBelow { behind_names: true };
    }
    let pattern = Pattern::new(source, rules.extglob, false);
    if let Some(text) = pattern.literal() {
        return ComponentKind::Literal(text.to_vec());
    }
    let is_dotted =
        IsDotted(matches!(source, [b'.', ..] | [b'\\', b'.', ..]) || source.contains(&b'('));
    match rules.ignore_case {
        true => ComponentKind::Pattern(Pattern::new(source, rules.extglob, true), is_dotted),
        false => ComponentKind::Pattern(pattern, is_dotted),
    }
}

/// The slashes at the start, which may stand behind backslashes, and the rest.
fn slashes(source: &[u8]) -> (Text, &[u8]) {
    let mut slashes = Text::new();
    let mut rest = source;
    loop {
        rest = match rest {
            [b'/', behind @ ..] | [b'\\', b'/', behind @ ..] => behind,
            _ => return (slashes, rest),
        };
        slashes.push(b'/');
    }
}

/// Where the slash stands that ends the first component.
fn component_end(source: &[u8]) -> usize {
    let mut at = 0;
    while let Some(&byte) = source.get(at) {
        match (byte, source.get(at + 1)) {
            (b'/', _) | (b'\\', Some(b'/')) => return at,
            (b'\\', Some(_)) => at += 2,
            _ => at += 1,
        }
    }
    source.len()
}
