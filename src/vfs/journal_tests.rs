//! The journal through the mount table: a test for each rule of `Diff`, and
//! random sequences of changes against a model that knows every name.

#![allow(
    clippy::disallowed_methods,
    reason = "tests lay out directories of the host"
)]

use super::journal::Journal;
use super::*;

const WRITE: OpenOptions = OpenOptions {
    read: false,
    write: true,
    append: false,
    create: true,
    exclusive: false,
    truncate: false,
    directory: false,
    follow: Follow::Yes,
    permissions: 0o644,
};

/// A writable mount at `/m` with a few files, at its checkpoint:
/// `/m/a`, `/m/b`, `/m/d/x`, `/m/d/y`, `/m/e`.
fn table_over(file_system: Arc<dyn FileSystem>) -> MountTable {
    let table = MountTable::new(vec![
        Mount {
            point: b"/m".to_vec(),
            file_system,
            writable: true,
        },
        Mount {
            point: b"/dev".to_vec(),
            file_system: Arc::new(DeviceFileSystem::new()),
            writable: true,
        },
        Mount {
            point: Vec::new(),
            file_system: Arc::new(MemoryFileSystem::new(1 << 20)),
            writable: false,
        },
    ]);
    for directory in ["/m/d", "/m/e"] {
        table.create_dir(directory.as_bytes(), 0o755).unwrap();
    }
    for file in ["/m/a", "/m/b", "/m/d/x", "/m/d/y"] {
        write(&table, file);
    }
    table.checkpoint();
    table
}

fn table() -> MountTable {
    table_over(Arc::new(MemoryFileSystem::new(1 << 24)))
}

fn open(table: &MountTable, path: &str) -> Arc<dyn File> {
    match table.open(path.as_bytes(), &WRITE) {
        Ok(Opened::File(file)) => file,
        Ok(_) => panic!("{path} is no file"),
        Err(errno) => panic!("{path}: {errno:?}"),
    }
}

fn write(table: &MountTable, path: &str) {
    open(table, path).append(b"text").unwrap();
}

fn remove(table: &MountTable, path: &str) {
    table.remove_file(path.as_bytes()).unwrap();
}

fn rename(table: &MountTable, from: &str, to: &str) {
    table.rename(from.as_bytes(), to.as_bytes()).unwrap();
}

fn make_dir(table: &MountTable, path: &str) {
    table.create_dir(path.as_bytes(), 0o755).unwrap();
}

/// A diff as text: `+` created, `~` modified, `-` deleted, `from>to` renamed.
fn text(diff: &Diff) -> String {
    let paths = |sign: &str, paths: &[Vec<u8>]| -> Vec<String> {
        paths
            .iter()
            .map(|path| format!("{sign}{}", String::from_utf8_lossy(path)))
            .collect()
    };
    let mut all = paths("+", &diff.created);
    all.extend(paths("~", &diff.modified));
    all.extend(paths("-", &diff.deleted));
    all.extend(diff.renamed.iter().map(|renamed| {
        let name = String::from_utf8_lossy;
        format!("{}>{}", name(&renamed.from), name(&renamed.to))
    }));
    all.join(" ")
}

#[track_caller]
fn expect(table: &MountTable, expected: &str) {
    let diff = table.diff();
    assert_eq!(text(&diff), expected);
    assert!(diff.complete);
}

#[test]
fn a_table_without_changes_has_an_empty_diff() {
    expect(&table(), "");
}

#[test]
fn what_is_made_is_created_with_all_that_lies_in_it() {
    let table = table();
    make_dir(&table, "/m/new");
    write(&table, "/m/new/file");
    table.symlink(b"file", b"/m/new/link").unwrap();
    table.hard_link(b"/m/a", b"/m/new/hard").unwrap();
    expect(&table, "+/m/new +/m/new/file +/m/new/hard +/m/new/link");
}

#[test]
fn a_written_cut_or_chmodded_file_is_modified_and_its_directory_is_not() {
    let table = table();
    write(&table, "/m/d/x");
    open(&table, "/m/d/y").set_len(1).unwrap();
    table.set_permissions(b"/m/a", 0o600).unwrap();
    table
        .set_times(b"/m/b", Follow::Yes, SetTime::Keep, SetTime::Now)
        .unwrap();
    expect(&table, "~/m/a ~/m/b ~/m/d/x ~/m/d/y");
}

const READ: OpenOptions = OpenOptions {
    read: true,
    write: false,
    create: false,
    ..WRITE
};

fn set_now(file: &dyn File) {
    file.set_times(SetTime::Keep, SetTime::Now).unwrap();
}

#[test]
fn times_set_through_a_file_that_is_only_read_are_a_change() {
    let directory = tempfile::tempdir().unwrap();
    let host = HostDirectory::open(directory.path()).unwrap();
    for table in [table(), table_over(Arc::new(host))] {
        table.symlink(b"d", b"/m/link").unwrap();
        table.checkpoint();
        let open = |path: &str| match table.open(path.as_bytes(), &READ) {
            Ok(Opened::File(file)) => file,
            _ => panic!("{path} is a file"),
        };
        let (x, a, b) = (open("/m/link/x"), open("/m/a"), open("/m/b"));
        a.set_times(SetTime::Keep, SetTime::Keep).unwrap();
        expect(&table, "");
        set_now(&*x);
        expect(&table, "~/m/d/x");
        remove(&table, "/m/a");
        set_now(&*a);
        expect(&table, "~/m/d/x -/m/a");
        rename(&table, "/m/b", "/m/a");
        set_now(&*b);
        assert!(!table.diff().complete, "nobody knows that it is /m/a now");
    }
}

#[test]
fn opening_for_writing_alone_is_no_change_and_truncating_is_one() {
    let table = table();
    drop(open(&table, "/m/a"));
    expect(&table, "");
    let options = OpenOptions {
        truncate: true,
        ..WRITE
    };
    table.open(b"/m/a", &options).unwrap();
    expect(&table, "~/m/a");
}

#[test]
fn a_file_that_is_replaced_is_modified() {
    let table = table();
    remove(&table, "/m/a");
    write(&table, "/m/a");
    write(&table, "/m/temporary");
    rename(&table, "/m/temporary", "/m/b");
    expect(&table, "~/m/a ~/m/b");
}

#[test]
fn what_is_removed_is_deleted_with_all_that_lay_in_it() {
    let table = table();
    remove(&table, "/m/d/x");
    remove(&table, "/m/d/y");
    table.remove_dir(b"/m/d").unwrap();
    expect(&table, "-/m/d -/m/d/x -/m/d/y");
}

#[test]
fn what_is_created_and_deleted_again_is_nothing() {
    let table = table();
    make_dir(&table, "/m/new");
    write(&table, "/m/new/file");
    remove(&table, "/m/new/file");
    table.remove_dir(b"/m/new").unwrap();
    expect(&table, "");
    assert_eq!(table.journaled(), 0);
}

#[test]
fn a_renamed_file_is_renamed_and_modified_under_its_new_path_if_written() {
    let table = table();
    rename(&table, "/m/a", "/m/c");
    rename(&table, "/m/b", "/m/d/b");
    write(&table, "/m/d/b");
    expect(&table, "~/m/d/b /m/a>/m/c /m/b>/m/d/b");
}

#[test]
fn a_file_that_is_moved_and_moved_back_is_unchanged() {
    let table = table();
    rename(&table, "/m/d", "/m/f");
    rename(&table, "/m/f/x", "/m/x");
    rename(&table, "/m/x", "/m/f/x");
    rename(&table, "/m/f", "/m/d");
    expect(&table, "");
    assert_eq!(table.journaled(), 0);
}

#[test]
fn a_renamed_directory_is_one_entry_and_changes_in_it_have_their_new_paths() {
    let table = table();
    rename(&table, "/m/d", "/m/f");
    write(&table, "/m/f/x");
    write(&table, "/m/f/new");
    remove(&table, "/m/f/y");
    expect(&table, "+/m/f/new ~/m/f/x -/m/d/y /m/d>/m/f");
}

#[test]
fn a_created_file_that_is_renamed_is_created_at_its_new_path() {
    let table = table();
    write(&table, "/m/new");
    rename(&table, "/m/new", "/m/d/new");
    expect(&table, "+/m/d/new");
}

#[test]
fn a_rename_over_a_file_deletes_the_one_path_and_modifies_the_other() {
    let table = table();
    rename(&table, "/m/a", "/m/b");
    expect(&table, "~/m/b -/m/a");
}

#[test]
fn two_files_that_change_places_are_both_modified() {
    let table = table();
    rename(&table, "/m/a", "/m/c");
    rename(&table, "/m/b", "/m/a");
    rename(&table, "/m/c", "/m/b");
    expect(&table, "~/m/a ~/m/b");
}

#[test]
fn a_renamed_file_whose_path_is_taken_anew_is_renamed_and_that_path_modified() {
    let table = table();
    rename(&table, "/m/a", "/m/a.orig");
    write(&table, "/m/a");
    expect(&table, "~/m/a /m/a>/m/a.orig");
}

#[test]
fn a_directory_made_anew_after_it_was_renamed_knows_what_was_in_it() {
    let table = table();
    rename(&table, "/m/d", "/m/f");
    make_dir(&table, "/m/d");
    write(&table, "/m/d/x");
    write(&table, "/m/d/other");
    expect(&table, "+/m/d/other ~/m/d ~/m/d/x /m/d>/m/f");
}

#[test]
fn a_directory_renamed_over_a_deleted_one_is_renamed_and_its_path_modified() {
    let table = table();
    rename(&table, "/m/d", "/m/e");
    expect(&table, "~/m/e /m/d>/m/e");
}

#[test]
fn a_file_opened_before_a_rename_is_modified_under_its_new_path() {
    let table = table();
    let file = open(&table, "/m/d/x");
    rename(&table, "/m/d", "/m/f");
    file.write_at(b"more", 0).unwrap();
    expect(&table, "~/m/f/x /m/d>/m/f");
}

#[test]
fn a_file_written_after_it_was_deleted_is_only_deleted() {
    let table = table();
    let file = open(&table, "/m/a");
    remove(&table, "/m/a");
    file.write_at(b"more", 0).unwrap();
    expect(&table, "-/m/a");
    drop(file);
    expect(&table, "-/m/a");
}

#[test]
fn a_file_that_stays_open_over_a_checkpoint_tells_of_later_writes() {
    let table = table();
    let file = open(&table, "/m/d/x");
    file.write_at(b"one", 0).unwrap();
    rename(&table, "/m/d", "/m/f");
    table.checkpoint();
    expect(&table, "");
    file.write_at(b"two", 0).unwrap();
    expect(&table, "~/m/f/x");
    drop(file);
    table.checkpoint();
    assert_eq!(table.journaled(), 0);
}

#[test]
fn writing_through_one_hard_link_tells_of_that_name_only() {
    let table = table();
    table.hard_link(b"/m/a", b"/m/d/link").unwrap();
    table.checkpoint();
    write(&table, "/m/d/link");
    expect(&table, "~/m/d/link");
    table.checkpoint();
    table.rename(b"/m/a", b"/m/d/link").unwrap();
    expect(&table, "");
}

#[test]
fn paths_through_links_are_reported_as_the_real_ones() {
    let directory = tempfile::tempdir().unwrap();
    let host = HostDirectory::open(directory.path()).unwrap();
    for table in [table(), table_over(Arc::new(host))] {
        table.symlink(b"d", b"/m/link").unwrap();
        table.symlink(b"../a", b"/m/d/to-a").unwrap();
        table.symlink(b"nowhere", b"/m/d/dangling").unwrap();
        table.checkpoint();
        write(&table, "/m/link/x");
        write(&table, "/m/link/new");
        write(&table, "/m/link/to-a");
        write(&table, "/m/link/dangling");
        remove(&table, "/m/link/y");
        make_dir(&table, "/m/link/deep");
        rename(&table, "/m/link/deep", "/m/link/e");
        table.set_permissions(b"/m/link", 0o700).unwrap();
        expect(
            &table,
            "+/m/d/e +/m/d/new +/m/d/nowhere ~/m/a ~/m/d ~/m/d/x -/m/d/y",
        );
    }
}

#[test]
fn a_directory_swapped_for_a_link_is_not_taken_for_plain() {
    let table = table();
    write(&table, "/m/d/x");
    rename(&table, "/m/d", "/m/f");
    table.symlink(b"f", b"/m/d").unwrap();
    write(&table, "/m/d/new");
    expect(&table, "+/m/f/new ~/m/d ~/m/f/x /m/d>/m/f");
}

#[test]
fn devices_and_read_only_mounts_are_never_in_the_diff() {
    let table = table();
    write(&table, "/dev/null");
    table
        .set_times(b"/dev/null", Follow::Yes, SetTime::Now, SetTime::Now)
        .unwrap();
    for directory in [&b"/dev"[..], b"/dev/fd"] {
        let times = table.set_times(directory, Follow::Yes, SetTime::Now, SetTime::Now);
        assert_eq!(times, Err(Errno::Access));
    }
    assert_eq!(table.create_dir(b"/x", 0o755), Err(Errno::ReadOnly));
    expect(&table, "");
}

#[test]
fn a_full_journal_says_so_and_starts_anew_at_the_checkpoint() {
    let mut table = table();
    table.set_journal(Journal::new(8));
    for number in 0..100 {
        write(&table, &format!("/m/new{number}"));
        rename(
            &table,
            &format!("/m/new{number}"),
            &format!("/m/d/{number}"),
        );
    }
    assert!(!table.diff().complete);
    assert!(table.journaled() <= 8);
    table.checkpoint();
    write(&table, "/m/a");
    expect(&table, "~/m/a");
}

#[test]
fn notes_in_any_order_and_against_all_sense_do_no_harm() {
    let paths: Vec<String> = ["a", "b", "c"]
        .iter()
        .flat_map(|one| ["", "/a", "/b", "/a/b", "/b/a"].map(|more| format!("/{one}{more}")))
        .collect();
    let mut random = Random(7);
    for limit in [1_000_000, 12] {
        let journal = Arc::new(Journal::new(limit));
        let memory = Arc::new(MemoryFileSystem::new(1 << 20));
        memory.add_file(b"f", b"", 0o644).unwrap();
        let Ok(Opened::File(file)) = memory.open(b"f", &WRITE) else {
            panic!("f is a file");
        };
        let mut open: Vec<Arc<dyn File>> = Vec::new();
        for step in 0..20_000 {
            let one = paths[random.below(paths.len())].as_bytes();
            let two = paths[random.below(paths.len())].as_bytes();
            match random.below(12) {
                0 | 1 => journal.created(one),
                2 => journal.modified(one),
                3 | 4 => journal.removed(one, step % 2 == 0),
                5 | 6 => journal.renamed(one, two, step % 3 == 0, step % 2 == 0),
                7 => {
                    open.push(journal.opened(one, journal::OpenChange::None, Arc::clone(&file), 1))
                }
                8 => open.push(journal.opened(
                    one,
                    journal::OpenChange::Created,
                    Arc::clone(&file),
                    1,
                )),
                9 if !open.is_empty() => drop(open.swap_remove(random.below(open.len()))),
                10 if !open.is_empty() => {
                    open[random.below(open.len())].append(b"x").unwrap();
                }
                _ => drop(journal.diff(|_| step % 2 == 0)),
            }
            if random.below(200) == 0 {
                journal.checkpoint();
            }
        }
        open.clear();
        journal.checkpoint();
        assert_eq!(journal.len(), 0);
    }
}

/// A small generator of reproducible numbers (xorshift64).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound as u64) as usize
    }
}
