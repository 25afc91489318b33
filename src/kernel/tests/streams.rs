//! Collectors, reads up to a delimiter, and descriptors that are opened by name.

use super::*;

#[test]
fn a_collector_takes_all_from_a_foreground_child_and_ends_with_it() {
    const SIZE: usize = 3 << 20;
    let programs = Closures::default()
        .with("main", |mut process| async move {
            let [reader, writer] = process.collector().expect("there is room");
            // Nobody reads while it runs: a pipe would hold it up for ever.
            let ended = process.run(&message("child", &[(1, writer)])).await;
            assert_eq!(ended, Ok(WaitStatus::exited(0)));
            assert_eq!(process.read(reader, &mut [0; 1]), Ok(1));
            process.close(writer).expect("it is open");
            let mut buffer = vec![0; 100_000];
            let mut all = 1;
            loop {
                match process.read(reader, &mut buffer).expect("it does not wait") {
                    0 => break,
                    count => all += count,
                }
            }
            assert_eq!(all, SIZE);
            // What was read is given back.
            assert!(process.job.accounting.memory() < 10_000);
            Exit::Status(0)
        })
        .with("child", |process| async move {
            let bytes: Vec<u8> = (0..SIZE).map(|at| at as u8).collect();
            assert_eq!(process.write(1, &bytes[..10]), Ok(10));
            assert_eq!(process.write(1, &bytes[10..]), Ok(SIZE - 10));
            Exit::Status(0)
        });
    assert_eq!(Setup::default().run(programs).0, OK);
}

#[test]
fn a_collector_beyond_the_memory_of_its_job_ends_the_job() {
    let programs = Closures::default().with("main", |mut process| async move {
        let [_reader, writer] = process.collector().expect("there is room");
        loop {
            let _ = process.write(writer, &[1; 100_000]);
            turn().await;
        }
    });
    let mut setup = Setup::default();
    setup.limits.memory = 1 << 20;
    let run = setup.start(programs);
    let job = Arc::clone(&run.job);
    assert_eq!(run.wait().0, Err(Reason::OutOfMemory));
    assert!(job.accounting.usage(LONG).peak_memory <= 1 << 20);
}

#[test]
fn a_writer_to_a_collector_without_a_reader_is_told() {
    let programs = Closures::default().with("main", |mut process| async move {
        let [reader, writer] = process.collector().expect("there is room");
        assert_eq!(process.write(writer, &[1; 100_000]), Ok(100_000));
        process.close(reader).expect("it is open");
        assert!(process.job.accounting.memory() < 10_000);
        assert_eq!(process.write(writer, b"x"), Err(Errno::BrokenPipe));
        assert!(process.is_ended());
        Exit::Status(0)
    });
    assert_eq!(Setup::default().run(programs).0, OK);
}

async fn next_line(process: &Process, fd: u32, size: usize) -> Vec<u8> {
    let mut buffer = vec![0; size];
    loop {
        match process.read_until(fd, &mut buffer, b'\n') {
            Err(Errno::Again) => process.ready(fd, Ready::Read).await.expect("no signal"),
            read => {
                buffer.truncate(read.expect("it is open"));
                return buffer;
            }
        }
    }
}

#[test]
fn a_read_up_to_a_delimiter_leaves_the_rest_wherever_it_reads() {
    let programs = Closures::default().with("main", |mut process| async move {
        let [pipe, into_pipe] = process.pipe().expect("there is room");
        let [collector, into_collector] = process.collector().expect("there is room");
        let options = OpenOptions {
            write: true,
            create: true,
            ..READ
        };
        let file = process.open(3, b"lines", &options).expect("it can be made");
        for fd in [into_pipe, into_collector, file] {
            assert_eq!(process.write(fd, b"one\n\nthree"), Ok(10));
        }
        process.seek(file, 0, Whence::Start).expect("a file");
        for fd in [pipe, collector, file] {
            assert_eq!(next_line(&process, fd, 100).await, b"one\n");
            assert_eq!(next_line(&process, fd, 0).await, b"");
            assert_eq!(next_line(&process, fd, 100).await, b"\n");
            assert_eq!(next_line(&process, fd, 2).await, b"th");
            assert_eq!(next_line(&process, fd, 100).await, b"ree");
        }
        assert_eq!(next_line(&process, file, 100).await, b"");
        assert_eq!(
            process.read_until(into_pipe, &mut [0; 1], 0),
            Err(Errno::BadFd)
        );
        assert_eq!(process.read_until(99, &mut [0; 1], 0), Err(Errno::BadFd));
        Exit::Status(0)
    });
    assert_eq!(Setup::default().run(programs).0, OK);
}

#[test]
fn a_line_that_wraps_around_the_end_of_a_pipe_is_found() {
    let programs = Closures::default().with("main", |mut process| async move {
        let [reader, writer] = process.pipe().expect("there is room");
        let filler = vec![b'-'; (256 << 10) - 3];
        assert_eq!(process.write(writer, &filler), Ok(filler.len()));
        let mut buffer = vec![0; filler.len()];
        let all_but_one = &mut buffer[1..];
        assert_eq!(process.read(reader, all_but_one), Ok(filler.len() - 1));
        assert_eq!(process.write(writer, b"abcdef\ngh"), Ok(9));
        assert_eq!(next_line(&process, reader, 100).await, b"-abcdef\n");
        assert_eq!(next_line(&process, reader, 100).await, b"gh");
        Exit::Status(0)
    });
    assert_eq!(Setup::default().run(programs).0, OK);
}

#[test]
fn descriptors_are_opened_and_looked_at_by_name() {
    let programs = Closures::default().with("main", |mut process| async move {
        let write = OpenOptions {
            write: true,
            create: true,
            truncate: true,
            ..READ
        };
        let [reader, writer] = process.pipe().expect("there is room");
        for directory in ["dev/fd", "proc/self/fd"] {
            let name = |fd| format!("{directory}/{fd}").into_bytes();
            let into = process.open(3, &name(writer), &write).expect("it is open");
            assert_eq!(process.write(into, b"abc"), Ok(3));
            let from = process.open(3, &name(reader), &READ).expect("it is open");
            assert_eq!(process.read(from, &mut [0; 3]), Ok(3));
            for fd in [into, from] {
                process.close(fd).expect("it is open");
            }
            let kind = |fd| {
                let found = process.metadata(3, &name(fd), Follow::Yes);
                found.map(|found| (found.file_type, found.inode))
            };
            let inode = kind(reader).expect("it is open").1;
            assert_eq!(kind(reader), Ok((FileType::Fifo, inode)));
            assert_eq!(kind(writer), Ok((FileType::Fifo, inode)));
            assert_eq!(kind(99), Err(Errno::NotFound));
            assert_eq!(process.open(3, &name(99), &READ), Err(Errno::NotFound));
        }
        let file = process.open(3, b"file", &write).expect("it can be made");
        process.dup2(file, 0).expect("it is open");
        let stdin = process
            .stat(b"/dev/stdin", Follow::Yes)
            .expect("it is open");
        let itself = process.stat(b"/file", Follow::Yes).expect("it is there");
        assert_eq!(
            (stdin.file_type, stdin.inode),
            (FileType::Regular, itself.inode)
        );
        process.close(0).expect("it is open");
        assert_eq!(
            process.stat(b"/dev/stdin", Follow::Yes),
            Err(Errno::NotFound)
        );
        Exit::Status(0)
    });
    assert_eq!(Setup::default().run(programs).0, OK);
}

#[test]
fn readiness_is_waited_for_until_its_time() {
    let programs = Closures::default().with("main", |mut process| async move {
        let [reader, writer] = process.pipe().expect("there is room");
        let wanted = [(reader, Ready::Read)];
        let soon = Some(Instant::now() + Duration::from_millis(1));
        assert_eq!(process.any_ready(&wanted, soon).await, Ok(()));
        assert_eq!(process.readiness(reader, Ready::Read), Ok(None));
        assert_eq!(process.write(writer, b"x"), Ok(1));
        assert_eq!(process.any_ready(&wanted, None).await, Ok(()));
        assert_eq!(process.readiness(reader, Ready::Read), Ok(Some(1)));
        assert_eq!(
            process.any_ready(&[(99, Ready::Read)], None).await,
            Err(Errno::BadFd)
        );
        Exit::Status(0)
    });
    assert_eq!(Setup::default().run(programs).0, OK);
}
