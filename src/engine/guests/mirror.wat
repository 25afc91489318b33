;; Starts itself with an environment of 1 MiB and opens the file of it in /proc until that is refused.
;; Exits with the errno of the refusal.
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (import "wasi_snapshot_preview1" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "agent_sandbox_v1" "proc_parent_id" (func $parent (result i32)))
  (import "agent_sandbox_v1" "proc_run" (func $run (param i32 i32 i32) (result i32)))
  (memory (export "memory") 18)
  (data (i32.const 0) "proc/self/environ")
  ;; A message with one variable: header, path, working directory, length.
  (data (i32.const 64) "\00\00\00\00\ff\ff\ff\ff\00\00\00\00\01\00\00\00\00\00\00\00\0a\00\00\00\01\00\00\00\00\00\00\00")
  (data (i32.const 96) "/bin/guest/\00\00\10\00")
  (func (export "_start") (local $errno i32)
    (if (call $parent)
      (then
        (loop $again
          (local.set $errno (call $open (i32.const 3) (i32.const 1) (i32.const 0) (i32.const 17) (i32.const 0)
            (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 32)))
          (br_if $again (i32.eqz (local.get $errno))))
        (call $exit (local.get $errno))))
    (memory.fill (i32.const 111) (i32.const 0x61) (i32.const 0x100000))
    (local.set $errno (call $run (i32.const 64) (i32.const 0x10002f) (i32.const 32)))
    (if (local.get $errno) (then (call $exit (i32.const 100))))
    (call $exit (i32.load (i32.const 32)))))
