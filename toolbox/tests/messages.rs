//! Every message of uutils is there, and reads as the original `fluent` formats it.

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource};
use toolbox::applets::APPLETS;
use uucore::locale::get_embedded_locale;

/// The parts of uutils whose messages an applet may show.
fn components() -> impl Iterator<Item = &'static str> {
    let shared = ["checksum_common", "uucore", "uucore-errors"];
    APPLETS.iter().map(|applet| applet.name).chain(shared)
}

fn ids(text: &str) -> impl Iterator<Item = &str> {
    let starts = text
        .lines()
        .filter(|line| line.starts_with(|first: char| first.is_ascii_alphabetic()));
    starts
        .filter_map(|line| line.split_once('='))
        .map(|(id, _)| id.trim_end())
}

/// Every argument that a text names.
fn variables(text: &str) -> Vec<&str> {
    let ends = |rest: &str| {
        rest.find(|next: char| next != '-' && next != '_' && !next.is_ascii_alphanumeric())
    };
    text.split('$')
        .skip(1)
        .map(|rest| ends(rest).map_or(rest, |end| &rest[..end]))
        .collect()
}

fn original(text: &str, id: &str, args: Option<&FluentArgs>) -> String {
    let resource = FluentResource::try_new(text.to_owned()).expect("a resource without mistakes");
    let mut bundle = FluentBundle::new(vec!["en-US".parse().expect("a language")]);
    bundle.set_use_isolating(false);
    bundle.add_resource_overriding(&resource);
    let message = bundle
        .get_message(id)
        .and_then(|message| message.value())
        .expect("a message with a value");
    bundle
        .format_pattern(message, args, &mut Vec::new())
        .into_owned()
}

fn ours(text: &str, id: &str, args: Option<&fluent::FluentArgs>) -> String {
    let resource = fluent::FluentResource::try_new(text.to_owned()).expect("never an error");
    let mut bundle = fluent::FluentBundle::new(vec!["en-US".parse().expect("a language")]);
    bundle.add_resource_overriding(&resource);
    let message = bundle
        .get_message(id)
        .and_then(|message| message.value())
        .expect("a message with a value");
    bundle
        .format_pattern(message, args, &mut Vec::new())
        .into_owned()
}

#[test]
fn each_message_is_formatted_as_the_original_does() {
    let mut compared = 0;
    for component in components() {
        let Some(text) = get_embedded_locale(&format!("{component}/en-US.ftl")) else {
            continue;
        };
        for id in ids(text) {
            assert_eq!(
                ours(text, id, None),
                original(text, id, None),
                "{component}: {id} without arguments"
            );
            for number in [None, Some(0.0), Some(1.0), Some(2.0), Some(1.5)] {
                let (mut theirs, mut mine) = (FluentArgs::new(), fluent::FluentArgs::new());
                for name in variables(text) {
                    match number {
                        Some(number) => (theirs.set(name, number), mine.set(name, number)),
                        None => (theirs.set(name, "a 'b' {c}"), mine.set(name, "a 'b' {c}")),
                    };
                }
                let (mine, theirs) = (
                    ours(text, id, Some(&mine)),
                    original(text, id, Some(&theirs)),
                );
                assert_eq!(mine, theirs, "{component}: {id} with {number:?}");
                compared += 1;
            }
        }
    }
    assert!(
        compared > 500,
        "{compared} messages are too few: were the texts found?"
    );
}
