;; Runs itself and waits for it, as every one it runs does; exits with the errno of the last.
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (import "agent_sandbox_v1" "proc_run" (func $run (param i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\00\00\00\00\ff\ff\ff\ff\01\00\00\00\00\00\00\00\00\00\00\00\0a\00\00\00\01\00\00\00\00\00\00\00")
  (data (i32.const 32) "/bin/guest/\05\00\00\00guest")
  (func (export "_start") (local $errno i32)
    (local.set $errno (call $run (i32.const 0) (i32.const 52) (i32.const 64)))
    (if (local.get $errno) (then (call $exit (local.get $errno))))
    (call $exit (i32.load (i32.const 64)))))
