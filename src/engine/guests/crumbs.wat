;; Starts itself with half a million empty variables until that is refused; those it starts sleep.
;; Exits with the errno of the refusal.
(module
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (import "agent_sandbox_v1" "proc_parent_id" (func $parent (result i32)))
  (import "agent_sandbox_v1" "proc_spawn" (func $spawn (param i32 i32 i32) (result i32)))
  (memory (export "memory") 34)
  ;; One clock subscription, of an hour.
  (data (i32.const 24) "\00\a0\b8\30\46\03\00\00")
  ;; The variables are the zeros behind the message: a length each.
  (data (i32.const 256) "\00\00\00\00\ff\ff\ff\ff\00\00\00\00\20\a1\07\00\00\00\00\00\0a\00\00\00\01\00\00\00\00\00\00\00")
  (data (i32.const 288) "/bin/guest/")
  (func (export "_start") (local $errno i32)
    (if (call $parent)
      (then (drop (call $poll (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 128)))))
    (loop $again
      (local.set $errno (call $spawn (i32.const 256) (i32.const 2000043) (i32.const 16)))
      (br_if $again (i32.eqz (local.get $errno))))
    (call $exit (local.get $errno))))
