//! The saved inputs of the fuzz target `script`, run again.

use std::path::Path;

#[path = "../../fuzz/src/script.rs"]
mod script;

#[test]
fn every_saved_script_is_read_or_refused() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus/script");
    let mut inputs = 0;
    for entry in std::fs::read_dir(corpus).expect("the corpus is there") {
        let path = entry.expect("it can be read").path();
        eprintln!("{}", path.display());
        script::script(&std::fs::read(&path).expect("it can be read"));
        inputs += 1;
    }
    assert!(inputs > 0);
}
