//! The saved inputs of the fuzz targets, run again.

use std::path::Path;

use super::guests;
use super::harness::image;

#[path = "../../../fuzz/src/imports.rs"]
mod imports;
#[path = "../../../fuzz/src/paths.rs"]
mod paths;
#[path = "../../../fuzz/src/spawn_message.rs"]
mod spawn_message;

/// Calls `run` with every saved input of a target.
fn replay(target: &str, run: impl Fn(&[u8])) {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz/corpus")
        .join(target);
    let mut inputs = 0;
    for entry in std::fs::read_dir(corpus).expect("the corpus is there") {
        let path = entry.expect("it can be read").path();
        eprintln!("{}", path.display());
        run(&std::fs::read(&path).expect("it can be read"));
        inputs += 1;
    }
    assert!(inputs > 0);
}

#[test]
fn no_saved_sequence_of_calls_leaves_its_bounds() {
    let image = image(guests::IMPORTS);
    replay("imports", |bytes| imports::imports(&image.pooled, bytes));
}

#[test]
fn every_saved_walk_of_paths_ends_where_the_model_says() {
    replay("paths", paths::paths);
}

#[test]
fn every_saved_message_is_decoded_to_what_it_was() {
    replay("spawn_message", spawn_message::spawn_message);
}
