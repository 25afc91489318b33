;; Opens descriptors until it is refused, by every call that opens one. Exits with the number of the
;; check that failed, or with 0.
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func $close (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "agent_sandbox_v1" "fd_pipe" (func $pipe (param i32) (result i32)))
  (import "agent_sandbox_v1" "fd_dup" (func $dup (param i32 i32 i32) (result i32)))
  (import "agent_sandbox_v1" "fd_dup2" (func $dup2 (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "bin/guest")
  (func $check (param $number i32) (param $actual i32) (param $expected i32)
    (if (i32.ne (local.get $actual) (local.get $expected)) (then (call $exit (local.get $number)))))
  (func $open_file (result i32)
    (call $open (i32.const 3) (i32.const 1) (i32.const 0) (i32.const 9) (i32.const 0) (i64.const 2) (i64.const 0)
      (i32.const 0) (i32.const 64)))
  (func (export "_start") (local $errno i32)
    ;; A number beyond the last is refused, however it is asked for.
    (call $check (i32.const 1) (call $dup (i32.const 0) (i32.const 1024) (i32.const 64)) (i32.const 28))
    (call $check (i32.const 2) (call $dup (i32.const 0) (i32.const -1) (i32.const 64)) (i32.const 28))
    (call $check (i32.const 3) (call $dup2 (i32.const 0) (i32.const 1024)) (i32.const 8))
    (call $check (i32.const 4) (call $dup2 (i32.const 0) (i32.const -1)) (i32.const 8))
    (loop $again
      (local.set $errno (call $open_file))
      (br_if $again (i32.eqz (local.get $errno))))
    (call $check (i32.const 5) (local.get $errno) (i32.const 33))
    (call $check (i32.const 6) (i32.load (i32.const 64)) (i32.const 1023))
    (call $check (i32.const 7) (call $dup (i32.const 0) (i32.const 0) (i32.const 64)) (i32.const 33))
    (call $check (i32.const 8) (call $pipe (i32.const 64)) (i32.const 33))
    ;; With room for one descriptor there is none for a pipe, and the one stays free.
    (call $check (i32.const 9) (call $close (i32.const 500)) (i32.const 0))
    (call $check (i32.const 10) (call $pipe (i32.const 64)) (i32.const 33))
    (call $check (i32.const 11) (call $dup (i32.const 0) (i32.const 0) (i32.const 64)) (i32.const 0))
    (call $check (i32.const 12) (i32.load (i32.const 64)) (i32.const 500))
    ;; Replacing one takes no room.
    (call $check (i32.const 13) (call $dup2 (i32.const 0) (i32.const 700)) (i32.const 0))
    (call $exit (i32.const 0))))
