;; Has both ends of a pipe and, as its argument says, reads it, writes it, waits for it with
;; poll_oneoff, makes the reading end the writing one too, or closes the reading end and writes.
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (import "wasi_snapshot_preview1" "args_get" (func $args (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func $close (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
  (import "agent_sandbox_v1" "fd_pipe" (func $pipe (param i32) (result i32)))
  (import "agent_sandbox_v1" "fd_dup2" (func $dup2 (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  ;; One buffer of 64 KiB less its own place.
  (data (i32.const 16) "\00\02\00\00\00\f0\00\00")
  (global $reader (mut i32) (i32.const 0))
  (global $writer (mut i32) (i32.const 0))
  (func $check (param $number i32) (param $actual i32) (param $expected i32)
    (if (i32.ne (local.get $actual) (local.get $expected)) (then (call $exit (local.get $number)))))
  (func $read_it (result i32) (call $read (global.get $reader) (i32.const 16) (i32.const 1) (i32.const 32)))
  (func $write_it (result i32) (call $write (global.get $writer) (i32.const 16) (i32.const 1) (i32.const 32)))
  (func (export "_start") (local $what i32)
    (call $check (i32.const 1) (call $args (i32.const 64) (i32.const 128)) (i32.const 0))
    ;; The second argument lies behind "guest" and its NUL.
    (local.set $what (i32.load8_u (i32.const 134)))
    (call $check (i32.const 2) (call $pipe (i32.const 0)) (i32.const 0))
    (global.set $reader (i32.load (i32.const 0)))
    (global.set $writer (i32.load (i32.const 4)))
    (if (i32.eq (local.get $what) (i32.const 0x72)) ;; r
      (then (drop (call $read_it))))
    (if (i32.eq (local.get $what) (i32.const 0x77)) ;; w
      (then (loop $again (drop (call $write_it)) (br $again))))
    (if (i32.eq (local.get $what) (i32.const 0x70)) ;; p
      (then
        (i32.store8 (i32.const 264) (i32.const 1))
        (i32.store (i32.const 272) (global.get $reader))
        (drop (call $poll (i32.const 256) (i32.const 320) (i32.const 1) (i32.const 32)))))
    (if (i32.eq (local.get $what) (i32.const 0x64)) ;; d
      (then
        (call $check (i32.const 3) (call $dup2 (global.get $reader) (global.get $writer)) (i32.const 0))
        (call $check (i32.const 4) (call $write_it) (i32.const 8))
        (call $check (i32.const 5) (call $read_it) (i32.const 0))
        (call $check (i32.const 6) (i32.load (i32.const 32)) (i32.const 0))
        (call $exit (i32.const 0))))
    (if (i32.eq (local.get $what) (i32.const 0x78)) ;; x
      (then
        (call $check (i32.const 7) (call $close (global.get $reader)) (i32.const 0))
        (drop (call $write_it))))
    (call $exit (i32.const 100))))
